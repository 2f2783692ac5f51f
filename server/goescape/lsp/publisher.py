"""What the client was told about each file, and what it is told next."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.lsp.convert import Translator
from goescape.lsp.features.diagnostics import FileDiagnostics, Notice, NoticeCache, notices
from goescape.toolchain.digests import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from goescape.lsp.editor import Editor
    from goescape.lsp.state.snapshot import DocumentSnapshot
    from goescape.lsp.state.workspace_state import WorkspaceState

_REFRESH_SECONDS = 0.05
"""Results that come closer together than this make the client ask again once."""
_MOST_CLOSED = 4
"""Files whose diagnostics are kept as they were sent although they are closed."""
_PROOFS_SECONDS = 1.0
"""Proofs that come closer together than this are published at once."""
_POSTPONED_SECONDS = 10.0
"""How long what changes in files that nobody has open may wait: many packages may speak of one."""


@frozen
class _PublishedFile:
    """What the client knows of a file."""

    key: object
    """That of the snapshot."""
    uri: str
    version: int | None
    digest: bytes
    """Of the diagnostics."""


def _digest(notices: tuple[Notice, ...]) -> bytes:
    """Equal for equal notices, in little memory; empty where there are none."""
    if not notices:
        return b""
    return digest("".join(notice.fingerprint for notice in notices).encode())


class Publisher:
    """Tells the client about diagnostics: pushes them, or has it ask again and answers."""

    def __init__(self, editor: Editor, state: WorkspaceState) -> None:
        self._editor = editor
        self._state = state
        self.notice_cache = NoticeCache()
        self._published: dict[str, _PublishedFile] = {}
        self._sent_before: dict[str, dict[int, tuple[Notice, str]]] = {}
        """The diagnostics of files that are open or were a moment ago, as they were sent."""
        self._closed_lately: dict[str, None] = {}
        self._waiting: dict[str, str] = {}
        """Files whose diagnostics may differ from what was published, by identity."""
        self._postponed: dict[str, str] = {}
        """Those of them that have been published before: more may be said of them soon."""
        self._postponed_timer: asyncio.TimerHandle | None = None
        self._pushing = False
        self._all_pushed = asyncio.Event()
        self._all_pushed.set()
        self._pulled: dict[str, tuple[object, str]] = {}
        """The key of a file's snapshot and the id of its diagnostics."""
        self._nonce = os.urandom(4).hex()
        self._refresh: asyncio.TimerHandle | None = None
        self._refresh_open = False
        self._proved: set[str] = set()
        """Files that there is more to offer for than was published."""
        self._proved_timer: asyncio.TimerHandle | None = None
        self._proved_at = 0.0
        self._closed = False

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        self._all_pushed.set()
        for timer in (self._refresh, self._postponed_timer, self._proved_timer):
            if timer is not None:
                timer.cancel()

    def publish(self, paths: Iterable[str], *, more_follows: bool = False) -> None:
        """Tell the client about files whose findings may differ, and only about those that do.

        Where ``more_follows``, files that nobody has open may wait for that.
        """
        paths = tuple(paths)
        self._refresh_open |= any(self._state.is_open(path) for path in paths)
        self._publish_diagnostics(paths, more_follows=more_follows)

    def proof_made(self, path: str) -> None:
        """There is more to offer for a file: editors ask again when its diagnostics are others."""
        self._proved.add(path)
        if self._proved_timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._proved_timer = loop.call_at(
                self._proved_at + _PROOFS_SECONDS, self._publish_proved
            )

    def _publish_proved(self) -> None:
        paths, self._proved, self._proved_timer = tuple(self._proved), set(), None
        self._proved_at = asyncio.get_running_loop().time()
        self._publish_diagnostics(paths)

    def _publish_diagnostics(self, paths: Sequence[str], *, more_follows: bool = False) -> None:
        """As ``publish``, where nothing but diagnostics may differ."""
        self.push(paths, more_follows=more_follows)
        if self._refresh is None and paths and not self._closed:
            loop = asyncio.get_running_loop()
            self._refresh = loop.call_later(_REFRESH_SECONDS, self._send_refresh)

    def push(self, paths: Iterable[str], *, more_follows: bool = False) -> None:
        """What the user looks at at once; the rest file by file, so that hovers need not wait."""
        if self._editor.client.pulls:
            return
        for key, path in {self._state.identity(path): path for path in paths}.items():
            if self._state.is_open(path):
                self._waiting.pop(key, None)
                self._postponed.pop(key, None)
                self._publish(path)
            elif more_follows and self._is_known_as_closed(key):
                self._postponed[key] = path
            else:
                self._waiting[key] = path
        if self._postponed and self._postponed_timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._postponed_timer = loop.call_later(_POSTPONED_SECONDS, self._push_postponed)
        self._push_rest()

    def _is_known_as_closed(self, key: str) -> bool:
        before = self._published.get(key)
        return before is not None and before.version is None and key not in self._waiting

    async def wait_until_pushed(self, *, include_postponed: bool) -> None:
        """Return when nothing is left to be pushed, or only what had been published before."""
        if include_postponed and self._postponed_timer is not None:
            self._postponed_timer.cancel()
            self._push_postponed()
        await self._all_pushed.wait()

    def _push_postponed(self) -> None:
        self._postponed_timer = None
        self._waiting.update(self._postponed)
        self._postponed.clear()
        self._push_rest()

    def _push_next(self) -> None:
        self._pushing = False
        try:
            if self._waiting and not self._closed:
                self._publish(self._waiting.pop(next(iter(self._waiting))))
        finally:
            self._push_rest()  # or whoever waits for it would wait for ever

    def _push_rest(self) -> None:
        if not self._waiting or self._closed:
            self._all_pushed.set()
        elif not self._pushing:
            self._pushing = True
            self._all_pushed.clear()
            asyncio.get_running_loop().call_soon(self._push_next)

    def _publish(self, path: str) -> None:
        snapshot = self._state.document_to_publish(path)
        key, before = self._state.identity(path), self._published.get(self._state.identity(path))
        if before is not None and before.key == snapshot.key and before.uri == snapshot.uri:
            return
        now = self._notices(snapshot)
        if before is not None and before.uri != snapshot.uri and before.digest:
            self._editor.publish(before.uri, None, [])  # it was published under another name
            self._forget_sent(key)
            before = None
        published = _PublishedFile(snapshot.key, snapshot.uri, snapshot.version, _digest(now))
        self._published[key] = published
        digest_before, version_before = (
            (b"", None) if before is None else (before.digest, before.version)
        )
        is_same = (digest_before, version_before) == (published.digest, published.version)
        if is_same or not (published.digest or digest_before):
            return
        keep = self._is_kept(key, is_open=snapshot.buffer is not None)
        diagnostics = self._sent(key, now, snapshot, keep=keep)
        self._editor.publish(snapshot.uri, snapshot.version, diagnostics)

    def _is_kept(self, key: str, *, is_open: bool) -> bool:
        """Whether a file may soon be shown again; those that were closed first are forgotten."""
        self._closed_lately.pop(key, None)
        if not is_open and key in self._sent_before:
            self._closed_lately[key] = None
            for old in [*self._closed_lately][:-_MOST_CLOSED]:
                self._forget_sent(old)
        return is_open or key in self._closed_lately

    def _forget_sent(self, key: str) -> None:
        self._closed_lately.pop(key, None)
        self._sent_before.pop(key, None)

    def _sent(
        self, key: str, now: tuple[Notice, ...], snapshot: DocumentSnapshot, *, keep: bool
    ) -> list[str]:
        """The diagnostics of a file as they are sent; they are kept for next time if asked to."""
        before, translator = self._sent_before.pop(key, {}), Translator.of(snapshot)
        sent: dict[int, tuple[Notice, str]] = {}
        for notice in now:
            same = before.get(id(notice))
            if same is None or same[0] is not notice:
                same = notice, self._editor.json(translator.diagnostic(notice))
            sent[id(notice)] = same
        if keep:
            self._sent_before[key] = sent
        return [text for _, text in sent.values()]

    def _notices(self, snapshot: DocumentSnapshot) -> tuple[Notice, ...]:
        """The diagnostics of a file; of those that nobody looks at, none is kept."""
        near = snapshot.buffer is not None
        near = near or self._state.identity(snapshot.path) in self._sent_before
        return notices(snapshot, self.notice_cache if near else NoticeCache())

    def pull(self, path: str, previous: str | None = None) -> FileDiagnostics:
        """The diagnostics of a file for a client that asks; equal ones have an equal id.

        Without notices when they are those of the ``previous`` id.
        """
        key, snapshot = self._state.identity(path), self._state.document_to_publish(path)
        before = self._pulled.get(key)
        if before is not None and before[0] == snapshot.key and before[1] == previous:
            return FileDiagnostics(snapshot.uri, snapshot.version, (), before[1])
        now = self._notices(snapshot)
        result_id = f"{self._nonce}.{_digest(now).hex()}"
        self._pulled[key] = snapshot.key, result_id
        return FileDiagnostics(snapshot.uri, snapshot.version, now, result_id)

    def pull_all(self, before: Mapping[str, str]) -> Iterator[FileDiagnostics]:
        """Those of the files that have diagnostics, and all that the client remembers.

        ``before`` are the ids that it has, by path. It may be gone through in several turns of the
        event loop.
        """
        identity, packages = self._state.identity, self._state.packages
        paths = (*before, *packages.excluded_paths(), *packages.known_paths())
        by_identity = {identity(path): path for path in paths}
        remembered = {identity(path): value for path, value in before.items()}
        for key, path in by_identity.items():
            file = self.pull(path, remembered.get(key))
            if file.notices or key in remembered:
                yield file

    def _send_refresh(self) -> None:
        open_files, self._refresh_open, self._refresh = self._refresh_open, False, None
        self._editor.refresh(open_files=open_files)
