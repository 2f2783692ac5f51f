"""What the client was told about each file, and what it is told next."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from goescape.lsp.diagnostics import FileFacts, Notice, Shown, Stories, notices
from goescape.lsp.paths import identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from goescape.lsp.buffers import Buffers
    from goescape.lsp.convert import Translator
    from goescape.lsp.editor import Editor
    from goescape.settings import Settings

_REFRESH_SECONDS = 0.05
"""Results that come closer together than this make the client ask again once."""


class Publisher:
    """Tells the client about diagnostics: pushes them, or has it ask again and answers."""

    def __init__(
        self,
        editor: Editor,
        buffers: Buffers,
        settings: Callable[[], Settings],
        facts: Callable[[str], FileFacts],
        translator: Callable[[], Translator],
    ) -> None:
        self._editor = editor
        self._buffers = buffers
        self._settings = settings
        self._facts = facts
        self._translator = translator
        self._stories = Stories()
        self._published: dict[str, Shown] = {}
        self._unpushed: dict[str, str] = {}
        """Files whose diagnostics may differ from what was published, by identity."""
        self._pushing = False
        self._pulled: dict[str, Shown] = {}
        self._result_number = 0
        self._nonce = secrets.token_hex(4)
        self._refresh: asyncio.TimerHandle | None = None
        self._refresh_open = False
        self._closed = False

    def close(self) -> None:
        """Tell nothing more."""
        self._closed = True
        if self._refresh is not None:
            self._refresh.cancel()

    def publish(self, paths: Iterable[str]) -> None:
        """Tell the client about files whose findings may differ, and only about those that do."""
        paths = tuple(paths)
        self._refresh_open |= any(self._buffers.at(path) is not None for path in paths)
        self.publish_diagnostics(paths)

    def publish_diagnostics(self, paths: Sequence[str]) -> None:
        """The same where nothing but diagnostics may differ."""
        self.push(paths)
        if self._refresh is None and paths and not self._closed:
            loop = asyncio.get_running_loop()
            self._refresh = loop.call_later(_REFRESH_SECONDS, self._send_refresh)

    def push(self, paths: Iterable[str]) -> None:
        """What the user looks at at once; the rest file by file, so that hovers need not wait."""
        if self._editor.client.pulls:
            return
        for path in {identity(path): path for path in paths}.values():
            if self._buffers.at(path) is not None:
                self._unpushed.pop(identity(path), None)
                self._publish(path)
            else:
                self._unpushed[identity(path)] = path
        self._push_rest()

    def _push_next(self) -> None:
        self._pushing = False
        if self._unpushed and not self._closed:
            path = self._unpushed.pop(next(iter(self._unpushed)))
            self._push_rest()
            self._publish(path)

    def _push_rest(self) -> None:
        if self._unpushed and not self._pushing:
            self._pushing = True
            asyncio.get_running_loop().call_soon(self._push_next)

    def _publish(self, path: str) -> None:
        key = identity(path)
        buffer = self._buffers.at(path)
        shown = Shown(
            uri=self._buffers.uri(path),
            version=None if buffer is None else buffer.version,
            notices=self.notices(path),
        )
        before = self._published.pop(key, None)
        if before is not None and before.uri != shown.uri and before.notices:
            self._editor.publish(before.uri, None, [])  # it was published under another name
            before = None
        if shown.notices:
            self._published[key] = shown
        if shown == before or (not shown.notices and before is None):
            return
        translator = self._translator()
        diagnostics = [translator.diagnostic(notice) for notice in shown.notices]
        self._editor.publish(shown.uri, shown.version, diagnostics)

    def notices(self, path: str) -> tuple[Notice, ...]:
        """The diagnostics of a file now."""
        related = self._editor.client.related
        return notices(self._facts(path), self._settings(), self._stories, related=related)

    def pull(self, path: str) -> Shown:
        """The diagnostics of a file for a client that asks; equal ones have an equal id."""
        key = identity(path)
        buffer = self._buffers.at(path)
        version = None if buffer is None else buffer.version
        now = self.notices(path)
        before = self._pulled.get(key)
        if before is None or before.notices != now:
            self._result_number += 1
            result_id = f"{self._nonce}.{self._result_number}"
        else:
            result_id = before.result_id
        shown = self._pulled[key] = Shown(self._buffers.uri(path), version, now, result_id)
        return shown

    def pull_all(self, paths: Iterable[str], before: Iterable[str]) -> Iterator[Shown]:
        """Those of the files that have diagnostics, and all that the client remembers (paths).

        It may be gone through in several turns of the event loop.
        """
        known = {identity(path): path for path in (*before, *paths)}
        remembered = {identity(path) for path in before}
        for key, path in known.items():
            shown = self.pull(path)
            if shown.notices or key in remembered:
                yield shown

    def _send_refresh(self) -> None:
        open_files, self._refresh_open, self._refresh = self._refresh_open, False, None
        self._editor.refresh(open_files=open_files)
