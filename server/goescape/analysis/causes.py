"""The causes: why a value is on the heap. All that there is to say of one stands here, in English.

A new cause is a member of ``Cause`` and its record in ``CAUSES``, its translation in the catalogue
of each other language, and a file in ``examples/tour``; tests name what is missing. Where no word
of the compiler decides for it alone, ``sites.cause_finder`` does.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cause(str, enum.Enum):
    """Why a value is on the heap: the stable code of a finding."""

    RETURNED = "returned"
    CAPTURED = "captured-by-closure"
    STORED = "stored-in-heap"
    INTERFACE = "interface-conversion"
    PASSED = "passed-to-call"
    INDIRECT = "indirect-call"
    TOO_LARGE = "too-large"
    DYNAMIC_SIZE = "dynamic-size"
    GO_OR_DEFER = "goroutine-or-defer"
    CHANNEL = "channel"
    LARGE_MAP = "large-map"
    CONCATENATION = "concatenation"
    OTHER = "other"


MAP_ENTRIES = "entries"
MAP_ELEMENT = "element"
"""What of a map is too large for the stack: the destination of a finding of ``LARGE_MAP``."""


@frozen
class CauseMessages:
    """What there is to say of one cause in one language."""

    label: str
    """For an inlay hint: ``returned``."""
    message: str
    """The diagnostic; it may name ``{what}``, the decisive ``{step}`` and its ``{line}``, and the
    ``{destination}``."""
    why: str
    """Why it is on the heap, in a paragraph about ``{what}``."""
    helps: str
    """What usually helps."""
    ignore: str
    """When to leave it alone."""
    destination: str = "{destination}"
    """How the destination is said where there is one."""
    without_line: str | None = None
    """The diagnostic where the decisive step has no line, if it is another one."""
    somewhere: str = ""
    """What stands in its place where the source does not name it."""


@frozen
class CauseRecord:
    """One cause."""

    title: str
    """One short sentence, without a full stop."""
    english: CauseMessages
    page: str
    """Its part of ``docs/causes.md``, below the heading."""
    any_step: tuple[str, ...] = ()
    """The compiler's words for steps that decide for it wherever they stand on the way."""
    last_step: tuple[str, ...] = ()
    """The compiler's words for steps that decide for it as the last of the way."""


