"""A package's report seen through the editor: its positions in the text that is shown now."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.syntax.position_shift import PositionShift
from goescape.analysis.syntax.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goescape.analysis.model import CompileError, Finding, PackageReport
    from goescape.analysis.positions import Place, Span
    from goescape.analysis.profiles.joined_profile import AllocationShare, JoinedProfile
    from goescape.lsp.state.buffers import OpenDocuments

_BOM = b"\xef\xbb\xbf"


class PositionShifts:
    """One comparison per file, kept until either of its texts is another."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[SourceText, SourceText, PositionShift]] = {}

    def between(self, old: SourceText, new: SourceText) -> PositionShift:
        """How to carry positions of ``old`` over to ``new``."""
        cached = self._last.get(old.path)
        if cached is None or cached[0] is not old or cached[1] is not new:
            cached = (old, new, _shift(old, new))
            self._last[old.path] = cached
        return cached[2]


def _shift(old: SourceText, new: SourceText) -> PositionShift:
    if old.content == new.content:
        return PositionShift(old, old)
    return PositionShift(_comparable(old), _comparable(new))


def _comparable(source: SourceText) -> SourceText:
    """Without what editors hide or unify: the byte order mark and the kind of line ends."""
    content = source.content.removeprefix(_BOM).replace(b"\r\n", b"\n")
    return SourceText(source.path, content)


@frozen(eq=False)
class RankedReport:
    """A package's report, its findings ranked by settings and by the profiles that are loaded."""

    report: PackageReport
    joined: JoinedProfile | None = None
    """What profiles say of the package; None without any."""

    @cached_property
    def diagnostics_by_file(self) -> Mapping[str, list[Finding]]:
        """The findings that deserve to be shown unasked, in source order."""
        by_file: dict[str, list[Finding]] = {}
        for finding in self.report.diagnostics():
            by_file.setdefault(finding.span.file, []).append(finding)
        return by_file


@frozen(eq=False)
class ReportView:
    """One package's last good report; every position it returns is in the text that is shown."""

    ranked: RankedReport
    names: Callable[[str], frozenset[str]]
    """How the package spells a file: the editor may reach it over a link."""
    documents: OpenDocuments
    """What the editor shows."""
    shifts: PositionShifts = field(factory=PositionShifts)
    waiting: tuple[CompileError, ...] = ()
    """Why the findings are old ones: the package does not compile."""

    @property
    def report(self) -> PackageReport:
        """In the compiler's coordinates."""
        return self.ranked.report

    @property
    def joined(self) -> JoinedProfile | None:
        """What profiles say of the package; None without any."""
        return self.ranked.joined

    def diagnostics(self, path: str) -> tuple[Finding, ...]:
        """The findings in a file that deserve to be shown unasked, in source order."""
        by_file = self.ranked.diagnostics_by_file
        return tuple(finding for name in self.names(path) for finding in by_file.get(name, ()))

    def share(self, finding: Finding) -> AllocationShare | None:
        """What the profiles say that a finding allocated; None where they say nothing."""
        return None if self.joined is None else self.joined.share(finding)

    def function_share(self, file: str, name: str) -> AllocationShare | None:
        """What the profiles say that a function allocates itself; None as above."""
        return None if self.joined is None else self.joined.functions.get((file, name))

    def compiled(self, path: str) -> SourceText | None:
        """The text that the compiler saw; None for files of other packages."""
        return self.report.sources.get(path)

    def text(self, path: str) -> SourceText | None:
        """The text that the positions returned here belong to; None where it is not known."""
        return self.documents.text(path) or self.compiled(path)

    @property
    def is_as_compiled(self) -> bool:
        """Whether no file of the report has been edited since."""
        shifts = map(self.shift, self.report.sources)
        return all(shift is None or shift.unchanged for shift in shifts)

    def span(self, span: Span) -> Span | None:
        """The range now; None when one of its lines was edited."""
        shift = self.shift(span.file)
        return span if shift is None else shift.span(span)

    def place(self, place: Place) -> Place | None:
        """The point now; None when its line was edited."""
        shift = self.shift(place.file)
        return place if shift is None else shift.place(place)

    def line_back(self, path: str, line: int) -> int | None:
        """The line that the compiler saw; None when it was edited since."""
        shift = self.shift(path)
        return line if shift is None else shift.line_back(line)

    def shift(self, path: str) -> PositionShift | None:
        """How the file changed since it was compiled; None when one of the texts is missing."""
        new = self.documents.text(path)
        old = None if new is None else self.compiled(path)
        return None if old is None or new is None else self.shifts.between(old, new)
