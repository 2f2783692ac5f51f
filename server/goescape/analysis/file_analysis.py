"""What is done for one file of a package, and what of it an edit leaves as it was."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, field

from goescape.analysis.sites.edited_function import edited_function
from goescape.analysis.sites.function_facts import captures_of, functions_of, stays_of
from goescape.analysis.sites.site_finder import FileSites, find_sites

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.compiler.facts import BackendEvidence
    from goescape.analysis.compiler.package_facts import FileFacts
    from goescape.analysis.model import (
        CapturedVariable,
        Finding,
        Function,
        StackValue,
    )
    from goescape.analysis.ranking.directives import DirectiveKind
    from goescape.analysis.sites.allocation import RuntimeAllocation
    from goescape.analysis.sites.edited_function import EditedFunction
    from goescape.analysis.sites.function_uses import FunctionUses
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.go_package import GoPackage, NameQuestion

KEPT_STATES = 3
"""Of a package that work is kept for: with its tests, without, and with half of the text."""
_MOST_TREES = 3
"""Syntax trees that the sites of one file may point into; a large file's take much memory."""


class JudgedSite(NamedTuple):
    """The finding of a site, and what it comes from."""

    context: SiteContext
    directives: frozenset[DirectiveKind]
    """What the source asks for where it stands."""
    allocation: RuntimeAllocation
    finding: Finding
    is_final: bool
    """Whether all evidence was there."""

    def is_about(self, context: SiteContext, directives: frozenset[DirectiveKind]) -> bool:
        """Whether it was judged by the same, evidence apart."""
        return self.context == context and self.directives == directives


def similarity_key(site: Site) -> object:
    """Equal for sites that are probably the same in an edited file."""
    function = site.function.name if site.function is not None else ""
    return function, site.kind, site.subject, site.message


@define(eq=False)
class FileAnalysis:
    """What was done for one file."""

    syntax: GoFile
    facts: tuple[FileFacts, ...]
    sites: FileSites
    functions: tuple[Function, ...]
    stays: tuple[StackValue, ...]
    captures: tuple[CapturedVariable, ...]
    asked: dict[NameQuestion, object]
    """What it took from the declarations of all files."""
    judged: dict[Site, tuple[JudgedSite, ...]] = field(factory=dict)
    """The last findings of each site, the newest first: tests make for other contexts."""
    evidence: tuple[BackendEvidence, ...] = ()
    """What the final findings were judged by."""
    allocations_before: dict[object, RuntimeAllocation] = field(factory=dict)
    """What similar sites allocated in the text before, by ``similarity_key``."""

    @classmethod
    def of(cls, file: GoFile, facts: tuple[FileFacts, ...], syntax: GoPackage) -> FileAnalysis:
        """Do all of it."""
        asked: dict[NameQuestion, object] = {}
        sites = find_sites(facts, file, syntax.noting(asked))
        return cls(
            file,
            facts,
            sites,
            tuple(functions_of(facts, file, file.functions)),
            tuple(sorted(stays_of(sites.own), key=_SPAN)),
            tuple(captures_of(facts, file.source.path)),
            asked,
        )

    def fits(self, file: GoFile, facts: tuple[FileFacts, ...], syntax: GoPackage) -> bool:
        """Whether the same would be done again."""
        same = self.syntax is file and self.facts == facts
        return same and syntax.answers_alike(self.asked)

    def edited(
        self, file: GoFile, facts: tuple[FileFacts, ...], syntax: GoPackage, uses: FunctionUses
    ) -> FileAnalysis | None:
        """The same for a text in which one function was edited; None where more is new.

        The sites of all other functions stay what they are, with the trees that they point into.
        """
        edit = edited_function(self.syntax, file)
        if edit is None or len(self._trees) >= _MOST_TREES:
            return None
        if [*map(edit.outside, self.facts)] != [*map(edit.outside, facts)]:
            return None
        if not syntax.answers_alike(self.asked):
            return None
        uses.carry(self.syntax, file, edit)
        return self._with_function(edit, file, facts, syntax)

    def _with_function(
        self,
        edit: EditedFunction,
        file: GoFile,
        facts: tuple[FileFacts, ...],
        syntax: GoPackage,
    ) -> FileAnalysis:
        asked = dict(self.asked)
        inside = [*map(edit.inside, facts)]
        lines = range(edit.first, edit.last + 1)
        fresh = find_sites(inside, file, syntax.noting(asked), lines)
        sites = self.sites.replaced(edit, fresh)
        functions = list(self.functions)
        functions[edit.index : edit.index + 1] = functions_of(
            inside, file, file.functions[edit.index : edit.index + 1]
        )
        stays = (stay for stay in self.stays if not edit.has(stay.span.line))
        captures = (held for held in self.captures if not edit.has(held.place.line))
        return FileAnalysis(
            file,
            facts,
            sites,
            tuple(functions),
            tuple(sorted((*stays, *stays_of(fresh.own)), key=_SPAN)),
            tuple(sorted((*captures, *captures_of(inside, file.source.path)), key=_PLACE)),
            asked,
            {
                site: tuple(old for old in judged if not _leads_into(edit, old))
                for site, judged in self.judged.items()
                if not edit.has(site.place.line)
            },
            self.evidence,
            allocations_before=self.final_allocations(),
        )

    @property
    def _trees(self) -> set[GoFile]:
        sites: Iterable[Site] = (*self.sites.own, *self.sites.others)
        return {site.file for site in sites}

    def final_allocations(self) -> dict[object, RuntimeAllocation]:
        """What sites allocate, by ``similarity_key``; without similar sites that differ in it."""
        allocations = {**self.allocations_before}
        final: dict[object, RuntimeAllocation] = {}
        ambiguous = set()
        for site, judged in self.judged.items():
            for newest in judged[:1]:
                key, allocation = similarity_key(site), newest.allocation
                if newest.is_final and final.setdefault(key, allocation) != allocation:
                    ambiguous.add(key)
        allocations.update(final)
        return {key: value for key, value in allocations.items() if key not in ambiguous}


def _leads_into(edit: EditedFunction, judged: JudgedSite) -> bool:
    return any(map(edit.is_in, judged.context.chain))


_SPAN, _PLACE = attrgetter("span"), attrgetter("place")