CAUSES: Mapping[Cause, CauseRecord] = {
    Cause.RETURNED: CauseRecord(
        title="A pointer outlives the function that made its value",
        last_step=("return",),
        english=CauseMessages(
            label="returned",
            message="{what}: {step} hands it to the caller",
            why=(
                "{what} lives on after its function returns, but a function's stack frame does "
                "not: the value must be on the heap."
            ),
            helps=(
                "Return the value itself: copying up to about 2 KiB is cheaper than an allocation. "
                "Or let the caller pass the memory in."
            ),
            ignore="The value is large, is shared or must keep its identity.",
        ),
        page="""
A function returns the address of its own variable, or a value that points to it: a pointer, a
slice, a map, a closure. The variable must live on after the call, and the call's stack frame does
not.

```go
func NewUser(name string) *User {
	u := User{Name: name} // u: returned
	return &u
}
```

**What helps.** Return the value itself when it is small; let the caller pass the place to fill
(`func (u *User) Reset(name string)`, `func Append(dst []byte, ...) []byte`); keep the function
small enough to be inlined, since the copy in the caller may then stay on the caller's stack.

**When to leave it.** A constructor that is called now and then, for something that lives long
anyway, costs nothing worth saving.
""",
    ),
    Cause.CAPTURED: CauseRecord(
        title="A function literal holds on to a variable",
        last_step=(
            "captured by a closure",
            "reference",
        ),
        english=CauseMessages(
            label="captured",
            message="{what}: captured by the function literal at line {line}",
            without_line="{what}: captured by a function literal",
            why=(
                "A function literal uses {what} and may run after this function has returned, so "
                "both share the variable on the heap."
            ),
            helps=(
                "Pass the value as a parameter, or copy it to a new variable that the literal uses "
                "and nobody changes."
            ),
            ignore="The literal is made seldom, or the variable must be shared.",
        ),
        page="""
A closure that outlives the function uses one of its variables, and the variable changes after it
was captured (or is large, over 128 bytes). Both share it, so it moves to the heap. A variable that
never changes again is copied into the closure instead.

```go
func Counter() func() int {
	count := 0 // count: captured-by-closure
	return func() int { count++; return count }
}
```

**What helps.** Capture a copy that does not change (`count := count`); pass the variable as an
argument; make a type with a method of what the closure remembers.

**When to leave it.** The shared state is the purpose of the closure, and it is made once.
""",
    ),
    Cause.STORED: CauseRecord(
        title="A pointer is stored in something on the heap",
        last_step=(
            "assign",
            "assign-pair",
            "assign-pair-dot-type",
            "key of map put",
            "map literal key",
            "map literal value",
            "send",
            "slice-literal-element",
            "array literal element",
            "struct literal element",
            "appendee slice",
            "appended slice...",
            "copied slice",
        ),
        english=CauseMessages(
            label="stored",
            message="{what}: stored in {destination}",
            why=(
                "{what} is stored where it can be reached after this function returns: in a "
                "global, behind a pointer, in a map, slice, channel or a variable that lives "
                "longer."
            ),
            helps=(
                "Store the value instead of a pointer to it, or reuse one object for several "
                "rounds."
            ),
            ignore="The value has to live that long: then the heap is its place.",
            somewhere="something that outlives this call",
        ),
        page="""
The address is stored where the compiler does not follow it: in a package variable, in a field
behind a pointer, in a map, in an element of a slice, in a channel.

```go
func (n *Node) Push(value int) {
	next := Node{Value: value, Next: n.Next} // next: stored-in-heap
	n.Next = &next
}
```

**What helps.** Store values instead of pointers (`[]Node` and indexes, `map[string]User`); allocate
many at once in one slice; use a `sync.Pool` for large things that are used briefly and often.

**When to leave it.** What is stored must outlive the function: some allocation is the point.
""",
    ),
    Cause.INTERFACE: CauseRecord(
        title="A value is put into an interface",
        last_step=("interface-converted",),
        english=CauseMessages(
            label="interface",
            message="{what}: converted to an interface{destination}",
            why=(
                "An interface holds a pointer to its value. To put {what} into one, the value is "
                "copied to memory of its own, and that memory outlives this call."
            ),
            helps=(
                "Use a concrete type or a type parameter; `strconv` instead of `fmt`; do not "
                "format what is not printed."
            ),
            ignore="The code is cold: logging, errors, set-up.",
            destination=" for {destination}",
        ),
        page="""
A value is put into an interface: `any`, `error`, the arguments of `fmt.Println`. An interface holds
a pointer, so the value gets a place of its own; when the interface escapes, that is on the heap.

Not allocated, and not reported: constants, values of zero size or of one byte, and what is a
pointer already (pointers, maps, channels, functions). Integers below 256 and zero values are not
allocated either, when they occur; a finding says that it depends where the source shows that the
value is an integer.

```go
func Box(number int) any { return number } // number: interface-conversion
```

**What helps.** In hot code use functions for the concrete type (`strconv.AppendInt` instead of
`fmt.Sprintf`, typed fields of a structured logger); type parameters instead of `any`; put a pointer
into the interface if there is one already.

**When to leave it.** Logging, errors, set-up: the formatting costs far more than the boxing.
""",
    ),
    Cause.PASSED: CauseRecord(
        title="A value is handed to a call that keeps it",
        english=CauseMessages(
            label="passed to call",
            message="{what}: passed to {destination}, which keeps it",
            why=(
                "The function called keeps what it is given, or passes it on to one that does, so "
                "{what} must outlive the call."
            ),
            helps=(
                "Pass a value, or change the function called so that it does not keep its argument."
            ),
            ignore="The call costs far more than an allocation: I/O, encoding.",
            somewhere="a call",
        ),
        page="""
The address is passed to a function that the compiler knows, and that lets its parameter escape:
it stores or returns it, or passes it to another that does. `goescape explain` on the function's
name shows what it does to each of its parameters.

```go
func SignUp(name string) {
	u := User{Name: name} // u: passed-to-call
	register(&u)          // keeps it
}
```

**What helps.** Change the callee so that it copies what it keeps; pass a value; split off the part
that keeps the pointer, so that the common path does not.

**When to leave it.** The callee's purpose is to keep the value.
""",
    ),
    Cause.INDIRECT: CauseRecord(
        title="A value is handed to a call whose callee the compiler does not know",
        english=CauseMessages(
            label="indirect call",
            message="{what}: passed to {destination}, a call that the compiler cannot see into",
            why=(
                "An interface method or function value is called: the compiler does not know which "
                "function will run and must assume that it keeps {what}."
            ),
            helps=(
                "Call a concrete type so that the compiler sees the function, or hoist the value "
                "out of the loop and reuse it."
            ),
            ignore="The call costs far more than an allocation: I/O, encoding.",
            somewhere="a call",
        ),
        page="""
The address is passed to a method of an interface or to a function value. The compiler cannot see
which function that will be, so it must expect one that keeps its argument.

```go
func WriteHeader(w io.Writer) error {
	var header [16]byte // header: indirect-call
	_, err := w.Write(header[:])
	return err
}
```

**What helps.** Call a concrete type in hot code (a type parameter alone does not help: Go compiles
one body for all pointer types); reuse one buffer that the caller or the struct holds; let small
functions be inlined, since Go then often sees the concrete type; profile-guided optimisation.

**When to leave it.** The call does I/O, which costs a thousand times more.
""",
    ),
    Cause.TOO_LARGE: CauseRecord(
        title="A value is too large for the stack",
        any_step=(
            "too large for stack",
            "too aligned for stack",
        ),
        english=CauseMessages(
            label="too large",
            message="{what}: too large for the stack",
            why=(
                "The stack takes variables of up to 128 KiB (10 MiB before Go 1.24), and up to 64 "
                "KiB for `new`, `&T{{}}` and `make`. {what} is larger."
            ),
            helps="Make it smaller, reuse one buffer, or take it from a `sync.Pool`.",
            ignore="It is made once and kept.",
        ),
        page="""
The value is larger than Go puts on a stack, whatever happens to it.

| what | Go 1.21 to 1.23 | Go 1.24 and later |
| --- | --- | --- |
| declared variable | 10 MiB | 128 KiB |
| `new(T)`, `&T{}`, `make([]T, constant)` | 64 KiB | 64 KiB |

`make([]int, 8192)` is exactly 64 KiB and may stay on the stack; `make([]int, 8193)` may not.

**What helps.** Work in smaller parts; allocate once and reuse (a field, a package variable, a
`sync.Pool`); a declared array has a higher limit than `make`.

**When to leave it.** It is made once, and not in a loop.
""",
    ),
    Cause.DYNAMIC_SIZE: CauseRecord(
        title="The size is not known when compiling",
        any_step=(
            "non-constant size",
            "zero-sized element",
        ),
        english=CauseMessages(
            label="dynamic size",
            message="{what}: its size is not known at compile time",
            why=(
                "The stack frame has a fixed size, and the size of {what} is known only at run "
                "time."
            ),
            helps="Use a constant capacity where there is an upper bound, or reuse a buffer.",
            ignore="It is made seldom.",
        ),
        page="""
The size of a slice is known only at run time.

- Up to Go 1.24, `make([]T, n)` with such a size is always on the heap.
- Since Go 1.25 it is on the stack if it fits into 32 bytes and nothing keeps it, else on the heap.
  The compiler then says "does not escape", which is why this finding says that it depends.

A local variable whose value never changes counts as a constant since Go 1.25; a `const` always.

Sums of strings, conversions between `string`, `[]byte` and `[]rune`, and slices that `append` grows
have 32 bytes (or runes) on the stack where nothing keeps them, and allocate beyond that;
`append(s, t...)` has none, and allocates as soon as `s` is full. That depends on values alone, so
it is no finding: after a save, the hover says it, and `goescape explain FILE:LINE` does.

**What helps.** A constant size when there is a sensible upper bound: `make([]T, 0, 64)`, or an
array that is sliced; a buffer that is reused.

**When to leave it.** The slice is large anyway, or made rarely.
""",
    ),
    Cause.GO_OR_DEFER: CauseRecord(
        title="A go or defer statement keeps a value",
        english=CauseMessages(
            label="go/defer",
            message="{what}: {destination}",
            why=(
                "What a `go` statement, or a `defer` in a loop, works with is used after this "
                "statement is done: {what} must be on the heap."
            ),
            helps=(
                "Start fewer goroutines, pass arguments of small size, or move the body of the "
                "loop into a function so that its `defer` stays on the stack."
            ),
            ignore="A goroutine that lives long costs far more than this.",
        ),
        page="""
A `go` statement, or a `defer` in a loop, needs a record of the function literal and of what it
captured, which must wait somewhere until it runs. A `defer` outside of loops stays on the stack.

```go
go func() { fetch(url) }() // func: goroutine-or-defer
```

**What helps.** A fixed number of workers that read from a channel, instead of one goroutine for
each item; moving the body of a loop with `defer` into a function of its own.

**When to leave it.** Starting a goroutine costs more than its closure.
""",
    ),
    Cause.CHANNEL: CauseRecord(
        title="A channel is made",
        english=CauseMessages(
            label="channel",
            message="{what}: every channel is",
            why=(
                "A channel is shared by goroutines, so Go never keeps one on a stack. The compiler "
                "prints nothing about it."
            ),
            helps=(
                "Make one channel for several rounds, or hand results over in another way: a "
                "return value, a `sync.WaitGroup`, a mutex."
            ),
            ignore="It is made seldom: goroutines and their switches cost more than a channel.",
        ),
        page="""
`make(chan T)` allocates, whatever becomes of the channel: once, and a second time for the buffer
where that holds pointers. The compiler says nothing of it, neither that it escapes nor that it does
not; goescape finds it in the source.

```go
func Wait(work func() error) error {
	done := make(chan error, 1) // make(chan error, 1): channel
	go func() { done <- work() }()
	return <-done
}
```

**What helps.** In a loop, one channel that is used again; a `sync.WaitGroup` or an `errgroup` where
nothing but the end is waited for; calling the function itself where nothing runs beside it.

**When to leave it.** It is made once for each goroutine, connection or request.
""",
    ),
    Cause.LARGE_MAP: CauseRecord(
        title="A map outgrows the stack",
        english=CauseMessages(
            label="large map",
            message="{what}: {destination}",
            why=(
                "A map that does not escape is on the stack as long as it has at most 8 entries, "
                "with keys and values of at most 128 bytes each. All beyond that is on the heap, "
                "although the compiler says that the map does not escape."
            ),
            helps=(
                "Make the map once, empty it with `clear` and use it again; store large values by "
                "index in a slice."
            ),
            ignore="The map is made seldom, or lives long anyway.",
        ),
        page="""
A map that does not escape has room for 8 entries on the stack. The compiler says "does not escape"
of every such map, also of one that

- is made for more entries: `make(map[K]V, 100)`, or a literal with more than 8,
- has keys or values of more than 128 bytes: each new key allocates, and each new value.

```go
func Count(words []string) int {
	seen := make(map[string]bool, 100) // make(map[string]bool, 100): large-map
	for _, word := range words {
		seen[word] = true
	}
	return len(seen)
}
```

Where the number of entries is known only at run time, the finding is `dynamic-size`, and says that
it depends.

**What helps.** One map for several rounds, emptied with `clear`; a slice of the large values, and a
map from keys to its indexes; a `switch` or a sorted slice instead of a large map that never
changes.

**When to leave it.** The map is made once, or seldom.
""",
    ),
    Cause.CONCATENATION: CauseRecord(
        title="A string grows",
        english=CauseMessages(
            label="concatenation",
            message="{what}: a string cannot grow, so a longer copy is made",
            why=(
                "Strings never change: `+=` makes a new one that holds both and copies them. The "
                "compiler prints nothing about it."
            ),
            helps=(
                "In a loop, write to a `strings.Builder`, or append to a `[]byte`. Outside of one, "
                "join all parts in one expression: `a + b + c` is one allocation."
            ),
            ignore="It runs seldom, or the string stays short.",
        ),
        page="""
`s += x` allocates unless one of the two is empty: the new string holds both. In a loop everything
that is there already is copied each time. The compiler says nothing of it; goescape finds it in the
source.

```go
func Line(names []string) string {
	line := ""
	for _, name := range names {
		line += name // line += name: concatenation
	}
	return line
}
```

**What helps.** In a loop, a `strings.Builder`, `strings.Join`, or a `[]byte` that is appended to.
Outside of one, a single sum: `a + b + c` allocates once, however many parts it has.

**When to leave it.** It runs once, or for an error message.
""",
    ),
    Cause.OTHER: CauseRecord(
        title="A value escapes to the heap",
        english=CauseMessages(
            label="escapes",
            message="{what}",
            why="The compiler could not prove that {what} dies with its function.",
            helps="Look at the steps: the last one is where the value gets away.",
            ignore="The code is cold.",
        ),
        page="""
The compiler gives another reason, or none. `goescape explain` shows what it says.
""",
    ),
}
