"""Which advice helps with a finding: the first whose rule fits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.advice import Advice
from goescape.analysis.causes import MAP_ELEMENT, Cause
from goescape.analysis.model import Allocates, SiteKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goescape.analysis.model import Finding


def advice_for(finding: Finding) -> Advice | None:
    """What would help; None where only its cause says something."""
    if finding.allocates is Allocates.NO:
        return None
    return next((advice for advice, fits in _RULES if fits(finding)), None)


def advice_for_call(function: str) -> Advice | None:
    """What would help where a function of another package allocates: ``strings.Split``."""
    return next((advice for advice, names in _CALLEES if names.match(function)), None)


def _is_append(finding: Finding) -> bool:
    return finding.compiler.startswith("append ") or finding.subject.startswith("append(")


def _is_prepended(finding: Finding) -> bool:
    """``append([]T{x}, xs...)``: what is allocated is the literal, whose array has no room."""
    flow = " ".join(step.text for step in finding.flow[:2])
    return (
        finding.subject.startswith("[]") and re.search(r"append\(\[\].*\.\.\.\)", flow) is not None
    )


def _starts(*starts: str) -> Callable[[Finding], bool]:
    return lambda finding: finding.subject.startswith(starts)


def _is_one_of_many(finding: Finding) -> bool:
    is_element = (finding.destination or "").endswith("]")
    return finding.cause is Cause.STORED and (is_element or finding.in_loop)


def _is_map(finding: Finding) -> bool:
    return finding.subject.startswith(("make(map[", "map["))


def _is_key(finding: Finding) -> bool:
    """Whether a map keeps it, by the compiler's word for that."""
    decisive = finding.decisive
    return decisive is not None and decisive.reason.startswith("key of map")


def _is_boxed(finding: Finding) -> bool:
    return finding.cause is Cause.INTERFACE


def _is_boxed_for(pattern: str) -> Callable[[Finding], bool]:
    callee = re.compile(pattern)
    return lambda finding: _is_boxed(finding) and bool(callee.search(finding.destination or ""))


def _is_reflected(finding: Finding) -> bool:
    said = (finding.destination or "", *(step.text for step in finding.flow))
    return _is_boxed(finding) and any(_REFLECTS.search(text) for text in said)


def _is_stored_in_any(finding: Finding) -> bool:
    """Whether an element, a field or a variable keeps it, and no call gets it."""
    decisive = finding.decisive
    if decisive is None or not _is_boxed(finding):
        return False
    is_passed = decisive.reason == "call parameter" and not decisive.text.startswith("append(")
    return not is_passed and decisive.reason != "return"


def _is_logged(finding: Finding) -> bool:
    """Tests log, too, and need no advice."""
    decisive = finding.decisive
    is_test = decisive is not None and decisive.text.startswith("(*testing.")
    return not is_test and _LOGS(finding)


def _is_literal(finding: Finding) -> bool:
    is_started = finding.cause is Cause.GO_OR_DEFER
    return finding.kind is SiteKind.CLOSURE and finding.subject == "func literal" and not is_started


def _is_method_value(finding: Finding) -> bool:
    return finding.kind is SiteKind.CLOSURE and "." in finding.subject


def _is_field_address(finding: Finding) -> bool:
    """``return &v.f``."""
    if finding.kind is not SiteKind.VARIABLE:
        return False
    field = re.compile(rf"&\(?{re.escape(finding.subject)}\.\w+")
    return any(field.search(step.text) for step in finding.flow)


def _is_inlined_from(*names: str) -> Callable[[Finding], bool]:
    return lambda finding: finding.inlined_from in names


def _is_stored_pointer(finding: Finding) -> bool:
    """Whether an element of a slice or a map points to it."""
    decisive = finding.decisive
    is_appended = decisive is not None and decisive.text.startswith("append(")
    is_element = is_appended or (finding.destination or "").endswith("]")
    is_addressed = finding.kind is SiteKind.VARIABLE or _is_pointer(finding)
    return is_addressed and is_element and finding.cause is Cause.STORED


