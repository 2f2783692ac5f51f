"""From the compiler's text and the source to what readers are shown: the entry to this ring."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.allocation import (
    ALLOCATES,
    Evidence,
    Truth,
    is_variable_make,
    may_still_allocate,
)
from goescape.analysis.causes import Reasoner, Reasoning
from goescape.analysis.compiler_facts import Verdict
from goescape.analysis.copies import merge_copies
from goescape.analysis.go_syntax import GoSyntax, parameters
from goescape.analysis.model import (
    Allocates,
    Captured,
    Cause,
    Finding,
    Function,
    Kind,
    LeftOut,
    PackageReport,
    Parameter,
    Place,
    Span,
    Stay,
)
from goescape.analysis.nodes import ancestors, callee_text, text
from goescape.analysis.package_syntax import PackageSyntax
from goescape.analysis.paths import absolute_paths, joined
from goescape.analysis.ranking import Ranking
from goescape.analysis.renderings import lost_names, plain_subject
from goescape.analysis.sites import Ownership, Site, find_sites, token_span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tree_sitter import Node

    from goescape.analysis.compiler_facts import Capture, Inlinable, Leak, PackageText, Position
    from goescape.analysis.go_syntax import Declared
    from goescape.analysis.model import CompileError
    from goescape.analysis.source import SourceText


@frozen
class PackageInfo:
    """Which package a text belongs to."""

    path: str
    """Import path."""
    directory: str
    files: tuple[str, ...]
    """Every Go file that this build compiled, tests included; absolute."""
    working_directory: str
    """Where the build ran: printed paths are relative to it."""
    language: tuple[int, int] = (1, 22)
    """The version of the Go language that the module asks for."""


def build_report(
    info: PackageInfo,
    texts: Sequence[PackageText],
    sources: Mapping[str, SourceText],
    errors: Sequence[CompileError] = (),
    read: Callable[[str], SourceText | None] = lambda _path: None,
) -> PackageReport:
    """All findings and facts of one package.

    ``sources`` holds the text of ``info.files`` as it was compiled; ``read`` gives other files of
    the workspace, where instantiated generic code of other packages may stand (None: not shown).
    """
    elsewhere: dict[str, SourceText] = {}

    def exists(path: str) -> bool:
        if path not in sources and (source := read(path)) is not None:
            elsewhere[path] = source
        return path in sources or path in elsewhere

    paths = absolute_paths(_printed(texts), info.working_directory, info.files, exists)
    known = {path: sources[path] for path in info.files if path in sources} | elsewhere
    parsed = {path: GoSyntax(source) for path, source in known.items()}
    syntax = PackageSyntax(parsed, frozenset(info.files))
    sites = merge_copies(find_sites(texts, syntax, paths), syntax)
    reasoner = Reasoner(texts, syntax, paths)
    evidence = Evidence(texts, syntax, paths)
    ranking = Ranking(syntax, info.language)
    findings = [
        _finding(site, info.path, reasoner, evidence, ranking)
        for site in sites.sites
        if _is_worth_a_finding(site, syntax)
    ]
    return PackageReport(
        info.path,
        info.directory,
        info.files,
        tuple(sorted(findings, key=lambda f: (f.span, f.anchor, f.subject))),
        tuple(_functions(texts, syntax, paths)),
        tuple(_stays(sites.sites)),
        tuple(errors),
        tuple(line for package_text in texts for line in package_text.unknown),
        tuple(_absolute(left, info.working_directory) for left in sites.left_out),
        known,
        tuple(_captures(texts, paths)),
    )


def _captures(texts: Iterable[PackageText], paths: Mapping[str, str | None]) -> Iterator[Captured]:
    """Each variable once, with the worst that the compiler says of it in any copy.

    In each function, the first line counts: afterwards, the capture itself takes the address.
    """
    found: dict[Place, Captured] = {}
    for package_text in texts:
        firsts: dict[tuple[str, Position], Capture] = {}
        for fact in package_text.captures:
            firsts.setdefault((_LITERAL_NAME.split(fact.function)[0], fact.at), fact)
        for (_, at), fact in firsts.items():
            if (path := paths.get(at.file)) is not None:
                place = Place(path, at.line, at.column)
                known = found.get(place, Captured(place, False, False, False, 0))
                found[place] = Captured(
                    place,
                    known.by_reference or fact.by_reference,
                    known.addressed or fact.addressed,
                    known.assigned or fact.assigned,
                    max(known.width, fact.width),
                )
    yield from found.values()


def _absolute(left: LeftOut, working_directory: str) -> LeftOut:
    place = evolve(left.place, file=joined(working_directory, left.place.file))
    return evolve(left, place=place)


def _printed(texts: Iterable[PackageText]) -> set[str]:
    printed: set[str] = set()
    for package_text in texts:
        for facts in (
            package_text.decisions,
            package_text.explanations,
            package_text.leaks,
            package_text.inlinable,
            package_text.inlined_calls,
            package_text.captures,
            package_text.evidence,
        ):
            printed.update(fact.at.file for fact in facts)
        for explanation in package_text.explanations:
            for flow in explanation.flows:
                printed.update(step.at.file for step in flow.steps if step.at is not None)
    return printed


def _is_worth_a_finding(site: Site, syntax: PackageSyntax) -> bool:
    if site.file is None:
        return False
    if site.escapes:
        return True
    own = site.ownership is Ownership.OWN and site.node is not None
    return own and is_variable_make(site.subject) and not _has_constant_size(site, syntax)


def _has_constant_size(site: Site, syntax: PackageSyntax) -> bool:
    """Whether the size of a ``make`` is a named constant, as Go 1.21 prints it."""
    arguments = site.node.child_by_field_name("arguments") if site.node is not None else None
    if arguments is None or site.file is None or arguments.named_child_count < 2:
        return False
    size = arguments.named_children[-1]
    return syntax.is_constant(site.file, size)


def _finding(
    site: Site, package: str, reasoner: Reasoner, evidence: Evidence, ranking: Ranking
) -> Finding:
    if site.escapes:
        reasoning, truth = reasoner.reason(site), evidence.truth(site)
    else:
        reasoning = Reasoning(Cause.DYNAMIC_SIZE)
        truth = Truth(Allocates.DEPENDS, may_still_allocate(site.subject))
    rank = ranking.rank(site, reasoning, truth)
    function = site.file.function_at(site.node.start_byte) if site.file and site.node else None
    return Finding(
        span=_span(site),
        anchor=site.place,
        kind=site.kind,
        subject=_subject(site),
        cause=reasoning.cause,
        severity=rank.severity,
        rank_reason=rank.reason,
        function=function.name if function is not None else "",
        allocates=truth.allocates,
        note=truth.note if truth is not ALLOCATES else "",
        escapes=site.escapes,
        in_loop=rank.in_loop,
        compiler=plain_subject(site.message),
        flow=reasoning.flow,
        decisive=reasoning.decisive,
        destination=reasoning.destination,
        inlined_from=site.inlined_from,
        copies=tuple(sorted(site.copies.values(), key=lambda copy: copy.place)),
        package=package,
    )


def _span(site: Site) -> Span:
    """Exactly what allocates; the code of the whole line where the column says nothing."""
    file, node = site.file, site.node
    if file is None or node is None:
        line = file.source.line(site.place.line) if file is not None else b""
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
    if site.kind is Kind.TEMPORARY or node is None or site.ownership is not Ownership.OWN:
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


def _stays(sites: Iterable[Site]) -> Iterator[Stay]:
    for site in sites:
        if site.escapes or site.node is None or site.ownership is not Ownership.OWN:
            continue
        if _is_parameter(site.node) or site.kind is Kind.BOXED:
            continue
        yield Stay(_span(site), _subject(site), may_still_allocate(site.subject))


def _is_parameter(node: Node) -> bool:
    return node.type == "identifier" and any(
        around.type == "parameter_list" for around in list(ancestors(node))[:2]
    )


def _functions(
    texts: Iterable[PackageText], syntax: PackageSyntax, paths: Mapping[str, str | None]
) -> Iterator[Function]:
    inlinable: dict[Place, Inlinable] = {}
    leaks: dict[Place, dict[Leak, None]] = {}
    kept: dict[Place, str] = {}
    for package_text in texts:
        for fact in package_text.inlinable:
            if (path := paths.get(fact.at.file)) is not None:
                inlinable.setdefault(Place(path, fact.at.line, fact.at.column), fact)
        for leak in package_text.leaks:
            if (path := paths.get(leak.at.file)) is not None:
                leaks.setdefault(Place(path, leak.at.line, leak.at.column), {})[leak] = None
        for decision in package_text.decisions:
            path = paths.get(decision.at.file)
            if decision.verdict is Verdict.STAYS and path is not None:
                place = Place(path, decision.at.line, decision.at.column)
                kept.setdefault(place, decision.message)
    for file in syntax.files.values():
        for declared in file.functions:
            yield _function(file, declared, inlinable, leaks, kept)


def _function(
    file: GoSyntax,
    declared: Declared,
    inlinable: Mapping[Place, Inlinable],
    leaks: Mapping[Place, Mapping[Leak, None]],
    kept: Mapping[Place, str],
) -> Function:
    said = inlinable.get(file.span(declared.name_node).start)
    known = []
    for name in parameters(declared):
        span = file.span(name)
        leaking = tuple(leaks.get(span.start, ()))
        if leaking or span.start in kept:
            words = tuple(leak.message for leak in leaking) or (kept[span.start],)
            destinations = tuple(_leak_destination(leak, declared) for leak in leaking)
            known.append(Parameter(text(name), span, destinations, words))
    return Function(
        declared.name,
        file.span(declared.node),
        file.span(declared.name_node),
        said.can if said is not None else None,
        said.detail if said is not None else "",
        tuple(known),
    )


def _leak_destination(leak: Leak, declared: Declared) -> str:
    if leak.destination.startswith("heap"):
        return leak.destination
    if (match := re.match(r"~[rR](\d+)$", leak.destination)) is not None:
        return f"result {match[1]}"
    if leak.destination in declared.results:
        return f"result {declared.results.index(leak.destination)}"
    return leak.destination


_LONGEST_SUBJECT = 60
# What follows the name of a function in the names of the literals in it.
_LITERAL_NAME = re.compile(r"\.(?:func|gowrap|deferwrap)\d")
