"""A slice that grows in a range loop gets its capacity beforehand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import Promise
from goescape.fixes.flow.append_loops import (
    always_appends,
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
    """One append for each iteration at most; where each has one, assign-by-index does better.

    Where no iteration appends, there was no allocation: only the user knows whether that is rare.
    """
    for growth in growths(code, file):
        if not is_exact(code, file, growth):
            yield Match((), partial(_change, code, file, growth), file.span(growth.call))


def _change(code: PackageCode, file: GoFile, growth: AppendLoop) -> Change:
    check_start_unseen(code, file, growth)
    edits = made_beforehand(file, growth, f"0, len({text(growth.ranged)})")
    return Change(edits, may_add=(r"make\(.*\)",), is_trade=not always_appends(growth))


REWRITE = Rewrite(
    code="preallocate",
    title="Preallocate the slice with make",
    brings=(
        "The slice gets enough capacity at once. `append` would have grown and copied it "
        "several times."
    ),
    before="""
func ids(users map[int]string) []int {
	var out []int
	for id := range users {
		out = append(out, id)
	}
	return out
}
""",
    after="""
func ids(users map[int]string) []int {
	out := make([]int, 0, len(users))
	for id := range users {
		out = append(out, id)
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
    look_at_trade="Iterations may end without an append: it pays where most of them append.",
    find=_find,
    predeclared=frozenset({"append", "make", "len"}),
)