def _is_sum(finding: Finding) -> bool:
    subject = finding.subject
    is_sum = subject.startswith('"') or " + " in subject or '"+' in subject or '+"' in subject
    is_text = is_sum and finding.kind is SiteKind.EXPRESSION
    return is_text and not subject.startswith(("&", "[", "make(", "append("))


def _is_pointer(finding: Finding) -> bool:
    return finding.kind is SiteKind.EXPRESSION and finding.subject.startswith(("&", "new("))


def _all(*conditions: Callable[[Finding], bool]) -> Callable[[Finding], bool]:
    return lambda finding: all(condition(finding) for condition in conditions)


def _of(*causes: Cause) -> Callable[[Finding], bool]:
    return lambda finding: finding.cause in causes


def _in_loop(finding: Finding) -> bool:
    return finding.in_loop


_REFLECTS = re.compile(r"reflect\.ValueOf\b|\.(?:Set)?MapIndex\b")
_PREPENDS = re.compile(r"append\(\[\].*\.\.\.\)")
_LOGS = _is_boxed_for(
    r"(^|\.)[lL]og(ger)?\.|(^|\.)([Ll]og|Trace|Debug|Info|Warn|Warning|Error)(f|ln|w|S)?$"
)
_MAKE_SLICE = _starts("make([]")
_STRING = _starts("string(")
_BYTES = _starts("[]byte(", "([]byte)(")

_RULES: Sequence[tuple[Advice, Callable[[Finding], bool]]] = (
    (Advice.MAP_ELEMENT, lambda finding: finding.destination == MAP_ELEMENT),
    (Advice.BUFFER_TEXT, _is_inlined_from("bytes.(*Buffer).String")),
    (Advice.CLONE, _is_inlined_from("slices.Clone", "bytes.Clone")),
    (Advice.NEW_ERROR, _is_inlined_from("errors.New")),
    (
        Advice.RESET,
        _is_inlined_from(
            *("strings.NewReader", "bytes.NewReader", "bufio.NewReader", "bufio.NewReaderSize"),
            *("bufio.NewWriter", "bufio.NewWriterSize", "time.NewTimer"),
        ),
    ),
    (Advice.PREPEND, _is_prepended),
    (Advice.GROW_FIELD, _all(_is_append, lambda it: "." in (it.destination or ""))),
    (Advice.GROW_IN_LOOP, _all(_is_append, _in_loop)),
    (Advice.GROW_RESULT, _all(_is_append, _of(Cause.RETURNED))),
    (Advice.GROW_FIELD, _is_append),
    (Advice.KEEP_MAP, _is_map),
    (Advice.ROWS, _all(_MAKE_SLICE, _is_one_of_many)),
    (Advice.MAKE_RESULT, _all(_MAKE_SLICE, _of(Cause.RETURNED))),
    (Advice.SCRATCH, _all(_MAKE_SLICE, _in_loop)),
    (Advice.KEEP_MADE, _all(_starts("make("), _of(Cause.RETURNED, Cause.STORED))),
    (Advice.STRING_KEY, _all(_STRING, _is_key)),
    (Advice.STRING_RESULT, _all(_STRING, _of(Cause.RETURNED))),
    (Advice.STRING_COPY, _STRING),
    (Advice.BYTES_WRITTEN, _all(_BYTES, lambda it: (it.destination or "").endswith(".Write"))),
    (Advice.BYTES_COPY, _BYTES),
    (Advice.RUNES, _starts("[]rune(", "([]rune)(")),
    (Advice.CONCATENATE_IN_LOOP, _all(_of(Cause.CONCATENATION), _in_loop)),
    (Advice.CONCATENATE, _is_sum),
    (Advice.FORMAT_ERROR, _is_boxed_for(r"^fmt\.Errorf$")),
    (Advice.FORMAT_WRITE, _is_boxed_for(r"^fmt\.(Fp|P)rint(f|ln)?$")),
    (Advice.FORMAT, _is_boxed_for(r"^fmt\.")),
    (Advice.FORMAT_WRAPPER, _is_boxed_for(r"\.(?:Fp|Sp|P)rint(?:f|ln)?$")),
    (Advice.SORT, _is_boxed_for(r"^sort\.")),
    (Advice.POOL_PUT, _is_boxed_for(r"(?i)pool\)?\.Put$")),
    (Advice.REFLECT, _is_reflected),
    (Advice.LOG, _is_logged),
    (Advice.TYPED_KEY, _all(_is_boxed, _is_key)),
    (Advice.TYPED_SLOT, _is_stored_in_any),
    (Advice.METHOD_VALUE, _is_method_value),
    (Advice.CLOSURE_IN_LOOP, _all(_is_literal, _in_loop)),
    (Advice.CLOSURE_RESULT, _all(_is_literal, _of(Cause.RETURNED))),
    (Advice.FIELD_ADDRESS, _is_field_address),
    (Advice.FRAMES, _is_inlined_from("runtime.CallersFrames")),
    (Advice.ERRORS_AS, lambda finding: finding.destination == "errors.As"),
    (Advice.STORED_POINTER, _is_stored_pointer),
    (Advice.MANY_VALUES, _all(_is_pointer, _of(Cause.RETURNED))),
)

