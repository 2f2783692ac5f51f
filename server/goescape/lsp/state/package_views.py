"""Packages as features see them: ranked, in the text that is shown."""

from __future__ import annotations

import weakref
from functools import partial
from typing import TYPE_CHECKING

from goescape.lsp.state.report_view import PositionShifts, RankedReport, ReportView

if TYPE_CHECKING:
    from goescape.lsp.state.buffers import OpenDocuments
    from goescape.lsp.state.package_store import PackageState, PackageStore
    from goescape.lsp.state.profiles import Ranking


class PackageViews:
    """Makes views; what is the same for every text is kept while a report lies unpacked."""

    def __init__(self, store: PackageStore) -> None:
        self._store = store
        self._shifts = PositionShifts()
        self._ranking: Ranking | None = None
        """The one of all that is in ``_ranked``."""
        self._ranked: weakref.WeakKeyDictionary[PackageState, RankedReport] = (
            weakref.WeakKeyDictionary()
        )

    def view(self, package: PackageState, documents: OpenDocuments, ranking: Ranking) -> ReportView:
        """A package in the text of these documents."""
        return self._view(package, self._ranked_report(package, ranking), documents)

    def excerpt(
        self, package: PackageState, path: str, documents: OpenDocuments, ranking: Ranking
    ) -> ReportView:
        """At least what a package says of a file; a report that is packed stays so."""
        if not package.slot.is_packed or ranking.profile is not None:
            return self.view(package, documents, ranking)  # profiles judge a package as a whole
        excerpt = package.slot.excerpt(self._store.spellings(package, path))
        return self._view(package, ranking.ranked(excerpt), documents)

    def forget_packed(self) -> None:
        """Keep nothing of reports that are packed."""
        for package in [package for package in self._ranked if package.slot.is_packed]:
            del self._ranked[package]

    def _ranked_report(self, package: PackageState, ranking: Ranking) -> RankedReport:
        if not ranking.is_same(self._ranking):
            self._ranking = ranking
            self._ranked.clear()
        ranked = self._ranked.get(package)
        if ranked is not None:
            package.slot.touch()
            return ranked
        ranked = self._ranked[package] = ranking.ranked(package.report)
        self.forget_packed()
        return ranked

    def _view(
        self, package: PackageState, ranked: RankedReport, documents: OpenDocuments
    ) -> ReportView:
        names = partial(self._store.spellings, package)
        return ReportView(ranked, names, documents, self._shifts, package.errors)
