"""Reports that the machine code has judged: which archive is read for which files."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.evidence.code_judge import with_code
from goescape.analysis.evidence.machine_code import CompiledPackage, machine_code
from goescape.toolchain.facts.client import Unanswerable
from goescape.toolchain.facts.requests import ArchiveRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.evidence.machine_code import MachineCode
    from goescape.analysis.model import PackageReport
    from goescape.toolchain.facts.client import FactsClient
    from goescape.toolchain.facts.typed_reports import CheckedVariant
    from goescape.toolchain.go.go_commands import GoCommands

_log = logging.getLogger(__name__)

_PROBE = "errors"
"""A small package that all programs have, so that it is built in any case."""


class CompiledReports:
    """Corrects the reports of one Go's packages by what was compiled of them."""

    def __init__(self, commands: GoCommands, client: FactsClient) -> None:
        self._commands = commands
        self._client = client

    async def start(self) -> str | None:
        """Read one archive; why that is not possible, or None. Raises GoProblem."""
        if (problem := await self._client.start()) is not None:
            return problem
        goroot = (await self._commands.toolchain()).go.goroot
        command = await self._commands.command(goroot, "list", "-export", "-json=Export", _PROBE)
        for listed in await self._commands.objects(command):
            request = ArchiveRequest(str(listed.get("Export") or ""), goroot)
            answer = await self._client.archive(request)
            if isinstance(answer, CompiledPackage):
                return None
            if answer is not None:
                return answer.why
        return self._client.problem or "it gives no reason"

    async def is_usable(self, report: PackageReport) -> bool:
        """Whether a report that was stored would come out the same now."""
        return report.is_judged or await self._client.start() is not None

    def may_be_kept(self, report: PackageReport) -> bool:
        """Whether a report has all that can be known."""
        return report.is_judged or self._client.problem is not None

    async def corrected(
        self, report: PackageReport, variants: Sequence[CheckedVariant]
    ) -> PackageReport:
        """The report as the archives of its variants have it; itself where one is not understood.

        A file's code is that of the smallest variant with it: what ships, not what is tested.
        """
        judged, files = report, frozenset[str]()
        for variant in sorted(variants, key=lambda variant: len(variant.files)):
            if files.issuperset(variant.files):
                continue
            code = await self._code(report, variant)
            if code is None:
                return report
            if isinstance(code, Unanswerable):
                continue  # asking again would bring nothing
            its_own = frozenset(variant.files) - files
            judged = await asyncio.to_thread(with_code, judged, code, its_own)
            files |= its_own
        return evolve(judged, is_judged=True) if variants and not report.errors else report

    async def _code(
        self, report: PackageReport, variant: CheckedVariant
    ) -> MachineCode | Unanswerable | None:
        if not variant.archive:
            return Unanswerable("it was not compiled")
        goroot = (await self._commands.toolchain()).go.goroot
        answer = await self._client.archive(ArchiveRequest(variant.archive, goroot))
        if not isinstance(answer, CompiledPackage):
            return answer
        # Paths that were trimmed begin with the import path.
        folders = {"$GOROOT": goroot, variant.path: report.directory}
        try:
            return await asyncio.to_thread(machine_code, answer, folders)
        except ValueError as problem:
            _log.error("an archive of %s is not understood", variant.path, exc_info=problem)
            return Unanswerable(str(problem))
