"""What features are given: all that is known at one moment, of one file or of the workspace.

A snapshot never changes, and looking at it starts nothing: what an editor asks for is a function of
it. Whoever has waited for something takes another one.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.lsp.editor_positions import EditorPositions
from goescape.lsp.file_filter import is_silenced
from goescape.toolchain.proofs.offers import FixOffers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.model import CompileError, PackageReport
    from goescape.analysis.positions import Span
    from goescape.analysis.profiles.benchmarks import BenchmarkResult
    from goescape.analysis.syntax.source import SourceText
    from goescape.lsp.client_features import ClientFeatures
    from goescape.lsp.state.buffers import Buffer, OpenDocuments
    from goescape.lsp.state.package_store import PackageState
    from goescape.lsp.state.report_view import ReportView
    from goescape.settings import Settings


@frozen(eq=False, kw_only=True)
class Snapshot:
    """What is the same for all files."""

    settings: Settings
    client: ClientFeatures
    catalogue: Catalogue
    """The language of all that is said."""
    folders: tuple[str, ...]
    """The workspace's."""
    documents: OpenDocuments
    """What the editor shows."""
    view: Callable[[PackageState], ReportView]
    """A package in the text that the editor shows."""
    text_of: Callable[[str], SourceText | None]
    """The text that positions in a file belong to."""
    disk_text: Callable[[str], SourceText | None]
    """What lies on the disk, whatever the editor shows."""
    relative_to_folder: Callable[[str], str]
    """A path below its workspace folder, with slashes."""

    @cached_property
    def positions(self) -> EditorPositions:
        """From places to the editor's positions."""
        return EditorPositions(cache(self.text_of), cache(self.documents.uri))


@frozen(eq=False, kw_only=True)
class DocumentSnapshot(Snapshot):
    """One file: all that decides what is shown in it."""

    path: str
    uri: str
    """How the editor names the file."""
    buffer: Buffer | None = None
    """The open file; None when it is closed."""
    packages: tuple[PackageState, ...] = ()
    """Those that speak of the file, its own first."""
    waiting: tuple[CompileError, ...] | None = None
    """The errors of its package; None when it compiles."""
    excluded: str | None = None
    """Why the build leaves it out."""
    fix_counts: Mapping[tuple[Span, str], int] = field(factory=dict)
    """How many fixes are proved of a finding, by its span and subject."""
    fix_offers: FixOffers = field(factory=FixOffers)
    """What is known of its fixes."""
    benchmarks: Mapping[tuple[str, str], tuple[BenchmarkResult, ...]] = field(factory=dict)
    """What the user's benchmarks measured last, by package and function."""
    profiles_version: int = 0
    """Another one whenever profiles are loaded or removed."""

    @property
    def version(self) -> int | None:
        """The editor's number of the text; None when the file is closed."""
        return None if self.buffer is None else self.buffer.version

    @cached_property
    def text(self) -> SourceText | None:
        """The text that positions in the file belong to."""
        return self.text_of(self.path)

    @cached_property
    def views(self) -> tuple[ReportView, ...]:
        """The packages that speak of the file, its own first."""
        return tuple(self.view(package) for package in self.packages)

    @cached_property
    def relative(self) -> str:
        """The path below the file's workspace folder, with slashes."""
        return self.relative_to_folder(self.path)

    @property
    def is_silenced(self) -> bool:
        """Whether the settings silence the file."""
        return is_silenced(self.relative, self.settings)

    @cached_property
    def key(self) -> object:
        """Equal for snapshots in which the file has the same diagnostics; costs little."""
        failing = any(package.errors or package.test_errors for package in self.packages)
        text_alone = self.excluded is not None or failing
        buffer = self.buffer
        return (
            self.packages,
            self.excluded,
            None if buffer is None else buffer.source,
            self.disk_text(self.path) if text_alone and buffer is None else None,
            self.settings,
            self.profiles_version,
            self.folders,
            self.fix_counts,
        )


@frozen(eq=False, kw_only=True)
class WorkspaceSnapshot(Snapshot):
    """Everything that was analysed."""

    packages: tuple[PackageState, ...] = ()
    profile_names: tuple[str, ...] = ()
    """Of the profiles that are loaded."""
    ranked: Callable[[PackageState], PackageReport]
    """A package's report with its findings as settings and profiles rank them."""
