"""The catalogue in Simplified Chinese."""

from __future__ import annotations

from goescape.analysis.advice import Advice
from goescape.analysis.causes import Cause, CauseMessages
from goescape.analysis.messages.areas import (
    BenchmarkMessages,
    CheckMessages,
    CompareMessages,
    EditorMessages,
    ExplainMessages,
    FindingMessages,
    FunctionMessages,
    HoverMessages,
    OfferMessages,
    Plural,
    ProfileMessages,
    ProofMessages,
    ReportMessages,
    TellMessages,
)
from goescape.analysis.messages.catalogue import Catalogue
from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import RankReason
from goescape.analysis.profiles.unexplained_reason import UnexplainedReason

CATALOGUE = Catalogue(
    name="zh-cn",
    locales=r"zh(?:$|[-_](?:cn|sg|hans)\b)",
    conjunction="和",
    comma="、",
    pause="；",
    full_stop="。",
    gap="",
    unspaced="\u4e00-\u9fff",
    advice={
        Advice.GROW_IN_LOOP: (
            "在循环之前用足够的容量创建切片：`make([]T, 0, n)`；`n` 取一个上界即可。"
        ),
        Advice.GROW_FIELD: "保留底层数组：再次使用时用 `s = s[:0]` 清空切片，或者创建时给出容量。",
        Advice.GROW_RESULT: (
            "像 `strconv.AppendInt` 那样，让调用者传入要追加的切片，一个数组就能供多次调用使用；"
            "或者创建时给出容量。"
        ),
        Advice.PREPEND: (
            "为了在前面放一个元素，这里复制了整个切片。改为在末尾追加，最后再反转一次，或者从后往"
            "前读。"
        ),
        Advice.ROWS: (
            "为它们一次分配一个数组 `data := make([]T, total)`，再从中切出每个切片：`data[i:j:j]`。"
        ),
        Advice.SCRATCH: (
            "在循环之前只创建一次并重复使用：追加之前用 `buf = buf[:0]`，需要清零时用 "
            "`clear(buf)`。"
        ),
        Advice.MAKE_RESULT: (
            "让调用者传入切片（`func f(dst []T) []T`），追加到 `dst[:0]`：一个数组供多次调用使用。"
        ),
        Advice.KEEP_MADE: (
            "保留下来重复使用：`clear(m)` 清空 map，`s[:0]` 清空切片；或者由调用者传入。"
        ),
        Advice.KEEP_MAP: (
            "保留这个 map，用 `clear(m)` 清空。如果只有几个已知的键，结构体或键值对的切片比 map "
            "更省。"
        ),
        Advice.MAP_ELEMENT: (
            "超过 128 字节的元素，map 会逐个分配。请存放更小的元素，或者存放大元素在切片中的下标。"
        ),
        Advice.STRING_KEY: (
            "从已有的字符串中切出键：`s[i:j]` 不复制。如果手头只有字节，先查 `m[string(b)]`（这也"
            "不复制），只在键是新的时候才赋值。"
        ),
        Advice.STRING_RESULT: (
            "这个转换会复制文本。可以返回 `[]byte`，追加到调用者传入的切片，或者用 "
            "`strings.Builder` 构造文本，它的 `String` 不复制。"
        ),
        Advice.STRING_COPY: (
            "这个转换会复制文本。只是比较、遍历或在 map 中查找时，`string(b)` 不需要复制；要保留"
            "它，就用 `strings.Builder` 构造。"
        ),
        Advice.BYTES_WRITTEN: (
            "这个转换会复制字符串。如果 writer 有 `WriteString` 方法，`io.WriteString(w, s)` 就不"
            "复制；`buf = append(buf[:0], s...)` 重复使用一个数组。"
        ),
        Advice.BYTES_COPY: (
            "这个转换会复制字符串。始终只用其中一种：`bytes` 有和 `strings` 一样的函数，"
            "`append(b, s...)` 也接受字符串。"
        ),
        Advice.RUNES: (
            "直接遍历字符串，解码时不复制。如果需要下标，保留一个 `[]rune`：用 `rs = rs[:0]` 清空，"
            "再逐个追加。"
        ),
        Advice.CONCATENATE_IN_LOOP: (
            "每一轮都会复制到目前为止的全部文本。请追加到 `strings.Builder` 或 `[]byte`，循环结束"
            "后只生成一次字符串。"
        ),
        Advice.CONCATENATE: (
            "各部分被复制成一个新字符串。如果它会成为更长文本的一部分，请把各部分直接写进那个文本，"
            "而不要先拼接。"
        ),
        Advice.FORMAT: (
            "`fmt` 会装箱它的操作数。经常执行的代码里，请用 `+` 连接字符串，或者用 "
            "`strconv.AppendInt` 一类的函数追加到可重复使用的 `[]byte`。"
        ),
        Advice.FORMAT_WRITE: (
            "`fmt` 会装箱它的操作数。经常执行的代码里，请调用 writer 的 `WriteString`，或者用 "
            "`strconv.AppendInt` 一类的函数追加到一个缓冲区，再把它写出去。"
        ),
        Advice.FORMAT_ERROR: (
            "如果这个错误很常见，请返回包级的错误值，或者返回自己的错误类型，等调用 `Error` 时才"
            "格式化文本。"
        ),
        Advice.FORMAT_WRAPPER: (
            "`any` 类型的参数会装箱每个实参。请为已有字符串的调用者增加一个接受 `string` 的版本。"
        ),
        Advice.LOG: (
            "记录日志之前先问该级别是否打开，这样只有真正输出的内容才会装箱；或者传有类型的值，例"
            "如 `slog.LogAttrs` 配合 `slog.Int` 和 `slog.String`。"
        ),
        Advice.REFLECT: (
            "反射会装箱每个值。反射之前先用 type switch 处理常见类型，或者反复设置同一个值："
            "`v := reflect.New(t).Elem()`，`v.SetString(s)`。"
        ),
        Advice.SORT: (
            "`sort` 包接受的是接口。`slices.SortFunc` 和 `slices.BinarySearchFunc` 直接接受切片，"
            "不需要装箱。"
        ),
        Advice.POOL_PUT: "`Put` 会装箱得到的值：每次都会把切片头复制到堆上。请往池里放指针。",
        Advice.TYPED_SLOT: (
            "不要存成 `any`，改用有类型的位置：一个带种类、每种类型一个字段的结构体，存放数字和字"
            "符串都不需要分配。指针也不会被复制。"
        ),
        Advice.TYPED_KEY: (
            "给 map 一个具体的键类型，例如 `map[string]T`：`any` 类型的键每次存入都会装箱。"
        ),
        Advice.METHOD_VALUE: (
            "改存方法表达式 `(*T).Method`，它不需要分配，调用时再传接收者；或者只创建一次方法值并"
            "保留。"
        ),
        Advice.CLOSURE_RESULT: (
            "不要返回函数字面量，改为返回一个带方法的小结构体：调用者可以把它作为值放在自己的栈上。"
        ),
        Advice.CLOSURE_IN_LOOP: "在循环之前只创建一次函数，把变化的部分作为参数传入。",
        Advice.FIELD_ADDRESS: (
            "调用之后还存活的只有一个字段，却把整个变量带到了堆上。把这个字段复制到单独的变量，再"
            "取它的地址。"
        ),
        Advice.BUFFER_TEXT: (
            "`String` 会复制缓冲区。`Bytes` 在缓冲区改变之前不复制就能给出同样的文本，`WriteTo` "
            "把它写出去，`strings.Builder` 则直接交出文本。"
        ),
        Advice.CLONE: "每次复制都需要一个新数组。`append(dst[:0], s...)` 复制到你保留的数组里。",
        Advice.NEW_ERROR: (
            "错误只创建一次：在包级写 `var errX = errors.New(...)`。调用者也可以拿它来比较。"
        ),
        Advice.RESET: "保留一个，用它的 `Reset` 方法换上下一个输入，而不要再创建一个。",
        Advice.FRAMES: (
            "`runtime.CallersFrames` 会分配，`runtime.Callers` 不会：把解析过的每个程序计数器的文"
            "件和行号保存下来，先在那里查。"
        ),
        Advice.ERRORS_AS: (
            "把变量的声明放到 `if err != nil` 之后，这样只有出错的路径才分配；`errors.AsType`（Go"
            " 1.26）完全不需要变量。"
        ),
        Advice.STORED_POINTER: (
            "如果用指针只是为了避免复制，就直接存值：`[]T` 或 `map[K]T`，一个数组就能容纳全部。"
        ),
        Advice.MANY_VALUES: (
            "返回值本身：复制 2 KiB 以内的值比一次分配更便宜。如果要以指针保留很多个，就成块分配："
            "`block := make([]T, 64)`，交出 `&block[i]`。"
        ),
        Advice.SPLIT: (
            "它会为所有部分分配一个切片。改为遍历 `strings.SplitSeq` 或 `strings.FieldsSeq`（Go 1"
            ".24），或者用 `strings.Cut` 一次取一部分。"
        ),
        Advice.NEW_TEXT: (
            "它会生成一个新字符串。请把各部分直接写进最终的文本；忽略大小写的比较用 "
            "`strings.EqualFold`。"
        ),
        Advice.NUMBER_TEXT: "`strconv.AppendInt` 一类的函数把文本追加到可重复使用的 `[]byte`。",
        Advice.TIME_TEXT: "`AppendFormat` 把文本追加到可重复使用的 `[]byte`。",
        Advice.ENCODED_TEXT: (
            "`AppendEncode` 和 `AppendDecode`（Go 1.22）追加到可重复使用的 `[]byte`。"
        ),
        Advice.BUFFER_GROWTH: (
            "缓冲区在写入时不断增长。先用预期的大小调用 `Grow`，或者保留一个 `bytes.Buffer` 并调"
            "用 `Reset`。"
        ),
        Advice.LINE_TEXT: "`Bytes` 不复制就能给出这一行，直到下一次 `Scan`。",
        Advice.READ_ALL: (
            "它一边读一边增长一个新切片。如果大小已知，先创建切片再调用 `io.ReadFull`；否则保留一"
            "个 `bytes.Buffer` 并调用 `ReadFrom`。"
        ),
        Advice.JSON: (
            "编码和解码只含所需字段的结构体：在 `any` 和 `map[string]any` 里，每个键和值都是单独"
            "的对象。没人读的部分用 `json.RawMessage` 保持不解码。"
        ),
        Advice.REGEXP: (
            "替换之前先问 `MatchString`，并用下标代替文本（`FindStringSubmatchIndex`）。对固定的"
            "词，`strings` 不需要分配就能完成。"
        ),
        Advice.QUERY: "它会创建一个 map，并为每个参数创建一个切片。只解析一次，把结果传下去。",
        Advice.CONTEXT: (
            "每次调用都会创建一个 context。把多个值放进同一个键下的一个结构体，并在循环之外创建 "
            "context。"
        ),
        Advice.BIG_NUMBER: "把结果存进已有的数：`z.Add(x, y)`，而不是每次运算都创建新的。",
        Advice.HASH: (
            "`sha256.Sum256` 这样的函数不需要哈希对象；否则保留一个并调用 `Reset`，再给 `Sum` 传"
            "入要追加的切片。"
        ),
        Advice.COLLECT: (
            "它会创建一个切片。直接遍历序列，或者追加到你保留的切片："
            "`slices.AppendSeq(s[:0], seq)`。"
        ),
    },
    causes={
        Cause.RETURNED: CauseMessages(
            label="被返回",
            message="{what}：由 {step} 返回给调用者",
            why="{what} 在函数返回之后仍然存活，而函数的栈帧已不存在：这个值只能放在堆上。",
            helps="返回值本身：复制 2 KiB 以内的值比一次分配更便宜。或者让调用者把内存传进来。",
            ignore="这个值很大、被共享，或者必须保持同一个地址。",
        ),
        Cause.CAPTURED: CauseMessages(
            label="被闭包捕获",
            message="{what}：被第 {line} 行的函数字面量捕获",
            without_line="{what}：被一个函数字面量捕获",
            why=(
                "函数字面量使用了 {what}，并且可能在本函数返回之后才运行，所以两者共享堆上的这个变"
                "量。"
            ),
            helps="把值作为参数传递，或者复制到一个新变量，供函数字面量使用且不再修改。",
            ignore="很少创建这个函数字面量，或者变量必须共享。",
        ),
        Cause.STORED: CauseMessages(
            label="存入堆",
            message="{what}：存进了{destination}",
            why=(
                "{what} 被存到了函数返回之后仍能访问的地方：全局变量、指针所指之处、map、切片、"
                "channel，或者活得更久的变量。"
            ),
            helps="存储值而不是指针，或者在多轮循环中复用同一个对象。",
            ignore="这个值必须活那么久：那么堆就是它该在的地方。",
            somewhere="比这次调用活得更久的地方",
        ),
        Cause.INTERFACE: CauseMessages(
            label="转为接口",
            message="{what}：{destination}转换为接口",
            why=(
                "接口保存的是指向值的指针。要把 {what} 放进接口，就要把值复制到单独的一块内存，而这"
                "块内存比这次调用活得更久。"
            ),
            helps="使用具体类型或类型参数；用 `strconv` 代替 `fmt`；不打印的内容就不要格式化。",
            ignore="代码是冷的：日志、错误、初始化。",
            destination="为传给 {destination} 而",
        ),
        Cause.PASSED: CauseMessages(
            label="传给调用",
            message="{what}：传给了会保留它的{destination}",
            why=(
                "被调用的函数会保留它得到的参数，或者把它交给会保留它的函数，所以 {what} 必须比这次"
                "调用活得更久。"
            ),
            helps="传递值，或者修改被调用的函数，使它不保留参数。",
            ignore="调用本身的代价远大于一次分配：输入输出、编码。",
            somewhere="函数调用",
        ),
        Cause.INDIRECT: CauseMessages(
            label="间接调用",
            message="{what}：传给了编译器无法分析的{destination}",
            why=(
                "这里通过接口方法或函数值调用：编译器不知道实际运行的是哪个函数，只能假定它会保留 "
                "{what}。"
            ),
            helps="调用具体类型，让编译器看到函数；或者把值提到循环外面并复用。",
            ignore="调用本身的代价远大于一次分配：输入输出、编码。",
            somewhere="函数调用",
        ),
        Cause.TOO_LARGE: CauseMessages(
            label="太大",
            message="{what}：太大，栈上放不下",
            why=(
                "栈上的变量最大 128 KiB（Go 1.24 之前为 10 MiB），`new`、`&T{{}}` 和 `make` 最大 "
                "64 KiB。{what} 超过了这个限制。"
            ),
            helps="把它变小、复用一个缓冲区，或者从 `sync.Pool` 中获取。",
            ignore="只创建一次并一直保留。",
        ),
        Cause.DYNAMIC_SIZE: CauseMessages(
            label="大小未知",
            message="{what}：编译时不知道它的大小",
            why="栈帧的大小是固定的，而 {what} 的大小到运行时才知道。",
            helps="有上限时使用常量容量，或者复用缓冲区。",
            ignore="很少创建。",
        ),
        Cause.GO_OR_DEFER: CauseMessages(
            label="go/defer",
            message="{what}：{destination}",
            why=(
                "`go` 语句或循环中的 `defer` 用到的东西，在语句执行完之后还要使用：{what} 必须在堆"
                "上。"
            ),
            helps=(
                "少启动一些 goroutine，传递小的参数，或者把循环体移到单独的函数中，使它的 `defer` "
                "留在栈上。"
            ),
            ignore="长期存活的 goroutine 的代价远大于此。",
        ),
        Cause.CHANNEL: CauseMessages(
            label="创建 channel",
            message="{what}：channel 总是如此",
            why="channel 由多个 goroutine 共用，Go 从不把它放在栈上。编译器对此不作任何说明。",
            helps=(
                "让多轮循环共用一个 channel，或者用别的方式传递结果：返回值、`sync.WaitGroup`、互斥"
                "锁。"
            ),
            ignore="很少创建：goroutine 及其切换的代价大于一个 channel。",
        ),
        Cause.CONCATENATION: CauseMessages(
            label="字符串拼接",
            message="{what}：字符串不能增长，因此要生成一个更长的副本",
            why="字符串不可变：`+=` 会新建一个字符串并复制两部分内容。编译器对此不作任何说明。",
            helps=(
                "在循环中写入 `strings.Builder`，或者追加到 `[]byte`。在循环之外，用一个表达式拼接"
                "所有部分：`a + b + c` 只分配一次。"
            ),
            ignore="很少执行，或者字符串很短。",
        ),
        Cause.LARGE_MAP: CauseMessages(
            label="map 太大",
            message="{what}：{destination}",
            why=(
                "没有逃逸的 map 最多有 8 个元素、每个键和值最大 128 字节时留在栈上。超出的部分都在"
                "堆上，尽管编译器说这个 map 没有逃逸。"
            ),
            helps="只创建一次 map，用 `clear` 清空后复用；把较大的值存入切片，map 中只存下标。",
            ignore="很少创建这个 map，或者它本来就会存活很久。",
        ),
        Cause.OTHER: CauseMessages(
            label="逃逸",
            message="{what}",
            why="编译器无法证明 {what} 不会比它所在的函数活得更久。",
            helps="查看这些步骤：值正是在最后一步逃逸的。",
            ignore="代码是冷的。",
        ),
    },
    ranks={
        RankReason.LOOP: "它在循环中：每次迭代都可能分配。",
        RankReason.LOOP_NOW_AND_THEN: "它在循环中，但只是偶尔分配。",
        RankReason.LOOP_CALLERS: "它所在的函数只在循环中被调用。",
        RankReason.LARGE: "它很大。",
        RankReason.ORDINARY: "这段代码每执行一次就分配一次。",
        RankReason.INTERFACE: "接口和反射的代价是一次分配；在循环之外，这个代价是合理的。",
        RankReason.CHANNEL: (
            "channel 的代价是一次分配，而 goroutine 的代价更大；在循环之外，这个代价是合理的。"
        ),
        RankReason.COLD_INIT: "包的初始化只运行一次。",
        RankReason.COLD_ONCE: "`sync.Once` 只让这里运行一次。",
        RankReason.COLD_MAIN: "`main` 的这一部分只运行一次。",
        RankReason.COLD_TEST: "这是测试代码。",
        RankReason.COLD_ERROR: "只有出错时才会运行到这里。",
        RankReason.GENERATED: "这个文件是生成的。",
        RankReason.STAYS_WHERE_USED: "本包中的每次调用都被内联，值在那里留在栈上。",
        RankReason.DEPENDS: "是否分配取决于运行时的值。",
        RankReason.NO_ALLOCATION: "它不分配内存。",
        RankReason.PROFILE_HOT: "profile 显示，全部分配的 1 % 以上发生在这里。",
        RankReason.PROFILE_COLD: "profile 从未见到这个函数分配内存。",
        RankReason.MARKED_HOT: "源代码把这里标记为热点。",
        RankReason.CONTRACT: "源代码承诺这里没有任何值逃逸。",
    },
    steps={
        "return": "由 {expression} 返回",
        "assign": "在 {expression} 中赋值",
        "assign-pair": "在 {expression} 中赋值",
        "assign-pair-dot-type": "由类型断言 {expression} 赋值",
        "key of map put": "在 {expression} 中成为 map 的键",
        "map literal key": "成为 {expression} 的键",
        "map literal value": "成为 {expression} 的值",
        "send": "由 {expression} 发送到 channel",
        "slice-literal-element": "成为 {expression} 的元素",
        "array literal element": "成为 {expression} 的元素",
        "struct literal element": "成为 {expression} 的字段",
        "appendee slice": "它的元素被 {expression} 搬移",
        "appended slice...": "它的元素被 {expression} 复制",
        "copied slice": "它的元素被 {expression} 复制",
        "captured by a closure": "{expression} 被函数字面量捕获",
        "interface-converted": "{expression} 被转换为接口",
        "call parameter": "传给 {expression}",
        "address-of": "取了它的地址：{expression}",
        "too large for stack": "{expression} 太大，栈上放不下",
        "too aligned for stack": "{expression} 需要栈无法提供的对齐",
        "non-constant size": "{expression} 的大小不是常量",
        "//go:uintptrescapes": "{expression} 因系统调用而被固定",
        "reflect.Header.Data": "{expression} 经过 reflect.SliceHeader 或 StringHeader",
        "conversion to unsafe.Pointer": "{expression} 变成 unsafe.Pointer",
    },
    leaks={
        "heap": "堆",
        "heap (content)": "堆（它指向的内容，而不是它本身）",
    },
    notes={
        "its value has no size, so all share one address": "它的值大小为零，所有值共享一个地址",
        "it allocates only when the slice has to grow": "只有切片需要扩容时才分配",
        "every call is inlined, and stays on the stack there": (
            "每次调用都被内联，并且在那里留在栈上"
        ),
        "it captures no variable, so one static copy serves all": (
            "它不捕获任何变量，所以共用一份静态副本"
        ),
        "a constant is boxed as read-only data": "常量以只读数据的形式装箱",
        "zero does not allocate": "零不分配内存",
        "integers from 0 to 255 do not allocate": "0 到 255 的整数不分配内存",
        "an interface holds a pointer as it is": "接口直接保存指针",
        "whether it allocates depends on the type that is used": "是否分配内存取决于所用的类型",
        "a value of one byte is boxed as a shared static one": "单字节的值装箱时共用静态数据",
        "a value without size is boxed as a shared static one": "大小为零的值装箱时共用静态数据",
        "a zero value is boxed as a shared static one": "零值装箱时共用静态数据",
        "its content is constant and boxed as read-only data": (
            "它的内容是常量，以只读数据的形式装箱"
        ),
        "on the heap as soon as the slice has to grow": "切片一旦需要扩容就分配在堆上",
        "on the stack up to 32 bytes; a larger one is allocated on the heap": (
            "不超过 32 字节时在栈上，更大时分配在堆上"
        ),
        "on the stack up to 8 entries; a larger map is allocated on the heap": (
            "不超过 8 个元素时在栈上，更大的 map 分配在堆上"
        ),
        "only a new key allocates": "只有新的键才分配",
        "a channel is always allocated on the heap": "channel 总是分配在堆上",
        "on the stack up to 32 bytes; a longer text is allocated on the heap": (
            "不超过 32 字节时在栈上，更长的文本分配在堆上"
        ),
        "on the stack up to 32 runes; a longer text is allocated on the heap": (
            "不超过 32 个 rune 时在栈上，更长的文本分配在堆上"
        ),
        "the compiled code has no allocation here": "编译出的代码在这里不分配内存",
        "it is allocated together with a variable before it": "它与前面的一个变量一起分配",
        "it allocates twice: for its content and for the interface": (
            "它分配两次：内容一次，接口一次"
        ),
        "a value is allocated on the heap here": "这里在堆上分配一个值",
        "an array is allocated on the heap here": "这里在堆上分配一个数组",
        "a full slice grows on the heap": "切片已满时在堆上扩容",
        "the slice begins on the stack and is copied to the heap here": (
            "切片先在栈上，在这里复制到堆上"
        ),
        "the interface holds a copy on the heap": "接口持有堆上的一份副本",
        "the text is allocated on the heap": "文本分配在堆上",
        "the copy is allocated on the heap": "副本分配在堆上",
        "a map is allocated on the heap here": "这里在堆上分配一个 map",
        "a full map grows on the heap": "map 已满时在堆上扩容",
        "a goroutine has a stack of its own, a new one where none is free": (
            "goroutine 有自己的栈，没有空闲的栈时新分配一个"
        ),
        "a deferred call in a loop is noted on the heap": "循环中被推迟的调用记录在堆上",
    },
    fixes={
        "Use slices.{new} instead of sort.{old}": "用 slices.{new} 代替 sort.{old}",
        "Sort with slices.{new} instead of sort.{old}": "改用 slices.{new} 排序，不再用 sort.{old}",
        "Use strconv.{new} instead of fmt.{old}": "用 strconv.{new} 代替 fmt.{old}",
        "Use string concatenation instead of fmt.{old}": "用字符串拼接代替 fmt.{old}",
        "Append to a buffer passed by the caller": "追加到调用者传入的缓冲区",
        "Take the array from a sync.Pool": "从 sync.Pool 获取数组",
        "Use an array variable (up to 128 KiB)": "使用数组变量（不超过 128 KiB）",
        "Use errors.AsType instead of errors.As": "用 errors.AsType 代替 errors.As",
        "Take the buffer from a sync.Pool": "从 sync.Pool 获取缓冲区",
        "Build the string with strings.Builder": "用 strings.Builder 构建字符串",
        "Call Grow before the loop": "在循环之前调用 Grow",
        "Allocate the exact length and assign by index": "按确切长度分配，并用下标赋值",
        "Copy the variable in the branch where it escapes": "在变量逃逸的分支中复制它",
        "Capture only the field that the closure uses": "只捕获闭包用到的字段",
        "Append with {new} instead of {old}": "用 {new} 直接追加，代替 {old}",
        "Append the parts instead of the text of {old}": "直接追加各部分，代替 {old} 得到的文本",
        "Call {function} once, for a package-level variable": "只调用一次 {function}，存入包级变量",
        "Range over {new} instead of {old}": "遍历 {new}，代替 {old}",
        "Use {new} instead of {old}: no slice is made": "用 {new} 代替 {old}：不再创建切片",
        "Cut the rows from one array": "从同一个数组切出各行",
        "Allocate {type} values in blocks": "成块分配 {type} 值",
        "Allocate {type} values in blocks that the {receiver} keeps": (
            "成块分配 {type} 值，由 {receiver} 持有"
        ),
        "Make the map with room for all entries": "创建 map 时为所有条目预留空间",
        "Keep the bytes: {new} instead of {old}": "保持字节形式：用 {new} 代替 {old}",
        "Write with {new} instead of {old}": "用 {new} 直接写入，代替 {old}",
        "Send values instead of pointers": "发送值而不是指针",
        "Take the concrete type instead of the interface": "参数用具体类型代替接口",
        "Return the concrete type instead of interface{}": "返回具体类型而不是 interface{}",
        "Copy the variable before the closure captures it": "在闭包捕获之前复制变量",
        "Run the deferred call at the end of each iteration": "在每次迭代结束时执行被推迟的调用",
        "Fill a destination passed by the caller": "填充调用者传入的目标",
        "Write the parts to the {type} directly": "把各部分直接写入 {type}",
        "Guard the logging call with a level check": "调用日志之前先检查级别",
        "Allocate the buffer once and reuse it in the loop": "只分配一次缓冲区，在循环中复用",
        "Create the closure once, before the loop": "在循环之前只创建一次闭包",
        "Bind the method value once, before the loop": "在循环之前只绑定一次方法值",
        "Declare the variable once, before the loop": "在循环之前只声明一次变量",
        "Convert inside the map index expression": "在 map 下标表达式内部转换",
        "Store values instead of pointers in the map": "在 map 中存储值而不是指针",
        "Preallocate the slice with make": "用 make 预先分配切片",
        "Range over the iterator method directly": "直接遍历迭代器方法",
        "Keep the bufio.{type} and Reset it": "保留 bufio.{type} 并用 Reset 复用",
        "Return the value instead of a pointer": "返回值而不是指针",
        "Reuse one timer instead of time.After in the loop": (
            "在循环中复用一个定时器，代替 time.After"
        ),
        "Move errors.New to a package-level variable": "把 errors.New 移到包级变量",
        "Store values instead of pointers in the slice": "在切片中存储值而不是指针",
        "Use a fixed-size array for small lengths": "长度较小时使用固定大小的数组",
        "Split into an inlinable constructor and an init method": (
            "拆分为可内联的构造函数和初始化方法"
        ),
        "Replace interface{} by a type parameter": "用类型参数代替 interface{}",
        "Return (value, ok) instead of a nil-able pointer": "返回 (值, ok) 而不是可能为 nil 的指针",
        "Use io.WriteString instead of Write([]byte(s))": "用 io.WriteString 代替 Write([]byte(s))",
        (
            "The function writes behind the end of the caller's buffer: no other slice, and no "
            "argument, may use that space."
        ): "函数会写入调用者缓冲区末尾之后的空间：其他切片和参数都不能使用这块空间。",
        (
            "The pool keeps the array, and what its elements point to, until the garbage collector "
            "runs."
        ): "在垃圾回收之前，池会一直保留数组以及其元素指向的内容。",
        (
            "Whoever reads into the buffer or writes it must not keep it, and it still holds what "
            "was read the last time."
        ): "读入或写出缓冲区的代码都不能保留它，而且其中仍有上一次读到的内容。",
        (
            "Iterations may end without an append: it pays where most of them append."
        ): "有的迭代可能不追加元素：多数迭代都追加时才划算。",
        (
            "One object that is kept keeps its whole block in memory. Goroutines must not add to "
            "the same blocks at once. What prints or compares the receiver by reflection sees a "
            "new field."
        ): (
            "只要保留一个对象，就会保留它所在的整块内存。多个 goroutine 不能同时向同一块添加。"
            "通过反射打印或比较接收者的代码会看到一个新字段。"
        ),
        "Another package declares the order, and may change it.": (
            "排序规则由另一个包声明，它可能会改变。"
        ),
        "One row that is kept keeps the memory of all rows.": (
            "只要保留一行，就会保留所有行的内存。"
        ),
        "Whether most keys differ: room for keys that repeat is never used.": (
            "多数键是否不同：为重复的键预留的空间不会被用到。"
        ),
        "The strings are walked twice: it pays where the result is long.": (
            "字符串会被遍历两次：结果较长时才划算。"
        ),
        (
            "The deferred calls run at the end of each iteration, no longer of the function: what "
            "they release must not be needed any more."
        ): "被推迟的调用在每次迭代结束时执行，而不再是函数结束时：它们释放的东西之后不能再被使用。",
        "Whether the longer calls are worth it: it pays where the object is large.": (
            "更长的调用是否值得：对象较大时才划算。"
        ),
        "Write must not keep the slice after it returns, as io.Writer demands.": (
            "按照 io.Writer 的要求，Write 返回之后不能保留这个切片。"
        ),
        "The call that gets the address must not keep it: all iterations share the variable.": (
            "得到地址的调用不能保留它：所有迭代共用这个变量。"
        ),
        (
            "An entry is a copy until it is stored back: a panic that is recovered in between "
            "loses what was changed."
        ): "取出的元素在写回之前只是副本：如果其间发生 panic 并被恢复，改动就会丢失。",
        "The function takes the value itself, and no other iterator any more.": (
            "函数直接接受这个值，不再接受其他迭代器。"
        ),
        (
            "One receiver must never run this twice at the same time, nor be copied, and nothing "
            "that was read must be kept without a copy."
        ): "同一个接收者不能同时执行两次，也不能被复制；读到的内容要保留就必须复制。",
    },
    reasons={
        ReasonCode.GO_SAYS: "{text}",
        # Whether a value may be copied.
        ReasonCode.ARRAY_LENGTH_UNKNOWN: "这里不知道某个数组的长度。",
        ReasonCode.COPY_COSTS: "`{type}` 超过 {limit} 字节：复制它同样有代价。",
        ReasonCode.COPY_UNKNOWN: "不知道 `{type}` 能否复制。",
        ReasonCode.FIELDS_UNKNOWN: "这里不知道 `{type}` 有哪些字段。",
        ReasonCode.IS_LOCK: "`{type}` 不能复制。",
        ReasonCode.LINKED_TYPE: "`{type}` 会指向同类的其他对象：它们可能靠地址区分。",
        ReasonCode.TYPE_DIFFERS_BY_BUILD: "在另一种构建中，`{type}` 的声明不同。",
        # What a proof found.
        ReasonCode.DOES_NOT_COMPILE: "修改后无法编译：{error}",
        ReasonCode.DOES_NOT_COMPILE_FOR: "修改后无法为 {target} 编译：{error}",
        ReasonCode.GO_FAILS_FOR: "对于 {target}：{error}",
        ReasonCode.IMPORTERS_UNKNOWN: "不知道哪些包导入这个包：{problem}",
        ReasonCode.IMPORTER_DOES_NOT_COMPILE: "导入这个包的某个包无法编译。",
        ReasonCode.INLINED_NO_MORE: "{function} 将不再被内联：它分配的对象就不能留在调用者的栈上。",
        ReasonCode.IN_IMPORTER: "在导入这个包的某个包中：{reason}",
        ReasonCode.MIGHT_ALLOCATE: "修改后，{where} 中的 `{subject}` 可能会分配。",
        ReasonCode.NEEDS_GO: "需要 Go {version}。",
        ReasonCode.NO_BUILD_HAS: "不知道哪种构建会包含 {file}。",
        ReasonCode.NO_MORE_CALLERS_KEEP: "不会有更多的调用者把 `{subject}` 留在自己的栈上。",
        ReasonCode.NO_TARGET: "它没有要消除的分配。",
        ReasonCode.PROOF_TIMED_OUT: "证明用时超过 {seconds} 秒。",
        ReasonCode.REWRITE_FAILED: "goescape 有缺陷：这个修复在该文件上出错（{error}）。请报告。",
        ReasonCode.STILL_IN_LOOP: "`{subject}` 仍会在循环中。",
        ReasonCode.STILL_ON_HEAP: "`{subject}` 仍会在堆上。",
        ReasonCode.THE_PACKAGE: "包级代码",
        ReasonCode.TOO_MANY_FIXES: "每个文件只尝试 {most} 个修复；请把光标移近这一处再保存。",
        ReasonCode.TYPE_DIFFERS: "`{expression}` 的类型是 `{type}`，而不是 `{wanted}`。",
        ReasonCode.TYPE_NOT_CONFIRMED: "无法确认 `{expression}` 的类型是 `{wanted}`。",
        ReasonCode.VET_OBJECTS: "go vet 报告了问题：{complaint}",
        ReasonCode.WOULD_BE_IN_LOOP: "修改后，{where} 中的 `{subject}` 会处于循环中。",
        ReasonCode.WOULD_ESCAPE: "修改会使 {where} 中的 `{subject}` 逃逸。",
        # Why a fix that holds is not applied.
        ReasonCode.CANNOT_WRITE: "无法写入 {file}（{error}）。",
        ReasonCode.COPY_OF_MODULE: "它会修改 {file}，而该文件是另一个模块的副本。",
        ReasonCode.FILE_CHANGED: "{file} 在此期间有改动；没有写入任何内容。",
        ReasonCode.FILE_GONE: "{file} 已经不存在。",
        ReasonCode.FILE_READ_ONLY: "{file} 是只读的。",
        ReasonCode.GENERATED_FILE: "它会修改生成的文件。",
        ReasonCode.BENCHMARKS_FAIL: "应用后基准测试失败：{failure}",
        ReasonCode.MEASURED_MORE: (
            "应用后 {benchmark} 分配得更多：{unit} 从 {before} 增加到 {after}。"
        ),
        ReasonCode.MEASURED_SAME: "应用后没有任何基准测试减少分配。",
        ReasonCode.NOT_SEEN_ALLOCATING: "性能剖析中，这里没有分配。",
        ReasonCode.NOT_WORTH_IT: "不值得修改：{why}",
        ReasonCode.OUTSIDE_WORKSPACE: "它会修改 {file}，而该文件在工作区之外。",
        ReasonCode.SEVERAL_FIXES: "这里有不止一种修复；请用 --only 选择。",
        ReasonCode.TESTS_FAIL: "应用后测试失败：{failure}",
        ReasonCode.TESTS_FAIL_ANYWAY: "应用前后测试都失败：{failure}",
        ReasonCode.USER_MUST_JUDGE: "只有用户能判断是否合适；请用 --only 指定。",
        # Names, and what is known of them.
        ReasonCode.ASSIGNED_IN_LOOP: "`{name}` 在循环中被赋值。",
        ReasonCode.DECLARED_IN_LOOP: "`{name}` 在循环中声明。",
        ReasonCode.DEPENDS_ON_BUILD: "`{name}` 的行为取决于构建方式。",
        ReasonCode.DIFFERS_AT_END: "`{name}` 在函数结束时可能有另一个值。",
        ReasonCode.EITHER_NAME_TAKEN: "`{name}` 或 `{other}` 在这里另有含义。",
        ReasonCode.IS_GENERIC: "`{name}` 是泛型的。",
        ReasonCode.IS_LOOP_VARIABLE: "`{name}` 是循环变量。",
        ReasonCode.IS_PACKAGE_VARIABLE: "`{name}` 属于整个包。",
        ReasonCode.MAY_CHANGE_MEANWHILE: "`{name}` 在此期间可能会改变。",
        ReasonCode.NAME_AMBIGUOUS: "`{name}` 不止表示一个东西。",
        ReasonCode.NAME_MAY_DIFFER: "在需要写出 `{name}` 的地方，它可能另有含义。",
        ReasonCode.NAME_TAKEN: "`{name}` 在这里另有含义。",
        ReasonCode.NO_NAME_IS_FREE: "没有可用的短名称。",
        ReasonCode.USED_AFTER_BRANCH: "在该分支之后还会用到 `{name}`。",
        ReasonCode.USED_AFTER_ITERATION: "`{name}` 在本次迭代之后可能仍被使用。",
        ReasonCode.USES_UNKNOWN: "不知道 `{name}` 在哪些地方使用。",
        # Who calls a function, and how.
        ReasonCode.ARGUMENTS_NOT_PLAIN: "`{call}` 以另一种方式传递参数。",
        ReasonCode.ASKS_FOR_CALLER: "函数会查询是谁调用了它。",
        ReasonCode.ASSERTIONS_DIFFER: "并非每个调用者都立即断言为同一类型。",
        ReasonCode.ASSERTION_IS_TESTED: "`{expression}` 还会检查断言是否成立。",
        ReasonCode.CALLED_BY_ANOTHER_PACKAGE: "`{name}` 在另一个包的 {place} 处被调用。",
        ReasonCode.CALL_INSIDE_CALL: "一个调用位于另一个同样要修改的调用之中。",
        ReasonCode.COMMENT_IN_THE_WAY: "中间有注释。",
        ReasonCode.DOES_MORE_THAN_APPEND: "某个调用者不只是追加 `{call}` 的结果。",
        ReasonCode.DOES_MORE_THAN_CALL: "函数不只是调用 `{name}` 的方法。",
        ReasonCode.DOT_IMPORTED: "另一个包用点导入了 `{name}` 所在的包。",
        ReasonCode.EVALUATED_BEFORE: "在 `{call}` 之前可能还有别的求值。",
        ReasonCode.INLINED_ALREADY: "函数在调用处已被内联：修改没有收益。",
        ReasonCode.INTERFACE_HAS_METHOD: "接口 `{interface}` 要求有方法 `{name}`。",
        ReasonCode.INTERFACE_MAY_REQUIRE: "导出的方法可能是某个接口所要求的。",
        ReasonCode.INTERFACE_REQUIRES: "某个接口要求有 `{name}`。",
        ReasonCode.LINE_IS_SHARED: "同一行中有多条语句。",
        ReasonCode.LINKED_BY_NAME: "`{name}` 通过名称链接。",
        ReasonCode.MANY_STACKS: "它在单独的 goroutine 中运行，每个 goroutine 的栈都会变大。",
        ReasonCode.MAY_BE_CALLED_BY_NAME: "{file} 可能会通过反射按名称调用导出的方法。",
        ReasonCode.MAY_BE_THIS_METHOD: "{place} 处的 `{name}` 可能就是这个方法。",
        ReasonCode.MAY_CALL_ITSELF: "它可能会调用自身，而每次调用都需要这块空间。",
        ReasonCode.MAY_RUN_TWICE: "它可能同时运行两次：那时一个会重置另一个正在使用的对象。",
        ReasonCode.MENTIONED_BY_OTHER_BUILDS: "其他构建的文件提到了 `{name}`。",
        ReasonCode.NEVER_CALLED: "没有代码调用这个函数。",
        ReasonCode.NIL_MAY_BE_PASSED: "某个调用者可能会传入 nil，而 `{method}` 可能需要一个值。",
        ReasonCode.NOT_CALLED_ON_VARIABLE: "`{call}` 不是在该类型的变量上调用的。",
        ReasonCode.NO_BODY: "函数在这里没有函数体。",
        ReasonCode.OTHER_PACKAGES_MAY_CALL: "其他包可能会调用导出的函数。",
        ReasonCode.OTHER_PACKAGES_MAY_CALL_METHOD: "其他包可能会调用导出的方法。",
        ReasonCode.PARAMETERS_UNNAMED: "参数没有名称。",
        ReasonCode.PLUGIN_MAY_CALL: "插件可能会被要求提供导出的函数。",
        ReasonCode.RESULTS_HANDED_ON: "`{call}` 把结果直接传了出去。",
        ReasonCode.RESULT_NOT_KEPT: "`{call}` 的结果没有保存到单个新变量。",
        ReasonCode.RESULT_NOT_KEPT_OR_COMPARED: (
            "`{call}` 的结果既没有保存到新变量，也没有与 nil 比较。"
        ),
        ReasonCode.RESULT_NOT_KEPT_OR_READ: "`{call}` 的结果既没有保存到新变量，也没有立即读取。",
        ReasonCode.RESULT_NOT_TESTED: "某个调用者没有立即检查结果。",
        ReasonCode.USABLE_FROM_ELSEWHERE: "`{name}` 可能在别处使用。",
        ReasonCode.USED_AS_INTERFACE: "`{call}` 被当作接口使用。",
        ReasonCode.USED_AS_VALUE: "`{name}` 被当作值使用。",
        ReasonCode.USED_AS_VALUE_IN: "`{name}` 在 {place} 处被当作值使用。",
        ReasonCode.USED_UNTESTED: "某个调用者在没有值时也会使用 `{name}`。",
        ReasonCode.VALUES_ARE_HANDED_OUT: "{place} 处把内部包的值交给了外部。",
        # What a function returns.
        ReasonCode.CALL_BESIDE_RESULT: "与指针一同返回的调用仍可能修改对象。",
        ReasonCode.DEFER_CHANGES_RESULT: "被推迟的调用仍可能修改返回的内容。",
        ReasonCode.DEFER_MAY_RECOVER: "被推迟的调用可能会恢复（recover），此时结果为 nil。",
        ReasonCode.DEFER_RECOVERS: "被推迟的函数会恢复（recover）。",
        ReasonCode.DEFER_RUNS_EARLIER: "被推迟的调用会提前执行。",
        ReasonCode.LITERAL_USES_OBJECT: "某个函数字面量使用了这个对象。",
        ReasonCode.NIL_IS_NOT_TOLD: "会返回 nil，而其他结果不能确定地表明这一点。",
        ReasonCode.NOT_MADE_HERE: "`{expression}` 不一定是这个函数创建的对象。",
        ReasonCode.RESULT_IN_PARENTHESES: "结果写在括号中。",
        ReasonCode.RESULT_IS_NAMED: "函数的结果是命名的。",
        ReasonCode.RETURNED_BY_METHOD: "`{name}` 由方法或闭包返回。",
        ReasonCode.RETURNS_FROM_LOOP: "函数在循环中返回，而被遍历的内容引用了这个对象。",
        ReasonCode.RETURNS_SOMETHING_ELSE: "`{name}` 还会返回别的东西。",
        ReasonCode.RETURN_IS_BARE: "某条 return 语句没有写明返回什么。",
        ReasonCode.SEVERAL_RESULTS: "`{code}` 一次给出多个结果。",
        # What happens to a value or to a pointer.
        ReasonCode.DOES_MORE_THAN_FILL: "`{code}` 不只是填充返回的内容。",
        ReasonCode.IS_CHANGED: "`{expression}` 会被修改。",
        ReasonCode.IS_COMPARED: "`{expression}` 会被比较。",
        ReasonCode.IS_PART: "`{expression}` 是其他东西的一部分。",
        ReasonCode.KEEPS_POINTER: "`{code}` 保留了指针，或者赋了另一个指针。",
        ReasonCode.MAY_BE_ANOTHER_OBJECT: "`{name}` 之后可能表示另一个对象。",
        ReasonCode.MAY_BE_COPIED: "`{expression}` 可能会复制 `{type}`。",
        ReasonCode.MAY_BE_CHANGED_BY: "`{expression}` 可能会修改它。",
        ReasonCode.MAY_SHARE_PARAMETER: "`{expression}` 可能与对象共享某个参数。",
        ReasonCode.OUTLIVES_STATEMENT: "`{name}` 在语句结束之后仍然存在。",
        ReasonCode.POINTER_IS_SHARED: "`{expression}` 是其他代码也可能持有的指针。",
        ReasonCode.SETS_FINALIZERS: "该包设置了终结器或弱指针，它们要求对象单独分配。",
        ReasonCode.USED_AS_WHOLE: "`{expression}` 被作为整体使用。",
        ReasonCode.USED_OTHERWISE: "`{expression}` 还有别的用法。",
        ReasonCode.USES_UNSAFE: "文件使用了 unsafe。",
        # Slices.
        ReasonCode.ANOTHER_TYPE: "`{type}` 是另一种类型。",
        ReasonCode.CAPACITY_IS_SEEN: "后面的代码可能会看到容量。",
        ReasonCode.CAPACITY_MAY_BE_SEEN: "切片被传了出去，而这里有代码可能会看到所得切片的容量。",
        ReasonCode.CAPACITY_NOT_CONSTANT: "容量不是常量。",
        ReasonCode.DECLARED_WITH_OTHERS: "`{name}` 与其他变量一起声明。",
        ReasonCode.ELEMENTS_MAY_BE_KEPT: "指向元素的指针可能会被保留。",
        ReasonCode.EMPTY_SLICE_IS_NOT_NIL: (
            "有代码可能会区分空切片和 nil，而没有任何 append 时它原本是 nil。"
        ),
        ReasonCode.MAY_KEEP_SLICE: "`{code}` 可能会保留这个切片。",
        ReasonCode.NOT_KNOWN_TO_GIVE_SLICE: "不知道 `{call}` 是否给出这样的切片。",
        ReasonCode.NOT_PLAIN: "`{expression}` 不够简单，无法跟踪。",
        ReasonCode.PARAMETERS_SHARE_TYPE: "`{code}` 中的多个参数共用一个类型。",
        ReasonCode.PARAMETER_OF_METHOD: "`{name}` 是方法或闭包的参数。",
        ReasonCode.SLICES_SHARE_ELEMENTS: "`{code}` 可能会留下两个共享元素的切片。",
        ReasonCode.SLICE_MAY_BE_USED_LATER: "某个函数字面量或 goroutine 可能仍在使用这个切片。",
        # Channels.
        ReasonCode.CHANNEL_IS_PARAMETER: "某个方法或函数类型接受这样的通道。",
        ReasonCode.CHANNEL_IS_PART: "这样的通道是其他类型的一部分，或者在别处创建。",
        ReasonCode.CHANNEL_IS_RETURNED: "某个函数返回这样的通道。",
        ReasonCode.CLOSED_CHANNEL_GIVES_NIL: "从已关闭的通道接收会得到 nil，而这可能会被看到。",
        ReasonCode.KEEPS_RECEIVED: "`{code}` 保留了收到的内容。",
        ReasonCode.MAY_BE_SENT_AGAIN: "`{name}` 可能会被发送多次。",
        ReasonCode.MAY_KEEP_CHANNEL: "`{code}` 可能会保留这个通道。",
        ReasonCode.SENDS_SOMETHING_ELSE: "`{code}` 发送的是别的东西。",
        ReasonCode.USED_AFTER_SEND: "`{name}` 在发送之后仍被使用。",
        # Closures.
        ReasonCode.ASSIGNED_AFTER_LITERAL: "`{name}` 可能会在函数字面量创建之后被赋值。",
        ReasonCode.DECLARED_BY_TYPE_SWITCH: "`{name}` 由类型选择语句声明。",
        # Maps.
        ReasonCode.BLOCK_MAY_END_EARLY: "代码块可能在元素写回之前就结束。",
        ReasonCode.ENTRY_NOT_EMPTY: "新的元素不是空的。",
        ReasonCode.LOOP_KEEPS_ENTRY: "某个循环把元素保存在另外的变量中。",
        ReasonCode.MAP_NOT_MADE_HERE: "这个 map 不是专为此处创建的。",
        ReasonCode.NOT_ONLY_BASIC_FIELDS: "`{expression}` 不只用于基本类型的字段。",
        ReasonCode.USED_BEFORE_STORED: "元素写回之前就使用了 `{name}`。",
        # Types and interfaces.
        ReasonCode.DOES_MORE_THAN_MOVE: "`{name}` 不只是移动元素。",
        ReasonCode.HOLDS_INTERFACES: "`{type}` 中还有其他接口。",
        ReasonCode.MAY_BE_INTERFACE: "`{type}` 可能是接口。",
        ReasonCode.NOT_ONLY_OF_VARIABLES: "`{type}` 不只是变量的类型。",
        ReasonCode.NO_VARIABLE_OF_TYPE: "没有类型为 `{type}` 的变量。",
        ReasonCode.TYPE_OF_ANOTHER_PACKAGE: "`{type}` 是另一个包的类型。",
        ReasonCode.UNSET_IS_ZERO: "从未设置过的元素会是零值，而不再是 nil。",
        ReasonCode.WRITER_MAY_DIFFER: "这里的某个 writer 对 WriteString 和 Write 的处理可能不同。",
        ReasonCode.WRITING_STRINGS_UNKNOWN: "不知道 `{type}` 能否写入字符串。",
        # Loops, timers, errors and logging.
        ReasonCode.BODY_BECOMES_FUNCTION: "循环体会变成一个函数，而其中有 defer 或 recover。",
        ReasonCode.CASE_RUNS_FIRST: "在定时器启动之前，另一个 case 会调用函数或等待。",
        ReasonCode.ERRORS_ARE_COMPARED: "这个包通过相互比较来区分错误。",
        ReasonCode.HANDLER_IS_TOLD: "这里的某个 handler 在被询问级别是否启用时会做别的事。",
        ReasonCode.ITERATIONS_SHARE_VARIABLES: "在 Go 1.22 之前，所有迭代共用循环变量。",
        ReasonCode.LEAVES_ITERATION_EARLY: "循环体会提前离开本次迭代。",
        ReasonCode.NEEDED_EARLIER: "较早的文件中有变量由可能已经需要它的代码来设置。",
        ReasonCode.NOT_IN_EVERY_ITERATION: "循环中只有部分迭代会执行到这里。",
        ReasonCode.NOT_READABLE_EARLIER: "在循环之前读取 `{expression}` 并不安全。",
        ReasonCode.OLD_TIMERS: "程序要求使用旧版本 Go 的定时器。",
        ReasonCode.OPERANDS_MAY_DO_MORE: "操作数可能有副作用或者失败，修改后就不再求值了。",
        ReasonCode.RESET_LEAVES_VALUES: (
            "如果 go.mod 中的版本低于 Go 1.23，Reset 不会清除定时器已经发送的值。"
        ),
        ReasonCode.SELECT_DOES_NOT_WAIT: "这个 select 不会等待。",
    },
    finding=FindingMessages(
        what_variable="{subject} 被移到堆上",
        what_expression="{subject} 分配在堆上",
        what_closure="这个函数字面量分配在堆上",
        what_loop_body="这个 range-over-func 循环的循环体是分配在堆上的闭包",
        what_method_value="方法值 {subject} 分配在堆上",
        what_append="{subject} 扩容后的底层数组在堆上",
        what_boxed="{subject} 被复制到堆上",
        what_arguments="这次调用的可变参数切片分配在堆上",
        what_loop_state="这个 range-over-func 循环的隐藏状态与循环体的闭包共享，因此在堆上",
        why_loop_state=(
            "编译器为 range-over-func 循环记录它是否仍在运行、如何离开；循环体是一个闭包，编译器"
            "看不到迭代器如何使用它，因此两者共享的状态必须在堆上。"
        ),
        helps_loop_state="让迭代器成为这里可以内联的函数：这样就不再需要闭包和这份状态。",
        ignore_loop_state="每次循环只有一次这样的小分配，与迭代的次数无关。",
        what_temporary="在堆上产生了一份临时副本",
        used_by_go="`go` 语句启动的 goroutine 在本次调用返回后仍会使用它",
        used_by_defer="循环中的 `defer` 会一直保留它，直到函数结束",
        map_of_many_entries="创建时预留了 8 个以上的元素",
        map_of_large_elements="它的键或值超过 128 字节",
        stored_in_slice="底层数组在堆上的切片",
        some_return="`return`",
        stays_but_may_allocate="{subject} {note}",
        no_allocation="实际没有分配：“{what}”只是编译器的说法",
        inlined="它是内联到这里的 `{function}` 的一部分",
        in_loop="在循环中",
        more="另外 {count} 个",
        package_level="包级别",
        other_functions="另外 {count} 个函数",
        copies_escape="内联到 {callers} 时也在堆上",
        copies_stay="在 {calls}中留在栈上",
        copies_may_allocate="在 {calls}中只有足够小时才留在栈上",
        copies_both="从 {callers} 调用时逃逸，在 {calls}中留在栈上",
        inlined_calls=Plural("{count} 处内联调用", one="一处内联调用"),
        label="堆：{cause}",
        label_no_allocation="没有分配",
        label_may_allocate="较大时在堆上",
        why_inlined="这次分配属于 `{function}`，编译器把它内联到了这里。",
        why_no_allocation="编译器说它逃逸，但实际上没有分配内存：{note}。",
        why_stays_but_may_allocate="它没有逃逸，所以{note}。",
        why_stays_where_inlined_but_may_allocate=(
            "它所在函数的每次调用都被内联，它在那里没有逃逸，所以{note}。"
        ),
        stays_on_the_stack="{subject} 留在栈上。",
    ),
    function=FunctionMessages(
        parameter_stays="{name} 不逃逸：调用者可以传递栈上的值。",
        parameter_leaks="{name} 泄漏到{places}。",
        parameter_consequence="调用者传入的值会被迫分配到堆上。",
        inlinable="可以内联（{detail}）。",
        not_inlinable="不能内联：{detail}。",
        allocations=Plural("{count} 处堆分配"),
        allocations_inlined="{count}，内联到这里的函数中另有 {more} 处",
        allocations_without_escape="{count}，另有 {more} 处不逃逸但可能分配",
        allocations_all_in_loops="{count}，都在循环中",
        allocations_some_in_loops="{count}，其中 {loops} 处在循环中",
    ),
    offer=OfferMessages(
        why_escape="为什么会逃逸？",
        why_escapes="{subject} 为什么会逃逸？",
        generated_file="此文件是生成的：请同时修改生成它的程序",
        leave_it="可以不管：{reason}（{question}）",
        look_at_this="请留意：{what}",
        apply_and_test="应用并测试：{title}（先运行这个包的测试）",
        apply_and_measure="应用并测量：{title}（先运行这个包的基准测试）",
        apply_all="应用此文件中所有经过证明的修复（{proof}）",
    ),
    proof=ProofMessages(
        gone="消除 {count}",
        out_of_loop="把 {count}移到循环之外",
        stays_at_calls="使 {count}留在调用者的栈上",
        on_branch="只有进入该分支时才有 {count}",
        guarded="只有启用该级别时才有 {count}",
        unseen="省去一次编译器没有报告的分配",
        instead="代之以 {subjects}",
        files=Plural("{count} 个文件"),
        callers=Plural("{count} 处调用"),
        go="已用 {go} 检验",
    ),
    profile=ProfileMessages(
        objects=Plural("{count} 个对象"),
        amount="{size}，{objects}",
        share="{amount}，占全部分配的 {percent}",
        share_by_number="{amount}，占全部分配对象数的 {percent}",
        percent_by_number="对象数的 {percent}",
        share_approximate="{share}（近似值：代码已改动）",
        less_than="不到 {percent}",
        in_function="{what}，位于 {function}",
        called_from="{function}，调用自 {place}",
        top="{name} 中分配最多的地方（{amount}）",
        explained="这些包分配的内存中，{percent} 有对应的发现或其他原因",
        more="另有 {count} 处{everything}",
        empty="profile 中没有任何分配。",
        unexplained={
            UnexplainedReason.MAP: "map 在这里扩容",
            UnexplainedReason.APPEND: "append 使已在堆上的数组扩容",
            UnexplainedReason.CHANNEL: "channel 总是在堆上",
            UnexplainedReason.GOROUTINE: "新的 goroutine 需要一个栈",
            UnexplainedReason.DEFER: "循环中被推迟的调用保存在堆上",
            UnexplainedReason.RUNTIME: "运行时为自身分配内存",
            UnexplainedReason.STACK: "只有足够小时才留在栈上",
            UnexplainedReason.OTHER_PACKAGE: "另一个包的代码分配了内存",
            UnexplainedReason.UNKNOWN: (
                "编译器在这里没有报告：采集 profile 时的代码或编译选项与现在不同"
            ),
        },
    ),
    bench=BenchmarkMessages(
        names_and_more="{names} 以及另外 {count} 个",
        wrote_files="{package} 的基准测试运行期间写入了一些文件，它们会保留下来：{names}。",
        run="运行基准测试",
        run_again="{result}：再次运行基准测试",
        parts="{count} 个子基准测试中最多 {result}",
    ),
    check=CheckMessages(
        summary="{packages}中有 {total}（{told}）",
        summary_nothing="{packages}中{total}（{told}）",
        sites=Plural("{count} 处分配"),
        new_sites=Plural("{count} 处新的分配"),
        no_sites="没有发现分配",
        no_new_sites="没有新的分配",
        packages=Plural("{count} 个包"),
        log="日志",
        most="最多的文件：{files}",
        known="未显示以前已知的 {count} 处",
        hidden="未显示低于 --min-severity 的 {count} 处",
        decided="决定于 {place}",
        not_analysed="未能分析",
        failures="……另有 {count} 处；--format json 会全部列出。",
    ),
    explain=ExplainMessages(
        why="原因",
        steps="步骤",
        helps="通常有效的办法",
        ignore="何时可以不管",
        rank="级别",
        compiler="编译器的原话",
        nothing="{place}：这里没有任何值进入堆。",
    ),
    compare=CompareMessages(
        gone="消失",
        instead="取代",
        new="新增",
        line="第 {line} 行",
        moved="移动 {place}：{subject}（之前在 {before}）",
        more="另有 {count} 处移动",
        since="自 {revision} 以来的分配点",
        total="{title}：消失 {gone}，新增 {new}，移动 {moved}，{same} 处位置未变",
        total_instead=(
            "{title}：消失 {gone}，其中由 {instead} 处更轻的取代，新增 {new}，移动 {moved}，"
            "{same} 处位置未变"
        ),
        only_before="：只在之前有",
        only_now="：只在现在有",
        from_nothing="之前为零",
        chance_few="运行次数太少，无法判断是否偶然：请使用 --count 4 或更多。",
        chance_unknown="尚不能判断是否偶然：pip install 'goescape[bench]'。",
    ),
    hover=HoverMessages(
        profile="Profile：",
        helps="通常有效的办法：",
        fixes="已证明有效的修复：",
        ignore="何时可以不管：",
        more="这里还有 {count} 个",
        waiting="包现在无法编译；这里显示的是之前的结果。",
    ),
    editor=EditorMessages(
        compiler_silent="编译器对这个包没有任何报告。",
        file_excluded="此文件没有逃逸分析：{why}",
        file_waits="逃逸分析正在等待：包无法编译",
        on_line="第 {line} 行：{message}",
        status_analysing="正在分析 {what}",
        status_does_not_compile="{package} 无法编译",
        status_does_not_compile_why="{package} 无法编译：{why}",
        status_paused="工作区的分析已暂停",
        which_allocation="哪一处分配？",
        work_benchmark="基准测试：{names}",
        work_packages="{first} 以及另外 {count} 个",
        work_testing="正在测试：{fix}",
        work_measuring="正在测量：{fix}",
    ),
    tell=TellMessages(
        benchmark_runs="已有基准测试在运行；请等待它结束，或者取消它。",
        benchmarks="{package} 中有 {names}；请指定其中一个。",
        failed_inside="goescape 内部出错。结果可能比平时来得慢；请报告 goescape 日志中的错误。",
        fix_fails="修复没有应用，它的测试失败：{why}",
        fix_not_kept="没有应用修复：{why}",
        fix_measured="已应用修复：{benchmark} 从 {before} allocs/op 降到 {after}。",
        fix_is_old="这个修复被证明之后代码又有改动；请保存文件后重试。",
        fix_refused="编辑器没有应用这个修复。",
        name_a_profile="请指定一个堆 profile 文件，例如 `go test -memprofile` 生成的文件。",
        no_benchmarks="零个基准测试",
        no_profile="没有加载名为 {name} 的 profile；已加载：{loaded}。",
        none="无",
        not_ready="还没有准备好；请稍后再试。",
        open_a_file="请先打开一个 Go 文件，或者用 URI 指定一个。",
        open_a_folder="请先打开一个文件夹。",
        open_benchmarks="请先打开一个含有基准测试的 Go 文件，并指定其中一个或它的某一行。",
        other_program="{name}（{amount}）中没有已分析的包；其中大部分属于 {other}。",
        written="基准测试期间写入了一些文件，它们会保留下来：{names}。",
    ),
    report=ReportMessages(
        title="{name} 的堆分配",
        about=Plural("用 {go} 分析了 {count} 个包"),
        open_files="打开的文件",
        nothing="到目前为止，分析过的代码中没有发现分配。",
        total="处分配",
        warning="在循环中，或者很大",
        information="普通",
        hint="无关紧要",
        trend="自 {name} 以来：新增 {new}，消失 {gone}",
        waiting="等待中：无法编译",
        where="分配集中在哪里",
        map=(
            "面积表示{measure}：先按包，再按其中的函数。颜色越深，循环中、较大或热点的分配占比越高"
            "。"
        ),
        sites_measure="分配点数量",
        bytes_measure="profile 中的字节数",
        top="分配最多的地方",
        allocated="分配量",
        what="位置和内容",
        packages="包",
        functions="函数",
        causes="原因",
        sites="分配点",
        order="最重要的在前，并列出通往堆的每一步{more}。",
        more_sites="；另有 {count} 处未显示",
        more_rows="另有 {count} 个",
        new="新增",
        fixes="可能适用的修复",
        fixes_note="仅根据语法找到。只有编译器证明过的修复才会在文件中提供。",
    ),
)
