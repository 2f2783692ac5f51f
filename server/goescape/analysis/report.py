"""From the compiler's text and the source to what readers are shown: the entry to this ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.allocation import Evidence
from goescape.analysis.causes import Chains, Reasoner
from goescape.analysis.compiler_facts import Verdict
from goescape.analysis.context import Contexts, Uses
from goescape.analysis.copies import Copies, merge_copies
from goescape.analysis.file_facts import FileFacts, facts_by_file
from goescape.analysis.findings import Tools, finding_of, is_worth_a_finding, stays_of
from goescape.analysis.functions import captures_of, functions_of
from goescape.analysis.go_syntax import ParsedFiles
from goescape.analysis.model import Captured, Finding, Function, LeftOut, PackageReport, Place, Stay
from goescape.analysis.package_syntax import PackageSyntax, Question
from goescape.analysis.paths import absolute_paths, joined
from goescape.analysis.ranking import Ranking
from goescape.analysis.site import files_in
from goescape.analysis.sites import FileSites, find_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.compiler_facts import Explanation, PackageText
    from goescape.analysis.context import Context
    from goescape.analysis.copies import Merged
    from goescape.analysis.go_syntax import GoSyntax
    from goescape.analysis.model import CompileError, Span
    from goescape.analysis.site import Site
    from goescape.analysis.source import SourceText


@frozen
class PackageInfo:
    """Which package a text belongs to."""

    path: str
    """Import path."""
    directory: str
    files: tuple[str, ...]
    """Every Go file that this build compiled, tests included; absolute."""
    working_directory: str
    """Where the build ran: printed paths are relative to it."""
    language: tuple[int, int] = (1, 22)
    """The version of the Go language that the module asks for."""


def build_report(
    info: PackageInfo,
    texts: Sequence[PackageText],
    sources: Mapping[str, SourceText],
    errors: Sequence[CompileError] = (),
    read: Callable[[str], SourceText | None] = lambda _path: None,
) -> PackageReport:
    """All findings and facts of one package; see ``Analyst.report``."""
    return Analyst().report(info, texts, sources, errors, read)


class Analyst:
    """Reports on one package again and again: what an edit leaves as it was is not done twice.

    Each report equals one built from nothing. What is done for one file is kept as long as its
    text, the facts at its positions and what it asked about the names of the package stay the same;
    a finding, as long as its ``Context`` does, too.
    """

    def __init__(self, parsed: ParsedFiles | None = None) -> None:
        self._parsed = parsed if parsed is not None else ParsedFiles()
        self._uses = Uses()
        self._around: object = None
        self._files: dict[str, _FileWork] = {}

    def read_ahead(self, sources: Mapping[str, SourceText]) -> None:
        """Parse what a report will be about, while the compiler is still working on it."""
        for source in sources.values():
            self._parsed.of(source).read_ahead()

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
        said = _Said.of(info, texts, sources, read)
        known = {path: sources[path] for path in info.files if path in sources}
        known.update(said.elsewhere)
        files = {path: self._parsed.of(source) for path, source in known.items()}
        syntax = PackageSyntax(files, frozenset(info.files))
        work = self._work(info, said, syntax)
        merged = merge_copies(each.sites for each in work.values())
        findings = self._findings(info, said, syntax, work, merged)
        return PackageReport(
            info.path,
            info.directory,
            info.files,
            tuple(finding for path in sorted(findings) for finding in findings[path]),
            tuple(function for each in work.values() for function in each.functions),
            tuple(stay for each in work.values() for stay in each.stays),
            tuple(errors),
            tuple(line for text in texts for line in text.unknown),
            _left_out(info, said, work.values(), merged),
            {path: file.source for path, file in files.items()},
            tuple(captured for each in work.values() for captured in each.captures),
        )

    def _work(self, info: PackageInfo, said: _Said, syntax: PackageSyntax) -> dict[str, _FileWork]:
        """What can be done for each file by itself, as far as possible from last time."""
        around = info.path, info.language
        if around != self._around:
            self._around, self._files = around, {}
        found: dict[str, _FileWork] = {}
        for path, file in syntax.files.items():
            facts = tuple(said.facts.get(path, ()))
            known = self._files.pop(path, None)
            if known is None or not known.fits(file, facts, syntax):
                known = _FileWork.of(file, facts, syntax)
            found[path] = self._files[path] = known
        for old in list(self._files)[: -_STATES * len(found)]:
            del self._files[old]
        return found

    def _findings(
        self,
        info: PackageInfo,
        said: _Said,
        syntax: PackageSyntax,
        work: Mapping[str, _FileWork],
        merged: Merged,
    ) -> dict[str, list[Finding]]:
        """The findings of each file in source order."""
        chains = Chains(said.explanations)
        contexts = Contexts(syntax, self._uses, chains, said.paths)
        ranking = Ranking(info.language)
        found: dict[str, dict[Site, tuple[Context, Finding]]] = {path: {} for path in work}
        tools: dict[str, Tools] = {}
        no_copies = Copies()
        for site in merged.sites:
            if not is_worth_a_finding(site, syntax):
                continue
            path = site.place.file
            context = contexts.of(site, merged.copies.get(site, no_copies))
            known = work[path].findings.get(site)
            if known is None or known[0] != context:
                if path not in tools:
                    noting = syntax.noting(work[path].asked)
                    evidence = Evidence(work[path].facts, path, noting)
                    tools[path] = Tools(Reasoner(noting, said.paths), evidence, ranking, info.path)
                known = context, finding_of(site, context, tools[path])
            found[path][site] = known
        for path, findings in found.items():
            work[path].findings = findings
        return {
            path: sorted((finding for _, finding in findings.values()), key=_in_source_order)
            for path, findings in found.items()
        }


@frozen
class _Said:
    """What was said of the package, by file."""

    facts: Mapping[str, Sequence[FileFacts]]
    """What each text says of a file."""
    nowhere: Sequence[FileFacts]
    """What is said of files that are not shown."""
    paths: Mapping[str, str | None]
    """The absolute path of each printed one; None where it has no file."""
    elsewhere: Mapping[str, SourceText]
    """Files of other packages that have facts, too."""
    explanations: Sequence[Explanation]

    @classmethod
    def of(
        cls,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        read: Callable[[str], SourceText | None],
    ) -> _Said:
        elsewhere: dict[str, SourceText] = {}

        def exists(path: str) -> bool:
            if path not in sources and (source := read(path)) is not None:
                elsewhere[path] = source
            return path in sources or path in elsewhere

        groups = [facts_by_file(text) for text in texts]
        explanations = [explanation for text in texts for explanation in text.explanations]
        printed = {file for group in groups for file in group}.union(*map(files_in, explanations))
        paths = absolute_paths(sorted(printed), info.working_directory, info.files, exists)
        by_path: dict[str, list[FileFacts]] = {}
        nowhere: list[FileFacts] = []
        for group in groups:
            for file, facts in group.items():
                path = paths[file]
                group_of_file = nowhere if path is None else by_path.setdefault(path, [])
                if facts not in group_of_file:  # test variants repeat most of the package
                    group_of_file.append(facts)
        return cls(by_path, nowhere, paths, elsewhere, explanations)


@define(eq=False)
class _FileWork:
    """What was done for one file."""

    syntax: GoSyntax
    facts: tuple[FileFacts, ...]
    sites: FileSites
    functions: tuple[Function, ...]
    stays: tuple[Stay, ...]
    captures: tuple[Captured, ...]
    asked: dict[Question, object]
    """What it took from the declarations of all files."""
    findings: dict[Site, tuple[Context, Finding]] = field(factory=dict)

    def fits(self, file: GoSyntax, facts: tuple[FileFacts, ...], syntax: PackageSyntax) -> bool:
        """Whether the same would be done again."""
        alike = self.syntax is file and self.facts == facts
        return alike and syntax.answers_alike(self.asked)

    @classmethod
    def of(cls, file: GoSyntax, facts: tuple[FileFacts, ...], syntax: PackageSyntax) -> _FileWork:
        asked: dict[Question, object] = {}
        sites = find_sites(facts, file, syntax.noting(asked))
        return cls(
            file,
            facts,
            sites,
            tuple(functions_of(facts, file)),
            tuple(stays_of(sites.own)),
            tuple(captures_of(facts, file.source.path)),
            asked,
        )


_STATES = 3
"""A package is seen with its tests and without them: work on more files than last time is kept."""


def _in_source_order(finding: Finding) -> tuple[Span, Place, str]:
    return finding.span, finding.anchor, finding.subject


def _left_out(
    info: PackageInfo, said: _Said, work: Iterable[_FileWork], merged: Merged
) -> tuple[LeftOut, ...]:
    """What is no finding, once each."""
    work = tuple(work)
    left = [*_without_file(said, {each.syntax.source.path for each in work})]
    left += [one for each in work for one in each.sites.left_out]
    left += merged.left_out
    found: dict[tuple[Place, str], LeftOut] = {}
    for one in left:
        place = one.place._replace(file=joined(info.working_directory, one.place.file))
        found[place, one.message] = LeftOut(place, one.message, one.reason)
    return tuple(found.values())


def _without_file(said: _Said, shown: set[str]) -> Iterator[LeftOut]:
    made = "code that the compiler or the go command made, or that is not in this module"
    unread = "a position that the source does not have"
    groups = [(facts, made) for facts in said.nowhere]
    groups += [(f, unread) for path, each in said.facts.items() if path not in shown for f in each]
    for facts, reason in groups:
        for decision in facts.decisions:
            if decision.verdict is not Verdict.STAYS:
                place = Place(*decision.at)
                yield LeftOut(place, decision.message, reason)
