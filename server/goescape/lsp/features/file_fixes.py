"""Fixes of the files that the editor shows: when to prove them, and whether they still fit."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.syntax.source import BOM, is_same_text
from goescape.lsp.features.code_action import FileChange
from goescape.lsp.features.diagnostics import is_quiet
from goescape.toolchain.proofs.offers import FixOffers, reason_to_leave

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from goescape.analysis.model import PackageReport
    from goescape.analysis.positions import Span
    from goescape.analysis.syntax.source import SourceText
    from goescape.lsp.background import Background
    from goescape.lsp.features.diagnostics import FileState
    from goescape.lsp.publisher import Publisher
    from goescape.lsp.state.buffers import Buffer, Buffers
    from goescape.lsp.state.package_store import PackageStore
    from goescape.settings import Settings
    from goescape.toolchain.proofs.prover import Proof

_TELL_SECONDS = 1.0
"""Proofs that come closer together than this are told at once."""
TESTING = -1
"""The token of that work; those of the scheduler are positive."""


class FixesHost(Protocol):
    """What the fixes of files look at: the session that they belong to."""

    folders: tuple[str, ...]
    latest: str
    settings: Settings
    buffers: Buffers
    store: PackageStore
    publisher: Publisher
    background: Background | None

    def facts(self, path: str) -> FileState:
        """What is known of a file."""

    def disk_text(self, path: str) -> SourceText | None:
        """The text of a file on the disk."""

    def announced(self, token: int, title: str) -> AbstractContextManager[None]:
        """Tells the user of the work inside."""


class FileFixes:
    """The part of a session that speaks with the owner of the proofs."""

    def __init__(self, session: FixesHost) -> None:
        self._session = session
        self._lines: dict[str, int] = {}
        self._running: set[int] = set()
        self._untold: set[str] = set()
        self._telling: asyncio.TimerHandle | None = None
        self._told_at = 0.0
        self.testing: asyncio.Future[str] | None = None
        """The tests that run with a fix."""

    def look(self, path: str, line: int = 0) -> FixOffers:
        """What is known of a file's fixes in the text that is shown; the rest is proved now."""
        session = self._session
        line = self._lines[path] = line or self._lines.get(path, 1)
        quiet = is_quiet(session.facts(path), session.settings)
        if session.background is None or not session.settings.fixes_enable or quiet:
            return FixOffers()
        for known in session.store.about(path):
            report = known.report
            wanted = session.store.identity(path)
            names = [file for file in report.files if session.store.identity(file) == wanted]
            if names and not known.errors and not known.test_errors:
                if not self._is_shown(report):
                    return FixOffers()
                session.background.proofs.folders = session.folders
                return session.background.proofs.look_at(report, names[0], line)
        return FixOffers()

    def shown(self, path: str) -> None:
        """The editor shows a file: its fixes may be wanted soon."""
        self.look(path)

    def reported(self, report: PackageReport) -> None:
        """A package was compiled: prove the fixes of the file that the user is in."""
        session = self._session
        latest = session.latest
        identity = session.store.identity
        if (
            latest
            and session.buffers.at(latest)
            and any(identity(file) == identity(latest) for file in report.files)
        ):
            self.look(latest)

    def proved(self, path: str) -> None:
        """There is more to offer for a file: editors ask again when its diagnostics are others."""
        self._untold.add(path)
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_at(self._told_at + _TELL_SECONDS, self._tell)

    def _tell(self) -> None:
        paths, self._untold, self._telling = tuple(self._untold), set(), None
        self._told_at = asyncio.get_running_loop().time()
        self._session.publisher.publish_diagnostics(paths)

    def close(self) -> None:
        """Tell nothing any more."""
        if self._telling is not None:
            self._telling.cancel()

    def counts(self, path: str) -> dict[tuple[Span, str], int]:
        """How many fixes are proved and may be offered of each finding of a file."""
        background = self._session.background
        if background is None or not self._session.settings.fixes_enable:
            return {}
        names = {path, *self._names(path)}
        targets = [
            proof.candidate.target for name in names for proof in background.proofs.proved(name)
        ]
        return Counter(
            (t.span, t.subject) for t in targets if t is not None and not reason_to_leave(t)
        )

    def edited(self, buffer: Buffer) -> None:
        """The editor shows another text: what was proved of the old one is of no use."""
        background = self._session.background
        if background is not None:
            for name in {buffer.path, *self._names(buffer.path)}:
                background.proofs.edited(name)

    def changed(self, path: str) -> None:
        """A file was saved, or changed on the disk."""
        if self._session.background is not None:
            self._session.background.proofs.changed(path)

    def hold(self, token: int, *, busy: bool) -> None:
        """An analysis began or ended: proofs wait for it."""
        (self._running.add if busy else self._running.discard)(token)
        if self._session.background is not None:
            self._session.background.proofs.hold(busy=bool(self._running))

    async def failing_tests(self, proof: Proof) -> str:
        """What the packages' own tests say of a fix; empty when they pass. Can be cancelled."""
        background = self._session.background
        if background is None:
            return current_catalogue().text("server ends")
        title = current_catalogue().text("work testing", fix=proof.candidate.headline)
        self.testing = asyncio.ensure_future(background.engine.failing_tests(proof.contents))
        with self._session.announced(TESTING, title):
            return await self.testing

    def changes(self, proof: Proof) -> tuple[FileChange, ...] | None:
        """The files with their present texts; None when one is another than was proved."""
        found = []
        for path, old in proof.originals.items():
            new, buffer = proof.contents[path], self._session.buffers.at(path)
            if buffer is None:
                text = self._session.disk_text(path)
                if text is None or text.content != old:
                    return None
                found.append(FileChange(path, None, old, new))
                continue
            if not is_same_text(buffer.source.content, old):
                return None
            shown = buffer.source.content
            new = new if shown == old else new.removeprefix(BOM)
            found.append(FileChange(path, buffer.version, shown, new))
        return tuple(found)

    def _names(self, path: str) -> set[str]:
        """How the compiler's reports spell a file."""
        return {
            name
            for known in self._session.store.about(path)
            for name in known.files
            if self._session.store.identity(name) == self._session.store.identity(path)
        }

    def _is_shown(self, report: PackageReport) -> bool:
        """Whether the editor shows the text that was compiled, and the disk holds it too: proofs
        compare with what is saved.
        """
        identity = self._session.store.identity
        by_identity = {identity(path): source for path, source in report.sources.items()}
        for buffer in self._session.buffers:
            source = by_identity.get(identity(buffer.path))
            if source is None:
                continue
            shown, saved = buffer.source.content, self._session.disk_text(buffer.path)
            if saved is None or not is_same_text(shown, saved.content):
                return False
            if not is_same_text(shown, source.content):
                return False
        return True
