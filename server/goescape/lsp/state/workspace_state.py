"""What the editor shows and what is known of it: the one mutable object, and its snapshots."""

from __future__ import annotations

import os
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from goescape.analysis.messages.languages import ENGLISH, catalogue_for, language_of_environment
from goescape.analysis.ranking.rank import RankPolicy
from goescape.analysis.syntax.source import is_same_text
from goescape.lsp.client_features import ClientFeatures
from goescape.lsp.file_filter import is_silenced
from goescape.lsp.state.benchmark_results import BenchmarkResults
from goescape.lsp.state.buffers import Buffers
from goescape.lsp.state.disk_texts import DiskTexts
from goescape.lsp.state.package_store import PackageStore
from goescape.lsp.state.package_views import PackageViews
from goescape.lsp.state.profiles import LoadedProfiles, Ranking
from goescape.lsp.state.snapshot import DocumentSnapshot, WorkspaceSnapshot
from goescape.lsp.uris import relative
from goescape.settings import Settings
from goescape.toolchain.proofs.offers import FixOffers, reason_to_leave

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import PackageReport
    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.source import SourceText
    from goescape.lsp.state.buffers import Buffer, OpenDocuments
    from goescape.lsp.state.package_store import PackageState
    from goescape.lsp.state.report_cache import OnLost
    from goescape.lsp.state.report_view import ReportView
    from goescape.toolchain.proofs.background_proofs import BackgroundProofs


