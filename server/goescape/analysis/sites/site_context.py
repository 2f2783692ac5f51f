"""What a finding takes from outside of its file; all else is in the file and its facts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

from goescape.analysis.compiler.expressions import is_variable_make, plain_function
from goescape.analysis.compiler.facts import PrintedPosition, files_in
from goescape.analysis.model import SiteKind
from goescape.analysis.sites.inlined_copies import InlinedCopies
from goescape.analysis.sites.site import Ownership
from goescape.analysis.syntax.repeated_arguments import RepeatedArguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tree_sitter import Node

    from goescape.analysis.compiler.facts import EscapeExplanation, PrintedFlow
    from goescape.analysis.compiler.package_facts import PackageFacts
    from goescape.analysis.inlined_copy import InlinedCopy
    from goescape.analysis.sites.function_uses import FunctionUse, FunctionUses
    from goescape.analysis.sites.inlined_copies import MergedSites, PlacedInlinedCall
    from goescape.analysis.sites.site import Site
    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.analysis.syntax.go_package import GoPackage


class SiteContext(NamedTuple):
    """What the rest of the package says of one site: with an equal one, its finding is equal."""

    copies: tuple[InlinedCopy, ...]
    """In source order."""
    literal_in_loops: bool
    """Whether its function literal is called in loops only, as far as its calls are known."""
    function_in_loops: bool
    """Whether every call of its (private) function comes from a loop, perhaps through others."""
    runs_in_loop: bool
    """Whether a loop runs it: around an inlined call, or one of its (private) function."""
    only_inlined: bool
    """Whether its (private) function never runs as itself: each use is an inlined call that stays
    on the stack."""
    chain: tuple[EscapeExplanation, ...]
    """Its explanation, and those that this goes on in."""
    elsewhere: tuple[GoFile, ...]
    """The other files that its flow leads through."""


class SiteContexts:
    """Finds them within one package."""

    def __init__(
        self,
        syntax: GoPackage,
        uses: FunctionUses,
        facts: PackageFacts,
        calls: Iterable[PlacedInlinedCall],
    ) -> None:
        """``calls`` are all that were inlined."""
        self._syntax = syntax
        self._uses = uses.within(syntax)
        self._calls = calls
        self._chains = _FlowChains(facts.explanations)
        self._paths = facts.paths
        self._repeated = RepeatedArguments(syntax.functions)
        self._in_loops: dict[str, bool] = {}
        self._in_some_loop: dict[str, bool] = {}
        self._never_run: dict[str, bool] = {}
        self._asked_uses: dict[str, tuple[FunctionUse, ...]] = {}
        self._copies: Mapping[Site, InlinedCopies] = {}

    def of_sites(self, merged: MergedSites) -> Iterator[tuple[Site, SiteContext]]:
        """The sites that are worth a finding, each with its context."""
        no_copies = InlinedCopies()
        self._copies = merged.copies
        for site in merged.sites:
            if _is_worth_a_finding(site, self._syntax):
                yield site, self._of(site, merged.copies.get(site, no_copies))
        for site in merged.unsaid:
            yield site, self._of(site, merged.copies.get(site, no_copies))

    def _of(self, site: Site, copies: InlinedCopies) -> SiteContext:
        chain = self._chains.of(site) if site.escapes and site.explanations else ()
        function = site.function
        if function is not None and function.is_exported:
            function = None  # who calls it is not known
        return SiteContext(
            copies.sorted() if copies.by_place else (),
            self._is_literal_in_loops(site, copies),
            function is not None and self._called_only_in_loops(function),
            self._runs_in_loop(function, copies),
            function is not None and self._only_inlined(site, function, copies),
            chain,
            self._elsewhere(site, chain),
        )

    def _is_literal_in_loops(self, site: Site, copies: InlinedCopies) -> bool:
        if site.literal is None:
            return False
        if copies.calls and all(call.is_repeated for call in copies.calls):
            return True
        arguments = site.literal_arguments
        return bool(arguments) and self._repeated.is_called_in_loop(arguments)

    def _elsewhere(self, site: Site, chain: tuple[EscapeExplanation, ...]) -> tuple[GoFile, ...]:
        printed = site.leads_to if chain else frozenset()
        if len(chain) > 1:
            printed = printed | files_in(chain[1:])
        own = site.place.file
        if not printed or (len(printed) == 1 and self._paths.get(next(iter(printed))) == own):
            return ()  # nearly always
        others = {self._paths.get(file) for file in printed} - {own}
        files = self._syntax.files
        return tuple(files[other] for other in sorted(filter(None, others)) if other in files)

    def _only_inlined(
        self, site: Site, function: FunctionDeclaration, copies: InlinedCopies
    ) -> bool:
        if not self._never_runs(function):
            return False
        if not copies.by_place:
            # Nothing is said of the copy of a variable that stays, and of equal values one is told.
            if site.kind in {SiteKind.VARIABLE, SiteKind.TEMPORARY}:
                return site.literal is None or self._only_inlined_literal(site, function)
            copies = _copies_of_equals(site, self._copies)
        return bool(copies.by_place) and all(
            not copy.escapes or self._is_in_what_never_runs(copy)
            for copy in copies.by_place.values()
        )

    def _only_inlined_literal(self, site: Site, function: FunctionDeclaration) -> bool:
        """Whether the literal around a variable runs only where it is inlined, and stays there."""
        literals = (other for other in self._copies if other.node == site.literal)
        return any(self._only_inlined(each, function, self._copies[each]) for each in literals)

    def _is_in_what_never_runs(self, copy: InlinedCopy) -> bool:
        file = self._syntax.files.get(copy.place.file)
        offset = None if file is None else file.source.offset(copy.place.line, copy.place.column)
        function = None if file is None or offset is None else file.function_at(offset)
        return function is not None and self._never_runs(function)

    def _never_runs(self, function: FunctionDeclaration) -> bool:
        """Whether a (private) function is inlined wherever it is named."""
        if function.is_exported:
            return False
        answer_before = self._never_run.get(function.name)
        if answer_before is not None:
            return answer_before
        self._never_run[function.name] = False
        if self._is_inlined_everywhere(function):
            self._never_run[function.name] = not self._is_recursive(function)
        return self._never_run[function.name]

    def _is_inlined_everywhere(self, function: FunctionDeclaration) -> bool:
        inlined = self._inlined_lines.get(function.name)
        if function.is_exported or inlined is None:
            return False
        uses = self._uses_of(function)
        return bool(uses) and all(use.called and (use.file, use.line) in inlined for use in uses)

    def _is_recursive(self, function: FunctionDeclaration) -> bool:
        """Whether it is inlined into itself, be it through others: in the end it is called."""
        seen: set[str] = set()
        waiting = [function]
        while waiting:
            for use in self._uses_of(waiting.pop()):
                if use.caller is None or use.caller.name in seen:
                    continue
                seen.add(use.caller.name)
                if use.caller.name == function.name:
                    return True
                if self._is_inlined_everywhere(use.caller):
                    waiting.append(use.caller)
        return False

    @cached_property
    def _inlined_lines(self) -> defaultdict[str, set[tuple[str, int]]]:
        """The lines of the calls that were inlined, by the function."""
        lines: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        for file, at, function in self._calls:
            lines[plain_function(function)].add((file.source.path, at.line))
        return lines

    def _uses_of(self, function: FunctionDeclaration) -> tuple[FunctionUse, ...]:
        name = function.plain_name
        if name not in self._asked_uses:
            self._asked_uses[name] = tuple(self._uses.of(name))
        return self._asked_uses[name]

    def _runs_in_loop(self, function: FunctionDeclaration | None, copies: InlinedCopies) -> bool:
        if copies.calls and any(call.is_repeated for call in copies.calls):
            return True
        if function is None:
            return False
        if function.name not in self._in_some_loop:
            uses = self._uses_of(function)
            self._in_some_loop[function.name] = any(
                use.called and use.repeated and not use.in_test for use in uses
            )
        return self._in_some_loop[function.name]

    def _called_only_in_loops(self, function: FunctionDeclaration) -> bool:
        answer_before = self._in_loops.get(function.name)
        if answer_before is not None:
            return answer_before
        self._in_loops[function.name] = False  # a cycle of calls proves nothing
        answer = not function.is_exported and self._all_callers_loop(function)
        self._in_loops[function.name] = answer
        return answer

    def _all_callers_loop(self, function: FunctionDeclaration) -> bool:
        seen = False
        for use in self._uses_of(function):
            if use.in_test or (use.caller is not None and use.caller.name == function.name):
                continue
            if not use.called:
                return False
            if not use.repeated and (
                use.caller is None or not self._called_only_in_loops(use.caller)
            ):
                return False
            seen = True
        return seen


def _copies_of_equals(site: Site, known: Mapping[Site, InlinedCopies]) -> InlinedCopies:
    """The copies of equal values of its function: the compiler prints them at one place."""
    found = InlinedCopies()
    for other, copies in known.items():
        is_equal = other.subject == site.subject and other.kind is site.kind
        if is_equal and other.file is site.file and other.names == site.names:
            found.by_place.update(copies.by_place)
    return found


def _is_worth_a_finding(site: Site, syntax: GoPackage) -> bool:
    """Whether it escapes, or may allocate all the same."""
    if site.on_heap:
        return True
    if site.rendering[:5] != "make(" or site.ownership is not Ownership.OWN or site.node is None:
        return False
    return is_variable_make(site.rendering) and not _has_constant_size(site.file, site.node, syntax)


def _has_constant_size(file: GoFile, made: Node, syntax: GoPackage) -> bool:
    """Whether the size of a ``make`` is a named constant, as Go 1.21 prints it."""
    arguments = made.child_by_field_name("arguments")
    if arguments is None or arguments.named_child_count < 2:
        return False
    size = arguments.named_children[-1]
    return syntax.is_constant(file, size)


class _FlowChains:
    """Finds the explanations of sites: a flow may go on in the explanation of another site."""

    def __init__(self, explanations: Iterable[EscapeExplanation]) -> None:
        self._by_subject: dict[str, list[EscapeExplanation]] = defaultdict(list)
        for explanation in explanations:
            self._by_subject[explanation.subject].append(explanation)
        self._places: dict[str, _Places] = {}

    def of(self, site: Site) -> tuple[EscapeExplanation, ...]:
        """The most telling explanation of a site, and those that its flow goes on in."""
        first = site.main_explanation
        if first is None:
            return ()
        chain = [first]
        while (flows := chain[-1].flows) and len(chain) < _LONGEST_CHAIN:
            destination = flows[-1].destination
            storage = _STORAGE.match(destination) if destination[:1] == "{" else None
            last = next((flow for flow in reversed(flows) if flow.steps), flows[-1])
            following = self._explanation_of(storage[1], last) if storage else None
            if following is None or following in chain:
                break
            chain.append(following)
        return tuple(chain)

    def _explanation_of(self, subject: str, flow: PrintedFlow) -> EscapeExplanation | None:
        candidates = self._by_subject.get(subject)
        if candidates is None:
            return None
        places = self._places.get(subject)
        if places is None:
            places = self._places[subject] = _Places.of(candidates)
        positions = {step.at for step in flow.steps if step.at is not None}
        number = min(
            (places.by_position[at] for at in positions if at in places.by_position), default=None
        )
        if number is None:
            lines = {(at.file, at.line) for at in positions}
            number = min((places.by_line[at] for at in lines if at in places.by_line), default=None)
        return None if number is None else candidates[number]


@frozen
class _Places:
    """Where explanations of one subject stand: the numbers of the first ones."""

    by_position: Mapping[PrintedPosition, int]
    by_line: Mapping[tuple[str, int], int]

    @classmethod
    def of(cls, explanations: Sequence[EscapeExplanation]) -> _Places:
        last = [*enumerate(explanations)][::-1]
        return cls(
            {each.at: number for number, each in last},
            {(each.at.file, each.at.line): number for number, each in last},
        )


_LONGEST_CHAIN = 12
_STORAGE = re.compile(r"\{storage for (.*)\}$", re.DOTALL)
