"""An editor to talk with: a real server process, all that it says, waiting without sleeping."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from lsprotocol import types as lsp
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, LanguageClientProtocol
from pytest_lsp.client import register_lsp_features

from goescape.lsp.uris import uri_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path


def _converter() -> Any:
    """lsprotocol takes every action with a command for a bare command."""
    converter = default_converter()  # type: ignore[no-untyped-call]

    def structure(value: Any, _: object) -> Any:
        kind = lsp.Command if isinstance(value.get("command"), str) else lsp.CodeAction
        return converter.structure(value, kind)

    converter.register_structure_hook(lsp.Command | lsp.CodeAction, structure)
    return converter


SERVER = (sys.executable, "-m", "goescape", "server")
DEADLINE_SECONDS = 40.0
T = TypeVar("T")


class _Protocol(LanguageClientProtocol):
    """Notices every message, so that nobody has to poll."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)  # type: ignore[no-untyped-call]
        self.arrived = asyncio.Event()

    def handle_message(self, message: Any) -> None:
        super().handle_message(message)
        self.arrived.set()


class Talk:
    """One conversation with one server."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.result: lsp.InitializeResult
        self.published: list[lsp.PublishDiagnosticsParams] = []
        self.refreshes: Counter[str] = Counter()
        self.statuses: list[Any] = []
        self.registrations: list[lsp.Registration] = []
        self.questions: list[lsp.ShowMessageRequestParams] = []
        self.answer: Callable[[list[str]], str | None] = lambda _: None
        self.progress: list[tuple[str | int, str]] = []
        self.texts: dict[str, str] = {}
        self.versions: Counter[str] = Counter()
        self._listen()

    def _listen(self) -> None:
        features: dict[str, Callable[..., Any]] = {
            lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: self.published.append,
            lsp.CLIENT_REGISTER_CAPABILITY: lambda params: self.registrations.extend(
                params.registrations
            ),
            lsp.WINDOW_SHOW_MESSAGE_REQUEST: self._ask,
            lsp.PROGRESS: lambda params: self.progress.append((params.token, params.value["kind"])),
            lsp.WINDOW_WORK_DONE_PROGRESS_CREATE: lambda _: None,
            "goescape/status": self.statuses.append,
        }
        for method in (
            lsp.WORKSPACE_INLAY_HINT_REFRESH,
            lsp.WORKSPACE_CODE_LENS_REFRESH,
            lsp.WORKSPACE_DIAGNOSTIC_REFRESH,
        ):
            features[method] = functools.partial(self._refreshed, method)
        for method, handler in features.items():
            self.client.protocol.fm.features.pop(method, None)
            # pygls marks what it is given, which methods of objects do not allow
            self.client.feature(method)(functools.partial(handler))

    def _refreshed(self, method: str, _: Any) -> None:
        self.refreshes[method] += 1

    def _ask(self, params: lsp.ShowMessageRequestParams) -> lsp.MessageActionItem | None:
        self.questions.append(params)
        title = self.answer([action.title for action in params.actions or ()])
        return None if title is None else lsp.MessageActionItem(title)

    async def until(self, what: Callable[[], T | None], about: str = "") -> T:
        """Wait until the function gives something true; look again after every message."""
        arrived: asyncio.Event = self.client.protocol.arrived  # type: ignore[attr-defined]

        async def look() -> T:
            while True:
                arrived.clear()
                if found := what():
                    return found
                await arrived.wait()

        try:
            return await asyncio.wait_for(look(), DEADLINE_SECONDS)
        except asyncio.TimeoutError:
            raise AssertionError(f"waited in vain for {about or what}\n{self.told()}") from None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The server; pygls has no other way to it."""
        server = self.client._server  # noqa: SLF001
        assert server is not None
        return server

    def told(self) -> str:
        """What the server said, for a failing test."""
        lines = [f"log {each.type.name}: {each.message}" for each in self.client.log_messages]
        lines += [f"message: {each.message}" for each in self.client.messages]
        lines += [f"published {each.uri}: {len(each.diagnostics)}" for each in self.published]
        return "\n".join(lines)

    async def pause(self) -> None:
        """Wait a moment for what the server does not tell: clients ask again when they like."""
        await asyncio.sleep(0.05)

    # What the user does.

    def open(self, path: Path, text: str | None = None, *, uri: str = "") -> str:
        """Show a file; its URI."""
        uri = uri or uri_of(str(path))
        self.texts[uri] = path.read_bytes().decode() if text is None else text
        self.versions[uri] += 1
        document = lsp.TextDocumentItem(uri, "go", self.versions[uri], self.texts[uri])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        return uri

    def edit(self, uri: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text, as an incremental change."""
        text = self.texts[uri]
        start = text.index(old)
        change = lsp.TextDocumentContentChangePartial(
            range=lsp.Range(_position(text, start), _position(text, start + len(old))), text=new
        )
        self.texts[uri] = text.replace(old, new, 1)
        self.change(uri, [change])

    def replace(self, uri: str, span: lsp.Range, new: str) -> None:
        """Replace a range, as an incremental change."""
        text = self.texts[uri]
        start, end = _offset(text, span.start), _offset(text, span.end)
        self.texts[uri] = text[:start] + new + text[end:]
        self.change(uri, [lsp.TextDocumentContentChangePartial(range=span, text=new)])

    def change(self, uri: str, changes: Sequence[lsp.TextDocumentContentChangeEvent]) -> None:
        """Send changes as they are."""
        self.versions[uri] += 1
        document = lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, changes))

    def save(self, path: Path, text: str | None = None, *, uri: str = "") -> None:
        """Write the buffer, or another text, to disk and say so."""
        uri = uri or uri_of(str(path))
        if text is not None and uri in self.texts and text != self.texts[uri]:
            self.texts[uri] = text
            self.change(uri, [lsp.TextDocumentContentChangeWholeDocument(text)])
        path.write_bytes((self.texts[uri] if text is None else text).encode())
        document = lsp.TextDocumentIdentifier(uri)
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(document))

    def close(self, uri: str) -> None:
        """Show the file no more."""
        document = lsp.TextDocumentIdentifier(uri)
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))

    def settings(self, settings: dict[str, Any]) -> None:
        """Change settings; the server asks for them when the client can be asked."""
        self.client.set_configuration({"goescape": settings})
        parameters = lsp.DidChangeConfigurationParams({"goescape": settings})
        self.client.workspace_did_change_configuration(parameters)

    async def hover(self, uri: str, needle: str, *, skip: int = 0) -> lsp.Hover | None:
        """The hover at the start of a text."""
        at = self.at(uri, needle, skip)
        document = lsp.TextDocumentIdentifier(uri)
        return await self.client.text_document_hover_async(lsp.HoverParams(document, at))

    async def hints(self, uri: str) -> list[lsp.InlayHint]:
        """All inlay hints of a file."""
        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(1_000_000, 0))
        parameters = lsp.InlayHintParams(lsp.TextDocumentIdentifier(uri), everything)
        found = await self.client.text_document_inlay_hint_async(parameters)
        return list(found or ())

    async def until_hints(self, uri: str) -> list[lsp.InlayHint]:
        """Ask for hints again each time that the server says so, until there are some."""
        while True:
            asked = self.refreshes[lsp.WORKSPACE_INLAY_HINT_REFRESH]
            if found := await self.hints(uri):
                return found
            await self.until(lambda: self.refreshes[lsp.WORKSPACE_INLAY_HINT_REFRESH] > asked)  # noqa: B023 - it is awaited here

    async def lenses(self, uri: str) -> list[lsp.CodeLens]:
        """All code lenses of a file."""
        parameters = lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri))
        return list(await self.client.text_document_code_lens_async(parameters) or ())

    async def command(self, name: str, *arguments: object) -> Any:
        """Execute a command."""
        parameters = lsp.ExecuteCommandParams(name, list(arguments))
        return await self.client.workspace_execute_command_async(parameters)

    def at(self, uri: str, needle: str, skip: int = 0) -> lsp.Position:
        """The position of a text in the buffer, after ``skip`` earlier ones."""
        offset = -1
        for _ in range(skip + 1):
            offset = self.texts[uri].index(needle, offset + 1)
        return _position(self.texts[uri], offset)

    # What the editor shows.

    def shown(self, uri: str) -> list[lsp.Diagnostic] | None:
        """The diagnostics that were pushed last; None when none ever were."""
        for params in reversed(self.published):
            if params.uri == uri:
                return list(params.diagnostics)
        return None

    async def until_idle(self) -> None:
        """Wait until something was analysed and nothing is any more (clients with status)."""

        def worked() -> bool:
            states = [each.state for each in self.statuses]
            return "analyzing" in states and states[-1] != "analyzing"

        await self.until(worked)

    async def until_shown(self, uri: str, *wanted: str) -> list[lsp.Diagnostic]:
        """Wait until exactly these diagnostics, written ``3 u returned``, are shown."""

        def look() -> tuple[list[lsp.Diagnostic]] | None:
            shown = self.shown(uri)
            found = [] if shown is None else brief(shown, self.texts[uri])
            return (shown or [],) if found == list(wanted) else None

        try:
            return (await self.until(look))[0]
        except AssertionError as problem:
            now = brief(self.shown(uri) or [], self.texts[uri])
            raise AssertionError(f"wanted {list(wanted)}, shown {now}\n{problem}") from None

    async def until_wanted(self, uri: str) -> list[lsp.Diagnostic]:
        """Wait for what the ``// want`` comments of the buffer say, no more and no less."""
        return await self.until_shown(uri, *wants(self.texts[uri]))


_WANT = re.compile(r"// want (?P<codes>.*)$")


def wants(text: str) -> list[str]:
    """``u := 1 // want u returned; v returned`` on line 3: ``3 u returned``, ``3 v returned``."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if match := _WANT.search(line.rstrip("\r")):
            found += [f"{number} {each.strip()}" for each in match["codes"].split(";")]
    return found


def brief(diagnostics: Sequence[lsp.Diagnostic], text: str) -> list[str]:
    """``3 u returned``: line (1-based), the text that is underlined, the code."""
    return [
        f"{each.range.start.line + 1} {underlined(text, each.range)} {each.code}"
        for each in diagnostics
    ]


def underlined(text: str, span: lsp.Range) -> str:
    """The text of a range, its white space folded; ``?`` where an old range is not in the text."""
    try:
        start, end = _offset(text, span.start), _offset(text, span.end)
    except (ValueError, IndexError):
        return "?"
    return re.sub(r"\s+", " ", text[start:end])


def _position(text: str, offset: int) -> lsp.Position:
    before = text[:offset]
    start = before.rfind("\n") + 1
    return lsp.Position(before.count("\n"), _units(before[start:]))


def _offset(text: str, position: lsp.Position) -> int:
    start = 0
    for _ in range(position.line):
        start = text.index("\n", start) + 1
    units = 0
    while units < position.character:
        units += _units(text[start])
        start += 1
    return start


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@contextlib.asynccontextmanager
async def conversation(  # noqa: PLR0913 - each by its name
    capabilities: lsp.ClientCapabilities,
    *folders: Path,
    settings: dict[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    allow_errors: bool = False,
    locale: str = "",
    fault: str = "",
) -> AsyncIterator[Talk]:
    """Start a server, greet it, and say goodbye; a logged error fails the test.

    ``fault`` is Python that the server runs before it begins, to break a part of it.
    """
    client = LanguageClient(converter_factory=_converter, protocol_cls=_Protocol)
    register_lsp_features(client)
    talk = Talk(client)
    client.set_configuration({"goescape": settings or {}})
    run = f"{fault}\nfrom goescape.terminal.main import main\nraise SystemExit(main(['server']))"
    server = (sys.executable, "-c", run) if fault else SERVER
    await client.start_io(*server, env={**os.environ, **(environment or {})})
    names = [lsp.WorkspaceFolder(uri_of(str(folder)), folder.name) for folder in folders]
    talk.result = await client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities,
            workspace_folders=names or None,
            root_uri=names[0].uri if names else None,
            initialization_options=settings,
            locale=locale or None,
        )
    )
    try:
        yield talk
        await asyncio.wait_for(client.shutdown_session(), DEADLINE_SECONDS)
    finally:
        with contextlib.suppress(ProcessLookupError):
            talk.process.kill()  # after a failure; it has ended otherwise
        await client.stop()  # type: ignore[no-untyped-call]
    if not allow_errors:
        errors = [each for each in client.log_messages if each.type == lsp.MessageType.Error]
        assert not errors, talk.told()
