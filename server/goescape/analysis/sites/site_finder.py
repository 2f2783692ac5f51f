"""From the compiler's lines to the allocation sites of a file: what belongs together.

The compiler repeats itself: for test variants, for every instantiation of a generic function and
at every call where a function was inlined. Here each site of the source comes out once, and each
inlined copy once a call.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from attrs import frozen

from goescape.analysis.compiler.expressions import plain_function, plain_subject
from goescape.analysis.compiler.facts import EscapeDecision, EscapeVerdict
from goescape.analysis.model import OmittedSite
from goescape.analysis.positions import Place
from goescape.analysis.sites.node_locator import locate
from goescape.analysis.sites.site import Ownership, Site
from goescape.analysis.sites.unsaid_sites import note_large_map, plain_rendering, unsaid_sites
from goescape.analysis.syntax.cold_code import has_something_to_format
from goescape.analysis.syntax.nodes import callee_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.compiler.facts import EscapeExplanation, PrintedPosition
    from goescape.analysis.compiler.package_facts import FileFacts
    from goescape.analysis.sites.edited_function import EditedFunction
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.go_package import GoPackage


@frozen(eq=False)
class FileSites:
    """The sites of one file, in the order of the source."""

    own: tuple[Site, ...]
    """Those that the source shows."""
    others: tuple[Site, ...]
    """What was inlined, and what stands in wrappers."""
    unsaid: tuple[Site, ...]
    """Those that the compiler does not speak of."""
    left_out: tuple[OmittedSite, ...]

    def replaced(self, edit: EditedFunction, fresh: FileSites) -> FileSites:
        """These sites with those of one function as they are now."""
        return FileSites(
            _replaced(edit, self.own, fresh.own),
            _replaced(edit, self.others, fresh.others),
            _replaced(edit, self.unsaid, fresh.unsaid),
            _replaced(edit, self.left_out, fresh.left_out),
        )


def find_sites(
    facts: Sequence[FileFacts],
    file: GoFile,
    syntax: GoPackage,
    lines: Container[int] | None = None,
) -> FileSites:
    """The allocation sites in a file; each of ``facts`` is what one text says of it.

    ``lines`` are those that it speaks of, where these are not all.
    """
    path = file.source.path
    left_out: list[OmittedSite] = []
    inlined = _inlined(facts, path)
    placed = []
    for site in _gathered(facts, file, inlined):
        site.rendering = plain_rendering(site.subject, syntax)
        locate(site, syntax)
        if site.node is not None or file.source.line(site.place.line).strip():
            if site.function is not None:
                site.names = syntax.names_of(file, site.function)
            site.never_runs = _never_runs(site)
            note_large_map(site, syntax)
            placed.append(site)
        elif site.escapes:
            reason = "a position that the source does not have"
            left_out.append(OmittedSite(site.place, site.message, reason))
    own = _once_per_node((s for s in placed if s.ownership is Ownership.OWN), left_out)
    others = tuple(s for s in placed if s.ownership is not Ownership.OWN)
    unsaid = unsaid_sites(file, syntax, own, lines)
    return FileSites(_in_order(own), _in_order(others), unsaid, _in_order(left_out))


def _replaced(
    edit: EditedFunction, before: Iterable[_Placed], fresh: Iterable[_Placed]
) -> tuple[_Placed, ...]:
    return _in_order(chain((one for one in before if not edit.has(one.place.line)), fresh))


def _never_runs(site: Site) -> bool:
    """Whether this is the ``errors.New`` of a ``fmt.Errorf`` that has something to format.

    From Go 1.26 on, ``fmt.Errorf`` is inlined, with a branch for a format that is no format.
    """
    call = site.node
    if call is None or call.type != "call_expression" or site.ownership is not Ownership.INLINED:
        return False
    is_other_branch = site.subject == "&errors.errorString{...}" and callee_text(call).endswith(
        ".Errorf"
    )
    return is_other_branch and "fmt.Errorf" in site.inlined and has_something_to_format(call)


def _in_order(sites: Iterable[_Placed]) -> tuple[_Placed, ...]:
    """Sorted by place; what has the same stays in the compiler's order."""
    return tuple(sorted(sites, key=attrgetter("place")))


