"""The catalogue in Simplified Chinese."""

from __future__ import annotations

from goescape.analysis.messages.catalogue import Catalogue
from goescape.analysis.messages.chinese_reasons import CHINESE_REASONS

CHINESE = Catalogue(
    name="zh-cn",
    reasons=CHINESE_REASONS,
    conjunction="和",
    comma="、",
    pause="；",
    full_stop="。",
    gap="",
    templates={
        # What is allocated.
        "what variable": "{subject} 被移到堆上",
        "what expression": "{subject} 分配在堆上",
        "what closure": "这个函数字面量分配在堆上",
        "what loop body": "这个 range-over-func 循环的循环体是分配在堆上的闭包",
        "what method value": "方法值 {subject} 分配在堆上",
        "what append": "{subject} 扩容后的底层数组在堆上",
        "what boxed": "{subject} 被复制到堆上",
        "what arguments": "这次调用的可变参数切片分配在堆上",
        "what temporary": "在堆上产生了一份临时副本",
        # The diagnostic, by cause.
        "cause returned": "{what}：由 {step} 返回给调用者",
        "cause captured-by-closure": "{what}：被第 {line} 行的函数字面量捕获",
        "cause stored-in-heap": "{what}：存进了{destination}",
        "cause interface-conversion": "{what}：{destination}转换为接口",
        "cause passed-to-call": "{what}：传给了会保留它的{destination}",
        "cause indirect-call": "{what}：传给了编译器无法分析的{destination}",
        "cause too-large": "{what}：太大，栈上放不下",
        "cause dynamic-size": "{what}：编译时不知道它的大小",
        "cause goroutine-or-defer": "{what}：{destination}",
        "cause other": "{what}",
        "used by go": "`go` 语句启动的 goroutine 在本次调用返回后仍会使用它",
        "used by defer": "循环中的 `defer` 会一直保留它，直到函数结束",
        "given to": "为传给 {destination} 而",
        "stored somewhere": "比这次调用活得更久的地方",
        "stored in slice": "底层数组在堆上的切片",
        "some call": "函数调用",
        "some return": "`return`",
        "stays but may allocate": "{subject} {note}",
        "no allocation": "实际没有分配：“{what}”只是编译器的说法",
        "inlined": "它是内联到这里的 `{function}` 的一部分",
        "in loop": "在循环中",
        "more": "另外 {count} 个",
        "package level": "包级别",
        "other functions": "另外 {count} 个函数",
        "copies escape": "内联到 {callers} 时也在堆上",
        "copies stay": "在 {calls}中留在栈上",
        "copies both": "从 {callers} 调用时逃逸，在 {calls}中留在栈上",
        "inlined calls": "{count} 处内联调用",
        "inlined calls one": "一处内联调用",
        # Inlay hints.
        "label": "堆：{cause}",
        "label no allocation": "没有分配",
        "label may allocate": "较大时在堆上",
        "label returned": "被返回",
        "label captured-by-closure": "被闭包捕获",
        "label stored-in-heap": "存入堆",
        "label interface-conversion": "转为接口",
        "label passed-to-call": "传给调用",
        "label indirect-call": "间接调用",
        "label too-large": "太大",
        "label dynamic-size": "大小未知",
        "label goroutine-or-defer": "go/defer",
        "label other": "逃逸",
        # The reason of the rank.
        "rank in-loop": "它在循环中：每次迭代都可能分配。",
        "rank now-and-then-in-loop": "它在循环中，但只是偶尔分配。",
        "rank called-only-in-loops": "它所在的函数只在循环中被调用。",
        "rank large": "它很大。",
        "rank ordinary": "这段代码每执行一次就分配一次。",
        "rank interface-trade-off": "接口和反射的代价是一次分配；在循环之外，这个代价是合理的。",
        "rank package-initialisation": "包的初始化只运行一次。",
        "rank straight-line-main": "`main` 的这一部分只运行一次。",
        "rank test": "这是测试代码。",
        "rank error-path": "只有出错时才会运行到这里。",
        "rank generated-file": "这个文件是生成的。",
        "rank stays-on-the-stack-where-inlined": "本包中的每次调用都被内联，值在那里留在栈上。",
        "rank depends-on-run-time": "是否分配取决于运行时的值。",
        "rank no-allocation": "它不分配内存。",
        "rank hot-in-profile": "profile 显示，全部分配的 1 % 以上发生在这里。",
        "rank marked-hot": "源代码把这里标记为热点。",
        "rank breaks-noescape": "源代码承诺这里没有任何值逃逸。",
        "rank never-in-profile": "profile 从未见到这个函数分配内存。",
        # Why, in a paragraph.
        "why returned": (
            "{what} 在函数返回之后仍然存活，而函数的栈帧已不存在：这个值只能放在堆上。"
        ),
        "why captured-by-closure": (
            "函数字面量使用了 {what}，并且可能在本函数返回之后才运行，所以两者共享堆上的这个变量。"
        ),
        "why stored-in-heap": (
            "{what} 被存到了函数返回之后仍能访问的地方：全局变量、指针所指之处、map、切片、"
            "channel，或者活得更久的变量。"
        ),
        "why interface-conversion": (
            "接口保存的是指向值的指针。要把 {what} 放进接口，就要把值复制到单独的一块内存，"
            "而这块内存比这次调用活得更久。"
        ),
        "why passed-to-call": (
            "被调用的函数会保留它得到的参数，或者把它交给会保留它的函数，"
            "所以 {what} 必须比这次调用活得更久。"
        ),
        "why indirect-call": (
            "这里通过接口方法或函数值调用：编译器不知道实际运行的是哪个函数，"
            "只能假定它会保留 {what}。"
        ),
        "why too-large": (
            "栈上的变量最大 128 KiB（Go 1.24 之前为 10 MiB），`new`、`&T{{}}` 和 `make` "
            "最大 64 KiB。{what} 超过了这个限制。"
        ),
        "why dynamic-size": "栈帧的大小是固定的，而 {what} 的大小到运行时才知道。",
        "why goroutine-or-defer": (
            "`go` 语句或循环中的 `defer` 用到的东西，在语句执行完之后还要使用：{what} 必须在堆上。"
        ),
        "why other": "编译器无法证明 {what} 不会比它所在的函数活得更久。",
        "why inlined": "这次分配属于 `{function}`，编译器把它内联到了这里。",
        "why no allocation": "编译器说它逃逸，但实际上没有分配内存：{note}。",
        "why stays but may allocate": "它没有逃逸，所以{note}。",
        # What usually helps.
        "helps returned": (
            "返回值本身：复制 2 KiB 以内的值比一次分配更便宜。或者让调用者把内存传进来。"
        ),
        "helps captured-by-closure": (
            "把值作为参数传递，或者复制到一个新变量，供函数字面量使用且不再修改。"
        ),
        "helps stored-in-heap": "存储值而不是指针，或者在多轮循环中复用同一个对象。",
        "helps interface-conversion": (
            "使用具体类型或类型参数；用 `strconv` 代替 `fmt`；不打印的内容就不要格式化。"
        ),
        "helps passed-to-call": "传递值，或者修改被调用的函数，使它不保留参数。",
        "helps indirect-call": ("调用具体类型，让编译器看到函数；或者把值提到循环外面并复用。"),
        "helps too-large": "把它变小、复用一个缓冲区，或者从 `sync.Pool` 中获取。",
        "helps dynamic-size": "有上限时使用常量容量，或者复用缓冲区。",
        "helps goroutine-or-defer": (
            "少启动一些 goroutine，传递小的参数，或者把循环体移到单独的函数中，"
            "使它的 `defer` 留在栈上。"
        ),
        "helps other": "查看这些步骤：值正是在最后一步逃逸的。",
        # When to leave it alone.
        "ignore returned": "这个值很大、被共享，或者必须保持同一个地址。",
        "ignore captured-by-closure": "很少创建这个函数字面量，或者变量必须共享。",
        "ignore stored-in-heap": "这个值必须活那么久：那么堆就是它该在的地方。",
        "ignore interface-conversion": "代码是冷的：日志、错误、初始化。",
        "ignore passed-to-call": "调用本身的代价远大于一次分配：输入输出、编码。",
        "ignore indirect-call": "调用本身的代价远大于一次分配：输入输出、编码。",
        "ignore too-large": "只创建一次并一直保留。",
        "ignore dynamic-size": "很少创建。",
        "ignore goroutine-or-defer": "长期存活的 goroutine 的代价远大于此。",
        "ignore other": "代码是冷的。",
        # Steps of the flow.
        "step return": "由 {expression} 返回",
        "step assign": "在 {expression} 中赋值",
        "step assign-pair": "在 {expression} 中赋值",
        "step assign-pair-dot-type": "由类型断言 {expression} 赋值",
        "step key of map put": "在 {expression} 中成为 map 的键",
        "step map literal key": "成为 {expression} 的键",
        "step map literal value": "成为 {expression} 的值",
        "step send": "由 {expression} 发送到 channel",
        "step slice-literal-element": "成为 {expression} 的元素",
        "step array literal element": "成为 {expression} 的元素",
        "step struct literal element": "成为 {expression} 的字段",
        "step appendee slice": "它的元素被 {expression} 搬移",
        "step appended slice...": "它的元素被 {expression} 复制",
        "step copied slice": "它的元素被 {expression} 复制",
        "step captured by a closure": "{expression} 被函数字面量捕获",
        "step interface-converted": "{expression} 被转换为接口",
        "step call parameter": "传给 {expression}",
        "step address-of": "取了它的地址：{expression}",
        "step too large for stack": "{expression} 太大，栈上放不下",
        "step too aligned for stack": "{expression} 需要栈无法提供的对齐",
        "step non-constant size": "{expression} 的大小不是常量",
        "step //go:uintptrescapes": "{expression} 因系统调用而被固定",
        "step reflect.Header.Data": "{expression} 经过 reflect.SliceHeader 或 StringHeader",
        "step conversion to unsafe.Pointer": "{expression} 变成 unsafe.Pointer",
        # Parameters and functions.
        "parameter stays": "{name} 不逃逸：调用者可以传递栈上的值。",
        "parameter leaks": "{name} 泄漏到{places}。",
        "parameter consequence": "调用者传入的值会被迫分配到堆上。",
        "leaks to heap": "堆",
        "leaks to heap (content)": "堆（它指向的内容，而不是它本身）",
        "inlinable": "可以内联（{detail}）。",
        "not inlinable": "不能内联：{detail}。",
        "lens": "{count} 处堆分配",
        "lens one": "{count} 处堆分配",
        "lens all in loops": "{count}，都在循环中",
        "lens loops": "{count}，其中 {loops} 处在循环中",
        # Notes about what happens at run time.
        "note its value has no size, so all share one address": (
            "它的值大小为零，所有值共享一个地址"
        ),
        "note it allocates only when the slice has to grow": "只有切片需要扩容时才分配",
        "note every call is inlined, and stays on the stack there": (
            "每次调用都被内联，并且在那里留在栈上"
        ),
        "note it captures no variable, so one static copy serves all": (
            "它不捕获任何变量，所以共用一份静态副本"
        ),
        "note a constant is boxed as read-only data": "常量以只读数据的形式装箱",
        "note integers from 0 to 255 do not allocate": "0 到 255 的整数不分配内存",
        "note a value of one byte is boxed as a shared static one": (
            "单字节的值装箱时共用静态数据"
        ),
        "note a value without size is boxed as a shared static one": (
            "大小为零的值装箱时共用静态数据"
        ),
        "note a zero value is boxed as a shared static one": "零值装箱时共用静态数据",
        "note its content is constant and boxed as read-only data": (
            "它的内容是常量，以只读数据的形式装箱"
        ),
        "note on the stack up to 32 bytes; a larger one is allocated on the heap": (
            "不超过 32 字节时在栈上，更大时分配在堆上"
        ),
        "note a map is allocated on the heap as soon as it holds more than 8 entries": (
            "map 的元素一旦超过 8 个就分配在堆上"
        ),
        "note on the stack up to 32 bytes; a longer text is allocated on the heap": (
            "不超过 32 字节时在栈上，更长的文本分配在堆上"
        ),
        "note on the stack up to 32 runes; a longer text is allocated on the heap": (
            "不超过 32 个 rune 时在栈上，更长的文本分配在堆上"
        ),
        "note grows on the stack up to 32 bytes, then on the heap": (
            "先在栈上扩容到 32 字节，之后在堆上"
        ),
        # What is offered.
        "why escape": "为什么会逃逸？",
        "why escapes": "{subject} 为什么会逃逸？",
        "generated": "此文件是生成的：请同时修改生成它的程序",
        "leave it": "可以不管：{reason}（{question}）",
        "look at this": "请留意：{what}",
        "apply and test": "应用并测试：{title}（先运行这个包的测试）",
        "apply all": "应用此文件中所有经过证明的修复（{proof}）",
        # What is proved of a fix.
        "proof gone": "消除 {count}",
        "proof out of loop": "把 {count}移到循环之外",
        "proof stays at calls": "使 {count}留在调用者的栈上",
        "proof guarded": "只有启用该级别时才有 {count}",
        "proof unseen": "省去一次编译器没有报告的分配",
        "proof instead": "代之以 {subjects}",
        "proof files": "{count} 个文件",
        "proof files one": "{count} 个文件",
        "proof callers": "{count} 处调用",
        "proof callers one": "{count} 处调用",
        "proof go": "已用 {go} 检验",
        # Profiles.
        "objects": "{count} 个对象",
        "objects one": "{count} 个对象",
        "amount": "{size}，{objects}",
        "share": "{amount}，占全部分配的 {percent}",
        "share by number": "{amount}，占全部分配对象数的 {percent}",
        "percent by number": "对象数的 {percent}",
        "share approximate": "{share}（近似值：代码已改动）",
        "less than": "不到 {percent}",
        "reason map growth": "map 在这里扩容",
        "reason append": "append 使已在堆上的数组扩容",
        "reason channel": "channel 总是在堆上",
        "reason goroutine": "新的 goroutine 需要一个栈",
        "reason defer": "循环中被推迟的调用保存在堆上",
        "reason runtime": "运行时为自身分配内存",
        "reason too large for the stack": "只有足够小时才留在栈上",
        "reason other package": "另一个包的代码分配了内存",
        "reason unknown": "编译器在这里没有报告：采集 profile 时的代码或编译选项与现在不同",
        "in function": "{what}，位于 {function}",
        "called from": "{function}，调用自 {place}",
        "profile top": "{name} 中分配最多的地方（{amount}）",
        "profile explained": "这些包分配的内存中，{percent} 有对应的发现或其他原因",
        "profile more": "另有 {count} 处{everything}",
        # In the terminal.
        "check found": "{packages}中有 {total}（{told}）",
        "check nothing": "{packages}中{total}（{told}）",
        "check sites": "{count} 处分配",
        "check sites one": "{count} 处分配",
        "check new sites": "{count} 处新的分配",
        "check new sites one": "{count} 处新的分配",
        "check no sites": "没有发现分配",
        "check no new sites": "没有新的分配",
        "check packages": "{count} 个包",
        "check packages one": "{count} 个包",
        "check log": "日志",
        "check most": "最多的文件：{files}",
        "check known": "未显示以前已知的 {count} 处",
        "check hidden": "未显示低于 --min-severity 的 {count} 处",
        "check decided": "决定于 {place}",
        "check not analysed": "未能分析",
        "check failures": "……另有 {count} 处；--format json 会全部列出。",
        "explain why": "原因",
        "explain steps": "步骤",
        "explain helps": "通常有效的办法",
        "explain ignore": "何时可以不管",
        "explain rank": "级别",
        "explain compiler": "编译器的原话",
        "explain nothing": "{place}：这里没有任何值进入堆。",
        # What fixes do, and what to look at: fixes have it in English.
        "fix Append to a buffer passed by the caller": "追加到调用者传入的缓冲区",
        "fix Use slices.{new} instead of sort.{old}": "用 slices.{new} 代替 sort.{old}",
        "fix Use strconv.{new} instead of fmt.{old}": "用 strconv.{new} 代替 fmt.{old}",
        "fix Use string concatenation instead of fmt.{old}": "用字符串拼接代替 fmt.{old}",
        "fix Take the array from a sync.Pool": "从 sync.Pool 获取数组",
        "fix Use an array variable (up to 128 KiB)": "使用数组变量（不超过 128 KiB）",
        "fix Use errors.AsType instead of errors.As": "用 errors.AsType 代替 errors.As",
        "fix Take the buffer from a sync.Pool": "从 sync.Pool 获取缓冲区",
        "fix Build the string with strings.Builder": "用 strings.Builder 构建字符串",
        "fix Call Grow before the loop": "在循环之前调用 Grow",
        "fix Allocate the exact length and assign by index": "按确切长度分配，并用下标赋值",
        "fix Capture only the field that the closure uses": "只捕获闭包用到的字段",
        "fix Send values instead of pointers": "发送值而不是指针",
        "fix Take the concrete type instead of the interface": "参数用具体类型代替接口",
        "fix Return the concrete type instead of interface{}": "返回具体类型而不是 interface{}",
        "fix Copy the variable before the closure captures it": "在闭包捕获之前复制变量",
        "fix Run the deferred call at the end of each iteration": (
            "在每次迭代结束时执行被推迟的调用"
        ),
        "fix Fill a destination passed by the caller": "填充调用者传入的目标",
        "fix Write the parts to the {type} directly": "把各部分直接写入 {type}",
        "fix Guard the logging call with a level check": "调用日志之前先检查级别",
        "fix Allocate the buffer once and reuse it in the loop": "只分配一次缓冲区，在循环中复用",
        "fix Create the closure once, before the loop": "在循环之前只创建一次闭包",
        "fix Bind the method value once, before the loop": "在循环之前只绑定一次方法值",
        "fix Declare the variable once, before the loop": "在循环之前只声明一次变量",
        "fix Convert inside the map index expression": "在 map 下标表达式内部转换",
        "fix Store values instead of pointers in the map": "在 map 中存储值而不是指针",
        "fix Preallocate the slice with make": "用 make 预先分配切片",
        "fix Range over the iterator method directly": "直接遍历迭代器方法",
        "fix Keep the bufio.{type} and Reset it": "保留 bufio.{type} 并用 Reset 复用",
        "fix Return the value instead of a pointer": "返回值而不是指针",
        "fix Reuse one timer instead of time.After in the loop": (
            "在循环中复用一个定时器，代替 time.After"
        ),
        "fix Move errors.New to a package-level variable": "把 errors.New 移到包级变量",
        "fix Store values instead of pointers in the slice": "在切片中存储值而不是指针",
        "fix Use a fixed-size array for small lengths": "长度较小时使用固定大小的数组",
        "fix Split into an inlinable constructor and an init method": (
            "拆分为可内联的构造函数和初始化方法"
        ),
        "fix Replace interface{} by a type parameter": "用类型参数代替 interface{}",
        "fix Return (value, ok) instead of a nil-able pointer": (
            "返回 (值, ok) 而不是可能为 nil 的指针"
        ),
        "fix Use io.WriteString instead of Write([]byte(s))": (
            "用 io.WriteString 代替 Write([]byte(s))"
        ),
        (
            "fix The function writes behind the end of the caller's buffer: no other slice, "
            "and no argument, may use that space."
        ): "函数会写入调用者缓冲区末尾之后的空间：其他切片和参数都不能使用这块空间。",
        (
            "fix The pool keeps the array, and what its elements point to, until the "
            "garbage collector runs."
        ): "在垃圾回收之前，池会一直保留数组以及其元素指向的内容。",
        (
            "fix Whoever reads into the buffer or writes it must not keep it, and it still "
            "holds what was read the last time."
        ): "读入或写出缓冲区的代码都不能保留它，而且其中仍有上一次读到的内容。",
        "fix The strings are walked twice: it pays where the result is long.": (
            "字符串会被遍历两次：结果较长时才划算。"
        ),
        (
            "fix The deferred calls run at the end of each iteration, no longer of the "
            "function: what they release must not be needed any more."
        ): "被推迟的调用在每次迭代结束时执行，而不再是函数结束时：它们释放的东西之后不能再被使用。",
        "fix Whether the longer calls are worth it: it pays where the object is large.": (
            "更长的调用是否值得：对象较大时才划算。"
        ),
        "fix Write must not keep the slice after it returns, as io.Writer demands.": (
            "按照 io.Writer 的要求，Write 返回之后不能保留这个切片。"
        ),
        "fix The call that gets the address must not keep it: all iterations share the variable.": (
            "得到地址的调用不能保留它：所有迭代共用这个变量。"
        ),
        (
            "fix An entry is a copy until it is stored back: a panic that is recovered in "
            "between loses what was changed."
        ): "取出的元素在写回之前只是副本：如果其间发生 panic 并被恢复，改动就会丢失。",
        "fix The function takes the value itself, and no other iterator any more.": (
            "函数直接接受这个值，不再接受其他迭代器。"
        ),
        (
            "fix One receiver must never run this twice at the same time, nor be copied, "
            "and nothing that was read must be kept without a copy."
        ): "同一个接收者不能同时执行两次，也不能被复制；读到的内容要保留就必须复制。",
        "compare gone": "消失",
        "compare new": "新增",
        "compare line": "第 {line} 行",
        "compare moved": "移动 {place}：{subject}（之前在 {before}）",
        "compare more": "另有 {count} 处移动",
        "compare since": "自 {revision} 以来的分配点",
        "compare total": "{title}：消失 {gone}，新增 {new}，移动 {moved}，{same} 处位置未变",
        "compare only before": "：只在之前有",
        "compare only now": "：只在现在有",
        "compare from nothing": "之前为零",
        "chance few": "运行次数太少，无法判断是否偶然：请使用 --count 4 或更多。",
        "chance unknown": "尚不能判断是否偶然：pip install 'goescape[bench]'。",
        "profile empty": "profile 中没有任何分配。",
        "names and more": "{names} 以及另外 {count} 个",
        "benchmarks wrote": "{package} 的基准测试运行期间写入了一些文件，它们会保留下来：{names}。",
        # Around findings.
        "hover profile": "Profile：",
        "hover helps": "通常有效的办法：",
        "hover ignore": "何时可以不管：",
        "hover more": "这里还有 {count} 个",
        "hover waiting": "包现在无法编译；这里显示的是之前的结果。",
        "stays on the stack": "{subject} 留在栈上。",
        # In the editor.
        "benchmark run": "运行基准测试",
        "benchmark again": "{result}：再次运行基准测试",
        "benchmark parts": "{count} 个子基准测试中最多 {result}",
        "compiler silent": "编译器对这个包没有任何报告。",
        "file excluded": "此文件没有逃逸分析：{why}",
        "file waits": "逃逸分析正在等待：包无法编译",
        "on line": "第 {line} 行：{message}",
        "server ends": "服务器即将结束",
        "status analysing": "正在分析 {what}",
        "status does not compile": "{package} 无法编译",
        "status does not compile why": "{package} 无法编译：{why}",
        "status paused": "工作区的分析已暂停",
        "tell benchmark runs": "已有基准测试在运行；请等待它结束，或者取消它。",
        "tell benchmarks": "{package} 中有 {names}；请指定其中一个。",
        "tell failed inside": (
            "goescape 内部出错。结果可能比平时来得慢；请报告 goescape 日志中的错误。"
        ),
        "tell fix fails": "修复没有应用，它的测试失败：{why}",
        "tell fix is old": "这个修复被证明之后代码又有改动；请保存文件后重试。",
        "tell fix refused": "编辑器没有应用这个修复。",
        "tell name a profile": "请指定一个堆 profile 文件，例如 `go test -memprofile` 生成的文件。",
        "tell no benchmarks": "零个基准测试",
        "tell no profile": "没有加载名为 {name} 的 profile；已加载：{loaded}。",
        "tell none": "无",
        "tell not ready": "还没有准备好；请稍后再试。",
        "tell open a file": "请先打开一个 Go 文件，或者用 URI 指定一个。",
        "tell open a folder": "请先打开一个文件夹。",
        "tell open benchmarks": "请先打开一个含有基准测试的 Go 文件，并指定其中一个或它的某一行。",
        "tell stranger": "{name}（{amount}）中没有已分析的包；其中大部分属于 {other}。",
        "tell written": "基准测试期间写入了一些文件，它们会保留下来：{names}。",
        "which allocation": "哪一处分配？",
        "work benchmark": "基准测试：{names}",
        "work packages": "{first} 以及另外 {count} 个",
        "work testing": "正在测试：{fix}",
        # The report.
        "report title": "{name} 的堆分配",
        "report about": "用 {go} 分析了 {count} 个包",
        "report about one": "用 {go} 分析了 {count} 个包",
        "report open files": "打开的文件",
        "report nothing": "到目前为止，分析过的代码中没有发现分配。",
        "report total": "处分配",
        "report warning": "在循环中，或者很大",
        "report information": "普通",
        "report hint": "无关紧要",
        "report trend": "自 {name} 以来：新增 {new}，消失 {gone}",
        "report waiting": "等待中：无法编译",
        "report where": "分配集中在哪里",
        "report map": (
            "面积表示{measure}：先按包，再按其中的函数。颜色越深，循环中、较大或热点的分配占比越高。"
        ),
        "report sites measure": "分配点数量",
        "report bytes measure": "profile 中的字节数",
        "report top": "分配最多的地方",
        "report allocated": "分配量",
        "report what": "位置和内容",
        "report packages": "包",
        "report functions": "函数",
        "report causes": "原因",
        "report sites": "分配点",
        "report order": "最重要的在前，并列出通往堆的每一步{more}。",
        "report more": "；另有 {count} 处未显示",
        "report and more": "另有 {count} 个",
        "report new": "新增",
        "report fixes": "可能适用的修复",
        "report fixes note": "仅根据语法找到。只有编译器证明过的修复才会在文件中提供。",
    },
)
