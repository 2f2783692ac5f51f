"""From the compiler's text and the source to what readers are shown: the entry to this ring."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.compiler.facts import EscapeVerdict
from goescape.analysis.compiler.package_facts import PackageFacts
from goescape.analysis.compiler.printed_paths import joined
from goescape.analysis.file_analysis import FileAnalysis, JudgedSite, similarity_key
from goescape.analysis.finding_builder import (
    FindingTools,
    finding_of,
    is_worth_a_finding,
    needs_evidence,
    truth_of,
)
from goescape.analysis.model import Finding, OmittedSite, PackageReport
from goescape.analysis.positions import Place
from goescape.analysis.ranking.directives import apply_directives, broken_by_inlining
from goescape.analysis.ranking.rank import RankRules
from goescape.analysis.sites.allocation import AllocationRules
from goescape.analysis.sites.cause_finder import CauseFinder, FlowChains
from goescape.analysis.sites.inlined_copies import InlinedCopies, merge_copies
from goescape.analysis.sites.site_context import FunctionUses, SiteContexts
from goescape.analysis.syntax.go_file import ParsedFiles
from goescape.analysis.syntax.go_package import GoPackage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.compiler.facts import BackendEvidence, PackageText
    from goescape.analysis.compiler.file_facts import FileFacts
    from goescape.analysis.compiler.package_info import PackageInfo
    from goescape.analysis.model import CompileError, DirectiveRemark
    from goescape.analysis.positions import Span
    from goescape.analysis.sites.allocation import RuntimeAllocation
    from goescape.analysis.sites.inlined_copies import MergedSites
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.source import SourceText


def build_report(
    info: PackageInfo,
    texts: Sequence[PackageText],
    sources: Mapping[str, SourceText],
    errors: Sequence[CompileError] = (),
    read: Callable[[str], SourceText | None] = lambda _path: None,
) -> PackageReport:
    """All findings and facts of one package; see ``PackageAnalyzer.report``."""
    return PackageAnalyzer().report(info, texts, sources, errors, read)


class PackageAnalyzer:
    """Reports on one package again and again: what an edit leaves as it was is not done twice.

    Each report equals one built from nothing. What is done for one file is kept as long as its
    text, the facts at its positions and what it asked about the names of the package stay the same;
    a finding, as long as its ``Context`` and the truth about it do, too.
    """

    def __init__(self, parsed: ParsedFiles | None = None) -> None:
        self._parsed = parsed if parsed is not None else ParsedFiles()
        self._uses = FunctionUses()
        self._around: object = None
        self._files: dict[str, tuple[FileAnalysis, ...]] = {}
        """Of each file, the newest first: tests make for other facts."""
        self._foreseen: tuple[object, _Look] | None = None
        self._remarks: dict[GoFile, list[DirectiveRemark]] = {}

    def read_ahead(self, sources: Mapping[str, SourceText]) -> None:
        """Parse what a report will be about, while the compiler is still working on it."""
        for source in sources.values():
            self._parsed.of(source).read_ahead()

    def foresee(
        self,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        read: Callable[[str], SourceText | None] = lambda _path: None,
    ) -> PackageReport:
        """A report before all evidence is there; it also spares the next ``report`` that work.

        What evidence may still change is reported as it was before; if it is new, not yet.
        """
        look = self._look(info, texts, sources, read)
        self._foreseen = _decisions(info, texts, sources), look
        return self._report(look, texts, is_final=False)

    def report(
        self,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        errors: Sequence[CompileError] = (),
        read: Callable[[str], SourceText | None] = lambda _path: None,
    ) -> PackageReport:
        """All findings and facts of the package.

        ``sources`` holds the text of ``info.files`` as it was compiled; ``read`` gives other files
        of the workspace, where instantiated generic code of other packages may stand (None: not
        shown).
        """
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None and foreseen[0] == _decisions(info, texts, sources):
            look = foreseen[1]
        else:
            look = self._look(info, texts, sources, read)
        return evolve(self._report(look, texts, is_final=True), errors=tuple(errors))

    def _report(
        self, look: _Look, texts: Sequence[PackageText], *, is_final: bool
    ) -> PackageReport:
        info, work = look.info, look.work.values()
        judged = self._judge(look, look.facts.evidence(texts), is_final=is_final)
        findings, remarks = self._directed(look.work, judged, is_final=is_final)
        return PackageReport(
            info.path,
            info.directory,
            info.files,
            tuple(finding for path in sorted(findings) for finding in findings[path]),
            tuple(function for each in work for function in each.functions),
            tuple(stay for each in work for stay in each.stays),
            (),
            tuple(line for text in texts for line in text.unknown),
            sum(text.unknown_count for text in texts),
            _left_out(info, look.facts, work, look.merged),
            {path: file.source for path, file in look.syntax.files.items()},
            tuple(captured for each in work for captured in each.captures),
            remarks,
            is_final,
        )

    def _look(
        self,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        read: Callable[[str], SourceText | None],
    ) -> _Look:
        facts = PackageFacts.of(info, texts, sources, read)
        known = {path: sources[path] for path in info.files if path in sources}
        known.update(sorted(facts.elsewhere.items()))  # whoever asked for them first
        files = {path: self._parsed.of(source) for path, source in known.items()}
        syntax = GoPackage(files, frozenset(info.files))
        work = self._work(info, facts, syntax)
        merged = merge_copies(each.sites for each in work.values())
        contexts = SiteContexts(syntax, self._uses, FlowChains(facts.explanations), facts.paths)
        no_copies = InlinedCopies()
        sites = tuple(
            (site, contexts.of(site, merged.copies.get(site, no_copies)))
            for site in merged.sites
            if is_worth_a_finding(site, syntax)
        )
        return _Look(info, facts, syntax, work, merged, sites)

    def _work(
        self, info: PackageInfo, facts: PackageFacts, syntax: GoPackage
    ) -> dict[str, FileAnalysis]:
        """What can be done for each file by itself, as far as possible from last time."""
        around = info.path, info.language
        if around != self._around:
            self._around, self._files = around, {}
        found: dict[str, FileAnalysis] = {}
        for path, file in syntax.files.items():
            of_file = tuple(facts.by_file.get(path, ()))
            before = self._files.pop(path, ())
            now = self._file_work(file, of_file, syntax, before)
            others = (each for each in before if each is not now)
            self._files[path] = (now, *islice(others, _STATES - 1))
            found[path] = now
        for old in list(self._files)[: -_STATES * len(found)]:
            del self._files[old]
        return found

    def _file_work(
        self,
        file: GoFile,
        facts: tuple[FileFacts, ...],
        syntax: GoPackage,
        before: tuple[FileAnalysis, ...],
    ) -> FileAnalysis:
        for known in before:
            if known.fits(file, facts, syntax):
                return known
        for known in before:
            if (edited := known.edited(file, facts, syntax, self._uses)) is not None:
                return edited
        work = FileAnalysis.of(file, facts, syntax)
        if before:
            work.expected = before[0].experience()
        return work

    def _judge(
        self, look: _Look, evidence: Mapping[str, tuple[BackendEvidence, ...]], *, is_final: bool
    ) -> dict[str, list[Finding]]:
        """The findings of each file in source order; ``is_final`` when there is all evidence."""
        judges = {
            path: _Judge(look, path, work, evidence.get(path, ()), is_final=is_final)
            for path, work in look.work.items()
        }
        for site, context in look.sites:
            judges[site.place.file].judge(site, context)
        return {path: judge.findings() for path, judge in judges.items()}

    def _directed(
        self, work: Mapping[str, FileAnalysis], judged: dict[str, list[Finding]], *, is_final: bool
    ) -> tuple[dict[str, list[Finding]], tuple[DirectiveRemark, ...]]:
        """The findings as the source wants them, and what there is to say about that.

        What is said of a silencer that may still have something to silence is what was said before.
        """
        found, remarks = dict(judged), {}
        for path, each in work.items():
            told = list(each.remarks)
            if each.directives:
                everything = chain.from_iterable(judged.values())
                told += broken_by_inlining(each.directives, path, everything)
                found[path], more = apply_directives(each.directives, judged[path])
                told += more
            if told or each.directives:
                remarks[each.syntax] = told if is_final else self._remarks.get(each.syntax, [])
        if is_final:
            self._remarks = remarks
        flat = chain.from_iterable(remarks.values())
        return found, tuple(sorted(flat, key=lambda remark: (remark.span, remark.message)))


@frozen(eq=False)
class _Look:
    """Everything about a package that does not depend on evidence."""

    info: PackageInfo
    facts: PackageFacts
    syntax: GoPackage
    work: Mapping[str, FileAnalysis]
    merged: MergedSites
    sites: tuple[tuple[Site, SiteContext], ...]
    """Those that are worth a finding."""


def _decisions(
    info: PackageInfo, texts: Sequence[PackageText], sources: Mapping[str, SourceText]
) -> object:
    """All that a ``_Look`` is made of."""
    return info, tuple(evolve(text, evidence=()) for text in texts), {**sources}


class _Judge:
    """Judges the sites of one file, as far as that has not been done."""

    def __init__(
        self,
        look: _Look,
        path: str,
        work: FileAnalysis,
        evidence: tuple[BackendEvidence, ...],
        *,
        is_final: bool,
    ) -> None:
        self._look = look
        self._path = path
        self._work = work
        self._evidence = evidence
        self._settled = is_final
        self._before = work.judged
        self._other_lines = _lines_of_other_evidence(work, evidence) if is_final else []
        self._now: dict[Site, tuple[JudgedSite, ...]] = {}

    def judge(self, site: Site, context: SiteContext) -> None:
        """Find the finding of a site."""
        before = self._before.get(site, ())
        known = next((each for each in before if each.context == context), None)
        if known is not None and known.is_final >= self._settled and self._has_same_evidence(site):
            now: JudgedSite | None = known
        else:
            now = self._judged_anew(site, context, known)
        if now is not None:
            others = tuple(each for each in before if each is not known)
            self._now[site] = (now, *others[: _STATES - 1])

    def _has_same_evidence(self, site: Site) -> bool:
        return not any(first <= site.place.line <= last for first, last in self._other_lines)

    def _judged_anew(
        self, site: Site, context: SiteContext, known: JudgedSite | None
    ) -> JudgedSite | None:
        truth = self._truth(site, context)
        if truth is None:
            return None
        if known is not None and truth == known.truth:
            return known._replace(is_final=self._settled)
        finding = finding_of(site, context, truth, self._tools)
        return JudgedSite(context, truth, finding, self._settled)

    def _truth(self, site: Site, context: SiteContext) -> RuntimeAllocation | None:
        if self._settled or not needs_evidence(site):
            return truth_of(site, context, self._tools.truths)
        return self._work.expected.get(similarity_key(site))

    def findings(self) -> list[Finding]:
        """All of the file, in source order; they are remembered."""
        self._work.judged = self._now
        if self._settled:
            self._work.evidence = self._evidence
        return sorted((each.finding for each, *_ in self._now.values()), key=_in_source_order)

    @cached_property
    def _tools(self) -> FindingTools:
        info = self._look.info
        noting = self._look.syntax.noting(self._work.asked)
        reasoner = CauseFinder(noting, self._look.facts.paths)
        truths = AllocationRules(self._evidence, self._path, noting)
        return FindingTools(reasoner, truths, RankRules(info.language), info.path)


def _lines_of_other_evidence(
    work: FileAnalysis, evidence: tuple[BackendEvidence, ...]
) -> list[tuple[int, int]]:
    """The functions in which something else was said than before; all lines if it was outside.

    What is said of one function's lines and variables tells nothing about another.
    """
    if work.evidence == evidence:
        return []
    lines = sorted({each.at.line for each in {*work.evidence} ^ {*evidence}})
    spans = [function.span for function in work.functions]
    found = {
        (s.line, s.end_line)
        for s in spans
        if bisect_left(lines, s.line) < bisect_right(lines, s.end_line)
    }
    if all(any(first <= line <= last for first, last in found) for line in lines):
        return sorted(found)
    return [(0, sys.maxsize)]


_STATES = 3
"""Of a package that work is kept for: with its tests, without, and when half of it was said."""


def _in_source_order(finding: Finding) -> tuple[Span, Place, str]:
    return finding.span, finding.anchor, finding.subject


def _left_out(
    info: PackageInfo, said: PackageFacts, work: Iterable[FileAnalysis], merged: MergedSites
) -> tuple[OmittedSite, ...]:
    """What is no finding, once each."""
    work = tuple(work)
    left = [*_without_file(said, {each.syntax.source.path for each in work})]
    left += [one for each in work for one in each.sites.left_out]
    left += merged.left_out
    found: dict[tuple[Place, str], OmittedSite] = {}
    for one in left:
        place = one.place._replace(file=joined(info.working_directory, one.place.file))
        found[place, one.message] = OmittedSite(place, one.message, one.reason)
    return tuple(found.values())


def _without_file(said: PackageFacts, shown: set[str]) -> Iterator[OmittedSite]:
    made = "code that the compiler or the go command made, or that is not in this module"
    unread = "a position that the source does not have"
    groups = [(facts, made) for facts in said.nowhere]
    groups += [
        (f, unread) for path, each in said.by_file.items() if path not in shown for f in each
    ]
    for facts, reason in groups:
        for decision in facts.decisions:
            if decision.verdict is not EscapeVerdict.STAYS:
                place = Place(*decision.at)
                yield OmittedSite(place, decision.message, reason)