_Placed = TypeVar("_Placed", Site, OmittedSite)


def _inlined(facts: Sequence[FileFacts], path: str) -> dict[Place, tuple[str, ...]]:
    calls: dict[Place, dict[str, None]] = {}
    for of_file in facts:
        for call in of_file.inlined_calls:
            place = Place(path, call.at.line, call.at.column)
            calls.setdefault(place, {})[plain_function(call.function)] = None
    return {place: tuple(names) for place, names in calls.items()}


def _gathered(
    facts: Sequence[FileFacts], file: GoFile, inlined: Mapping[Place, tuple[str, ...]]
) -> Iterable[Site]:
    """One site for what several texts say of one thing."""
    sites: dict[tuple[Place, str, bool], Site] = {}
    for of_file in facts:
        for decision, explanations in _explained(of_file):
            place = Place(file.source.path, decision.at.line, decision.at.column)
            escapes = decision.verdict is not EscapeVerdict.STAYS
            site = Site(
                place,
                plain_subject(decision.subject),
                decision.message,
                escapes,
                decision.verdict,
                file,
                inlined.get(place, ()),
                list(explanations),
            )
            if (first := sites.setdefault(site.key, site)) is not site:
                first.escapes = first.escapes or escapes
                first.message = site.message if escapes else first.message
                first.explanations.extend(explanations)
    return sites.values()


def _explained(facts: FileFacts) -> Iterator[tuple[EscapeDecision, Sequence[EscapeExplanation]]]:
    """What one text decided, each with its explanations."""
    waiting: dict[tuple[PrintedPosition, str], list[EscapeExplanation]] = {}
    unpaired: dict[PrintedPosition, list[EscapeExplanation]] = {}
    for explanation in facts.explanations:
        subject = "append" if explanation.subject.startswith("append(") else explanation.subject
        waiting.setdefault((explanation.at, subject), []).append(explanation)
    subjects = {(decision.at, decision.subject) for decision in facts.decisions}
    for (at, subject), explanations in waiting.items():
        if (at, subject) not in subjects:
            unpaired.setdefault(at, []).extend(explanations)
    taken: set[PrintedPosition] = set()
    for decision in facts.decisions:
        paired: Sequence[EscapeExplanation] = waiting.get((decision.at, decision.subject), ())
        if not paired and decision.verdict is not EscapeVerdict.STAYS:
            # A local whose value is constant: the header names it, the summary prints its value.
            paired = unpaired.get(decision.at, ())
            taken.add(decision.at)
        yield decision, paired
    for at, explanations in unpaired.items():
        # `go f(x)`, `defer f(x)` in a loop: the closure that the compiler makes has no summary.
        if at not in taken and explanations[0].subject == "func literal":
            yield EscapeDecision(at, EscapeVerdict.ESCAPES, "func literal"), explanations


def _once_per_node(sites: Iterable[Site], left_out: list[OmittedSite]) -> tuple[Site, ...]:
    """Sites of one expression are one, whatever types it was compiled for."""
    kept: dict[object, Site] = {}
    for site in sites:
        # The compiler may have two positions for one conversion.
        where = (site.node.start_byte, site.node.end_byte) if site.node else site.place
        key = (where, site.kind, "" if site.node else site.subject)
        if (first := kept.setdefault(key, site)) is not site:
            if site.escapes and not first.escapes:
                first.escapes, first.message = True, site.message
                first.verdict = site.verdict
            first.explanations.extend(site.explanations)
            if site.escapes and site.place != first.place:
                reason = "another position of the same expression"
                left_out.append(OmittedSite(site.place, site.message, reason))
    return tuple(kept.values())


_PLAIN_ERROR = "&errors.errorString{...}"
