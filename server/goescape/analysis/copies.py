"""One allocation site, one finding: what was inlined is a copy of the site it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import Copy, Kind, LeftOut, Place
from goescape.analysis.nodes import ancestors
from goescape.analysis.renderings import outline, unqualified
from goescape.analysis.sites import Ownership, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from goescape.analysis.package_syntax import PackageSyntax
    from goescape.analysis.sites import Sites


@frozen
class Merged:
    """What is left when every repeat has found its site."""

    sites: tuple[Site, ...]
    """Sites that the source shows, with their inlined copies."""
    left_out: tuple[LeftOut, ...]


def merge_copies(found: Sites, syntax: PackageSyntax) -> Merged:
    """Make one of the repeats of each site."""
    left_out = dict(found.left_out)
    own = _once_per_node(
        (site for site in found.sites if site.ownership is Ownership.OWN), left_out
    )
    elsewhere = [site for site in found.sites if site.ownership is not Ownership.OWN]
    strangers = _merge_into(own, elsewhere, found.calls, syntax)
    inlined = []
    for site in strangers:
        if site.ownership is not Ownership.WRAPPER:
            inlined.append(site)
        elif site.escapes:
            reason = "the compiler's wrapper around a generic function"
            left_out[site.place, site.message] = LeftOut(site.place, site.message, reason)
    # What a function got by inlining, it hands on where it is inlined itself.
    inlined.sort(key=lambda site: len(found.calls.get(site.place, ())))
    origins: list[Site] = []
    for site in inlined:
        if _merge_into(origins, [site], found.calls, syntax):
            origins.append(site)
    return Merged((*own, *origins), tuple(left_out.values()))


def _merge_into(
    origins: Iterable[Site],
    copies: Iterable[Site],
    calls: Mapping[Place, Mapping[str, None]],
    syntax: PackageSyntax,
) -> list[Site]:
    """Give each copy to its origin; return those that have none."""
    by_function: dict[str, list[Site]] = {}
    for site in origins:
        if site.file is not None and site.node is not None:
            declared = site.file.function_at(site.node.start_byte)
            for name in syntax.names_of(site.file, declared) if declared is not None else ():
                by_function.setdefault(name, []).append(site)
    strangers = []
    for copy in copies:
        candidates = [
            site
            for name in _inlined_at(copy, calls)
            for site in _sites_in(name, by_function)
            if site.place != copy.place
        ]
        origin = _origin(copy, candidates)
        if origin is None or (copy.escapes and not origin.escapes):
            strangers.append(copy)  # what stays in its function may escape from a caller
        else:
            _add_copy(origin, copy)
    return strangers


def _inlined_at(copy: Site, calls: Mapping[Place, Mapping[str, None]]) -> Iterable[str]:
    yield from calls.get(copy.place, ())
    if copy.ownership is Ownership.WRAPPER and copy.node is not None and copy.file is not None:
        declared = copy.file.function_at(copy.node.start_byte)
        if declared is not None:
            yield declared.name


def _sites_in(name: str, by_function: Mapping[str, list[Site]]) -> list[Site]:
    """The sites in a function; for a closure (``F.func1``) those in the literals of ``F``."""
    if name in by_function:
        return by_function[name]
    closure = re.match(r"(.+?)\.func\d+(?:\.\d+)*$", name)
    around = by_function.get(closure[1], []) if closure is not None else []
    return [site for site in around if site.node is not None and _in_literal(site)]


def _in_literal(site: Site) -> bool:
    return site.node is not None and any(a.type == "func_literal" for a in ancestors(site.node))


def _once_per_node(sites: Iterable[Site], left_out: dict[tuple[Place, str], LeftOut]) -> list[Site]:
    """Sites of one expression are one, whatever types it was compiled for."""
    kept: dict[object, Site] = {}
    for site in sites:
        # The compiler may have two positions for one conversion.
        where = (site.node.start_byte, site.node.end_byte) if site.node else site.place
        key = (site.place.file, where, site.kind, "" if site.node else site.subject)
        if (known := kept.setdefault(key, site)) is not site:
            if site.escapes and not known.escapes:
                known.escapes, known.message = True, site.message
                known.verdict = site.verdict
            known.explanations.extend(site.explanations)
            if site.escapes and site.place != known.place:
                reason = "another position of the same expression"
                left_out[site.place, site.message] = LeftOut(site.place, site.message, reason)
    return list(kept.values())


def _add_copy(origin: Site, copy: Site) -> None:
    caller = copy.file.function_at(copy.node.start_byte) if copy.file and copy.node else None
    known = origin.copies.get(copy.place)
    escapes = copy.escapes or (known is not None and known.escapes)
    origin.copies[copy.place] = Copy(copy.place, caller.name if caller else "", escapes)
    if copy.node is not None:
        origin.copy_nodes.append(copy.node)


def _origin(copy: Site, candidates: list[Site]) -> Site | None:
    """The site in the inlined function that this is a copy of."""
    wanted = unqualified(copy.subject)
    alike = [s for s in candidates if (s.kind is Kind.VARIABLE) == (copy.kind is Kind.VARIABLE)]
    for site in alike:
        if unqualified(site.subject) == wanted:
            return site
    if copy.kind in {Kind.BOXED, Kind.VARIABLE}:
        return None
    return next((s for s in alike if outline(s.subject) == outline(copy.subject)), None)
