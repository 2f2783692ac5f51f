"""One allocation site, one finding: what was inlined is a copy of the site it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, evolve, field, frozen

from goescape.analysis.compiler.expressions import plain_function
from goescape.analysis.inlined_copy import InlinedCopy
from goescape.analysis.model import OmittedSite, SiteKind
from goescape.analysis.positions import Place
from goescape.analysis.sites.inlined_literals import may_be_literal, written_site
from goescape.analysis.sites.run_time_size import appends_all, may_still_allocate
from goescape.analysis.sites.site import Ownership

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from goescape.analysis.compiler.facts import PrintedPosition
    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_finder import FileSites
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.go_package import GoPackage


@define(eq=False)
class InlinedCopies:
    """Where else a site was compiled."""

    by_place: dict[Place, InlinedCopy] = field(factory=dict)
    calls: list[Site] = field(factory=list)
    """Those of them that stand in the source."""

    def add(self, copy: Site, origin: Site) -> None:
        """Count a site as a copy of another one."""
        before = self.by_place.get(copy.place)
        escapes = copy.on_heap or origin.needs_heap is not None
        escapes |= before is not None and before.escapes
        # What it grows into is on the heap, whether or not it outlives the caller.
        escapes |= origin.node is not None and appends_all(origin.node)
        caller = copy.function.name if copy.function is not None else None
        may_allocate = not escapes and _may_still_allocate(copy, origin)
        self.by_place[copy.place] = InlinedCopy(copy.place, caller, escapes, may_allocate)
        if copy.node is not None:
            self.calls.append(copy)

    def sorted(self) -> tuple[InlinedCopy, ...]:
        """In source order."""
        return tuple(self.by_place[place] for place in sorted(self.by_place))


def _may_still_allocate(copy: Site, origin: Site) -> bool:
    return may_still_allocate(copy.rendering, is_text=origin.is_concatenation) is not None


class PlacedInlinedCall(NamedTuple):
    """A call that was inlined."""

    file: GoFile
    at: PrintedPosition
    function: str
    """As the compiler names it."""


@frozen
class MergedSites:
    """What is left when every repeat has found its site."""

    sites: tuple[Site, ...]
    copies: Mapping[Site, InlinedCopies]
    """Of those sites that have any."""
    unsaid: tuple[Site, ...]
    """Those that the compiler does not speak of."""
    left_out: tuple[OmittedSite, ...]


def merge_copies(
    files: Iterable[FileSites], syntax: GoPackage, calls: Iterable[PlacedInlinedCall] = ()
) -> MergedSites:
    """Make one of the repeats of each site; ``calls`` are those that were inlined."""
    files = tuple(files)
    left_out = []
    copies: dict[Site, InlinedCopies] = {}
    own = _Origins(copies)
    for file in files:
        own.add(file.own)
    others = [copy for file in files for copy in file.others]
    loops = [copy for copy in others if own.is_turned_by(copy)]
    inlined = []
    for copy in (copy for copy in others if copy not in loops and not own.take(copy)):
        if copy.ownership is not Ownership.WRAPPER:
            inlined.append(copy)
        elif copy.escapes:
            reason = "the compiler's wrapper around a generic function"
            left_out.append(OmittedSite(copy.place, copy.message, reason))
    # What a function got by inlining, it hands on where it is inlined itself.
    inlined.sort(key=lambda site: len(site.inlined))
    inherited = _Origins(copies)
    for site in inlined:
        if inherited.take(site):
            continue
        written = written_site(site, syntax)
        origin = (own.same(written) or inherited.same(written)) if written is not None else None
        if origin is None:
            inherited.add([written or site])
        if written is not None:
            inherited.give(site, origin or written)
    left_out += _left_out_branches(inherited.sites, copies)
    found = (*own.sites, *loops, *(site for site in inherited.sites if not site.never_runs))
    extending = [site for site in found if site.extends_a_slice]
    left_out += (
        OmittedSite(place, site.message, _NOT_MADE)
        for site in extending
        for place in (site.place, *(copies[site].by_place if site in copies else ()))
    )
    found = tuple(site for site in found if site not in extending) if extending else found
    unsaid = tuple(site for file in files for site in file.unsaid)
    _copy_unsaid(unsaid, calls, copies)
    return MergedSites(found, copies, unsaid, tuple(left_out))


def _copy_unsaid(
    unsaid: Iterable[Site],
    calls: Iterable[PlacedInlinedCall],
    copies: dict[Site, InlinedCopies],
) -> None:
    """Count what the compiler does not speak of wherever its function was inlined."""
    by_function: dict[str, list[Site]] = {}
    for site in unsaid:
        for name in site.names:
            by_function.setdefault(name, []).append(site)
    if not by_function:
        return
    for file, at, function in calls:
        for site in by_function.get(plain_function(function), ()):
            place = Place(file.source.path, at.line, at.column)
            offset = file.source.offset(at.line, at.column)
            nodes = file.anchored_at(offset) if offset is not None else ()
            copy = evolve(site, place=place, file=file, node=nodes[-1] if nodes else None)
            copies.setdefault(site, InlinedCopies()).add(copy, site)


def _left_out_branches(
    sites: Iterable[Site], copies: Mapping[Site, InlinedCopies]
) -> Iterator[OmittedSite]:
    reason = "a branch of an inlined function that is not taken"
    for site in sites:
        if site.never_runs and site.escapes:
            also = copies[site].by_place if site in copies else ()
            for place in (site.place, *also):
                yield OmittedSite(place, site.message, reason)


class _Origins:
    """Sites by the functions that they stand in."""

    def __init__(self, copies: dict[Site, InlinedCopies]) -> None:
        self.sites: list[Site] = []
        self._copies = copies
        self._by_function: dict[str, list[Site]] = {}
        self._by_place: dict[Place, list[Site]] = {}
        """Of the first ``_placed`` sites: it is seldom asked."""
        self._placed = 0
        self._in_literals: dict[str, list[Site]] = {}

    def add(self, sites: Sequence[Site]) -> None:
        """Let copies find these."""
        self.sites.extend(sites)
        self._in_literals.clear()
        for site in sites:
            for name in site.names:
                self._by_function.setdefault(name, []).append(site)

    def is_turned_by(self, copy: Site) -> bool:
        """Whether a loop turns that runs the code of a site, which stands in its iterator.

        Both places run: the one in the loop when it turns, the other when others call the iterator.
        """
        if copy.node is None or copy.node.type != "for_statement" or not copy.escapes:
            return False
        origin = self._origin(copy) if copy.ownership is Ownership.INLINED else None
        return origin is not None and origin.escapes and not _is_inside(origin, copy)

    def take(self, copy: Site) -> bool:
        """Give a copy to its origin; whether it has one."""
        origin = self._origin(copy)
        if origin is None or (copy.escapes and not origin.escapes):
            return False  # what stays in its function may escape from a caller
        self.give(copy, origin)
        return True

    def give(self, copy: Site, origin: Site) -> None:
        """Count a site as a copy of another one."""
        copies = self._copies.get(origin)
        if copies is None:
            copies = self._copies[origin] = InlinedCopies()
        copies.add(copy, origin)

    def same(self, written: Site) -> Site | None:
        """What was said of the same thing where it stands."""
        for site in self.sites[self._placed :]:
            self._by_place.setdefault(site.place, []).append(site)
        self._placed = len(self.sites)
        for site in self._by_place.get(written.place, ()):
            if site.kind is written.kind and site.escapes >= written.escapes:
                return site
        return None

    def _origin(self, copy: Site) -> Site | None:
        """The site in the inlined function that this is a copy of."""
        is_variable = copy.kind is SiteKind.VARIABLE
        candidates = [
            site
            for name in _inlined_at(copy)
            for site in self._in_function(name, copy)
            if (site.kind is SiteKind.VARIABLE) == is_variable and site.place != copy.place
        ]
        if not candidates:
            return None  # what was inlined is another package's, nearly always
        for site in candidates:
            if site.unqualified == copy.unqualified:
                return site
        if is_variable or copy.kind is SiteKind.BOXED:
            return None
        unboxed = (site for site in candidates if site.kind is not SiteKind.BOXED)
        return next((site for site in unboxed if site.outline == copy.outline), None)

    def _in_function(self, name: str, copy: Site) -> Sequence[Site]:
        """The sites in a function; for a closure (``F.func1``) those in the literals of ``F``.

        The body of a loop over a function (``F-range1``) is in the loop that it is inlined at.
        """
        sites = self._by_function.get(name)
        if sites is None and not may_be_literal(name):
            return ()
        if sites is None:
            sites = self._in_literals.get(name)
        if sites is None:
            if (loop_body := _LOOP_BODY.match(name)) is not None:
                around = self._by_function.get(loop_body[1], [])
                return [site for site in around if _is_inside(site, copy)]
            sites = self._in_literals[name] = self._in_literals_of(name)
        return sites

    def _in_literals_of(self, name: str) -> list[Site]:
        closure = _CLOSURE.match(name)
        names = _with_shorter(closure[1]) if closure is not None else ()
        around = next((self._by_function[name] for name in names if name in self._by_function), [])
        return [site for site in around if site.literal is not None]


def _inlined_at(copy: Site) -> Iterator[str]:
    yield from copy.inlined
    if copy.ownership is Ownership.WRAPPER and copy.function is not None:
        yield copy.function.name


def _with_shorter(name: str) -> Iterator[str]:
    """Before Go 1.27 a literal that was inlined has its caller in front: ``Caller.F.func1``."""
    while name:
        yield name
        name = name.partition(".")[2]


def _is_inside(site: Site, loop: Site) -> bool:
    if site.node is None or loop.node is None or site.file is not loop.file:
        return False
    return loop.node.start_byte < site.node.start_byte < loop.node.end_byte


_NOT_MADE = "append extends its slice by as many elements, without another slice"
_CLOSURE = re.compile(r"(.+?)\.func\d+(?:\.\d+)*$")
_LOOP_BODY = re.compile(r"(.+?)-range\d+$")
