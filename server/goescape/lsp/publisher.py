"""What the client was told about each file, and what it is told next."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.lsp.features.diagnostics import FileState, Notice, ShownFinding, Wordings, notices
from goescape.toolchain.digests import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from goescape.lsp.convert import Translator
    from goescape.lsp.editor import Editor
    from goescape.lsp.state.buffers import Buffers
    from goescape.settings import Settings

_REFRESH_SECONDS = 0.05
"""Results that come closer together than this make the client ask again once."""
_MOST_CLOSED = 4
"""Files whose diagnostics are kept as they were sent although they are closed."""
_REPEATING_SECONDS = 10.0
"""How long what changes in files that nobody has open may wait: many packages may speak of one."""


@frozen
class _PublishedFile:
    """What the client knows of a file."""

    state: object
    """What it was made of."""
    uri: str
    version: int | None
    mark: bytes


def _mark(notices: tuple[Notice, ...]) -> bytes:
    """Equal for equal notices, in little memory; empty where there are none."""
    return digest("".join(each.told for each in notices).encode()) if notices else b""


class Publisher:
    """Tells the client about diagnostics: pushes them, or has it ask again and answers.

    ``state`` of a file changes with all that its diagnostics depend on.
    """

    def __init__(  # noqa: PLR0913 - each by its name
        self,
        editor: Editor,
        buffers: Buffers,
        *,
        settings: Callable[[], Settings],
        state: Callable[[str], object],
        facts: Callable[[str], FileState],
        translator: Callable[[], Translator],
        identity: Callable[[str], str],
    ) -> None:
        self._editor = editor
        self._buffers = buffers
        self._settings = settings
        self._state = state
        self._facts = facts
        self._translator = translator
        self._identity = identity
        self._wordings = Wordings()
        self._published: dict[str, _PublishedFile] = {}
        self._sent_before: dict[str, dict[int, tuple[Notice, str]]] = {}
        """The diagnostics of files that are open or were a moment ago, as they were sent."""
        self._closed_lately: dict[str, None] = {}
        self._unpushed: dict[str, str] = {}
        """Files whose diagnostics may differ from what was published, by identity."""
        self._repeated: dict[str, str] = {}
        """Those of them that have been published before: more may be said of them soon."""
        self._repeating: asyncio.TimerHandle | None = None
        self._pushing = False
        self._all_pushed = asyncio.Event()
        self._all_pushed.set()
        self._pulled: dict[str, tuple[object, str]] = {}
        """The state of a file and the id of its diagnostics."""
        self._nonce = os.urandom(4).hex()
        self._refresh: asyncio.TimerHandle | None = None
        self._refresh_open = False
        self._closed = False

    def close(self) -> None:
        """Tell nothing more."""
        self._closed = True
        self._all_pushed.set()
        for timer in (self._refresh, self._repeating):
            if timer is not None:
                timer.cancel()

    def publish(self, paths: Iterable[str], *, more_follows: bool = False) -> None:
        """Tell the client about files whose findings may differ, and only about those that do.

        Where ``more_follows``, files that nobody has open may wait for that.
        """
        paths = tuple(paths)
        self._refresh_open |= any(self._buffers.at(path) is not None for path in paths)
        self.publish_diagnostics(paths, more_follows=more_follows)

    def publish_diagnostics(self, paths: Sequence[str], *, more_follows: bool = False) -> None:
        """The same where nothing but diagnostics may differ."""
        self.push(paths, more_follows=more_follows)
        if self._refresh is None and paths and not self._closed:
            loop = asyncio.get_running_loop()
            self._refresh = loop.call_later(_REFRESH_SECONDS, self._send_refresh)

    def push(self, paths: Iterable[str], *, more_follows: bool = False) -> None:
        """What the user looks at at once; the rest file by file, so that hovers need not wait."""
        if self._editor.client.pulls:
            return
        for path in {self._identity(path): path for path in paths}.values():
            key = self._identity(path)
            if self._buffers.at(path) is not None:
                self._unpushed.pop(key, None)
                self._repeated.pop(key, None)
                self._publish(path)
            elif more_follows and self._is_known_as_closed(key):
                self._repeated[key] = path
            else:
                self._unpushed[key] = path
        if self._repeated and self._repeating is None and not self._closed:
            loop = asyncio.get_running_loop()
            self._repeating = loop.call_later(_REPEATING_SECONDS, self._push_repeated)
        self._push_rest()

    def _is_known_as_closed(self, key: str) -> bool:
        before = self._published.get(key)
        return before is not None and before.version is None and key not in self._unpushed

    async def pushed(self, *, wholly: bool) -> None:
        """Return when nothing is left to be pushed, or only what had been published before."""
        if wholly and self._repeating is not None:
            self._repeating.cancel()
            self._push_repeated()
        await self._all_pushed.wait()

    def _push_repeated(self) -> None:
        self._repeating = None
        self._unpushed.update(self._repeated)
        self._repeated.clear()
        self._push_rest()

    def _push_next(self) -> None:
        self._pushing = False
        try:
            if self._unpushed and not self._closed:
                self._publish(self._unpushed.pop(next(iter(self._unpushed))))
        finally:
            self._push_rest()  # or whoever waits for it would wait for ever

    def _push_rest(self) -> None:
        if not self._unpushed or self._closed:
            self._all_pushed.set()
        elif not self._pushing:
            self._pushing = True
            self._all_pushed.clear()
            asyncio.get_running_loop().call_soon(self._push_next)

    def _publish(self, path: str) -> None:
        key, uri = self._identity(path), self._buffers.uri(path)
        state, before = self._state(path), self._published.get(key)
        if before is not None and before.state == state and before.uri == uri:
            return
        buffer, found = self._buffers.at(path), self.notices(path)
        if before is not None and before.uri != uri and before.mark:
            self._editor.publish(before.uri, None, [])  # it was published under another name
            self._forget_sent(key)
            before = None
        version = None if buffer is None else buffer.version
        mark = _mark(found)
        self._published[key] = _PublishedFile(state, uri, version, mark)
        told = (b"", None) if before is None else (before.mark, before.version)
        if told == (mark, version) or not (mark or told[0]):
            return
        keep = self._is_kept(key, is_open=buffer is not None)
        self._editor.publish(uri, version, self._sent(key, found, keep=keep))

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

    def _sent(self, key: str, found: tuple[Notice, ...], *, keep: bool) -> list[str]:
        """The diagnostics of a file as they are sent; they are kept for next time if asked to."""
        before, translator = self._sent_before.pop(key, {}), self._translator()
        now: dict[int, tuple[Notice, str]] = {}
        for notice in found:
            known = before.get(id(notice))
            if known is None or known[0] is not notice:
                known = notice, self._editor.json(translator.diagnostic(notice))
            now[id(notice)] = known
        if keep:
            self._sent_before[key] = now
        return [text for _, text in now.values()]

    def notices(self, path: str) -> tuple[Notice, ...]:
        """The diagnostics of a file now."""
        related = self._editor.client.related
        near = self._buffers.at(path) is not None or self._identity(path) in self._sent_before
        wordings = self._wordings if near else Wordings()  # of others, nobody asks again
        return notices(self._facts(path), self._settings(), wordings, related=related)

    def pull(self, path: str, previous: str | None = None) -> ShownFinding:
        """The diagnostics of a file for a client that asks; equal ones have an equal id.

        Without notices when they are those of the ``previous`` id.
        """
        key, state = self._identity(path), self._state(path)
        buffer = self._buffers.at(path)
        version = None if buffer is None else buffer.version
        known = self._pulled.get(key)
        if known is not None and known[0] == state and known[1] == previous:
            return ShownFinding(self._buffers.uri(path), version, (), known[1])
        found = self.notices(path)
        result_id = f"{self._nonce}.{_mark(found).hex()}"
        self._pulled[key] = state, result_id
        return ShownFinding(self._buffers.uri(path), version, found, result_id)

    def pull_all(self, paths: Iterable[str], before: Mapping[str, str]) -> Iterator[ShownFinding]:
        """Those of the files that have diagnostics, and all that the client remembers.

        ``before`` are the ids that it has, by path. It may be gone through in several turns of the
        event loop.
        """
        known = {self._identity(path): path for path in (*before, *paths)}
        remembered = {self._identity(path): value for path, value in before.items()}
        for key, path in known.items():
            shown = self.pull(path, remembered.get(key))
            if shown.notices or key in remembered:
                yield shown

    def _send_refresh(self) -> None:
        open_files, self._refresh_open, self._refresh = self._refresh_open, False, None
        self._editor.refresh(open_files=open_files)
