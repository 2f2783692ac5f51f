"""The messages, by what they are about: one class for each, one field for each message.

A message is a template for ``str.format``; English says which placeholders it has. No field has a
default, so that mypy names what a language lacks; a test compares the placeholders, in every
language and where a message is used, and names what nobody uses. The classes have only what is used
of them: the server is there sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.profiles.unexplained_reason import UnexplainedReason


@frozen(eq=False, repr=False, match_args=False)
class Plural:
    """A message about a number of things, ``{count}``."""

    other: str
    """For any number."""
    one: str | None = None
    """For one of them, where that is said otherwise."""

    def format(self, count: object, **values: object) -> str:
        """``1 package``, ``2 packages``; a count is a number, or its text."""
        return self.form(str(count)).format(count=count, **values)

    def form(self, count: str) -> str:
        """The template for a number. A language with more forms overrides this in its own file."""
        return self.other if count != "1" or self.one is None else self.one


@frozen(eq=False, repr=False, match_args=False)
class FindingMessages:
    """What is allocated, in the words of diagnostics, hints and explanations."""

    what_variable: str
    what_expression: str
    what_closure: str
    what_loop_body: str
    what_method_value: str
    what_append: str
    what_boxed: str
    what_arguments: str
    what_loop_state: str
    what_temporary: str
    used_by_go: str
    used_by_defer: str
    map_of_many_entries: str
    map_of_large_elements: str
    stored_in_slice: str
    some_return: str
    stays_but_may_allocate: str
    no_allocation: str
    inlined: str
    in_loop: str
    more: str
    package_level: str
    other_functions: str
    copies_escape: str
    copies_stay: str
    copies_may_allocate: str
    copies_both: str
    inlined_calls: Plural
    label: str
    label_no_allocation: str
    label_may_allocate: str
    why_inlined: str
    why_loop_state: str
    helps_loop_state: str
    ignore_loop_state: str
    why_no_allocation: str
    why_stays_but_may_allocate: str
    why_stays_where_inlined_but_may_allocate: str
    stays_on_the_stack: str


@frozen(eq=False, repr=False, match_args=False)
class FunctionMessages:
    """What the compiler says of functions and their parameters."""

    parameter_stays: str
    parameter_leaks: str
    parameter_consequence: str
    inlinable: str
    not_inlinable: str
    allocations: Plural
    allocations_inlined: str
    allocations_without_escape: str
    allocations_all_in_loops: str
    allocations_some_in_loops: str


@frozen(eq=False, repr=False, match_args=False)
class OfferMessages:
    """What can be done about a finding."""

    why_escape: str
    why_escapes: str
    generated_file: str
    leave_it: str
    look_at_this: str
    apply_and_test: str
    apply_and_measure: str
    apply_all: str


@frozen(eq=False, repr=False, match_args=False)
class ProofMessages:
    """What is proved of a fix."""

    gone: str
    out_of_loop: str
    stays_at_calls: str
    on_branch: str
    guarded: str
    unseen: str
    instead: str
    files: Plural
    callers: Plural
    go: str


@frozen(eq=False, repr=False, match_args=False)
class ProfileMessages:
    """What programs allocated."""

    objects: Plural
    amount: str
    share: str
    share_by_number: str
    percent_by_number: str
    share_approximate: str
    less_than: str
    in_function: str
    called_from: str
    top: str
    explained: str
    more: str
    empty: str
    unexplained: Mapping[UnexplainedReason, str]


@frozen(eq=False, repr=False, match_args=False)
class BenchmarkMessages:
    """Benchmarks, in the terminal and in the editor."""

    names_and_more: str
    wrote_files: str
    run: str
    run_again: str
    parts: str


@frozen(eq=False, repr=False, match_args=False)
class CheckMessages:
    """``goescape check``."""

    summary: str
    summary_nothing: str
    sites: Plural
    new_sites: Plural
    no_sites: str
    no_new_sites: str
    packages: Plural
    log: str
    most: str
    known: str
    hidden: str
    decided: str
    not_analysed: str
    failures: str


@frozen(eq=False, repr=False, match_args=False)
class ExplainMessages:
    """``goescape explain``."""

    why: str
    steps: str
    helps: str
    ignore: str
    rank: str
    compiler: str
    nothing: str


@frozen(eq=False, repr=False, match_args=False)
class CompareMessages:
    """``goescape compare``."""

    gone: str
    instead: str
    new: str
    line: str
    moved: str
    more: str
    since: str
    total: str
    total_instead: str
    only_before: str
    only_now: str
    from_nothing: str
    chance_few: str
    chance_unknown: str


@frozen(eq=False, repr=False, match_args=False)
class HoverMessages:
    """Around findings in an editor."""

    profile: str
    helps: str
    fixes: str
    """In front of the fixes that are proved for a finding."""
    ignore: str
    more: str
    waiting: str


@frozen(eq=False, repr=False, match_args=False)
class EditorMessages:
    """What stands in the editor beside findings, and its status."""

    compiler_silent: str
    file_excluded: str
    file_waits: str
    on_line: str
    status_analysing: str
    status_does_not_compile: str
    status_does_not_compile_why: str
    status_paused: str
    which_allocation: str
    work_benchmark: str
    work_packages: str
    work_testing: str
    work_measuring: str


@frozen(eq=False, repr=False, match_args=False)
class TellMessages:
    """What the editor is told in a message of its own, without a capital."""

    benchmark_runs: str
    benchmarks: str
    failed_inside: str
    fix_fails: str
    fix_not_kept: str
    fix_measured: str
    fix_is_old: str
    fix_refused: str
    name_a_profile: str
    no_benchmarks: str
    no_profile: str
    none: str
    not_ready: str
    open_a_file: str
    open_a_folder: str
    open_benchmarks: str
    other_program: str
    written: str


@frozen(eq=False, repr=False, match_args=False)
class ReportMessages:
    """The report as a page."""

    title: str
    about: Plural
    open_files: str
    nothing: str
    total: str
    warning: str
    information: str
    hint: str
    trend: str
    waiting: str
    where: str
    map: str
    sites_measure: str
    bytes_measure: str
    top: str
    allocated: str
    what: str
    packages: str
    functions: str
    causes: str
    sites: str
    order: str
    more_sites: str
    more_rows: str
    new: str
    fixes: str
    fixes_note: str
