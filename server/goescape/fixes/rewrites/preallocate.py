"""A slice that grows in a range loop gets its capacity beforehand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import Promise
from goescape.fixes.flow.append_loops import (
    check_start_unseen,
    growths,
    is_exact,
    made_beforehand,
)
from goescape.fixes.rewrite import Change, Match, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode
    from goescape.fixes.flow.append_loops import AppendLoop


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """One append for each iteration at most; where each has one, assign-by-index does better."""
    for growth in growths(code, file):
        if not is_exact(code, file, growth):
            yield Match((), partial(_change, code, file, growth), file.span(growth.call))


def _change(code: PackageCode, file: GoFile, growth: AppendLoop) -> Change:
    check_start_unseen(code, file, growth)
    edits = made_beforehand(file, growth, f"0, len({text(growth.ranged)})")
    return Change(edits, may_add=(r"make\(.*\)",))


REWRITE = Rewrite(
    code="preallocate",
    title="Preallocate the slice with make",
    brings=(
        "The slice gets enough capacity at once. `append` would have grown and copied it "
        "several times."
    ),
    before="""
type User struct {
	ID   int
	Name string
}

func ids(users []User) []int {
	var out []int
	for _, u := range users {
		if u.Name != "" {
			out = append(out, u.ID)
		}
	}
	return out
}
""",
    after="""
type User struct {
	ID   int
	Name string
}

func ids(users []User) []int {
	out := make([]int, 0, len(users))
	for _, u := range users {
		if u.Name != "" {
			out = append(out, u.ID)
		}
	}
	return out
}
""",
    checks=(
        "The loop appends at most one element in each iteration.",
        "Nothing else uses the slice before the loop ends.",
    ),
    refused_when=(
        "someone could tell an empty slice from the `nil` that it was without a single append",
        "the code that follows might see the different capacity",
    ),
    promise=Promise.UNSEEN,
    find=_find,
)
