"""What is done for one file of a package, and what of it an edit leaves as it was."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, field

from goescape.analysis.directives import directives_of
from goescape.analysis.edited_function import edited_function
from goescape.analysis.findings import stays_of
from goescape.analysis.functions import captures_of, functions_of
from goescape.analysis.sites import FileSites, find_sites

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.allocation import Truth
    from goescape.analysis.compiler_facts import Evidence
    from goescape.analysis.context import Context, Uses
    from goescape.analysis.directives import Directive
    from goescape.analysis.edited_function import EditedFunction
    from goescape.analysis.file_facts import FileFacts
    from goescape.analysis.go_syntax import GoSyntax
    from goescape.analysis.model import Captured, Finding, Function, Remark, Stay
    from goescape.analysis.package_syntax import PackageSyntax, Question
    from goescape.analysis.site import Site

_MOST_TREES = 3
"""Syntax trees that the sites of one file may point into; a large file's take much memory."""


class Judged(NamedTuple):
    """The finding of a site, and what it comes from."""

    context: Context
    truth: Truth
    finding: Finding
    settled: bool
    """Whether all evidence was there."""


def alike(site: Site) -> object:
    """Equal for sites that are probably the same in an edited file."""
    function = site.function.name if site.function is not None else ""
    return function, site.kind, site.subject, site.message


@define(eq=False)
class FileWork:
    """What was done for one file."""

    syntax: GoSyntax
    facts: tuple[FileFacts, ...]
    sites: FileSites
    functions: tuple[Function, ...]
    stays: tuple[Stay, ...]
    captures: tuple[Captured, ...]
    directives: tuple[Directive, ...]
    remarks: tuple[Remark, ...]
    asked: dict[Question, object]
    """What it took from the declarations of all files."""
    judged: dict[Site, tuple[Judged, ...]] = field(factory=dict)
    """The last findings of each site, the newest first: tests make for other contexts."""
    evidence: tuple[Evidence, ...] = ()
    """What the findings that are settled were judged by."""
    expected: dict[object, Truth] = field(factory=dict)
    """What was true of sites that look alike when the file was another one."""

    @classmethod
    def of(cls, file: GoSyntax, facts: tuple[FileFacts, ...], syntax: PackageSyntax) -> FileWork:
        """Do all of it."""
        asked: dict[Question, object] = {}
        sites = find_sites(facts, file, syntax.noting(asked))
        return cls(
            file,
            facts,
            sites,
            tuple(functions_of(facts, file, file.functions)),
            tuple(sorted(stays_of(sites.own), key=_SPAN)),
            tuple(captures_of(facts, file.source.path)),
            *directives_of(file),
            asked,
        )

    def fits(self, file: GoSyntax, facts: tuple[FileFacts, ...], syntax: PackageSyntax) -> bool:
        """Whether the same would be done again."""
        same = self.syntax is file and self.facts == facts
        return same and syntax.answers_alike(self.asked)

    def edited(
        self, file: GoSyntax, facts: tuple[FileFacts, ...], syntax: PackageSyntax, uses: Uses
    ) -> FileWork | None:
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
        file: GoSyntax,
        facts: tuple[FileFacts, ...],
        syntax: PackageSyntax,
    ) -> FileWork:
        asked = dict(self.asked)
        inside = [*map(edit.inside, facts)]
        fresh = find_sites(inside, file, syntax.noting(asked))
        sites = self.sites.replaced(edit, fresh)
        functions = list(self.functions)
        functions[edit.index : edit.index + 1] = functions_of(
            inside, file, file.functions[edit.index : edit.index + 1]
        )
        stays = (each for each in self.stays if not edit.has(each.span.line))
        captures = (each for each in self.captures if not edit.has(each.place.line))
        return FileWork(
            file,
            facts,
            sites,
            tuple(functions),
            tuple(sorted((*stays, *stays_of(fresh.own)), key=_SPAN)),
            tuple(sorted((*captures, *captures_of(inside, file.source.path)), key=_PLACE)),
            *directives_of(file),
            asked,
            {
                site: tuple(each for each in judged if not _leads_into(edit, each))
                for site, judged in self.judged.items()
                if not edit.has(site.place.line)
            },
            self.evidence,
            expected=self.experience(),
        )

    @property
    def _trees(self) -> set[GoSyntax]:
        sites: Iterable[Site] = (*self.sites.own, *self.sites.others)
        return {site.file for site in sites}

    def experience(self) -> dict[object, Truth]:
        """What was true of sites; of those that look alike, as long as it was the same of all."""
        found: dict[object, Truth] = {}
        unclear = set()
        for site, judged in self.judged.items():
            for each in judged[:1]:
                key = alike(site)
                if each.settled and found.setdefault(key, each.truth) != each.truth:
                    unclear.add(key)
        return {
            key: truth for key, truth in {**self.expected, **found}.items() if key not in unclear
        }


def _leads_into(edit: EditedFunction, judged: Judged) -> bool:
    return any(map(edit.is_in, judged.context.chain))


_SPAN, _PLACE = attrgetter("span"), attrgetter("place")
