"""Several fixes of one package, each with a proof of its own, by few compilations.

What the compiler decides of a function depends on its body and on what it knows of the functions
that it calls: whether they are inlined, and what their parameters do. Fixes of different functions
are compiled at once, and each is judged by the findings of its own functions, unless it may call
another one of which the compiler knows something else by then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.messages.reason import Reason
from goescape.analysis.syntax.nodes import text, walk
from goescape.fixes.combined import combine, compatible
from goescape.toolchain.proofs.edit_checker import CheckedEdit
from goescape.toolchain.proofs.finding_changes import compare, worse_for_callers
from goescape.toolchain.proofs.prover import SECONDS, Disproof, prove_in_time
from goescape.toolchain.tasks import with_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.model import Finding, Function, PackageReport
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.candidate import Candidate, Edit
    from goescape.fixes.context.package_code import PackageCode
    from goescape.toolchain.proofs.finding_changes import FindingChanges
    from goescape.toolchain.proofs.prover import ProofResult, Prover

    Reports = Sequence[PackageReport]


async def prove_each(
    prover: Prover, code: PackageCode, candidates: Sequence[Candidate]
) -> list[ProofResult]:
    """The verdict about each candidate, in their order. Raises GoProblem."""
    every = await asyncio.to_thread(_all_local, code, candidates)
    verdicts: dict[int, ProofResult] = {}
    waiting = [each for each in every if each.functions is not None]
    while waiting:
        left: list[_Local] = []
        for group in _groups(prover, waiting):
            judged = await _judged(prover, group)
            left += [each for each in group if id(each.candidate) not in judged]
            verdicts.update(judged)
        if len(left) == len(waiting):
            break
        waiting = left
    for candidate in candidates:
        if id(candidate) not in verdicts:
            verdicts[id(candidate)] = await prove_in_time(prover.prove(candidate), candidate)
    return [verdicts[id(candidate)] for candidate in candidates]


@frozen(eq=False)
class _Local:
    """A candidate and the functions whose bodies it edits; None where it edits anything else."""

    candidate: Candidate
    functions: frozenset[str] | None
    calls: frozenset[str] = frozenset()
    """All functions of the package that these may call, by plain name."""

    def has(self, function: str | None) -> bool:
        """Whether it edits this function."""
        return self.functions is not None and function in self.functions


def _all_local(code: PackageCode, candidates: Sequence[Candidate]) -> list[_Local]:
    calls = _Calls(code)
    return [calls.local(candidate) for candidate in candidates]


def _groups(prover: Prover, candidates: Sequence[_Local]) -> list[list[_Local]]:
    """Candidates that edit different functions, and may be applied together."""
    groups: list[list[_Local]] = []
    for new in candidates:
        for group in groups:
            is_apart = not any(map(new.has, _functions(group)))
            together = [*(each.candidate for each in group), new.candidate]
            if is_apart and len(compatible(prover.sources, together)) == len(together):
                group.append(new)
                break
        else:
            groups.append([new])
    return groups


def _functions(group: Sequence[_Local]) -> set[str]:
    return {name for each in group for name in each.functions or ()}


async def _judged(prover: Prover, group: Sequence[_Local]) -> dict[int, ProofResult]:
    """Verdicts by candidate; none about one that another one of the group may change."""
    if len(group) == 1:
        candidate = group[0].candidate
        return {id(candidate): await prove_in_time(prover.prove(candidate), candidate)}
    if (verdicts := await _at_once(prover, group)) is not None:
        return verdicts
    half = len(group) // 2
    return {**await _judged(prover, group[:half]), **await _judged(prover, group[half:])}


async def _at_once(prover: Prover, group: Sequence[_Local]) -> dict[int, ProofResult] | None:
    """The verdicts by one compilation; None where it tells nothing."""
    parts = [each.candidate for each in group]
    whole = combine(prover.sources, parts)
    try:
        checked = await with_timeout(SECONDS, prover.checked(whole, parts))
    except asyncio.TimeoutError:
        return None
    if not isinstance(checked, CheckedEdit):
        return None
    changes = await asyncio.to_thread(_changes, group, checked)
    if changes is None:
        return None
    return {
        id(part): Disproof(part, change)
        if isinstance(change, Reason)
        else await prover.proof(part, change, len(checked.after))
        for part, change in changes
    }


def _changes(
    group: Sequence[_Local], checked: CheckedEdit
) -> list[tuple[Candidate, FindingChanges | Reason]] | None:
    """What became of the functions of each; None where others are worse off."""
    edited = _functions(group)
    before, after = (
        _only(reports, lambda name: name not in edited)
        for reports in (checked.before, checked.after)
    )
    elsewhere = compare((), before, after, elsewhere=True)
    if isinstance(elsewhere, Reason) or elsewhere.instead:
        return None
    other = _other_functions(checked, edited)
    changes = []
    for each in group:
        before, after = (_only(reports, each.has) for reports in (checked.before, checked.after))
        is_touched = any(name in each.calls for full, name in other if not each.has(full))
        if not is_touched and not worse_for_callers(before, after):
            changes.append((each.candidate, compare((each.candidate,), before, after)))
    return changes


def _other_functions(checked: CheckedEdit, edited: set[str]) -> list[tuple[str, str]]:
    """The edited functions that are others for their callers, each with its plain name."""
    before, after = (
        {function.name: function for report in reports for function in report.functions}
        for reports in (checked.before, checked.after)
    )
    return [
        (name, name.rpartition(".")[2])
        for name in sorted(edited)
        if not _is_same_for_callers(before.get(name), after.get(name))
    ]


def _is_same_for_callers(before: Function | None, after: Function | None) -> bool:
    """Whether it is inlined nowhere, and its parameters do what they did."""
    if before is None or after is None or before.inlinable is not False:
        return False
    leaks = [[each.leaks for each in function.parameters] for function in (before, after)]
    return after.inlinable is False and leaks[0] == leaks[1]


def _only(reports: Reports, wanted: Callable[[str | None], bool]) -> Reports:
    """What reports say of some functions."""

    def chosen(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(finding for finding in findings if wanted(finding.function))

    return [
        evolve(
            report,
            findings=chosen(report.findings),
            overruled=chosen(report.overruled),
            from_code=chosen(report.from_code),
            functions=tuple(each for each in report.functions if wanted(each.name)),
        )
        for report in reports
    ]


class _Calls:
    """Which functions of a package may call which, by their names: more rather than less."""

    def __init__(self, code: PackageCode) -> None:
        self._code = code
        self._bodies: dict[str, list[Node]] = defaultdict(list)
        for file in code.files.values():
            for function in file.functions:
                body = function.node.child_by_field_name("body")
                if body is not None:
                    self._bodies[function.plain_name].append(body)
        self._named: dict[str, frozenset[str]] = {}

    def local(self, candidate: Candidate) -> _Local:
        """A candidate with what it edits and may call."""
        is_local = not (candidate.callers or candidate.other_builds)
        functions = {
            function for edit in candidate.edits for function in self._edited(edit) if is_local
        }
        if not functions or None in functions or candidate.minimum > self._code.go:
            return _Local(candidate, None)
        edited = [function for function in functions if function is not None]
        reached = self._reached(function.plain_name for function in edited)
        return _Local(candidate, frozenset(each.name for each in edited), frozenset(reached))

    def _edited(self, edit: Edit) -> Iterator[FunctionDeclaration | None]:
        """The function whose body an edit changes; None for anything else but imports."""
        file = self._code.files.get(edit.file)
        if file is None:
            yield None
        elif edit.start >= _end_of_imports(file):
            function = file.function_at(edit.start)
            body = function.node.child_by_field_name("body") if function is not None else None
            is_inside = (
                body is not None and body.start_byte < edit.start <= edit.end < body.end_byte
            )
            yield function if is_inside else None

    def _reached(self, names: Iterable[str]) -> set[str]:
        reached: set[str] = set()
        waiting = [*names]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += self._names_in(name)
        return reached

    def _names_in(self, function: str) -> frozenset[str]:
        """The functions and methods that are named in those of this name."""
        if function not in self._named:
            self._named[function] = frozenset(
                name
                for body in self._bodies[function]
                for node in walk(body)
                if node.type in _NAMES and (name := text(node)) in self._bodies
            )
        return self._named[function]


def _is_inside(edit: Edit, body: Node) -> bool:
    return body.start_byte < edit.start <= edit.end < body.end_byte


def _end_of_imports(file: GoFile) -> int:
    ends = [
        node.end_byte
        for node in file.root.children
        if node.type in {"import_declaration", "package_clause"}
    ]
    return max(ends, default=0)


_NAMES = frozenset({"identifier", "field_identifier"})
