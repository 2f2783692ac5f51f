"""What else the compiler says of a file: its functions, captured variables, what stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.compiler.facts import EscapeVerdict
from goescape.analysis.model import CapturedVariable, Function, Parameter, SiteKind, StackValue
from goescape.analysis.positions import Place
from goescape.analysis.sites.run_time_size import APPENDS_ALL, appends_all, may_still_allocate
from goescape.analysis.sites.site import shown_span, shown_subject
from goescape.analysis.syntax.go_file import parameters
from goescape.analysis.syntax.nodes import ancestors, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tree_sitter import Node

    from goescape.analysis.compiler.facts import (
        Inlinable,
        ParameterLeak,
        PrintedCapture,
        PrintedPosition,
    )
    from goescape.analysis.compiler.package_facts import FileFacts
    from goescape.analysis.sites.site import Site
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile


def functions_of(
    facts: Iterable[FileFacts], file: GoFile, wanted: Iterable[FunctionDeclaration]
) -> Iterator[Function]:
    """Functions declared in a file, with what is said of each."""
    path = file.source.path
    inlinable: dict[Place, Inlinable] = {}
    leaks: dict[Place, dict[ParameterLeak, None]] = {}
    kept: dict[Place, str] = {}
    for of_file in facts:
        for fact in of_file.inlinable:
            inlinable.setdefault(Place(path, fact.at.line, fact.at.column), fact)
        for leak in of_file.leaks:
            leaks.setdefault(Place(path, leak.at.line, leak.at.column), {})[leak] = None
        for decision in of_file.decisions:
            if decision.verdict is EscapeVerdict.STAYS:
                place = Place(path, decision.at.line, decision.at.column)
                kept.setdefault(place, decision.message)
    for declared in wanted:
        yield _function(file, declared, inlinable, leaks, kept)


def captures_of(facts: Iterable[FileFacts], path: str) -> Iterator[CapturedVariable]:
    """Each variable once, with the worst that the compiler says of it in any copy.

    In each function, the first line counts: afterwards, the capture itself takes the address.
    """
    captures: dict[Place, CapturedVariable] = {}
    for of_file in facts:
        firsts: dict[tuple[str, PrintedPosition], PrintedCapture] = {}
        for fact in of_file.captures:
            firsts.setdefault((_LITERAL_NAME.split(fact.function)[0], fact.at), fact)
        for (_, at), fact in firsts.items():
            place = Place(path, at.line, at.column)
            before = captures.get(place, CapturedVariable(place, False, False, False, 0))
            captures[place] = CapturedVariable(
                place,
                before.by_reference or fact.by_reference,
                before.addressed or fact.addressed,
                before.assigned or fact.assigned,
                max(before.width, fact.width),
            )
    return (captures[place] for place in sorted(captures))


def stays_of(sites: Iterable[Site]) -> Iterator[StackValue]:
    """What stays on the stack, of the sites that the source shows."""
    for site in sites:
        if site.on_heap or site.node is None:
            continue
        if _is_parameter(site.node) or site.kind is SiteKind.BOXED:
            continue
        note = None
        if appends_all(site.node):
            note = APPENDS_ALL
        elif not _is_only_looked_at(site.node):
            note = may_still_allocate(site.rendering, is_text=site.is_concatenation)
        yield StackValue(shown_span(site), shown_subject(site), note)


def _is_parameter(node: Node) -> bool:
    return node.type == "identifier" and any(
        around.type == "parameter_list" for around in list(ancestors(node))[:2]
    )


def _is_only_looked_at(conversion: Node) -> bool:
    """Whether ``string(b)`` or ``[]byte(s)`` stands where the compiler copies nothing: in a
    comparison, as the key of a lookup, and where a switch or a loop is over it.
    """
    around = conversion.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    if around is None or conversion.type not in {"call_expression", "type_conversion_expression"}:
        return False
    if text(conversion)[:6] != "string":
        return around.type == "range_clause"
    if around.type == "index_expression":
        return around.child_by_field_name("index") == conversion and not _is_stored_to(around)
    if around.type == "binary_expression":
        operator = around.child_by_field_name("operator")
        return operator is not None and operator.type in _COMPARISONS
    return around.type == "expression_switch_statement"


def _is_stored_to(element: Node) -> bool:
    statement = element.parent
    if statement is not None and statement.type == "expression_list":
        left, statement = statement, statement.parent
        if statement is None or statement.type != "assignment_statement":
            return False
        return statement.child_by_field_name("left") == left
    return statement is not None and statement.type in {"inc_statement", "dec_statement"}


def _function(
    file: GoFile,
    declared: FunctionDeclaration,
    inlinable: Mapping[Place, Inlinable],
    leaks: Mapping[Place, Mapping[ParameterLeak, None]],
    kept: Mapping[Place, str],
) -> Function:
    inlining = inlinable.get(file.span(declared.name_node).start)
    described = []
    for name in parameters(declared):
        span = file.span(name)
        leaking = tuple(leaks.get(span.start, ()))
        if leaking or span.start in kept:
            words = tuple(leak.message for leak in leaking) or (kept[span.start],)
            destinations = tuple(_leak_destination(leak, declared) for leak in leaking)
            described.append(Parameter(text(name), span, destinations, words))
    return Function(
        declared.name,
        file.span(declared.node),
        file.span(declared.name_node),
        inlining.can if inlining is not None else None,
        inlining.detail if inlining is not None else "",
        tuple(described),
    )


def _leak_destination(leak: ParameterLeak, declared: FunctionDeclaration) -> str:
    if leak.destination.startswith("heap"):
        return leak.destination
    if (match := re.match(r"~[rR](\d+)$", leak.destination)) is not None:
        return f"result {match[1]}"
    if leak.destination in declared.results:
        return f"result {declared.results.index(leak.destination)}"
    return leak.destination


_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
# What follows the name of a function in the names of the literals in it.
_LITERAL_NAME = re.compile(r"\.(?:func|gowrap|deferwrap)\d")
