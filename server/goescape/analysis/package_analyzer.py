"""From the compiler's text and the source to what readers are shown: the entry to this ring."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.compiler.facts import EscapeVerdict
from goescape.analysis.compiler.package_facts import PackageFacts, joined
from goescape.analysis.evidence.code_notes import WORDS
from goescape.analysis.evidence.machine_code import AllocationKind
from goescape.analysis.file_analysis import KEPT_STATES, FileAnalysis
from goescape.analysis.finding_builder import FindingBuilder
from goescape.analysis.model import (
    ExplainedAllocation,
    Finding,
    OmittedSite,
    PackageReport,
    UnconfirmedFinding,
)
from goescape.analysis.positions import Place
from goescape.analysis.ranking.directives import PackageDirectives
from goescape.analysis.sites.function_uses import FunctionUses
from goescape.analysis.sites.inlined_copies import PlacedInlinedCall, merge_copies
from goescape.analysis.sites.site_context import SiteContexts
from goescape.analysis.syntax.go_package import GoPackage
from goescape.analysis.syntax.nodes import text
from goescape.analysis.syntax.parsed_files import ParsedFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.compiler.facts import BackendEvidence, PackageText
    from goescape.analysis.compiler.package_facts import FileFacts, PackageInfo
    from goescape.analysis.model import CompileError
    from goescape.analysis.ranking.directives import FileDirectives
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
    a finding, as long as its ``SiteContext`` and its ``RuntimeAllocation`` do, too.
    """

    def __init__(self, parsed: ParsedFiles | None = None) -> None:
        self._parsed = parsed if parsed is not None else ParsedFiles()
        self._uses = FunctionUses()
        self._package_key: object = None
        self._files: dict[str, tuple[FileAnalysis, ...]] = {}
        """Of each file, the newest first: tests make for other facts."""
        self._preliminary: tuple[object, _PackageAnalysis] | None = None
        self._directives = PackageDirectives()

    def has_looked_at(self, files: Iterable[str]) -> bool:
        """Whether a preliminary report can say of all these what was found before."""
        return all(path in self._files for path in files)

    def preliminary_report(
        self,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        read: Callable[[str], SourceText | None] = lambda _path: None,
    ) -> PackageReport:
        """A report before all evidence is there; it also spares the next ``report`` that work.

        What evidence may still change is reported as it was before; if it is new, not yet.
        """
        analysis = self._analyze(info, texts, sources, read)
        self._preliminary = _decisions(info, texts, sources), analysis
        return self._report(analysis, texts, is_final=False)

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
        preliminary, self._preliminary = self._preliminary, None
        if preliminary is not None and preliminary[0] == _decisions(info, texts, sources):
            analysis = preliminary[1]
        else:
            analysis = self._analyze(info, texts, sources, read)
        return evolve(self._report(analysis, texts, is_final=True), errors=tuple(errors))

    def _report(
        self, analysis: _PackageAnalysis, texts: Sequence[PackageText], *, is_final: bool
    ) -> PackageReport:
        info, work = analysis.info, analysis.work.values()
        judged, unconfirmed = self._judge(
            analysis, analysis.facts.evidence(texts), is_final=is_final
        )
        silenceable = {
            path: [*findings, *(one.finding for one in unconfirmed[path])]
            for path, findings in judged.items()
        }
        remarks = self._directives.remarks(analysis.syntax.files, silenceable, is_final=is_final)
        shown = (analysis.directives[path].shown(judged[path]) for path in sorted(judged))
        own = [file.syntax for file in work if analysis.syntax.owns(file.syntax)]
        return PackageReport(
            info.path,
            info.directory,
            info.files,
            tuple(chain.from_iterable(shown)),
            tuple(function for file in work for function in file.functions),
            tuple(stay for file in work for stay in file.stays),
            (),
            tuple(line for text in texts for line in text.unknown),
            sum(text.unknown_count for text in texts),
            _left_out(info, analysis.facts, work, analysis.merged),
            {path: file.source for path, file in analysis.syntax.files.items()},
            tuple(captured for file in work for captured in file.captures),
            remarks,
            tuple(chain.from_iterable(map(_goroutines, own))),
            tuple(
                one
                for path in sorted(unconfirmed)
                for one in unconfirmed[path]
                if analysis.directives[path].shown([one.finding])
            ),
            is_final=is_final,
        )

    def _analyze(
        self,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        read: Callable[[str], SourceText | None],
    ) -> _PackageAnalysis:
        facts = PackageFacts.of(info, texts, sources, read)
        texts_of_files = {path: sources[path] for path in info.files if path in sources}
        texts_of_files.update(sorted(facts.elsewhere.items()))  # whoever asked for them first
        files = {path: self._parsed.of(source) for path, source in texts_of_files.items()}
        syntax = GoPackage(files, frozenset(info.files))
        work = self._work(info, facts, syntax)
        calls = tuple(_inlined_calls(work.values()))
        merged = merge_copies((file.sites for file in work.values()), syntax, calls)
        contexts = SiteContexts(syntax, self._uses, facts, calls)
        sites = tuple(contexts.of_sites(merged))
        directives = {path: self._directives.of(file) for path, file in files.items()}
        return _PackageAnalysis(info, facts, syntax, directives, work, merged, sites)

    def _work(
        self, info: PackageInfo, facts: PackageFacts, syntax: GoPackage
    ) -> dict[str, FileAnalysis]:
        """What can be done for each file by itself, as far as possible from last time."""
        package_key = info.path, info.language
        if package_key != self._package_key:
            self._package_key, self._files = package_key, {}
        work: dict[str, FileAnalysis] = {}
        for path, file in syntax.files.items():
            of_file = tuple(facts.by_file.get(path, ()))
            before = self._files.pop(path, ())
            now = self._file_work(file, of_file, syntax, before)
            others = (older for older in before if older is not now)
            self._files[path] = (now, *islice(others, KEPT_STATES - 1))
            work[path] = now
        for old in list(self._files)[: -KEPT_STATES * len(work)]:
            del self._files[old]
        return work

    def _file_work(
        self,
        file: GoFile,
        facts: tuple[FileFacts, ...],
        syntax: GoPackage,
        before: tuple[FileAnalysis, ...],
    ) -> FileAnalysis:
        for older in before:
            if older.fits(file, facts, syntax):
                return older
        for older in before:
            if (edited := older.edited(file, facts, syntax, self._uses)) is not None:
                return edited
        work = FileAnalysis.of(file, facts, syntax)
        if before:
            work.allocations_before = before[0].final_allocations()
        return work

    def _judge(
        self,
        analysis: _PackageAnalysis,
        evidence: Mapping[str, tuple[BackendEvidence, ...]],
        *,
        is_final: bool,
    ) -> tuple[dict[str, list[Finding]], dict[str, list[UnconfirmedFinding]]]:
        """The findings of each file in source order, and what may be one; ``is_final`` when there
        is all evidence.
        """
        builders = {
            path: FindingBuilder(
                analysis.facts,
                analysis.syntax,
                work,
                analysis.directives[path],
                evidence.get(path, ()),
                is_final=is_final,
            )
            for path, work in analysis.work.items()
        }
        for site, context in analysis.sites:
            builders[site.place.file].add(site, context)
        findings = {path: builder.findings() for path, builder in builders.items()}
        return findings, {path: builder.unconfirmed() for path, builder in builders.items()}


