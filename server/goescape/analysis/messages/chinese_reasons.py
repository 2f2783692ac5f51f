"""Every reason in Simplified Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode

if TYPE_CHECKING:
    from collections.abc import Mapping

CHINESE_REASONS: Mapping[ReasonCode, str] = {
    ReasonCode.GO_SAYS: "{text}",
    # Whether a value may be copied.
    ReasonCode.ARRAY_LENGTH_UNKNOWN: "这里不知道某个数组的长度。",
    ReasonCode.COPY_COSTS: "`{type}` 超过 {limit} 字节：复制它同样有代价。",
    ReasonCode.COPY_UNKNOWN: "不知道 `{type}` 能否复制。",
    ReasonCode.FIELDS_UNKNOWN: "这里不知道 `{type}` 有哪些字段。",
    ReasonCode.IS_LOCK: "`{type}` 是锁：不能复制。",
    ReasonCode.LINKED_TYPE: "`{type}` 会指向同类的其他对象：它们可能靠地址区分。",
    ReasonCode.TYPE_DIFFERS_BY_BUILD: "在另一种构建中，`{type}` 的声明不同。",
    # What a proof found.
    ReasonCode.DOES_NOT_COMPILE: "修改后无法编译：{error}",
    ReasonCode.DOES_NOT_COMPILE_FOR: "修改后无法为 {target} 编译：{error}",
    ReasonCode.GO_FAILS_FOR: "对于 {target}：{error}",
    ReasonCode.IMPORTER_DOES_NOT_COMPILE: "导入这个包的某个包无法编译。",
    ReasonCode.IN_IMPORTER: "在导入这个包的某个包中：{reason}",
    ReasonCode.INLINED_NO_MORE: "{function} 将不再被内联：它分配的对象就不能留在调用者的栈上。",
    ReasonCode.MIGHT_ALLOCATE: "修改后，{where} 中的 `{subject}` 可能会分配。",
    ReasonCode.NEEDS_GO: "需要 Go {version}。",
    ReasonCode.NO_BUILD_HAS: "不知道哪种构建会包含 {file}。",
    ReasonCode.NO_MORE_CALLERS_KEEP: "不会有更多的调用者把 `{subject}` 留在自己的栈上。",
    ReasonCode.NO_TARGET: "它没有要消除的分配。",
    ReasonCode.PROOF_TIMED_OUT: "证明用时超过 {seconds} 秒。",
    ReasonCode.STILL_IN_LOOP: "`{subject}` 仍会在循环中。",
    ReasonCode.STILL_ON_HEAP: "`{subject}` 仍会在堆上。",
    ReasonCode.THE_PACKAGE: "包级代码",
    ReasonCode.TOO_MANY_FIXES: "每个文件只尝试 {most} 个修复；请把光标移近这一处再保存。",
    ReasonCode.TYPE_DIFFERS: "某个类型与所需的不符：{error}",
    ReasonCode.VET_OBJECTS: "go vet 报告了问题：{complaint}",
    ReasonCode.WOULD_BE_IN_LOOP: "修改后，{where} 中的 `{subject}` 会处于循环中。",
    ReasonCode.WOULD_ESCAPE: "修改会使 {where} 中的 `{subject}` 逃逸。",
    # Why a fix that holds is not applied.
    ReasonCode.CANNOT_WRITE: "无法写入 {file}（{error}）。",
    ReasonCode.COPY_OF_MODULE: "它会修改 {file}，而该文件是另一个模块的副本。",
    ReasonCode.FILE_CHANGED: "{file} 在此期间有改动；没有写入任何内容。",
    ReasonCode.FILE_GONE: "{file} 已经不存在。",
    ReasonCode.FILE_READ_ONLY: "{file} 是只读的。",
    ReasonCode.GENERATED_FILE: "它会修改生成的文件；如果确实需要，请用 --only 指定。",
    ReasonCode.NOT_WORTH_IT: "不值得修改：{why}",
    ReasonCode.OUTSIDE_WORKSPACE: "它会修改 {file}，而该文件在工作区之外。",
    ReasonCode.SEVERAL_FIXES: "这里有不止一种修复；请用 --only 选择。",
    ReasonCode.TESTS_FAIL: "应用后测试失败：{failure}",
    ReasonCode.USER_MUST_JUDGE: "只有用户能判断是否合适；请用 --only 指定。",
}