_CALLEES: Sequence[tuple[Advice, re.Pattern[str]]] = tuple(
    (advice, re.compile(rf"(?:{names})"))
    for advice, names in (
        (Advice.SPLIT, r"(?:strings|bytes)\.(?:Split|Fields)"),
        (
            Advice.NEW_TEXT,
            (
                r"strings\.(?:Clone|Join|Map|Repeat|Replace|Title|To)|strings\.\(\*Replacer\)"
                r"|net/url\.(?:\(\*URL\)\.String|(?:Query|Path)(?:Une|E)scape)"
            ),
        ),
        (Advice.NUMBER_TEXT, r"strconv\.(?:Format|Itoa|Quote)"),
        (Advice.TIME_TEXT, r"time\.Time\.(?:Format|String)"),
        (
            Advice.ENCODED_TEXT,
            r"encoding/(?:hex\.|base(?:32|64)\.\(\*Encoding\)\.)(?:Encode|Decode)",
        ),
        (
            Advice.BUFFER_GROWTH,
            r"bytes\.\(\*Buffer\)\.(?:Grow|Write|grow)|strings\.\(\*Builder\)\.(?:Write|grow)",
        ),
        (Advice.BUFFER_TEXT, r"bytes\.\(\*Buffer\)\.String"),
        (Advice.LINE_TEXT, r"bufio\.\(\*Scanner\)\.Text"),
        (Advice.READ_ALL, r"(?:io|os|io/ioutil)\.Read(?:All|File)"),
        (Advice.JSON, r"encoding/json\."),
        (Advice.REGEXP, r"regexp\.\(\*Regexp\)"),
        (Advice.QUERY, r"net/url\.(?:ParseQuery|\(\*URL\)\.Query|parseQuery)"),
        (Advice.CONTEXT, r"context\.With"),
        (Advice.BIG_NUMBER, r"math/big\."),
        (Advice.HASH, r"(?:crypto|hash)/"),
        (Advice.COLLECT, r"(?:slices|maps)\.(?:Collect|Sorted|Keys|Values)"),
        (Advice.CLONE, r"(?:slices|bytes|maps)\.Clone"),
        (Advice.FORMAT_ERROR, r"fmt\.Errorf"),
        (Advice.FORMAT_WRITE, r"fmt\.(?:Fp|P)rint"),
        (Advice.FORMAT, r"fmt\."),
        (Advice.FRAMES, r"runtime\.\(\*Frames\)|runtime\.Caller"),
        (Advice.SORT, r"sort\."),
        (Advice.REFLECT, r"reflect\."),
    )
)
