"""Where an allocation is written whose function literal exists only inlined.

Once all calls of a literal are inlined, the compiler says nothing of the literal itself: what it
allocates has the position of the outermost call alone. So has the body of a loop over a function
when the iterator is inlined.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.compiler.expressions import is_result, is_temporary, outline, unqualified
from goescape.analysis.compiler.facts import EscapeVerdict
from goescape.analysis.sites.node_locator import locate
from goescape.analysis.sites.site import Ownership
from goescape.analysis.sites.unsaid_sites import note_large_map
from goescape.analysis.syntax.nodes import ancestors, anchor, callee_text, text, walk
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from goescape.analysis.sites.site import Site
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.analysis.syntax.go_package import GoPackage


def written_site(copy: Site, syntax: GoPackage) -> Site | None:
    """The site that something inlined is a copy of; None unless a literal was inlined there."""
    if is_temporary(copy.subject) or copy.subject == "... argument":
        return None
    found = [*_inlined_literals(copy, syntax)]
    literals = sorted(found, key=lambda each: not _is_told(copy, each[1])) if found else ()
    for file, literal in literals:
        for node in _alike(copy, literal):
            site = _site_at(copy, file, node, syntax)
            if site is not None:
                return site
    return None


def may_be_literal(function: str) -> bool:
    """Whether the compiler's name may be that of a literal or of the body of a loop: quickly."""
    return ".func" in function or "-range" in function


def _is_told(copy: Site, literal: Node) -> bool:
    """Whether what the compiler says of a value happens in a literal: two may name one alike."""
    steps = [s.expression for e in copy.explanations for flow in e.flows for s in flow.steps]
    written = _squeezed(text(literal))
    return any(_squeezed(step) in written for step in steps if step != copy.subject)


def _inlined_literals(copy: Site, syntax: GoPackage) -> Iterator[tuple[GoFile, Node]]:
    """The literals and loop bodies of this package that were inlined at the place of a copy."""
    if (called := _called_literal(copy)) is not None:
        yield copy.file, called
    for name in filter(may_be_literal, reversed(copy.inlined)):  # the innermost first
        if _RANGE_BODY.search(name) is not None:
            if copy.node is not None and copy.node.type == "for_statement":
                yield copy.file, copy.node
        elif (literal := _LITERAL.match(name)) is not None:
            yield from _literals_of(literal[1], int(literal[2]), syntax)


def _called_literal(copy: Site) -> Node | None:
    """The literal of ``func() { ... }()``."""
    is_call = copy.node is not None and copy.node.type == "call_expression"
    callee = (
        copy.node.child_by_field_name("function") if copy.node is not None and is_call else None
    )
    while callee is not None and callee.type == "parenthesized_expression":
        callee = callee.named_children[0]
    return callee if callee is not None and callee.type == "func_literal" else None


def _literals_of(function: str, number: int, syntax: GoPackage) -> Iterator[tuple[GoFile, Node]]:
    """The literal with this number in a function; then the others, as numbers may be otherwise.

    A function that was inlined itself is named after its caller: ``caller.function.func1``.
    """
    while function and (declared := syntax.functions.get(function)) is None:
        function = function.partition(".")[2]
    file = syntax.file_of(function) if function else None
    if file is None or declared is None:
        return
    literals = [node for node in walk(declared.node) if node.type == "func_literal"]
    for literal in (*literals[number - 1 : number], *literals):
        yield file, literal


def _alike(copy: Site, around: Node) -> Iterator[Node]:
    """The nodes that may be what the compiler names, those that read the same first."""
    nodes = [node for node in walk(around) if node != around and anchor(node) is not None]
    if copy.verdict is EscapeVerdict.MOVED:
        name = copy.subject.rpartition(".")[2]
        named = (node for node in nodes if node.type == "identifier" and text(node) == name)
        yield from (node for node in named if definition(node) == node)
        return
    if is_result(copy.subject):
        yield from (node for node in nodes if _gives_result(copy, node))
        return
    renderings = {copy.subject, *(explanation.subject for explanation in copy.explanations)}
    same = {_squeezed(rendering) for rendering in renderings if rendering != "append"}
    yield from (node for node in nodes if _squeezed(text(node)) in same)
    outlines = {outline(rendering) for rendering in renderings}
    yield from (node for node in nodes if _outline_of(node) in outlines)


def _gives_result(copy: Site, node: Node) -> bool:
    """Whether a call is what the compiler calls ``~r0`` in ``x = ~r0`` or ``f(~r0)``."""
    if node.type != "call_expression":
        return False
    statement = next((a for a in ancestors(node) if a.type in _STATEMENTS), node)
    written, call = _squeezed(text(statement)), _squeezed(text(node))
    steps = (step.expression for each in copy.explanations for f in each.flows for step in f.steps)
    around = (_squeezed(step).split(copy.subject) for step in steps if step != copy.subject)
    return any(len(parts) > 1 and call.join(parts) in written for parts in around)


def _site_at(copy: Site, file: GoFile, node: Node, syntax: GoPackage) -> Site | None:
    """The site where the node stands, if it is what the compiler names."""
    offset = anchor(node)
    if offset is None:
        return None
    site = evolve(copy, place=file.source.place(offset), file=file, inlined=(), node=None)
    site.ownership, site.inlined_from = Ownership.OWN, None
    site.explanations = list(copy.explanations)
    locate(site, syntax)
    note_large_map(site, syntax)
    if site.node is None or site.ownership is not Ownership.OWN:
        return None
    if site.node.start_byte < node.start_byte and site.node.type == "for_statement":
        return None
    site.names = syntax.names_of(file, site.function) if site.function is not None else ()
    return site


def _outline_of(node: Node) -> str:
    """What ``outline`` gives for the compiler's rendering of a node; empty for other nodes."""
    match node.type:
        case "func_literal":
            return "func literal"
        case "unary_expression":
            operand = node.child_by_field_name("operand")
            made = _made(operand) if operand is not None else ""
            return f"&{made}{{...}}" if made and text(node).startswith("&") else ""
        case "composite_literal":
            return f"{_made(node)}{{...}}"
        case "call_expression":
            called, arguments = callee_text(node), node.child_by_field_name("arguments")
            first = arguments.named_children[:1] if arguments is not None else []
            if called in {"make", "new"} and first:
                return unqualified(f"{called}({text(first[0])}")
            return unqualified(called)
    return ""


def _made(literal: Node) -> str:
    made = literal.child_by_field_name("type") if literal.type == "composite_literal" else None
    return unqualified(text(made)) if made is not None else ""


def _squeezed(rendering: str) -> str:
    """A rendering without spaces, and without parentheses around the type of a conversion."""
    return (
        "".join(rendering.split()).replace("([]byte)(", "[]byte(").replace("([]rune)(", "[]rune(")
    )


_STATEMENTS = frozenset(
    {
        *("assignment_statement", "short_var_declaration", "var_declaration"),
        *("return_statement", "expression_statement", "send_statement"),
    }
)
_LITERAL = re.compile(r"(.+?)\.func(\d+)$")
_RANGE_BODY = re.compile(r"-range\d+$")
