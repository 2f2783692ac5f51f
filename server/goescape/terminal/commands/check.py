"""``goescape check``: analyse packages and say what was found."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from goescape.analysis.profiles.allocation_profile import ProfileProblem, merged
from goescape.analysis.profiles.join import ProfileJoin
from goescape.analysis.ranking.rank import ranked
from goescape.analysis.reports.queries import once_per_site
from goescape.analysis.reports.replacements import CodeState, new_sites
from goescape.analysis.syntax.source import SourceText
from goescape.terminal.baseline_file import read, sites
from goescape.terminal.commands.check_outcome import CheckFailure, CheckOptions, CheckOutcome
from goescape.terminal.targets import UsageError, existing_folder, resolve, seen_from
from goescape.toolchain.cache.disk_cache import DiskCache
from goescape.toolchain.compile.build_log import BuildLog
from goescape.toolchain.digests import digest
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.measure.profile_files import changed_since, load
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.revisions import RevisionProblem, exported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goescape.analysis.model import DirectiveRemark, Finding, PackageReport
    from goescape.analysis.profiles.joined_profile import JoinedProfile
    from goescape.analysis.reports.baselines import BaselineSite
    from goescape.terminal.output.progress import ProgressLine


@define
class _Collector:
    """Keeps what the answer needs and lets go of the rest: reports of big packages are large."""

    question: CheckOptions
    findings: list[Finding] = field(factory=list)
    failures: list[CheckFailure] = field(factory=list)
    sources: dict[str, SourceText] = field(factory=dict)
    packages: int = 0
    hidden: int = 0
    joining: ProfileJoin | None = None
    joined: JoinedProfile | None = None
    known_count: int | None = None
    remarks: list[DirectiveRemark] = field(factory=list)
    analysed: set[str] = field(factory=set)
    unknown_lines: list[str] = field(factory=list)
    unknown_line_count: int = 0
    divided: int = 0
    """How many packages there are for all parts together; 0 without parts."""

    def add(self, item: PackageReport | Problem) -> None:
        if isinstance(item, Problem):
            self.failures.append(CheckFailure(item.kind, item.message, item.package))
            return
        self.packages += 1
        if self.joining is not None:
            self.joining.add(item)
        for error in item.errors:
            self.failures.append(CheckFailure("compile", error.message, item.package, error.place))
        if not item.errors:
            self.analysed.add(item.package)
        self.remarks += item.remarks
        self.unknown_lines += item.unknown_lines[:1]
        self.unknown_line_count += item.unknown_line_count
        for finding in item.findings:
            if finding.is_diagnostic or self.question.everything:
                self.findings.append(finding)
                self._keep_source(item.sources.get(finding.span.file))

    def _keep_source(self, source: SourceText | None) -> None:
        """Only the text: what was made of it to find something is as large again, many times."""
        if source is not None and source.path not in self.sources:
            self.sources[source.path] = SourceText(source.path, source.content)

    def wanted(self) -> tuple[Finding, ...]:
        """Each site once, in source order, without those below the threshold."""
        sites = once_per_site(self._ranked())
        wanted = tuple(site for site in sites if site.severity.at_least(self.question.minimum))
        self.hidden = len(sites) - len(wanted)
        return wanted

    def _ranked(self) -> Iterator[Finding]:
        """What was found as profiles and settings rank it, without what these hide."""
        joined, policy = self.joined, self.question.policy
        for finding in self.findings:
            profile_reason = None if joined is None else joined.rank_reason(finding)
            now = ranked(finding, profile_reason, policy)
            if not now.rank.is_hidden:
                yield now

    def leave_out(
        self, sites_before: Sequence[BaselineSite], revision: CodeState, folder: Path
    ) -> None:
        """Keep only what is none of these sites, and stands in place of no worse one."""
        findings = once_per_site(self._ranked())
        now = CodeState(sites(findings, self.sources, folder), self.sources)
        new = new_sites(now, revision, sites_before)
        self.findings = [
            finding
            for number, finding in enumerate(findings)
            if number in new or finding.breaks_promise
        ]
        self.known_count = len(findings) - len(self.findings)

    def read_profiles(self) -> None:
        """Read what was asked for. Raises UsageError."""
        if not self.question.profiles:
            return
        try:
            profile = merged([load(path) for path in self.question.profiles])
        except ProfileProblem as problem:
            raise UsageError(str(problem)) from None
        self.joining = ProfileJoin(profile, changed_since(profile))

    def join(self) -> None:
        """Say what the profiles mean. Raises UsageError when they are of another program."""
        if self.joining is None:
            return
        joined = self.joining.result()
        if not self.packages:
            return
        if not joined.covered:
            raise UsageError(joined.mismatch)
        self.joined = joined


async def check(
    question: CheckOptions, options: EngineOptions, progress: ProgressLine
) -> CheckOutcome:
    """Analyse; whatever goes wrong is part of the outcome."""
    started = time.monotonic()
    collector = _Collector(question)
    folder, version, notice = Path(question.folder), "", ""
    try:
        folder = existing_folder(question.folder)
        if question.since:
            question = evolve(question, packages=seen_from(folder, question.packages))
        collector.read_profiles()
        baseline = read(question.baseline) if question.baseline else []
        revision = CodeState((), {})
        engine = Engine(options)
        if not question.log or question.since:
            go = await engine.go()
            version, notice = go.version, go.notice
        async with progress:
            if question.log:
                await asyncio.to_thread(_read_log, folder, question.log, collector, progress)
            else:
                disk_cache = DiskCache()
                await _analyze(engine, folder, question, collector, progress, disk_cache=disk_cache)
                await asyncio.to_thread(disk_cache.prune)
            if question.since:
                revision = await _sites_of_revision(engine, folder, question, progress)
        if not collector.packages and not collector.failures and not collector.divided:
            names = " ".join(question.packages)
            raise UsageError(
                f"{names} names no Go package in {folder}; name a folder with Go files."
            )
        collector.join()
        if question.baseline or question.since:
            collector.leave_out(baseline, revision, folder)
    except (UsageError, RevisionProblem) as error:
        collector.failures.append(CheckFailure("usage", str(error)))
    except GoProblem as problem:
        collector.failures.append(CheckFailure("go", problem.message))
    return CheckOutcome(
        folder=folder,
        go=version,
        findings=collector.wanted(),
        failures=tuple(dict.fromkeys(collector.failures)),
        sources=collector.sources,
        packages=collector.packages,
        hidden=collector.hidden,
        seconds=time.monotonic() - started,
        notice=notice,
        unknown_lines=tuple(collector.unknown_lines),
        unknown_line_count=collector.unknown_line_count,
        joined=collector.joined,
        fail_on=question.fail_on,
        remarks=tuple(dict.fromkeys(collector.remarks)),
        known_count=collector.known_count,
        analysed=frozenset(collector.analysed),
        shard=question.shard,
    )


def _read_log(folder: Path, name: str, collector: _Collector, progress: ProgressLine) -> None:
    """Understand a log. Raises UsageError where it is none."""
    log = BuildLog(folder)
    try:
        with contextlib.ExitStack() as stack:
            file = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
            for report in log.reports(file):
                collector.add(report)
                progress.advance(report.package, len(collector.findings))
                del report  # its reference cycles are garbage while the next report is made
                gc.collect()
                gc.freeze()  # what is left is kept to the end: it need not be searched again
    except OSError as problem:
        raise UsageError(f"The log {name} cannot be read ({problem.strerror}).") from None
    if collector.packages:
        return
    if log.unknown:
        raise UsageError(
            f"{log.unknown}, which the log names, is not below {folder}; name the "
            "folder of the build with -C."
        )
    raise UsageError(
        f"The log {name} has nothing of the compiler; build with `go build -gcflags=-m=2 ./...` "
        "and keep standard error."
    )


async def _analyze(  # noqa: PLR0913 - each by its name
    engine: Engine,
    folder: Path,
    question: CheckOptions,
    collector: _Collector,
    progress: ProgressLine,
    *,
    disk_cache: DiskCache | None = None,
) -> None:
    """``disk_cache`` is for folders that stay."""
    for target in await resolve(folder, question.packages, engine.modules):
        patterns = target.patterns
        if question.shard != (1, 1):
            names = await engine.packages.import_paths(target.root, target.patterns)
            collector.divided += len(names)
            patterns = _part(names, question.shard)
            if not patterns:
                continue
        analysis = (
            engine.analyze(target.root, patterns)
            if disk_cache is None
            else engine.analyze_stored(target.root, patterns, disk_cache)
        )
        async with aclosing(analysis) as items:
            async for item in items:
                collector.add(item)
                progress.advance(item.package, len(collector.findings))


def _part(names: Sequence[str], shard: tuple[int, int]) -> tuple[str, ...]:
    """The packages of a part: the same ones on every machine, whatever else there is."""
    number, count = shard
    # of lone files the name counts: their folders may be others elsewhere
    keys = {name: Path(name).name if name.endswith(".go") else name for name in names}
    parts = (
        (n, int.from_bytes(digest(key.encode())[:8], "big") % count) for n, key in keys.items()
    )
    return tuple(name for name, part in parts if part == number - 1)


async def _sites_of_revision(
    engine: Engine, folder: Path, question: CheckOptions, progress: ProgressLine
) -> CodeState:
    """What there was at a revision. Raises RevisionProblem where that cannot be told."""
    collector = _Collector(evolve(question, profiles=()))
    async with exported(folder, question.since) as old:
        if not old.is_dir():
            return CodeState((), {})
        try:
            await _analyze(engine, old, question, collector, progress)
        except UsageError:
            return CodeState((), {})  # nothing of it was there yet
        if collector.failures:
            first = collector.failures[0]
            raise RevisionProblem(
                f"{question.since} cannot be compared with, as not all of it compiles: "
                f"{first.package or first.kind}: {first.message}"
            )
        pairs = sites(once_per_site(collector.findings), collector.sources, old)
        return CodeState(pairs, collector.sources)
