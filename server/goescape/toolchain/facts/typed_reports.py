"""Reports with what Go's type checker knows: which package variant is asked about which file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, field, frozen

from goescape.analysis.evidence.typed_report import KnownTypes, questions, with_types
from goescape.analysis.evidence.types import TypesAnswer
from goescape.fixes.context.package_types import UNKNOWN, ExpressionsAnswer, PackageTypes
from goescape.toolchain.facts.requests import (
    ExpressionsRequest,
    NamedType,
    SourceFile,
    TypesRequest,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from goescape.analysis.evidence.typed_report import NamedPlace, TypeQuestions
    from goescape.analysis.evidence.types import TypeFacts, ValueFacts
    from goescape.analysis.model import PackageReport
    from goescape.analysis.positions import Span
    from goescape.toolchain.facts.client import FactsClient, Unanswerable
    from goescape.toolchain.facts.requests import Position
    from goescape.toolchain.go.go_commands import GoCommands


_K = TypeVar("_K")
_V = TypeVar("_V")


@frozen(eq=False)
class CheckedVariant:
    """A package as it is compiled: itself, with its tests, or its external tests."""

    path: str
    language: tuple[int, int]
    files: tuple[str, ...]
    imports: Mapping[str, str]
    """As the source names a package, and its path, where that is another one."""
    exports: Mapping[str, str]
    """Export files by path."""
    world: str
    """The same for export files that were built together."""
    archive: str | None = None
    """Where it was compiled to itself; None before it is."""
    texts: Mapping[str, bytes] = field(factory=dict)
    """What files hold instead of what is on the disk."""


class TypedReports:
    """Corrects the reports of one Go's packages."""

    def __init__(self, commands: GoCommands, client: FactsClient) -> None:
        self._commands = commands
        self._client = client

    async def is_usable(self, report: PackageReport) -> bool:
        """Whether a report that was stored would come out the same now."""
        return report.is_typed or await self._client.start() is not None

    def may_be_kept(self, report: PackageReport) -> bool:
        """Whether a report has all that can be known."""
        return report.is_typed or self._client.problem is not None

    async def start(self) -> None:
        """Have the program built, before anything is asked of it."""
        await self._client.start()

    async def prepare(self, variants: Sequence[CheckedVariant]) -> None:
        """Have the variant with most files checked, before anything is asked of it."""
        if variants:
            largest = max(variants, key=lambda variant: len(variant.files))
            if (request := await self._request(largest)) is not None:
                await self._client.types(request)

    async def rest(self) -> None:
        """Nothing more is asked about the present texts."""
        await self._client.rest()

    async def corrected(
        self, report: PackageReport, variants: Sequence[CheckedVariant]
    ) -> PackageReport:
        """The report with what types say, as far as that is known."""
        if report.errors:
            return report
        values: dict[Span, ValueFacts] = {}
        named: dict[NamedPlace, TypeFacts] = {}
        is_typed = True
        for variant, asked in _divided(questions(report), variants):
            request = await self._request(variant)
            answer = await self._answer(request, asked) if request is not None else None
            if isinstance(answer, TypesAnswer):
                values.update(_known(asked.values, answer.values))
                named.update(_known(asked.named, answer.named))
            elif answer is None and request is not None:
                is_typed = False  # it did not answer: another time it may
        if self._client.problem is not None:
            return report
        if not await asyncio.to_thread(is_unchanged, report, variants):
            return report
        typed = await asyncio.to_thread(with_types, report, KnownTypes(values, named))
        return evolve(typed, is_typed=is_typed)

    async def expressions(self, variant: CheckedVariant, files: Collection[str]) -> PackageTypes:
        """The types of all expressions of some files, as far as they are known."""
        request = await self._request(variant)
        if request is None:
            return UNKNOWN
        numbers = [number for number, path in enumerate(variant.files) if path in files]
        answer = await self._client.expressions(ExpressionsRequest(request, tuple(numbers)))
        if not isinstance(answer, ExpressionsAnswer):
            return UNKNOWN
        return PackageTypes.of_answer(variant.files, answer)

    async def _request(self, variant: CheckedVariant) -> TypesRequest | None:
        toolchain = await self._commands.toolchain()
        goos, _, arch = toolchain.target.partition("/")
        try:
            texts = {path: text.decode() for path, text in variant.texts.items()}
        except UnicodeDecodeError:
            return None
        major, minor = variant.language
        return TypesRequest(
            variant.path,
            f"go{major}.{minor}",
            arch,
            goos,
            self._tags(),
            toolchain.go.goroot,
            variant.world,
            tuple(SourceFile(path, texts.get(path)) for path in variant.files),
            variant.imports,
            variant.exports,
        )

    def _tags(self) -> tuple[str, ...]:
        named = [re.fullmatch(r"--?tags=(.*)", flag) for flag in self._commands.build_flags]
        return tuple(tag for match in named if match for tag in match[1].split(",") if tag)

    async def _answer(
        self, request: TypesRequest, asked: TypeQuestions
    ) -> TypesAnswer | Unanswerable | None:
        numbers = {file.path: number for number, file in enumerate(request.files)}

        def position(span: Span) -> Position:
            return (numbers[span.file], *span[1:])

        whole = evolve(
            request,
            questions=tuple(map(position, asked.values)),
            named=tuple(NamedType(position(span), text) for span, text in asked.named),
        )
        answer = await self._client.types(whole)
        if not isinstance(answer, TypesAnswer):
            return answer
        expected = len(asked.values), len(asked.named)
        return answer if (len(answer.values), len(answer.named)) == expected else None


def _divided(
    asked: TypeQuestions, variants: Sequence[CheckedVariant]
) -> list[tuple[CheckedVariant, TypeQuestions]]:
    """Who is asked what: of the variants with a file, the one with most files."""
    homes: dict[str, CheckedVariant] = {}
    for variant in sorted(variants, key=lambda variant: len(variant.files)):
        homes.update(dict.fromkeys(variant.files, variant))
    divided = []
    for variant in {id(home): home for home in homes.values()}.values():
        values = tuple(span for span in asked.values if homes.get(span.file) is variant)
        named = tuple(place for place in asked.named if homes.get(place[0].file) is variant)
        if values or named:
            divided.append((variant, evolve(asked, values=values, named=named)))
    return divided


def _known(asked: tuple[_K, ...], answers: tuple[_V | None, ...]) -> dict[_K, _V]:
    pairs = zip(asked, answers, strict=True)
    return {question: answer for question, answer in pairs if answer is not None}


def is_unchanged(report: PackageReport, variants: Sequence[CheckedVariant]) -> bool:
    """Whether what was checked is what the report is about."""
    texts = {path: text for variant in variants for path, text in variant.texts.items()}
    for path in {file for variant in variants for file in variant.files}:
        source = report.sources.get(path)
        if source is not None:
            content = texts.get(path)
            try:
                if content is None:
                    content = Path(path).read_bytes()
                if content != source.content:
                    return False
            except OSError:
                return False
    return True
