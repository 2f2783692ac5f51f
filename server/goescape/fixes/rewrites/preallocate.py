"""A slice that grows in a range loop gets its capacity beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.fixes.candidate import Candidate, Promise, Refusal
from goescape.fixes.flow.append_loops import growths, is_on_the_heap, made_beforehand, objection
from goescape.fixes.rewrites.assign_by_index import is_exact
from goescape.fixes.syntax.local_variables import redeclares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

CODE = "preallocate"
TITLE = "Preallocate the slice with make"


def candidates(code: PackageCode, file: GoFile) -> Iterator[Candidate | Refusal]:
    """One append for each iteration at most; where each has one, ``by_index`` does better."""
    if redeclares(code, "append", "make", "len"):
        return
    for growth in growths(code, file):
        if is_exact(code, growth) or not is_on_the_heap(code, file, growth):
            continue
        if reason := objection(code, file, growth):
            yield Refusal(CODE, TITLE, file.span(growth.call), reason)
            continue
        yield Candidate(
            CODE,
            TITLE,
            file.span(growth.call),
            made_beforehand(file, growth, f"0, len({text(growth.ranged)})"),
            Promise.UNSEEN,
            may_add=(r"make\(.*\)",),
        )
