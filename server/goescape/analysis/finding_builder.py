"""From a site to what readers are shown of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.causes import Cause
from goescape.analysis.compiler.expressions import lost_names, plain_subject
from goescape.analysis.model import Allocates, Finding, SiteKind, StackValue
from goescape.analysis.positions import Span
from goescape.analysis.ranking.rank import RankRules, rank
from goescape.analysis.sites.allocation import (
    ALLOCATES,
    AllocationRules,
    RuntimeAllocation,
    is_variable_make,
    may_still_allocate,
)
from goescape.analysis.sites.cause_finder import CauseFinder, SiteCause
from goescape.analysis.sites.node_locator import token_span
from goescape.analysis.sites.site import Ownership
from goescape.analysis.syntax.nodes import ancestors, callee_text, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from goescape.analysis.sites.site import Site
    from goescape.analysis.sites.site_context import SiteContext
    from goescape.analysis.syntax.go_package import GoPackage


@frozen
class FindingTools:
    """What judges the sites of one file."""

    reasoner: CauseFinder
    truths: AllocationRules
    rules: RankRules
    package: str
    """The import path."""


def is_worth_a_finding(site: Site, syntax: GoPackage) -> bool:
    if site.escapes:
        return True
    own = site.ownership is Ownership.OWN and site.node is not None
    return own and is_variable_make(site.subject) and not _has_constant_size(site, syntax)


def _has_constant_size(site: Site, syntax: GoPackage) -> bool:
    """Whether the size of a ``make`` is a named constant, as Go 1.21 prints it."""
    arguments = site.node.child_by_field_name("arguments") if site.node is not None else None
    if arguments is None or arguments.named_child_count < 2:
        return False
    size = arguments.named_children[-1]
    return syntax.is_constant(site.file, size)


def needs_evidence(site: Site) -> bool:
    """Whether what code generation says may change the truth about a site."""
    return site.escapes and site.kind in {SiteKind.BOXED, SiteKind.CLOSURE}


def truth_of(site: Site, context: SiteContext, truths: AllocationRules) -> RuntimeAllocation:
    """Whether a site really allocates."""
    if site.escapes:
        return truths.of(site, context)
    return RuntimeAllocation(Allocates.DEPENDS, may_still_allocate(site.subject))


def finding_of(
    site: Site, context: SiteContext, truth: RuntimeAllocation, tools: FindingTools
) -> Finding:
    """Everything that is known of a site."""
    if site.escapes:
        reasoning = tools.reasoner.reason(site, context.chain)
    else:
        reasoning = SiteCause(Cause.DYNAMIC_SIZE)
    in_loop = tools.rules.is_in_loop(site)
    reasons = tools.rules.reasons(site, context, reasoning, truth)
    return Finding(
        span=_span(site),
        anchor=site.place,
        kind=site.kind,
        subject=_subject(site),
        cause=reasoning.cause,
        rank=rank(reasons, in_loop=in_loop),
        function=site.function.name if site.function is not None else "",
        allocates=truth.allocates,
        note=truth.note if truth is not ALLOCATES else "",
        escapes=site.escapes,
        in_loop=in_loop,
        compiler=plain_subject(site.message),
        flow=reasoning.flow,
        decisive=reasoning.decisive,
        destination=reasoning.destination,
        inlined_from=site.inlined_from,
        copies=context.copies,
        package=tools.package,
        reasons=reasons,
    )


def _span(site: Site) -> Span:
    """Exactly what allocates; the code of the whole line where the column says nothing."""
    file, node = site.file, site.node
    if node is None:
        line = file.source.line(site.place.line)
        start = len(line) - len(line.lstrip())
        number = site.place.line
        end = max(len(line.rstrip()), start)
        return Span(site.place.file, number, start + 1, number, end + 1)
    if node.type == "func_literal":
        return token_span(file, node, "func")
    if node.type in {"go_statement", "defer_statement", "for_statement"}:
        return token_span(file, node, node.type.partition("_")[0])
    return file.span(node)


def _subject(site: Site) -> str:
    """What a reader would call it: plain operands and sums as written, the rest as compiled."""
    node = site.node
    if site.kind is SiteKind.TEMPORARY or node is None or site.ownership is not Ownership.OWN:
        return site.subject
    if node.type == "for_statement":
        return "loop body"
    written = text(node)
    simple = node.type in {"identifier", "selector_expression", "binary_expression"}
    lost = lost_names(site.message) and node.type not in {"composite_literal", "unary_expression"}
    simple |= site.subject == "append" or lost
    if lost and node.type == "call_expression" and not _is_short(written):
        called = callee_text(node)
        if not _is_short(called):
            called = called.rpartition(".")[2]
        written = f"{called}(...)"
    if simple and _is_short(written):
        return written
    return site.subject


def _is_short(written: str) -> bool:
    return len(written) <= _LONGEST_SUBJECT and "\n" not in written


def stays_of(sites: Iterable[Site]) -> Iterator[StackValue]:
    """What stays on the stack, of the sites that the source shows."""
    for site in sites:
        if site.escapes or site.node is None:
            continue
        if _is_parameter(site.node) or site.kind is SiteKind.BOXED:
            continue
        yield StackValue(_span(site), _subject(site), may_still_allocate(site.subject))


def _is_parameter(node: Node) -> bool:
    return node.type == "identifier" and any(
        around.type == "parameter_list" for around in list(ancestors(node))[:2]
    )


_LONGEST_SUBJECT = 60
