"""What an expert would do about an allocation: one sentence for a shape.

A cause says why a value is on the heap; its shape says what the value is for, which decides what
helps. A new advice is a member of ``Advice``, its sentence in ``ADVICE`` and in the catalogue of
each other language, a rule in ``advice_rules``, and a line in ``tests/analysis/advice.txt``.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Advice(str, enum.Enum):
    """What helps, for a shape of allocation."""

    GROW_IN_LOOP = "grow-in-loop"
    GROW_FIELD = "grow-field"
    GROW_RESULT = "grow-result"
    PREPEND = "prepend"
    ROWS = "rows"
    SCRATCH = "scratch"
    MAKE_RESULT = "make-result"
    KEEP_MADE = "keep-made"
    KEEP_MAP = "keep-map"
    MAP_ELEMENT = "map-element"
    STRING_KEY = "string-key"
    STRING_RESULT = "string-result"
    STRING_COPY = "string-copy"
    BYTES_WRITTEN = "bytes-written"
    BYTES_COPY = "bytes-copy"
    RUNES = "runes"
    CONCATENATE_IN_LOOP = "concatenate-in-loop"
    CONCATENATE = "concatenate"
    FORMAT = "format"
    FORMAT_WRITE = "format-write"
    FORMAT_ERROR = "format-error"
    FORMAT_WRAPPER = "format-wrapper"
    LOG = "log"
    REFLECT = "reflect"
    SORT = "sort"
    POOL_PUT = "pool-put"
    TYPED_SLOT = "typed-slot"
    TYPED_KEY = "typed-key"
    METHOD_VALUE = "method-value"
    CLOSURE_RESULT = "closure-result"
    CLOSURE_IN_LOOP = "closure-in-loop"
    FIELD_ADDRESS = "field-address"
    BUFFER_TEXT = "buffer-text"
    CLONE = "clone"
    NEW_ERROR = "new-error"
    RESET = "reset"
    FRAMES = "frames"
    ERRORS_AS = "errors-as"
    STORED_POINTER = "stored-pointer"
    MANY_VALUES = "many-values"

    # Calls of other packages, which have no finding: a profile shows them.
    SPLIT = "split"
    NEW_TEXT = "new-text"
    NUMBER_TEXT = "number-text"
    TIME_TEXT = "time-text"
    ENCODED_TEXT = "encoded-text"
    BUFFER_GROWTH = "buffer-growth"
    LINE_TEXT = "line-text"
    READ_ALL = "read-all"
    JSON = "json"
    REGEXP = "regexp"
    QUERY = "query"
    CONTEXT = "context"
    BIG_NUMBER = "big-number"
    HASH = "hash"
    COLLECT = "collect"


ADVICE: Mapping[Advice, str] = {
    Advice.GROW_IN_LOOP: (
        "Make the slice with enough capacity before the loop: `make([]T, 0, n)`. An upper bound "
        "for `n` is good enough."
    ),
    Advice.GROW_FIELD: (
        "Keep the array: empty the slice with `s = s[:0]` when it is used again, or make it with "
        "a capacity."
    ),
    Advice.GROW_RESULT: (
        "Let the caller pass the slice to append to, as `strconv.AppendInt` does, so that one "
        "array serves many calls; or start with a capacity."
    ),
    Advice.PREPEND: (
        "This copies the whole slice to put an element in front. Append instead, and reverse the "
        "slice once at the end or read it backwards."
    ),
    Advice.ROWS: (
        "Allocate one array for all of them, `data := make([]T, total)`, and cut each slice out of "
        "it: `data[i:j:j]`."
    ),
    Advice.SCRATCH: (
        "Make it once, before the loop, and reuse it: `buf = buf[:0]` before you append, "
        "`clear(buf)` where it must be zero."
    ),
    Advice.MAKE_RESULT: (
        "Let the caller pass the slice, `func f(dst []T) []T`, and append to `dst[:0]`: one array "
        "serves many calls."
    ),
    Advice.KEEP_MADE: (
        "Keep it and use it again: `clear(m)` empties a map, `s[:0]` a slice. Or let the caller "
        "pass it."
    ),
    Advice.KEEP_MAP: (
        "Keep the map and empty it with `clear(m)`. For a handful of known keys, a struct or a "
        "slice of pairs costs less than a map."
    ),
    Advice.MAP_ELEMENT: (
        "A map allocates each element over 128 bytes separately. Store a smaller element, or an "
        "index into a slice of the large ones."
    ),
    Advice.STRING_KEY: (
        "Cut keys out of a string that you have: `s[i:j]` copies nothing. If you have only bytes, "
        "look up `m[string(b)]` first, which copies nothing either, and assign only new keys."
    ),
    Advice.STRING_RESULT: (
        "The conversion copies the text. Return the `[]byte`, append to a slice that the caller "
        "passes, or build the text in a `strings.Builder`, whose `String` copies nothing."
    ),
    Advice.STRING_COPY: (
        "The conversion copies the text. To compare it, to range over it or to look it up in a "
        "map, `string(b)` needs no copy; to keep it, build it in a `strings.Builder`."
    ),
    Advice.BYTES_WRITTEN: (
        "The conversion copies the string. `io.WriteString(w, s)` does not if the writer has a "
        "method `WriteString`; `buf = append(buf[:0], s...)` reuses one array."
    ),
    Advice.BYTES_COPY: (
        "The conversion copies the string. Stay with one of the two: `bytes` has the functions of "
        "`strings`, and `append(b, s...)` takes a string."
    ),
    Advice.RUNES: (
        "Range over the string, which decodes it without a copy. If you need an index, keep one "
        "`[]rune`: empty it with `rs = rs[:0]` and append each rune to it."
    ),
    Advice.CONCATENATE_IN_LOOP: (
        "Each turn copies the whole text so far. Append to a `strings.Builder` or a `[]byte`, and "
        "make the string once after the loop."
    ),
    Advice.CONCATENATE: (
        "The parts are copied to a new string. If it becomes part of a longer text, write the "
        "parts to that text one by one instead of joining them first."
    ),
    Advice.FORMAT: (
        "`fmt` boxes its operands. Where this runs often, join strings with `+`, or append with "
        "`strconv.AppendInt` and its siblings to a `[]byte` that you reuse."
    ),
    Advice.FORMAT_WRITE: (
        "`fmt` boxes its operands. Where this runs often, call the writer's `WriteString`, or "
        "append with `strconv.AppendInt` and its siblings to one buffer and write that."
    ),
    Advice.FORMAT_ERROR: (
        "Where this error is common, return one error value of the package, or a type of your own "
        "that formats its text when `Error` is called."
    ),
    Advice.FORMAT_WRAPPER: (
        "A parameter of type `any` boxes each argument. Add a variant of the function that takes "
        "a `string`, for callers that have one."
    ),
    Advice.LOG: (
        "Ask whether the level is on before you log, so that only what is printed is boxed; or "
        "pass typed values, as `slog.LogAttrs` takes with `slog.Int` and `slog.String`."
    ),
    Advice.REFLECT: (
        "Reflection boxes every value. Handle the common types in a type switch before you "
        "reflect, or set one value again and again: `v := reflect.New(t).Elem()`, `v.SetString(s)`."
    ),
    Advice.SORT: (
        "The package `sort` takes interfaces. `slices.SortFunc` and `slices.BinarySearchFunc` take "
        "the slice as it is and box nothing."
    ),
    Advice.POOL_PUT: (
        "`Put` boxes what it gets: a slice's header is copied to the heap each time. Put a pointer "
        "into the pool."
    ),
    Advice.TYPED_SLOT: (
        "Store it in a typed slot instead of `any`: a struct with a kind and one field per type "
        "holds numbers and strings without an allocation. A pointer is not copied, either."
    ),
    Advice.TYPED_KEY: (
        "Give the map a key of its own type, such as `map[string]T`: a key of type `any` is boxed "
        "whenever it is stored."
    ),
    Advice.METHOD_VALUE: (
        "Store the method expression, `(*T).Method`, which needs no allocation, and pass the "
        "receiver when you call it; or make the method value once and keep it."
    ),
    Advice.CLOSURE_RESULT: (
        "Return a small struct with a method instead of a function literal: the caller can hold "
        "it as a value, on its stack."
    ),
    Advice.CLOSURE_IN_LOOP: (
        "Make the function once, before the loop, and pass what changes as a parameter."
    ),
    Advice.FIELD_ADDRESS: (
        "Only one field outlives the call, but it takes the whole variable to the heap. Copy the "
        "field to a variable of its own and take the address of that."
    ),
    Advice.BUFFER_TEXT: (
        "`String` copies the buffer. `Bytes` shows the same text without a copy until the buffer "
        "changes, `WriteTo` writes it, and a `strings.Builder` gives its text away."
    ),
    Advice.CLONE: (
        "The copy needs an array of its own each time. `append(dst[:0], s...)` copies to one that "
        "you keep."
    ),
    Advice.NEW_ERROR: (
        "Make the error once: `var errX = errors.New(...)` at package level. Callers can compare "
        "with it, too."
    ),
    Advice.RESET: (
        "Keep one and give it the next input with its method `Reset` instead of making another."
    ),
    Advice.FRAMES: (
        "`runtime.CallersFrames` allocates. `runtime.Callers` does not: keep the file and line of "
        "each program counter that you have resolved, and look there first."
    ),
    Advice.ERRORS_AS: (
        "Declare the variable after `if err != nil`, so that only the error path allocates it; "
        "`errors.AsType` (Go 1.26) needs none."
    ),
    Advice.STORED_POINTER: (
        "If pointers are only there to avoid copies, store the values: one `[]T` holds them all."
    ),
    Advice.MANY_VALUES: (
        "Return the value itself: copying up to about 2 KiB is cheaper than an allocation. Where "
        "many are kept by pointer, allocate them in blocks, `block := make([]T, 64)`, and hand out "
        "`&block[i]`."
    ),
    Advice.SPLIT: (
        "It allocates a slice of all parts. Range over `strings.SplitSeq` or "
        "`strings.FieldsSeq` (Go 1.24), or take one part at a time with `strings.Cut`."
    ),
    Advice.NEW_TEXT: (
        "It makes a new string. Write its parts to the text that they become part of; "
        "`strings.EqualFold` compares without regard to case."
    ),
    Advice.NUMBER_TEXT: (
        "`strconv.AppendInt` and its siblings append the text to a `[]byte` that you reuse."
    ),
    Advice.TIME_TEXT: ("`AppendFormat` appends the text to a `[]byte` that you reuse."),
    Advice.ENCODED_TEXT: (
        "`AppendEncode` and `AppendDecode` (Go 1.22) append to a `[]byte` that you reuse."
    ),
    Advice.BUFFER_GROWTH: (
        "The buffer grows as it is written to. Call `Grow` with the size that you expect, or "
        "keep a `bytes.Buffer` and call `Reset`."
    ),
    Advice.LINE_TEXT: ("`Bytes` shows the line without a copy, until the next `Scan`."),
    Advice.READ_ALL: (
        "It grows a new slice as it reads. If the size is known, make the slice and call "
        "`io.ReadFull`; otherwise keep a `bytes.Buffer` and call `ReadFrom`."
    ),
    Advice.JSON: (
        "Encode and decode structs with the fields that you need: in `any` and "
        "`map[string]any`, each key and value is an object of its own. `json.RawMessage` leaves "
        "undecoded what nobody reads."
    ),
    Advice.REGEXP: (
        "Ask `MatchString` before you replace, and for indexes instead of texts "
        "(`FindStringSubmatchIndex`). For fixed words, `strings` does it without an allocation."
    ),
    Advice.QUERY: (
        "It makes a map, and a slice for each parameter. Parse once and pass the result on."
    ),
    Advice.CONTEXT: (
        "Each call makes a context. Keep several values in one struct under one key, and make "
        "the context outside of loops."
    ),
    Advice.BIG_NUMBER: (
        "Store the result in a number that you have, `z.Add(x, y)`, instead of a new one for "
        "each operation."
    ),
    Advice.HASH: (
        "A function such as `sha256.Sum256` needs no hash object; otherwise keep one and call "
        "`Reset`, and pass `Sum` a slice to append to."
    ),
    Advice.COLLECT: (
        "It makes a slice. Range over the sequence itself, or append to a slice that you keep: "
        "`slices.AppendSeq(s[:0], seq)`."
    ),
}
