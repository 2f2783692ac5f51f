"""The objects that a function makes and returns by pointer, made values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import RankReason
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.pointees import uses_of, value_edits
from goescape.fixes.flow.results import PointerResult, Returned, made_by, returns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.model import Finding
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


def findings_of(code: PackageCode, file: GoFile, result: PointerResult) -> tuple[Finding, ...]:
    """The findings of all the objects that a function returns; none when that is not all.

    Where the callers keep every inlined copy on their stacks there is nothing to gain.
    """
    node = result.declared.node
    by_place = {
        (f.span.line, f.span.column): f
        for f in code.allocations(file)
        if node.start_point[0] < f.span.line <= node.end_point[0] + 1
        and f.escapes
        and not f.inlined_from
    }
    if not by_place:
        return ()
    findings = []
    for origin in _origins(file, result):
        place = file.source.place(origin.start_byte)
        finding = by_place.get((place.line, place.column))
        if finding is None:
            return ()
        findings.append(finding)
    if all(f.rank_reason is RankReason.STAYS_WHERE_USED for f in findings):
        return ()
    return tuple(dict.fromkeys(findings))


def check_gain(
    code: PackageCode, file: GoFile, declared: FunctionDeclaration, findings: tuple[Finding, ...]
) -> None:
    """Raise UnsafeError when the function is inlined, and the callers keep the object already."""
    name = declared.name
    inlined = any(
        f.name == name and f.inlinable
        for f in code.report.functions
        if f.span.file == file.source.path
    )
    if inlined and not any(copy.escapes for f in findings for copy in f.copies):
        raise UnsafeError(ReasonCode.INLINED_ALREADY)


def _origins(file: GoFile, result: PointerResult) -> Iterator[Node]:
    try:
        returns = returns_of(file, result)
    except UnsafeError:
        return
    for returned in returns:
        match returned.form:
            case "literal" | "new":
                yield returned.value
            case "address" if returned.variable is not None:
                yield returned.variable
            case "pointer" if returned.variable is not None:
                made = made_by(returned.variable)
                if made is not None:
                    yield made


def object_edits(
    code: PackageCode, file: GoFile, result: PointerResult, returns: tuple[Returned, ...]
) -> Iterator[Edit]:
    """Edits that make values of the objects, where they are made and where they are returned."""
    spared = [returned.value for returned in returns]
    for returned in returns:
        match returned.form:
            case "literal" | "new":
                yield made_value(file, returned.value, result.type)
            case "address":
                yield asterisk(file, returned.value)
            case "pointer" if returned.variable is not None:
                made = made_by(returned.variable)
                assert made is not None
                yield made_value(file, made, result.type)
                yield from value_edits(file, uses_of(code, returned.variable), spared)


def made_value(file: GoFile, made: Node, its_type: str) -> Edit:
    """``&T{...}`` and ``new(T)`` without the pointer."""
    if made.type == "call_expression":
        return replace(file, made, f"{its_type}{{}}")
    return asterisk(file, made)


def asterisk(file: GoFile, node: Node) -> Edit:
    """Drop the operator in front of a type or an operand."""
    return Edit(file.source.path, node.start_byte, node.start_byte + 1, "")


def check_apart(edits: Iterable[Edit]) -> None:
    """Raise UnsafeError when one edit replaces what another one changes."""
    end: dict[str, int] = {}
    for edit in sorted(edits, key=lambda e: (e.file, e.start, e.end)):
        if edit.start < end.get(edit.file, 0):
            raise UnsafeError(ReasonCode.CALL_INSIDE_CALL)
        end[edit.file] = edit.end
