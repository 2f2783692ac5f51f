"""From the compiler's lines to allocation sites: what belongs together, and whose it is.

The compiler repeats itself: for test variants, for every instantiation of a generic function and
at every call where a function was inlined. Here each site of the source comes out once.
"""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from goescape.analysis.compiler_facts import Decision, Explanation, Verdict
from goescape.analysis.model import Copy, Kind, LeftOut, Place, Span
from goescape.analysis.nodes import ancestors, anchor, callee_text, text
from goescape.analysis.renderings import (
    call_head,
    callee_name_of_text,
    is_constant,
    is_conversion,
    is_result,
    is_temporary,
    plain_function,
    plain_subject,
    shape,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tree_sitter import Node

    from goescape.analysis.compiler_facts import PackageText, Position
    from goescape.analysis.go_syntax import GoSyntax
    from goescape.analysis.package_syntax import PackageSyntax


class Ownership(enum.Enum):
    """How an allocation belongs to the source at its position."""

    OWN = enum.auto()
    """The expression or name that stands there."""
    INLINED = enum.auto()
    """Something inside a function that was inlined there."""
    WRAPPER = enum.auto()
    """The compiler's wrapper around a generic function or method."""


@define
class Site:
    """An allocation site while its repeats are gathered."""

    place: Place
    subject: str
    """As the compiler renders it, without instantiations: ``make([]T, n)``."""
    message: str
    escapes: bool
    verdict: Verdict
    explanations: list[Explanation] = field(factory=list)
    copies: dict[Place, Copy] = field(factory=dict)
    copy_nodes: list[Node] = field(factory=list)
    """The calls of ``copies``."""
    file: GoSyntax | None = None
    node: Node | None = None
    ownership: Ownership = Ownership.OWN
    kind: Kind = Kind.EXPRESSION
    inlined_from: str = ""

    @property
    def key(self) -> tuple[Place, str, bool]:
        """What makes two reports one site."""
        return (self.place, self.subject, self.verdict is Verdict.MOVED)


@frozen
class Sites:
    """Every site of one package."""

    sites: tuple[Site, ...]
    calls: Mapping[Place, Mapping[str, None]]
    """The functions that were inlined at each call."""
    left_out: Mapping[tuple[Place, str], LeftOut]


def find_sites(
    texts: Sequence[PackageText], syntax: PackageSyntax, paths: Mapping[str, str | None]
) -> Sites:
    """The allocation sites in the files of ``syntax``.

    ``paths`` gives the absolute path of a printed one; None where it has no file.
    """
    sites: dict[tuple[Place, str, bool], Site] = {}
    left_out: dict[tuple[Place, str], LeftOut] = {}
    calls: dict[Place, dict[str, None]] = {}
    for package_text in texts:
        for call in package_text.inlined_calls:
            if (path := paths.get(call.at.file)) is not None:
                place = Place(path, call.at.line, call.at.column)
                calls.setdefault(place, {})[plain_function(call.function)] = None
        for site in _sites_of(package_text, paths, left_out):
            if (known := sites.get(site.key)) is not None:
                known.escapes = known.escapes or site.escapes
                known.message = site.message if site.escapes else known.message
                known.explanations.extend(site.explanations)
            else:
                sites[site.key] = site
    placed = []
    for site in sites.values():
        _locate(site, syntax, calls.get(site.place, {}))
        if site.node is not None or _has_text(site):
            placed.append(site)
        elif site.escapes:
            reason = "a position that the source does not have"
            left_out[site.place, site.message] = LeftOut(site.place, site.message, reason)
    return Sites(tuple(placed), calls, left_out)


def _sites_of(
    package_text: PackageText,
    paths: Mapping[str, str | None],
    left_out: dict[tuple[Place, str], LeftOut],
) -> Iterator[Site]:
    waiting: dict[tuple[Position, str], list[Explanation]] = {}
    unpaired: dict[Position, list[Explanation]] = {}
    for explanation in package_text.explanations:
        subject = "append" if explanation.subject.startswith("append(") else explanation.subject
        waiting.setdefault((explanation.at, subject), []).append(explanation)
    subjects = {(decision.at, decision.subject) for decision in package_text.decisions}
    for (at, subject), explanations in waiting.items():
        if (at, subject) not in subjects:
            unpaired.setdefault(at, []).extend(explanations)
    taken: set[Position] = set()
    for decision in package_text.decisions:
        explanations = waiting.get((decision.at, decision.subject), [])
        if not explanations and decision.verdict is not Verdict.STAYS:
            # A local whose value is constant: the header names it, the summary prints its value.
            explanations = unpaired.get(decision.at, [])
            taken.add(decision.at)
        site = _site(decision, explanations, paths, left_out)
        if site is not None:
            yield site
    for at, explanations in unpaired.items():
        # `go f(x)`, `defer f(x)` in a loop: the closure that the compiler makes has no summary.
        if at not in taken and explanations[0].subject == "func literal":
            implied = Decision(at, Verdict.ESCAPES, "func literal")
            if (site := _site(implied, explanations, paths, left_out)) is not None:
                yield site


def _site(
    decision: Decision,
    explanations: list[Explanation],
    paths: Mapping[str, str | None],
    left_out: dict[tuple[Place, str], LeftOut],
) -> Site | None:
    path = paths.get(decision.at.file)
    place = Place(path or decision.at.file, decision.at.line, decision.at.column)
    escapes = decision.verdict is not Verdict.STAYS
    if path is None:
        if escapes:
            reason = "code that the compiler or the go command made, or that is not in this module"
            left_out[place, decision.message] = LeftOut(place, decision.message, reason)
        return None
    subject = plain_subject(decision.subject)
    return Site(place, subject, decision.message, escapes, decision.verdict, list(explanations))


def _has_text(site: Site) -> bool:
    return site.file is not None and bool(site.file.source.line(site.place.line).strip())


def _locate(site: Site, syntax: PackageSyntax, inlined: Iterable[str]) -> None:
    """Find the node that owns the position, and whether it is the allocation or a call to it."""
    file = syntax.files.get(site.place.file)
    offset = file.source.offset(site.place.line, site.place.column) if file is not None else None
    if file is None:
        return
    site.file = file
    if offset is not None and site.place.column:
        _locate_at(site, syntax, offset, tuple(inlined))
    if site.node is None and (offset is None or not site.place.column or file.uses_cgo):
        _search_line(site, syntax)
    elif site.node is None and offset is not None:
        # Something without a name of its own, such as an instantiated function as a value.
        site.node = next(iter(file.anchored_at(offset)[-1:]), None)


def _locate_at(site: Site, syntax: PackageSyntax, offset: int, inlined: tuple[str, ...]) -> None:
    if site.file is None:
        return
    nodes = site.file.anchored_at(offset)
    leaf = site.file.node_at(offset)
    if leaf is not None and _heads_function(leaf):
        site.node, site.ownership = leaf, Ownership.WRAPPER
    elif site.verdict is Verdict.MOVED:
        _locate_variable(site, nodes, leaf, inlined)
    else:
        _locate_expression(site, syntax, nodes, inlined)
    if site.node is None and nodes and (inlined or nodes[-1].type == "call_expression"):
        site.node, site.ownership = nodes[-1], Ownership.INLINED
        site.inlined_from = _whose(site.subject, inlined)


def _search_line(site: Site, syntax: PackageSyntax) -> None:
    """Find the site on its line: the compiler counts no column past 254, and cgo's are not ours."""
    if site.file is None:
        return
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
            site.node, site.ownership, site.inlined_from = None, Ownership.OWN, ""


def _reads_alike(site: Site, node: Node) -> bool:
    """Whether a node may be what the compiler names, without a position to go by."""
    if site.ownership is not Ownership.OWN:
        return False
    if site.kind not in {Kind.BOXED, Kind.EXPRESSION} or is_conversion(site.subject):
        return True
    wanted = site.subject.partition("...")[0]
    return "".join(text(node).split()).startswith("".join(wanted.split()))


def _locate_variable(
    site: Site, nodes: tuple[Node, ...], leaf: Node | None, inlined: tuple[str, ...]
) -> None:
    name = site.subject.rpartition(".")[2]
    site.kind = Kind.VARIABLE
    if is_temporary(site.subject):
        site.kind = Kind.TEMPORARY
    for node in nodes:
        if node.type == "identifier" and text(node) == name:
            site.node = node
            return
    # Each clause of a type switch has its own variable; its position is the clause's first type.
    around = next((a for a in ancestors(leaf) if a.type in _CLAUSES), None) if leaf else None
    if leaf is not None and around is not None and not nodes:
        site.node = leaf
    elif nodes and site.kind is Kind.TEMPORARY and not inlined:
        site.node = nodes[-1]


def _locate_expression(
    site: Site, syntax: PackageSyntax, nodes: tuple[Node, ...], inlined: tuple[str, ...]
) -> None:
    site.kind = shape(site.subject, site.explanations)
    if site.kind is Kind.TEMPORARY:
        site.node = nodes[-1] if nodes else None
    else:
        site.node = next((node for node in nodes if _fits(site, node, inlined)), None)
        if site.node is not None:
            _refine_kind(site, syntax)


def _fits(site: Site, node: Node, inlined: tuple[str, ...]) -> bool:
    if node.type == "call_expression":
        return _is_own_call(site, node, inlined)
    if site.kind is Kind.CLOSURE and site.subject == "func literal":
        # The body of a loop over a function is a function literal, too.
        return node.type in {"func_literal", "go_statement", "defer_statement", "for_statement"}
    if site.subject.endswith("}"):
        if node.type == "literal_value" and node.parent is not None:
            return node.parent.type != "composite_literal"
        return node.type in _CAN_RENDER_AS_LITERAL
    return node.type not in {"literal_value", "go_statement", "defer_statement", "range_clause"}


def _refine_kind(site: Site, syntax: PackageSyntax) -> None:
    """Tell apart what the compiler renders alike: fields and method values, sums and strings."""
    node, file = site.node, site.file
    if node is None or file is None:
        return
    conversion = conversion_of(node)
    if is_conversion(site.subject) and conversion is not None:
        site.node, site.kind = conversion, Kind.EXPRESSION
    elif node.type == "selector_expression" and site.kind is Kind.BOXED:
        method = node.child_by_field_name("field")
        if method is not None and syntax.declares_method(text(method)):
            site.kind = Kind.CLOSURE
    elif node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        is_text = (
            operator is not None
            and operator.type == "+"
            and (syntax.basic_type(file, node) in {"string", ""})
        )
        site.kind = Kind.EXPRESSION if is_text and not is_constant(site.subject) else Kind.BOXED


def _is_own_call(site: Site, node: Node, inlined: tuple[str, ...]) -> bool:
    """Whether the compiler's text is this very call, not something inside the callee."""
    function = node.child_by_field_name("function")
    called = callee_name(function) if function is not None else ""
    head = call_head(site.subject)
    match site.kind:
        case Kind.ARGUMENTS:
            return all(name.rpartition(".")[2] == called for name in inlined)
        case Kind.CLOSURE:
            return False
        case _ if site.subject == "append":
            return called == "append"
        case _ if head:
            return callee_name_of_text(head) == called or (
                is_conversion(site.subject)
                and node.named_child_count > 1
                and (not inlined or _is_converted(node, head, site.subject))
            )
    # The result of an inlined call has lost its name: `~r0`.
    return is_result(site.subject)


def _is_converted(call: Node, head: str, subject: str) -> bool:
    """Whether this is the conversion of what an inlined call gives: ``string(~r0)``."""
    conversion = conversion_of(call)
    if conversion is None or not is_result(subject[len(head) + 1 : -1]):
        return False
    return conversion.type == "type_conversion_expression" or callee_text(conversion) == head


def _whose(subject: str, inlined: tuple[str, ...]) -> str:
    """Which of the functions inlined at a call an allocation belongs to, as far as shown."""
    qualifier = re.search(r"([A-Za-z_]\w*)\.", subject)
    if qualifier is not None and not subject.startswith('"'):
        for name in inlined:
            if re.match(rf"\(?\*?{re.escape(qualifier[1])}\.", name):
                return name
    return inlined[0] if inlined else ""


def callee_name(function: Node) -> str:
    """The last name of a called expression: ``Sprint`` of ``fmt.Sprint``."""
    match function.type:
        case "identifier" | "type_identifier":
            return text(function)
        case "selector_expression":
            selected = function.child_by_field_name("field")
            return text(selected) if selected is not None else ""
        case "index_expression" | "parenthesized_expression" | "type_instantiation_expression":
            return callee_name(function.named_children[0]) if function.named_child_count else ""
        case "qualified_type" | "generic_type" | "pointer_type" | "unary_expression":
            return callee_name(function.named_children[-1]) if function.named_child_count else ""
    return ""


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


def token_span(file: GoSyntax, node: Node, keyword: str) -> Span:
    """The range of a keyword of a node; of the whole node if it has none."""
    token = next((child for child in node.children if child.type == keyword), node)
    return file.span(token)


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


_CLAUSES = frozenset({"type_case", "default_case"})


_CAN_RENDER_AS_LITERAL = frozenset(
    {"composite_literal", "unary_expression", "literal_value", "parenthesized_expression"}
)
