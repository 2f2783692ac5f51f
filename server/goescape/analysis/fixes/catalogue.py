"""All rewrites, and what they would change in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from goescape.analysis.fixes import (
    append_destination,
    array_pool,
    array_variable,
    as_type,
    buffer_pool,
    builder,
    builder_grow,
    by_index,
    capture_field,
    channel_values,
    concrete_parameter,
    concrete_result,
    copy_capture,
    defer_in_loop,
    fill_destination,
    fprintf,
    guard_logging,
    hoist_buffer,
    hoist_closure,
    hoist_method_value,
    hoist_variable,
    map_index,
    map_values,
    preallocate,
    range_method,
    reader_reset,
    return_value,
    reuse_timer,
    sentinel,
    slice_values,
    small_array,
    sort_func,
    split_constructor,
    sprintf,
    type_parameter,
    value_ok,
    write_string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.fixes.candidate import Candidate, Refusal
    from goescape.analysis.fixes.code import Code
    from goescape.analysis.go_syntax import GoSyntax


class Rewrite(Protocol):
    """The shape of every module here that rewrites something."""

    CODE: str
    """Its stable name: ``return-value``."""

    def candidates(self, code: Code, file: GoSyntax) -> Iterator[Candidate | Refusal]:
        """What it would change in one file."""


REWRITES: tuple[Rewrite, ...] = (
    split_constructor,
    concrete_parameter,
    concrete_result,
    fill_destination,
    sprintf,
    sentinel,
    write_string,
    as_type,
    return_value,
    type_parameter,
    value_ok,
    sort_func,
    by_index,
    preallocate,
    array_variable,
    small_array,
    copy_capture,
    capture_field,
    fprintf,
    hoist_closure,
    hoist_method_value,
    builder,
    map_index,
    reuse_timer,
    slice_values,
    guard_logging,
    channel_values,
    defer_in_loop,
    hoist_variable,
    hoist_buffer,
    range_method,
    array_pool,
    buffer_pool,
    builder_grow,
    reader_reset,
    append_destination,
    map_values,
)


def candidates(code: Code, path: str) -> Iterator[Candidate | Refusal]:
    """Everything that any rewrite would change in a file, in the order of the file."""
    file = code.files[path]
    found = [each for rewrite in REWRITES for each in rewrite.candidates(code, file)]
    yield from sorted(found, key=lambda each: (each.at, each.title))
