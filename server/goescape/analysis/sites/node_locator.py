"""Which node of the source the compiler means by a position, and whether it is what allocates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.compiler.expressions import (
    call_head,
    callee_name_of_text,
    is_constant,
    is_conversion,
    is_result,
    is_temporary,
    shape,
    unqualified,
)
from goescape.analysis.compiler.facts import EscapeVerdict
from goescape.analysis.model import SiteKind
from goescape.analysis.sites.site import Ownership
from goescape.analysis.syntax.nodes import ancestors, anchor, callee_name, callee_text, text

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.sites.site import Site
    from goescape.analysis.syntax.go_package import GoPackage


def locate(site: Site, syntax: GoPackage) -> None:
    """Find the node that owns the position, and whether it is the allocation or a call to it."""
    file = site.file
    offset = file.source.offset(site.place.line, site.place.column)
    if offset is not None and site.place.column:
        _locate_at(site, syntax, offset, site.inlined)
    if site.node is None and (offset is None or not site.place.column or file.uses_cgo):
        _search_line(site, syntax)
    elif site.node is None and offset is not None:
        # Something without a name of its own, such as an instantiated function as a value.
        site.node = next(iter(file.anchored_at(offset)[-1:]), None)


def _locate_at(site: Site, syntax: GoPackage, offset: int, inlined: tuple[str, ...]) -> None:
    nodes = site.file.anchored_at(offset)
    leaf = site.file.node_at(offset)
    if leaf is not None and _heads_function(leaf):
        site.node, site.ownership = leaf, Ownership.WRAPPER
    elif site.verdict is EscapeVerdict.MOVED:
        _locate_variable(site, nodes, leaf, inlined)
    else:
        _locate_expression(site, syntax, nodes, inlined)
    if site.node is None and nodes and (inlined or nodes[-1].type == "call_expression"):
        site.node, site.ownership = nodes[-1], Ownership.INLINED
        name, caller = _whose(site.subject, inlined), site.function
        if name is not None and caller is not None:
            name = name.removeprefix(f"{caller.name}.")  # of a literal, before Go 1.27
        site.inlined_from = name


def _search_line(site: Site, syntax: GoPackage) -> None:
    """Find the site on its line: the compiler counts no column past 254, and cgo's are not ours."""
    start = site.file.source.offset(site.place.line, 1)
    if start is None:
        return
    end = start + len(site.file.source.line(site.place.line))
    for node in site.file.nodes_between(start, end):
        offset = anchor(node)
        if offset is not None and start <= offset < end:
            _locate_at(site, syntax, offset, ())
            if site.node is not None and _reads_alike(site, node):
                return
            site.node, site.ownership, site.inlined_from = None, Ownership.OWN, None


def _reads_alike(site: Site, node: Node) -> bool:
    """Whether a node may be what the compiler names, without a position to go by."""
    if site.ownership is not Ownership.OWN:
        return False
    if site.kind not in {SiteKind.BOXED, SiteKind.EXPRESSION} or is_conversion(site.subject):
        return True
    wanted = site.subject.partition("...")[0]
    return "".join(text(node).split()).startswith("".join(wanted.split()))


def _locate_variable(
    site: Site, nodes: tuple[Node, ...], leaf: Node | None, inlined: tuple[str, ...]
) -> None:
    name = site.subject.rpartition(".")[2]
    site.kind = SiteKind.VARIABLE
    if is_temporary(site.subject):
        site.kind = SiteKind.TEMPORARY
    for node in nodes:
        if node.type == "identifier" and text(node) == name:
            site.node = node
            return
    # Each clause of a type switch has its own variable; its position is the clause's first type.
    around = next((a for a in ancestors(leaf) if a.type in _CLAUSES), None) if leaf else None
    if leaf is not None and around is not None and not nodes:
        site.node = leaf
    elif nodes and site.kind is SiteKind.TEMPORARY and not inlined:
        site.node = nodes[-1]


def _locate_expression(
    site: Site, syntax: GoPackage, nodes: tuple[Node, ...], inlined: tuple[str, ...]
) -> None:
    site.kind = shape(site.rendering, site.explanations)
    if site.kind is SiteKind.TEMPORARY:
        site.node = nodes[-1] if nodes else None
    else:
        site.node = next((node for node in nodes if _fits(site, node, inlined)), None)
        if site.node is not None:
            _refine_kind(site, syntax)


def _fits(site: Site, node: Node, inlined: tuple[str, ...]) -> bool:
    if node.type == "call_expression" or _looks_like_conversion(node):
        return _is_own_call(site, node, inlined)
    if site.kind is SiteKind.CLOSURE and site.subject == "func literal":
        # The body of a loop over a function is a function literal, too.
        return node.type in {"func_literal", "go_statement", "defer_statement", "for_statement"}
    if site.subject.endswith("}"):
        if node.type == "literal_value" and node.parent is not None:
            return node.parent.type != "composite_literal"
        return node.type in _CAN_RENDER_AS_LITERAL
    return node.type not in _NO_VALUES


