"""What allocates although the compiler never says so: channels, growing strings, large maps.

Measured with ``testing.AllocsPerRun`` on Go 1.21 to 1.27: a channel allocates, whatever becomes of
it. A map on the stack has room for 8 entries, with keys and values of up to 128 bytes each; one
that is made for more allocates at once, and a larger key or value has memory of its own. What
``s += x`` makes is never on the stack, unlike the sum in ``s = s + x``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.causes import MAP_ELEMENT, MAP_ENTRIES, Cause
from goescape.analysis.compiler.expressions import one_line
from goescape.analysis.compiler.facts import EscapeVerdict
from goescape.analysis.sites.site import Ownership, Site
from goescape.analysis.syntax.nodes import anchor, text
from goescape.analysis.syntax.scopes import definition
from goescape.analysis.syntax.underlying_types import (
    integer_constant,
    underlying,
    underlying_of_name,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from tree_sitter import Node

    from goescape.analysis.positions import Place
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.go_package import GoPackage


def unsaid_sites(
    file: GoFile, syntax: GoPackage, said: Iterable[Site], lines: Container[int] | None
) -> tuple[Site, ...]:
    """The sites in a file that the compiler says nothing of, or only that they do not escape.

    Those with ``asked`` are sites only if Go's types say so. ``said`` are the sites of which the
    compiler has spoken; of all lines, or only those in ``lines``.
    """
    if not syntax.owns(file):
        return ()
    spoken = {site.place: site for site in said if site.ownership is Ownership.OWN}
    found = [*_channels(file, syntax, spoken), *_elements(file, syntax)]
    found += _growing_strings(file, syntax, spoken)
    found += filter(None, (_of_unknown_type(site, syntax) for site in spoken.values()))
    if lines is not None:
        found = [site for site in found if site.place.line in lines]
    for site in found:
        if site.function is not None:
            site.names = syntax.names_of(file, site.function)
    return tuple(sorted(found, key=lambda site: (site.place, site.subject)))


def plain_rendering(subject: str, syntax: GoPackage) -> str:
    """What the compiler prints of ``make`` or a map, without the name of its type."""
    match = _NAMED.match(subject)
    made = underlying_of_name(syntax, match["name"]) if match is not None else None
    if match is None or made is None or made.type not in {"map_type", "slice_type"}:
        return subject
    return f"{match['make'] or ''}{text(made)}{subject[match.end() :]}"


def note_large_map(site: Site, syntax: GoPackage) -> None:
    """Note of a site that it is a map which the stack has no room for, whatever becomes of it."""
    is_map = site.rendering.startswith(("make(map[", "map["))
    entries = constant_entries(site, syntax) if is_map else None
    if entries is not None and entries > MAP_ON_STACK:
        site.needs_heap, site.destination = Cause.LARGE_MAP, MAP_ENTRIES


def constant_entries(site: Site, syntax: GoPackage) -> int | None:
    """How many entries a map is made for; None where that is decided at run time, or not shown."""
    if (printed := _PRINTED_SIZE.search(site.subject)) is not None:
        return int(printed[1])
    node = site.node
    if node is None or site.ownership is not Ownership.OWN:
        return None
    if node.type == "call_expression":
        sizes = _arguments(node)[1:]
        return integer_constant(syntax, sizes[0]) if sizes else None
    return _entries(node)


def _channels(file: GoFile, syntax: GoPackage, said: Container[Place]) -> Iterator[Site]:
    for call in file.make_calls:
        arguments = _arguments(call)
        if not arguments or len(arguments) > 2 or definition(call.named_children[0]) is not None:
            continue
        made = underlying(syntax, arguments[0])
        site = _site(file, call, Cause.CHANNEL)
        if site is None or syntax.declares_function("make"):
            continue
        if made is None and site.place not in said:
            site.asked = call
            yield site
        elif made is not None and made.type == "channel_type":
            yield site


def _elements(file: GoFile, syntax: GoPackage) -> Iterator[Site]:
    """Where maps are filled, as far as the source does not show that all is small."""
    for node in file.assigned_elements:
        operand = node.child_by_field_name("operand")
        if operand is None or _is_surely_small(syntax, file, _shown_type(operand)):
            continue
        yield from _asking(_site(file, node, Cause.LARGE_MAP, MAP_ELEMENT), operand)
    for literal in file.keyed_literals:
        made = literal.child_by_field_name("type")
        if made is None or _has_field_names(literal, underlying(syntax, made)):
            continue
        if not _is_surely_small(syntax, file, made) and (_entries(literal) or 0) <= MAP_ON_STACK:
            yield from _asking(_site(file, literal, Cause.LARGE_MAP, MAP_ELEMENT), literal)


def _growing_strings(file: GoFile, syntax: GoPackage, said: Mapping[Place, Site]) -> Iterator[Site]:
    """The statements ``s += x``: a sum on the right that escapes is told, and makes one string."""
    for statement in file.additions:
        left, right = (_only(statement.child_by_field_name(side)) for side in ("left", "right"))
        if left is None or right is None:
            continue
        types = {syntax.basic_type(file, operand) for operand in (left, right)} - {""}
        if types and "string" not in types:
            continue
        while right.type == "parenthesized_expression" and right.named_child_count:
            right = right.named_children[0]
        offset = anchor(right) if right.type == "binary_expression" else None
        told = said.get(file.source.place(offset)) if offset is not None else None
        if told is not None and told.escapes:
            continue
        site = _site(file, statement, Cause.CONCATENATION)
        if site is not None:
            site.asked = None if types else left
            yield site


def _only(expressions: Node | None) -> Node | None:
    """The expression of a list that has no other."""
    if expressions is None or expressions.named_child_count != 1:
        return None
    return expressions.named_children[0]


def _asking(site: Site | None, about: Node) -> Iterator[Site]:
    if site is not None:
        site.asked = about
        yield site


def _of_unknown_type(site: Site, syntax: GoPackage) -> Site | None:
    """What stays on the stack, of a type that only Go knows: perhaps a map, perhaps too large."""
    node = site.node
    if site.escapes or node is None or site.needs_heap is not None:
        return None
    made = _made(node)
    if made is None or underlying(syntax, made) is not None:
        return None
    if node.type == "call_expression" and not _has_size(node):
        return None
    entries = constant_entries(site, syntax)
    if entries is None and node.type == "call_expression":
        if syntax.is_constant(site.file, _arguments(node)[-1]):
            return None
        return _copy(site, Cause.DYNAMIC_SIZE, None)
    if entries is None or entries <= MAP_ON_STACK:
        return None
    return _copy(site, Cause.LARGE_MAP, MAP_ENTRIES)


def _copy(site: Site, cause: Cause, destination: str | None) -> Site | None:
    node = site.node
    copy = _site(site.file, node, cause, destination) if node is not None else None
    if copy is not None:
        copy.subject, copy.message, copy.asked = site.subject, site.message, node
        copy.escapes = cause is not Cause.DYNAMIC_SIZE
    return copy


def _site(file: GoFile, node: Node, cause: Cause, destination: str | None = None) -> Site | None:
    sign = node.child_by_field_name("operator") if node.type == "assignment_statement" else None
    offset = anchor(node) if sign is None else sign.start_byte
    if offset is None:
        return None
    return Site(
        file.source.place(offset),
        one_line(text(node)),
        "",
        escapes=True,
        verdict=EscapeVerdict.ESCAPES,
        file=file,
        inlined=(),
        node=node,
        needs_heap=cause,
        destination=destination,
    )


def _made(node: Node) -> Node | None:
    """The type that is made: by ``make``, or by a literal."""
    if node.type == "composite_literal":
        return node.child_by_field_name("type")
    if node.type == "call_expression" and text(node.named_children[0]) == "make":
        return next(iter(_arguments(node)), None)
    return None


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    return [argument for argument in given if argument.type != "comment"]


def _has_size(call: Node) -> bool:
    return len(_arguments(call)) > 1


def _entries(literal: Node) -> int | None:
    """How many entries a literal has that may be one of a map; None for other nodes."""
    body = literal.child_by_field_name("body") if literal.type == "composite_literal" else None
    if body is None:
        return None
    return sum(child.type == "keyed_element" for child in body.named_children)


def _has_field_names(literal: Node, made: Node | None) -> bool:
    """Whether a literal of a type that is not shown seems to be one of a struct."""
    body = literal.child_by_field_name("body")
    if made is not None or body is None:
        return False
    keys = [child.named_children[0] for child in body.named_children if child.named_child_count]
    names = [key.named_children[0] for key in keys if key.named_child_count == 1]
    return all(name.type == "identifier" for name in names)


def _shown_type(operand: Node) -> Node | None:
    """The type of a local variable where its declaration shows it."""
    declared = definition(operand)
    declaration = declared.parent if declared is not None else None
    if declared is None or declaration is None:
        return None
    if (written := declaration.child_by_field_name("type")) is not None:
        is_plain = declaration.type in {"parameter_declaration", "var_spec"}
        return written if is_plain else None
    statement = declaration.parent
    if statement is None or statement.type != "short_var_declaration":
        return None
    right = statement.child_by_field_name("right")
    if right is None or right.named_child_count != declaration.named_child_count:
        return None
    return _made(right.named_children[declaration.named_children.index(declared)])


def _is_surely_small(syntax: GoPackage, file: GoFile, made: Node | None) -> bool:
    """Whether this is no map, or one whose keys and values are small, as far as it is shown."""
    made_of = underlying(syntax, made) if made is not None else None
    if made_of is None:
        return False
    if made_of.type != "map_type":
        return True
    parts = (made_of.child_by_field_name(part) for part in ("key", "value"))
    return all(part is not None and _is_one_word(syntax, file, part) for part in parts)


def _is_one_word(syntax: GoPackage, file: GoFile, made: Node) -> bool:
    made_of = underlying(syntax, made)
    return made_of is not None and made_of.type in _SMALL


MAP_ON_STACK = 8
"""Entries that a map on the stack has room for."""
_SMALL = frozenset(
    {
        *("type_identifier", "pointer_type", "slice_type", "map_type", "channel_type"),
        *("function_type", "interface_type"),
    }
)
"""Types of some words at most; a name is left over where Go declares it itself."""
_NAMED = re.compile(r"(?P<make>make\()?(?P<name>[A-Za-z_]\w*)(?:\[[^,(){}]*\])?(?=[,){])")
_PRINTED_SIZE = re.compile(r"make\(.*, (\d+)\)$", re.DOTALL)
