"""Which fixes would fit a package, before any of them is proved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from goescape.fixes.candidate import Candidate
from goescape.fixes.context.package_code import PackageCode, PackageUsers
from goescape.fixes.driver import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import PackageReport


def suggestions(
    reports: Iterable[PackageReport], go: tuple[int, int], catalogue: Catalogue
) -> Counter[str]:
    """How often each fix fits by its syntax, by headline; ``go`` is the toolchain's version.

    Who imports the packages is not looked at, so that a fix of an exported name never counts.
    """
    counts: Counter[str] = Counter()
    for report in reports:
        if report.errors:
            continue
        code = PackageCode(report, PackageUsers(), go, go)
        for path in code.files:
            headlines = {
                (fix.code, fix.at): fix.headline(catalogue) for fix in _candidates(code, path)
            }
            counts.update(headlines.values())
    return counts


def _candidates(code: PackageCode, path: str) -> Iterable[Candidate]:
    return (fix for fix in candidates(code, path) if isinstance(fix, Candidate))