def _looks_like_conversion(node: Node) -> bool:
    """Whether this may call an instance: the grammar parses ``f[int](x)`` as a conversion."""
    if node.type != "type_conversion_expression":
        return False
    converted = node.child_by_field_name("type")
    return converted is not None and converted.type == "generic_type"


def _refine_kind(site: Site, syntax: GoPackage) -> None:
    """Tell apart what the compiler renders alike: fields and method values, sums and strings."""
    node, file = site.node, site.file
    if node is None:
        return
    conversion = conversion_of(node)
    if conversion is not None and _is_copied_by(conversion, site.subject):
        site.node, site.kind = conversion, SiteKind.EXPRESSION
    elif node.type == "selector_expression" and site.kind is SiteKind.BOXED:
        method = node.child_by_field_name("field")
        if method is not None and syntax.declares_method(text(method)):
            site.kind = SiteKind.CLOSURE
    elif node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        is_text = (
            operator is not None
            and operator.type == "+"
            and (syntax.basic_type(file, node) in {"string", ""})
        )
        site.kind = (
            SiteKind.EXPRESSION if is_text and not is_constant(site.subject) else SiteKind.BOXED
        )


def _is_own_call(site: Site, node: Node, inlined: tuple[str, ...]) -> bool:
    """Whether the compiler's text is this very call, not something inside the callee."""
    function = node.child_by_field_name("function") or node.child_by_field_name("type")
    called = callee_name(function) if function is not None else ""
    head = call_head(site.subject)
    match site.kind:
        case SiteKind.ARGUMENTS:
            return all(name.rpartition(".")[2] == called for name in inlined)
        case SiteKind.CLOSURE:
            return False
        case _ if site.subject == "append":
            return called == "append"
        case _ if head:
            conversion = conversion_of(node)
            return callee_name_of_text(head) == called or (
                conversion is not None
                and _is_copied_by(conversion, site.subject)
                and node.named_child_count > 1
                and (not inlined or _is_converted(node, head, site.subject))
            )
    # The result of an inlined call has lost its name: `~r0`.
    return is_result(site.subject) and not _is_statement(node)


def _is_statement(call: Node) -> bool:
    """Whether nobody uses what a call gives, if anything."""
    around = next((a for a in ancestors(call) if a.type != "parenthesized_expression"), None)
    return around is not None and around.type == "expression_statement"


def _is_copied_by(conversion: Node, subject: str) -> bool:
    """Whether it is the copy that a conversion of texts makes, be it to a named type.

    A value in an interface is anchored at the call, and only the copy at its operand.
    """
    head = call_head(subject)
    named = head and unqualified(head) == unqualified(callee_text(conversion))
    return is_conversion(subject) or bool(named)


def _is_converted(call: Node, head: str, subject: str) -> bool:
    """Whether this is the conversion of what an inlined call gives: ``string(~r0)``."""
    conversion = conversion_of(call)
    if conversion is None or not is_result(subject[len(head) + 1 : -1]):
        return False
    return conversion.type == "type_conversion_expression" or callee_text(conversion) == head


def _whose(subject: str, inlined: tuple[str, ...]) -> str | None:
    """Which of the functions inlined at a call an allocation belongs to, as far as shown."""
    qualifier = re.search(r"([A-Za-z_]\w*)\.", subject)
    if qualifier is not None and not subject.startswith('"'):
        for name in inlined:
            if re.match(rf"\(?\*?{re.escape(qualifier[1])}\.", name):
                return name
    return inlined[0] if inlined else None


def conversion_of(node: Node) -> Node | None:
    """The conversion whose operand this is: the compiler anchors its copy at the operand."""
    for parent in ancestors(node):
        match parent.type:
            case "parenthesized_expression" | "argument_list":
                continue
            case "type_conversion_expression":
                return parent
            case "call_expression":
                arguments = parent.child_by_field_name("arguments")
                if (
                    arguments is not None
                    and arguments.named_child_count == 1
                    and (arguments.start_byte <= node.start_byte)
                ):
                    return parent
        return None
    return None


def _heads_function(leaf: Node) -> bool:
    """Whether this is the name of a function or the ``(`` of a method's receiver.

    Nothing is allocated there: the compiler's wrappers around generic code have this position.
    """
    part, declaration = leaf, leaf.parent
    if leaf.type == "(" and declaration is not None:
        part, declaration = declaration, declaration.parent
    if declaration is None or declaration.type not in {
        "function_declaration",
        "method_declaration",
    }:
        return False
    return part in {declaration.child_by_field_name(name) for name in ("name", "receiver")}


_NO_VALUES = frozenset(
    {"literal_value", "go_statement", "defer_statement", "range_clause", "for_statement"}
)


_CLAUSES = frozenset({"type_case", "default_case"})


_CAN_RENDER_AS_LITERAL = frozenset(
    {"composite_literal", "unary_expression", "literal_value", "parenthesized_expression"}
)