class WorkspaceState:
    """Settings, open files, analysed packages, profiles. Lives on the event loop's thread.

    Nothing here starts any work. ``on_lost`` takes the files of a package whose report cannot be
    unpacked, in any thread; ``on_full`` is called when more reports lie unpacked than is planned;
    ``on_profiles`` when the profiles have changed.
    """

    def __init__(
        self,
        on_lost: OnLost,
        on_full: Callable[[], None],
        on_profiles: Callable[[], None],
    ) -> None:
        self._on_lost = on_lost
        self._on_full = on_full
        self.client = ClientFeatures()
        self.settings = Settings()
        self.catalogue: Catalogue = ENGLISH
        self.folders: tuple[str, ...] = ()
        self.buffers = Buffers()
        self.latest_path: str | None = None
        """The file that the user was in last."""
        self.profiles = LoadedProfiles(on_profiles)
        self.benchmarks = BenchmarkResults()
        self.proofs: BackgroundProofs | None = None
        """None before there is a background."""
        self._disk = DiskTexts()
        self.forget_packages()

    def forget_packages(self) -> None:
        """Begin with nothing analysed."""
        self.packages = PackageStore(self._on_lost, self._on_full)
        self._views = PackageViews(self.packages)

    def use_settings(self, settings: Settings, locale: str) -> None:
        """Other settings, and the language that they ask for; ``locale`` is the editor's."""
        self.settings = settings
        self.buffers.compiles_unsaved = settings.run == "onType"
        locales = (locale, *language_of_environment(os.environ.items()))
        self.catalogue = catalogue_for(settings.language, locales)

    async def pack_unused(self) -> None:
        """Pack reports that nobody has asked for lately."""
        await self.packages.cache.tidy()
        self._views.forget_packed()

    # Snapshots.

    def document(self, path: str) -> DocumentSnapshot:
        """All that is known of a file."""
        documents, ranking = self.buffers.documents, self._ranking()
        view = partial(self._views.view, documents=documents, ranking=ranking)
        packages = self.packages.about(path)
        offers = self._fix_offers(path, packages)
        return self._document(path, documents, packages, view, offers)

    def document_to_publish(self, path: str) -> DocumentSnapshot:
        """Enough for diagnostics: many packages may speak of a file that nobody has open."""
        documents, ranking = self.buffers.documents, self._ranking()
        view = partial(self._views.view, documents=documents, ranking=ranking)
        if documents.at(path) is None:
            view = partial(self._views.excerpt, path=path, documents=documents, ranking=ranking)
        return self._document(path, documents, self.packages.about(path), view, FixOffers())

    def _document(
        self,
        path: str,
        documents: OpenDocuments,
        packages: tuple[PackageState, ...],
        view: Callable[[PackageState], ReportView],
        offers: FixOffers,
    ) -> DocumentSnapshot:
        return DocumentSnapshot(
            **self._shared(documents),
            view=view,
            path=path,
            uri=documents.uri(path),
            buffer=documents.at(path),
            packages=packages,
            waiting=self.packages.waiting_for(path),
            excluded=self.packages.excluded(path),
            fix_counts=self._fix_counts(path, packages),
            fix_offers=offers,
            benchmarks=self.benchmarks.results,
            profiles_version=self.profiles.version,
        )

    def workspace(self) -> WorkspaceSnapshot:
        """All that was analysed."""
        documents, ranking = self.buffers.documents, self._ranking()
        return WorkspaceSnapshot(
            **self._shared(documents),
            view=partial(self._views.view, documents=documents, ranking=ranking),
            packages=self.packages.packages(),
            profile_names=self.profiles.names,
            ranked=lambda package: ranking.ranked(package.report).report,
        )

    def _ranking(self) -> Ranking:
        return Ranking(self.profiles.merged, RankPolicy.of(self.settings))

    def _shared(self, documents: OpenDocuments) -> dict[str, Any]:
        folders = self.folders
        return {
            "settings": self.settings,
            "client": self.client,
            "catalogue": self.catalogue,
            "folders": folders,
            "documents": documents,
            "text_of": partial(self._text, documents),
            "disk_text": self._disk.text,
            "relative_to_folder": lambda path: relative(path, folders, self.packages.identity),
        }

    # Files.

    def is_open(self, path: str) -> bool:
        """Whether the editor shows a file."""
        return self.buffers.documents.at(path) is not None

    def identity(self, path: str) -> str:
        """The same text for every name of a file."""
        return self.packages.identity(path)

    def _text(self, documents: OpenDocuments, path: str) -> SourceText | None:
        if (shown := documents.text(path)) is not None:
            return shown
        for package in self.packages.about(path):
            for name in self.packages.spellings(package, path):
                if (compiled := package.slot.source(name)) is not None:
                    return compiled
        return self._disk.text(path)

    def is_saved(self, buffer: Buffer) -> bool:
        """Whether the disk holds the text that the editor shows."""
        saved = self._disk.text(buffer.path)
        return saved is not None and is_same_text(buffer.source.content, saved.content)

    # Fixes.

    def report_to_fix(self, path: str) -> tuple[PackageReport, str] | None:
        """The report that a file's fixes are looked for in, and how it spells the file.

        None where there are none to offer: the file is silenced or does not compile, or the editor
        shows another text than was compiled.
        """
        return self._report_to_fix(path, self.packages.about(path))

    def _report_to_fix(
        self, path: str, packages: tuple[PackageState, ...]
    ) -> tuple[PackageReport, str] | None:
        if not self.settings.fixes_enable or self._is_silenced(path):
            return None
        wanted = self.identity(path)
        for package in packages:
            report = package.report
            names = [file for file in report.files if self.identity(file) == wanted]
            if names and not package.errors and not package.test_errors:
                return (report, names[0]) if self._is_as_shown(report) else None
        return None

    def _is_silenced(self, path: str) -> bool:
        return is_silenced(relative(path, self.folders, self.packages.identity), self.settings)

    def _fix_offers(self, path: str, packages: tuple[PackageState, ...]) -> FixOffers:
        """What is proved of a file in the text that is shown."""
        if self.proofs is None or (to_fix := self._report_to_fix(path, packages)) is None:
            return FixOffers()
        return self.proofs.offers(*to_fix)

    def _fix_counts(
        self, path: str, packages: tuple[PackageState, ...]
    ) -> Mapping[tuple[Span, str], int]:
        """How many fixes are proved and may be offered of each finding of a file."""
        if self.proofs is None or not self.settings.fixes_enable:
            return {}
        targets = [
            proof.candidate.target
            for name in {path, *self._own_names(path, packages)}
            for proof in self.proofs.proved(name)
        ]
        return Counter(
            (target.span, target.subject)
            for target in targets
            if target is not None and not reason_to_leave(target)
        )

    def names_in_reports(self, path: str) -> set[str]:
        """How the reports of its own packages spell a file, and the path itself."""
        return {path, *self._own_names(path, self.packages.about(path))}

    def _own_names(self, path: str, packages: tuple[PackageState, ...]) -> set[str]:
        wanted = self.identity(path)
        return {
            name for package in packages for name in package.files if self.identity(name) == wanted
        }

    def _is_as_shown(self, report: PackageReport) -> bool:
        """Whether the editor shows the text that was compiled, and the disk holds it too: proofs
        compare with what is saved.
        """
        identity = self.packages.identity
        by_identity = {identity(path): source for path, source in report.sources.items()}
        for buffer in self.buffers.documents:
            source = by_identity.get(identity(buffer.path))
            if source is None:
                continue
            if not self.is_saved(buffer):
                return False
            if not is_same_text(buffer.source.content, source.content):
                return False
        return True
