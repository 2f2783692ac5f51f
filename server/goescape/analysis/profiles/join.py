"""Joins what a program allocated with what the compiler says of its code.

A finding and a profile agree on file, function and line. Where the file has changed since the
profile was taken, the beginnings of functions tell how far lines have moved; then, and where only a
neighbour fits, the answer is called approximate. What no finding explains keeps a reason.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, field

from goescape.analysis.model import Allocates, Finding, PackageReport
from goescape.analysis.positions import Place
from goescape.analysis.profiles.joined_profile import (
    AllocationShare,
    JoinedProfile,
    Key,
    ProfileLine,
)
from goescape.analysis.profiles.unexplained import reason_in_source, runtime_call
from goescape.analysis.profiles.unexplained_reason import UnexplainedReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from goescape.analysis.model import Function
    from goescape.analysis.profiles.allocation_profile import (
        Allocations,
        Frame,
        Profile,
    )

_NEIGHBOURS = 3
"""How many lines an allocation may be away in a function that has changed inside."""


@define
class _Sum:
    objects: int = 0
    bytes: int = 0
    approximate: bool = False

    def add(self, allocations: Allocations, *, approximate: bool = False) -> None:
        self.objects += allocations.objects
        self.bytes += allocations.bytes
        self.approximate |= approximate

    def share(self, profile: Profile) -> AllocationShare:
        return AllocationShare(
            self.objects,
            self.bytes,
            self.objects / max(profile.objects, 1),
            self.bytes / max(profile.bytes, 1),
            self.approximate,
        )


class _Origin(NamedTuple):
    """All of a ``ProfileLine`` but its share."""

    function: str
    place: Place | None = None
    finding: Finding | None = None
    reason: UnexplainedReason | None = None
    called_from: Place | None = None
    callee: str = ""


@define
class ProfileJoin:
    """Takes one report after another: none of them has to stay in memory."""

    profile: Profile
    changed: Callable[[str], bool] = field(default=lambda _path: False)
    """Whether a file is newer than the profile."""
    _open: dict[int, Allocations] = field(init=False)
    _sources: dict[_Origin, _Sum] = field(factory=lambda: defaultdict(_Sum), init=False)
    _shares: dict[Key, _Sum] = field(factory=lambda: defaultdict(_Sum), init=False)
    _functions: dict[tuple[str, str], _Sum] = field(factory=lambda: defaultdict(_Sum), init=False)
    _covered: set[str] = field(factory=set, init=False)
    _seen: set[tuple[str, str]] = field(factory=set, init=False)
    _called: dict[int, tuple[Place, str]] = field(factory=dict, init=False)
    """The line that led to an allocation elsewhere, and the function that it calls."""

    def __attrs_post_init__(self) -> None:
        self._open = dict(enumerate(self.profile.allocations))

    def add(self, report: PackageReport) -> None:
        """Explain what this package has to do with."""
        code = _Code(report, self.profile, self.changed)
        if not code.frames:
            return
        self._covered.add(report.package)
        for file, name in code.frames.values():
            self._seen.add((file, name))
        for number in sorted(code.numbers & self._open.keys()):
            if self._explain(code, number, self._open[number]):
                del self._open[number]

    def _explain(self, code: _Code, number: int, allocations: Allocations) -> bool:
        written = allocations.stack[0]
        for frame in allocations.stack[1 : allocations.inlined]:
            if (declared := code.frames.get(frame)) is not None:
                line, moved = code.line_now(frame, declared)
                findings, near = code.findings(declared, line, written)
                if findings := [finding for finding in findings if _is_of(finding, written)]:
                    self._take(code, allocations, declared, (line, moved or near), findings)
                    return True
        for depth, frame in enumerate(allocations.stack[: allocations.inlined]):
            declared = code.frames.get(frame)
            if declared is None:
                continue
            line, moved = code.line_now(frame, declared)
            findings, near = code.findings(declared, line, written if depth else None)
            if findings or not depth:
                self._take(code, allocations, declared, (line, moved or near), findings)
                return True
        if number not in self._called:
            callee = ""
            for frame in allocations.stack:
                if (declared := code.frames.get(frame)) is not None:
                    place = Place(declared[0], code.line_now(frame, declared)[0], 0)
                    self._called[number] = (place, callee)
                    break
                callee = frame.function
        return False

    def _take(
        self,
        code: _Code,
        allocations: Allocations,
        declared: tuple[str, str],
        at: tuple[int, bool],
        findings: list[Finding],
    ) -> None:
        line, approximate = at
        self._functions[declared].add(allocations, approximate=approximate)
        for finding in findings:
            self._shares[finding.span, finding.subject].add(allocations, approximate=approximate)
        function = allocations.stack[0].function
        if findings:
            source = _Origin(function, findings[0].span.start, findings[0])
        else:
            place = Place(declared[0], line, 0)
            callee = code.runtime_call(place)
            source = _Origin(function, place, reason=code.reason(declared, line), callee=callee)
        self._sources[source].add(allocations, approximate=approximate)

    def result(self, *, elsewhere: bool = True) -> JoinedProfile:
        """What is explained, and where wanted all the rest, as allocations of other code."""
        rest: dict[_Origin, _Sum] = defaultdict(_Sum)
        for number, allocations in self._open.items() if elsewhere else ():
            rest[self._elsewhere(number, allocations)].add(allocations)
        lines = [
            ProfileLine(share=part.share(self.profile), **origin._asdict())
            for origin, part in (*self._sources.items(), *rest.items())
        ]
        lines.sort(key=lambda line: (-line.share.bytes, -line.share.objects, line.function))
        return JoinedProfile(
            self.profile,
            tuple(lines),
            {key: part.share(self.profile) for key, part in self._shares.items()},
            {key: part.share(self.profile) for key, part in self._functions.items()},
            frozenset(self._covered),
            frozenset(self._seen),
        )

    def _elsewhere(self, number: int, allocations: Allocations) -> _Origin:
        called, callee = self._called.get(number, (None, ""))
        if not allocations.stack:
            return _Origin("", reason=UnexplainedReason.RUNTIME)
        function = allocations.stack[0].function
        runtime = allocations.stack[0].package == "runtime"
        reason = UnexplainedReason.RUNTIME if runtime else UnexplainedReason.OTHER_PACKAGE
        return _Origin(function, reason=reason, called_from=called, callee=callee)


class _Code:
    """One package as a profile names it."""

    def __init__(
        self, report: PackageReport, profile: Profile, changed: Callable[[str], bool]
    ) -> None:
        self._report = report
        self._changed = changed
        self._files = {path.replace("\\", "/"): path for path in report.files}
        self._by_base = {posixpath.basename(path): own for path, own in self._files.items()}
        self._functions = {
            (function.span.file, function.name): function for function in report.functions
        }
        self._names = frozenset(name for _, name in self._functions)
        self._is_program = "main" in self._names
        self.frames: dict[Frame, tuple[str, str]] = {}
        """The profile's frames in this package: the file and the declared function around."""
        self.numbers: set[int] = set()
        """The allocations that have one of them in their stack."""
        for package in (report.package, f"{report.package}_test", "main"):
            frames, numbers = profile.by_package.get(package, (frozenset(), frozenset()))
            self.numbers |= numbers
            for frame in frames:
                if path := self._file(frame):
                    self.frames[frame] = (path, self._declared(frame.name))
        self._moves = self._all_moves()
        self._findings: dict[str, list[Finding]] = defaultdict(list)
        for finding in report.findings:
            self._findings[finding.span.file].append(finding)

    def _file(self, frame: Frame) -> str:
        """The file of a frame, which may have been compiled in another folder or without one."""
        if (path := self._files.get(frame.file.replace("\\", "/"))) is not None:
            return path
        package = frame.package
        own = (
            package.removesuffix("_test") == self._report.package or package == self._report.package
        )
        if not own and not (package == "main" and self._is_program):
            return ""
        path = self._by_base.get(posixpath.basename(frame.file.replace("\\", "/")), "")
        if not own and not (path and (path, self._declared(frame.name)) in self._functions):
            return ""
        return path

    def _declared(self, name: str) -> str:
        """The declared function that a function literal, wrapper or range body belongs to."""
        if name in self._names:
            return name
        parts = name.split(".")
        for end in range(len(parts) - 1, 0, -1):
            if (start := ".".join(parts[:end]).partition("-")[0]) in self._names:
                return start
        return name.partition("-")[0] if not name.startswith(("glob.", "init.")) else ""

    def _all_moves(self) -> dict[str, list[tuple[int, int]]]:
        """For each file, by how much functions have moved, in the order that they had."""
        moves_by_file: dict[str, dict[int, int]] = defaultdict(dict)
        for frame, declared in self.frames.items():
            now = self._functions.get(declared)
            if now is not None and frame.start and frame.name == now.name:
                moves_by_file[declared[0]][frame.start] = now.span.line - frame.start
        return {path: sorted(moves.items()) for path, moves in moves_by_file.items()}

    def line_now(self, frame: Frame, declared: tuple[str, str]) -> tuple[int, bool]:
        """The line today, and whether it has moved."""
        moves = self._moves.get(declared[0], [])
        before = bisect_right(moves, (frame.line, 1 << 40)) - 1
        moved = moves[before][1] if before >= 0 else 0
        return frame.line + moved, moved != 0

    def findings(
        self, declared: tuple[str, str], line: int, inlined: Frame | None
    ) -> tuple[list[Finding], bool]:
        """The findings that an allocation at a line belongs to, and whether they are only near.

        ``inlined`` is the function of other code that was inlined there and allocates.
        """
        here = self._findings.get(declared[0], [])
        if inlined is not None:
            here = [finding for finding in here if finding.inlined_from]
        at = [finding for finding in here if line in {finding.anchor.line, finding.span.line}]
        around = at or [
            finding for finding in here if finding.span.line <= line <= finding.span.end_line
        ]
        if around or inlined is not None or not self._changed(declared[0]):
            return _likely(around), False
        if self.reason(declared, line) is not UnexplainedReason.UNKNOWN:
            return [], False
        inside = [
            (abs(finding.span.line - line), finding)
            for finding in here
            if finding.function == declared[1] and abs(finding.span.line - line) <= _NEIGHBOURS
        ]
        nearest = min((distance for distance, _ in inside), default=0)
        return _likely(finding for distance, finding in inside if distance == nearest), True

    def reason(self, declared: tuple[str, str], line: int) -> UnexplainedReason:
        """Why a line allocates that has no finding."""
        function: Function | None = self._functions.get(declared)
        gone = bool(declared[1]) and function is None
        source = self._report.sources.get(declared[0])
        if gone or source is None:
            return UnexplainedReason.UNKNOWN
        written = reason_in_source(source, line)
        return (
            UnexplainedReason.STACK
            if written is not UnexplainedReason.MAP and self._grows(declared, line)
            else written
        )

    def runtime_call(self, place: Place) -> str:
        """The function of the runtime that a line calls."""
        source = self._report.sources.get(place.file)
        return runtime_call(source, place.line) if source is not None else ""

    def _grows(self, declared: tuple[str, str], line: int) -> bool:
        """Whether something on the line stays on the stack only while it is small."""
        return any(
            (stay.note or stay.subject.startswith("make("))
            and stay.span.file == declared[0]
            and stay.span.line <= line <= stay.span.end_line
            for stay in self._report.stays
        )


def _likely(findings: Iterable[Finding]) -> list[Finding]:
    """Those that a line's allocations belong to: what certainly allocates comes first."""
    candidates = list(findings)
    for fits in (_certain, _shown):
        if chosen := [finding for finding in candidates if fits(finding)]:
            return chosen
    return candidates


def _is_of(finding: Finding, inlined: Frame) -> bool:
    """Whether it is what that function allocates where it is inlined.

    A literal of an inlined function belongs to the caller: ``Index.Seq.func1`` is ``Seq.func1``.
    """
    written = finding.inlined_from
    if written is None or not finding.is_diagnostic:
        return False
    return inlined.name == written or (".func" in written and inlined.name.endswith(f".{written}"))


def _certain(finding: Finding) -> bool:
    return finding.is_diagnostic and finding.allocates is Allocates.YES


def _shown(finding: Finding) -> bool:
    return finding.is_diagnostic


def join(
    profile: Profile,
    reports: Iterable[PackageReport],
    changed: Callable[[str], bool] = lambda _path: False,
) -> JoinedProfile:
    """A profile joined with all of these reports."""
    joining = ProfileJoin(profile, changed)
    for report in reports:
        joining.add(report)
    return joining.result()
