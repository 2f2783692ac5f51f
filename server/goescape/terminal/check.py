"""``goescape check``: analyse packages and say what was found."""

from __future__ import annotations

import time
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.model import Finding, PackageReport, Place, Severity
from goescape.analysis.profile_join import Joined, Joining
from goescape.analysis.profiles import ProfileProblem, merged
from goescape.analysis.queries import once_per_site
from goescape.terminal.targets import UsageError, existing_folder, resolve
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.go_command import GoProblem
from goescape.toolchain.profile_files import changed_since, load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.analysis.source import SourceText
    from goescape.terminal.progress import Progress


@frozen
class Question:
    """What was asked for."""

    folder: str = "."
    packages: tuple[str, ...] = ("./...",)
    minimum: Severity = Severity.HINT
    everything: bool = False
    """Also the sites that do not allocate."""
    profiles: tuple[str, ...] = ()
    """Files with what the program allocated."""


@frozen
class Failure:
    """Something that could not be analysed."""

    kind: str
    """``usage``, ``go``, ``load``, ``compile`` or ``internal``."""
    message: str
    package: str = ""
    place: Place | None = None


@frozen
class Outcome:
    """All that a check found."""

    folder: Path
    """Where it looked; JSON names files from here."""
    go: str
    """The version; empty where Go was not found."""
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...]
    sources: Mapping[str, SourceText]
    """The text of each file with a finding."""
    packages: int
    hidden: int
    """How many findings are below the minimum severity."""
    seconds: float
    notice: str = ""
    """What to know about this version of Go."""
    joined: Joined | None = None
    """What the profiles say."""

    @property
    def exit_code(self) -> int:
        """2 when something could not be analysed, 1 for findings, 0 for none."""
        if self.failures:
            return 2
        return 1 if any(finding.is_diagnostic for finding in self.findings) else 0


@define
class _Collector:
    """Keeps what the answer needs and lets go of the rest: reports of big packages are large."""

    question: Question
    findings: list[Finding] = field(factory=list)
    failures: list[Failure] = field(factory=list)
    sources: dict[str, SourceText] = field(factory=dict)
    packages: int = 0
    hidden: int = 0
    joining: Joining | None = None
    joined: Joined | None = None

    def add(self, item: PackageReport | Problem) -> None:
        if isinstance(item, Problem):
            self.failures.append(Failure(item.kind, item.message, item.package))
            return
        self.packages += 1
        if self.joining is not None:
            self.joining.add(item)
        for error in item.errors:
            self.failures.append(Failure("compile", error.message, item.package, error.place))
        for finding in item.findings:
            if finding.is_diagnostic or self.question.everything:
                self.findings.append(finding)
                if source := item.sources.get(finding.span.file):
                    self.sources[finding.span.file] = source

    def wanted(self) -> tuple[Finding, ...]:
        """Each site once, in source order, without those below the threshold."""
        if self.joined is not None:
            self.findings = [self.joined.ranked_finding(each) for each in self.findings]
        found = once_per_site(self.findings)
        wanted = tuple(each for each in found if each.severity.at_least(self.question.minimum))
        self.hidden = len(found) - len(wanted)
        return wanted

    def read_profiles(self) -> None:
        """Read what was asked for. Raises UsageError."""
        if not self.question.profiles:
            return
        try:
            profile = merged([load(path) for path in self.question.profiles])
        except ProfileProblem as problem:
            raise UsageError(str(problem)) from None
        self.joining = Joining(profile, changed_since(profile))

    def join(self) -> None:
        """Say what the profiles mean. Raises UsageError when they are of another program."""
        if self.joining is None:
            return
        joined = self.joining.result()
        if not self.packages:
            return
        if not joined.covered:
            raise UsageError(joined.stranger)
        self.joined = joined


async def check(question: Question, options: EngineOptions, progress: Progress) -> Outcome:
    """Analyse; whatever goes wrong is part of the outcome."""
    started = time.monotonic()
    collector = _Collector(question)
    folder, version, notice = Path(question.folder), "", ""
    try:
        folder = existing_folder(question.folder)
        collector.read_profiles()
        engine = Engine(options)
        go = await engine.go()
        version, notice = go.version, go.notice
        targets = await resolve(folder, question.packages, engine.modules)
        async with progress:
            for target in targets:
                await _analyze(engine, target.root, target.patterns, collector, progress)
        if not collector.packages and not collector.failures:
            names = " ".join(question.packages)
            raise UsageError(
                f"{names} names no Go package in {folder}; name a folder with Go files."
            )
        collector.join()
    except UsageError as error:
        collector.failures.append(Failure("usage", str(error)))
    except GoProblem as problem:
        collector.failures.append(Failure("go", problem.message))
    return Outcome(
        folder=folder,
        go=version,
        findings=collector.wanted(),
        failures=tuple(dict.fromkeys(collector.failures)),
        sources=collector.sources,
        packages=collector.packages,
        hidden=collector.hidden,
        seconds=time.monotonic() - started,
        notice=notice,
        joined=collector.joined,
    )


async def _analyze(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    collector: _Collector,
    progress: Progress,
) -> None:
    async with aclosing(engine.analyze(root, patterns)) as items:
        async for item in items:
            collector.add(item)
            progress.advance(item.package, len(collector.findings))
