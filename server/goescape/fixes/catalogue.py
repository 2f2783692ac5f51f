"""All rewrites, and what they would change in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from goescape.fixes.rewrites import (
    append_destination,
    array_pool,
    array_variable,
    assign_by_index,
    buffer_pool,
    builder_grow,
    capture_field,
    channel_of_values,
    concrete_parameter,
    concrete_result,
    copy_capture,
    defer_in_loop,
    errors_as_type,
    fill_destination,
    fprintf,
    guard_logging,
    hoist_buffer,
    hoist_closure,
    hoist_method_value,
    hoist_variable,
    map_index,
    map_of_values,
    preallocate,
    range_method,
    reader_reset,
    return_value,
    reuse_timer,
    sentinel_error,
    slice_of_values,
    small_array,
    sort_func,
    split_constructor,
    sprintf,
    strings_builder,
    type_parameter,
    value_ok,
    write_string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Candidate, Refusal
    from goescape.fixes.context.package_code import PackageCode


class Rewrite(Protocol):
    """The shape of every module here that rewrites something."""

    CODE: str
    """Its stable name: ``return-value``."""

    def candidates(self, code: PackageCode, file: GoFile) -> Iterator[Candidate | Refusal]:
        """What it would change in one file."""


REWRITES: tuple[Rewrite, ...] = (
    split_constructor,
    concrete_parameter,
    concrete_result,
    fill_destination,
    sprintf,
    sentinel_error,
    write_string,
    errors_as_type,
    return_value,
    type_parameter,
    value_ok,
    sort_func,
    assign_by_index,
    preallocate,
    array_variable,
    small_array,
    copy_capture,
    capture_field,
    fprintf,
    hoist_closure,
    hoist_method_value,
    strings_builder,
    map_index,
    reuse_timer,
    slice_of_values,
    guard_logging,
    channel_of_values,
    defer_in_loop,
    hoist_variable,
    hoist_buffer,
    range_method,
    array_pool,
    buffer_pool,
    builder_grow,
    reader_reset,
    append_destination,
    map_of_values,
)


def candidates(code: PackageCode, path: str) -> Iterator[Candidate | Refusal]:
    """Everything that any rewrite would change in a file, in the order of the file."""
    file = code.files[path]
    found = [each for rewrite in REWRITES for each in rewrite.candidates(code, file)]
    yield from sorted(found, key=lambda each: (each.at, each.title))