@frozen(eq=False)
class _PackageAnalysis:
    """Everything about a package that does not depend on evidence."""

    info: PackageInfo
    facts: PackageFacts
    syntax: GoPackage
    directives: Mapping[str, FileDirectives]
    work: Mapping[str, FileAnalysis]
    merged: MergedSites
    sites: tuple[tuple[Site, SiteContext], ...]
    """Those that are worth a finding."""


def _decisions(
    info: PackageInfo, texts: Sequence[PackageText], sources: Mapping[str, SourceText]
) -> object:
    """What a ``_PackageAnalysis`` depends on."""
    return info, tuple(evolve(text, evidence=()) for text in texts), {**sources}


def _inlined_calls(work: Iterable[FileAnalysis]) -> Iterator[PlacedInlinedCall]:
    for file in work:
        for facts in file.facts:
            for call in facts.inlined_calls:
                yield PlacedInlinedCall(file.syntax, call.at, call.function)


def _goroutines(file: GoFile) -> Iterator[ExplainedAllocation]:
    """The statements that start one: what that allocates is no value's."""
    for statement in file.go_statements:
        keyword = file.span(statement.children[0])
        started = " ".join(text(statement).split())
        yield ExplainedAllocation(keyword, started, WORDS[AllocationKind.GOROUTINE])


def _left_out(
    info: PackageInfo,
    package_facts: PackageFacts,
    work: Iterable[FileAnalysis],
    merged: MergedSites,
) -> tuple[OmittedSite, ...]:
    """What is no finding, once each."""
    work = tuple(work)
    left = [*_without_file(package_facts, {file.syntax.source.path for file in work})]
    left += [site for file in work for site in file.sites.left_out]
    left += merged.left_out
    once: dict[tuple[Place, str], OmittedSite] = {}
    for site in left:
        place = site.place._replace(file=joined(info.working_directory, site.place.file))
        once[place, site.message] = OmittedSite(place, site.message, site.reason)
    return tuple(once.values())


def _without_file(package_facts: PackageFacts, shown: set[str]) -> Iterator[OmittedSite]:
    made = "code that the compiler or the go command made, or that is not in this module"
    unread = "a position that the source does not have"
    groups = [(facts, made) for facts in package_facts.nowhere]
    groups += [
        (facts, unread)
        for path, of_file in package_facts.by_file.items()
        if path not in shown
        for facts in of_file
    ]
    for facts, reason in groups:
        for decision in facts.decisions:
            if decision.verdict is not EscapeVerdict.STAYS:
                place = Place(*decision.at)
                yield OmittedSite(place, decision.message, reason)
