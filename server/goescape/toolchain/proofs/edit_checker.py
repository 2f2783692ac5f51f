"""Compiles and vets one package with edits, and what imports it; nothing on the disk is touched.

By the package's build plan where that tells everything, else with the go command.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import PackageReport
from goescape.fixes.candidate import apply_edits
from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.go.vet import type_error, vet, vet_input_of
from goescape.toolchain.proofs.checked_claims import wrong_claim
from goescape.toolchain.proofs.counted_sites import have_targets
from goescape.toolchain.tasks import gather_all

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from goescape.analysis.syntax.source import SourceText
    from goescape.fixes.candidate import Candidate
    from goescape.toolchain.compile.edited_package import EditedPackage
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.go.vet import VetInput
    from goescape.toolchain.proofs.fix_context import FixContext


class WrongClaimError(Exception):
    """What is claimed of a type is not so."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@frozen
class CheckedEdit:
    """Packages before an edit and after it."""

    before: tuple[PackageReport, ...]
    after: tuple[PackageReport, ...]
    misses_external_tests: bool = False
    """Whether the package has some that were not compiled."""


@frozen(eq=False)
class EditChecker:
    """Checks edits of the packages of ``patterns``, whose present reports are ``before``.

    What it finds out on the way (plans, present reports of importers) it keeps. Every method may
    raise GoProblem.
    """

    engine: Engine
    root: str
    patterns: tuple[str, ...]
    before: tuple[PackageReport, ...]
    context: FixContext | None = None
    """What lies around the package; None where nothing but ``patterns`` counts."""
    _edited: list[EditedPackage | None] = field(factory=list, init=False)
    _vet_input: list[VetInput | None] = field(factory=list, init=False)
    _importers_before: dict[str, tuple[PackageReport, ...]] = field(factory=dict, init=False)

    @property
    def sources(self) -> dict[str, SourceText]:
        """The texts of all the files that an edit may change."""
        if self.context is not None:
            return self.context.sources
        return {path: text for report in self.before for path, text in report.sources.items()}

    @property
    def has_importers(self) -> bool:
        """Whether packages of the workspace import this one."""
        return self.context is not None and bool(self.context.importers)

    async def check(
        self,
        whole: Candidate,
        parts: Sequence[Candidate],
        contents: Mapping[str, bytes],
        *,
        external_tests: bool,
    ) -> CheckedEdit | Reason:
        """What became of the package, or what is wrong with it.

        ``external_tests``: they count, since they may be callers of what was changed. Raises
        WrongClaimError.
        """
        edited = await self.edited()
        by_plan = edited is not None and await self._plan_suffices(
            edited, parts, contents, external_tests=external_tests
        )
        vet_input = await self.vet_input()
        claims = asyncio.ensure_future(self._check_claims(whole, vet_input))
        if vet_input is not None and vet_input.has_external_tests and external_tests:
            vet_input = None
        compiling = self._compile(contents, edited if by_plan else None)
        return await self._together(
            compiling, self.root, self.patterns, contents, vet_input, claims
        )

    async def check_importers(self, contents: Mapping[str, bytes]) -> CheckedEdit | Reason:
        """The same for the packages that import this one."""
        importers = self.context.importers if self.context is not None else {}
        before = await self._reports_of_importers(importers)
        if before is None:
            return Reason.of(ReasonCode.IMPORTER_DOES_NOT_COMPILE)
        after: list[PackageReport] = []
        for root, patterns in importers.items():
            compiling = _compiled(self.engine, root, patterns, contents, ())
            checked = await self._together(compiling, root, patterns, contents)
            if isinstance(checked, Reason):
                return Reason.of(ReasonCode.IN_IMPORTER, reason=checked)
            after += checked.after
        return CheckedEdit(before, tuple(after))

    async def edited(self) -> EditedPackage | None:
        """How to compile the package without `go`, found out once; None when that cannot be."""
        if self.context is None:
            return None
        if not self._edited:
            context, edited = self.context, self.context.edited
            if edited is None:
                # imported with the first proof: findings are shown sooner
                from goescape.toolchain.compile.edited_package import (  # noqa: PLC0415
                    edited_package,
                )

                report = context.code.report
                edited = await edited_package(self.engine, context.root, context.pattern, report)
            self._edited.append(edited)
        return self._edited[0]

    async def vet_input(self) -> VetInput | None:
        """How to vet the package without `go vet`, found out once; None when that cannot be."""
        if self.context is None:
            return None
        if not self._vet_input:
            edited, context = await self.edited(), self.context
            self._vet_input.append(
                await vet_input_of(
                    self.engine.commands,
                    context.root,
                    context.pattern,
                    context.code.report.package,
                )
                if edited is None
                else edited.vetting()
            )
        return self._vet_input[0]

    async def _plan_suffices(
        self,
        edited: EditedPackage,
        parts: Sequence[Candidate],
        contents: Mapping[str, bytes],
        *,
        external_tests: bool,
    ) -> bool:
        """Whether compiling by plan is enough to judge."""
        if not edited.covers(contents) or (external_tests and edited.has_external_tests):
            return False
        before = await edited.before()
        return before is not None and await asyncio.to_thread(have_targets, (before,), parts)

    async def _compile(
        self, contents: Mapping[str, bytes], edited: EditedPackage | None
    ) -> CheckedEdit | str:
        if edited is not None:
            after, before = await edited.report(contents), await edited.before()
            if after is not None and not isinstance(after, PackageReport):
                return after.reason
            if after is not None and before is not None:
                return CheckedEdit((before,), (after,), edited.has_external_tests)
        return await _compiled(self.engine, self.root, self.patterns, contents, self.before)

    async def _check_claims(self, whole: Candidate, vet_input: VetInput | None) -> None:
        """Raises WrongClaimError, which ends all other work for the proof."""
        edits = [edit for claim in whole.claims for edit in claim.edits()]
        if not edits:
            return
        contents = apply_edits(self.sources, edits)
        commands, patterns = self.engine.commands, self.patterns[:1]
        error = await type_error(commands, self.root, patterns, contents, vet_input)
        if error:
            raise WrongClaimError(wrong_claim(whole.claims, self.sources, contents, error))

    async def _together(
        self,
        compiling: Coroutine[None, None, CheckedEdit | str],
        root: str,
        patterns: Sequence[str],
        contents: Mapping[str, bytes],
        vet_input: VetInput | None = None,
        *others: asyncio.Future[None],
    ) -> CheckedEdit | Reason:
        """Compile and vet packages with new contents; at once with ``others``."""
        compiled = asyncio.ensure_future(compiling)
        vetted = asyncio.ensure_future(self._vetted(root, patterns, contents, vet_input))
        works: tuple[asyncio.Future[Any], ...] = (compiled, vetted, *others)
        await gather_all(works)
        checked = compiled.result()
        if isinstance(checked, str):
            return _does_not_compile(checked)
        if complaint := vetted.result():
            return Reason.of(ReasonCode.VET_OBJECTS, complaint=complaint)
        return checked

    async def _vetted(
        self,
        root: str,
        patterns: Sequence[str],
        contents: Mapping[str, bytes],
        vet_input: VetInput | None,
    ) -> str | None:
        """What go vet says of the edited code and not of the present one."""
        commands = self.engine.commands
        complaints = await vet(commands, root, patterns, contents, vet_input)
        if not complaints:
            return None
        before = await vet(commands, root, patterns, {}, vet_input)
        new = Counter(map(_without_position, complaints)) - Counter(map(_without_position, before))
        return plain_sentence([*new]) or None

    async def _reports_of_importers(
        self, importers: Mapping[str, tuple[str, ...]]
    ) -> tuple[PackageReport, ...] | None:
        """As they are now, made once; None when one does not compile."""
        for root, patterns in importers.items():
            if root not in self._importers_before:
                compiled = await _compiled(self.engine, root, patterns, {}, ())
                if isinstance(compiled, str):
                    return None
                self._importers_before[root] = compiled.after
        return tuple(report for some in self._importers_before.values() for report in some)


async def _compiled(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    before: tuple[PackageReport, ...],
) -> CheckedEdit | str:
    """With the go command; or the first error."""
    reports = []
    async with aclosing(engine.analyze(root, patterns, contents)) as items:
        async for item in items:
            if not isinstance(item, PackageReport):
                return item.message
            if item.errors:
                return item.errors[0].message
            reports.append(item)
    return CheckedEdit(before, tuple(reports))


def _does_not_compile(error: str) -> Reason:
    if match := re.match(r"(\w+) already declared through import of package", error):
        return Reason.of(ReasonCode.NAME_TAKEN, name=match[1])  # by another file
    return Reason.of(ReasonCode.DOES_NOT_COMPILE, error=error)


def _without_position(complaint: str) -> str:
    """Lines move, and vet names a file of an overlay by its temporary name."""
    return re.sub(r"^(?:vet: )?\S*?\.go:\d+(?::\d+)?: ", "", complaint)
