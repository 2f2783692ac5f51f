"""From the compilers' text to reports; for many packages in a process of its own.

Understanding a large package takes a hundred times the memory of its report. A process that ends
gives all of it back, while a server that lives on could not; and hovers need not wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import struct
import sys
import traceback
from collections.abc import Mapping  # noqa: TC003 - attrs and the codec resolve it
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from attrs import field, frozen

from goescape.analysis.codec import Codec
from goescape.analysis.compiler.package_facts import PackageInfo  # noqa: TC001 - resolved at run time
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.package_analyzer import build_report
from goescape.analysis.reports.report_codec import Opened, pack
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.compile.workspace_sources import (
    WorkspaceSources,  # noqa: TC001 - attrs resolves it
)
from goescape.toolchain.go.process import start_python

if TYPE_CHECKING:
    from goescape.analysis.compiler.facts import PackageText
    from goescape.analysis.model import PackageReport
    from goescape.toolchain.go.process_output import Backpressure

_log = logging.getLogger(__name__)

Key = tuple[str, str]
"""The package and the variant that a block of text is about."""
_MANY = 24
"""Packages for which a process is worth its start."""
_HEAD = struct.Struct("<cQ")
"""Before each message: what it asks for, and its size in bytes."""
_FEED, _END, _REPORT = b"F", b"E", b"R"


@frozen
class ReportRequest:
    """A report to make of what was said."""

    info: PackageInfo
    keys: tuple[Key, ...]
    """The blocks that it is made of."""
    sources: Mapping[str, bytes]
    """The texts that were compiled, by path."""
    others: WorkspaceSources


@frozen
class Answer:
    """What the other process makes of ``ReportRequest``."""

    packed: bytes = b""
    """The report, as ``pack`` made it, about the paths of its sources."""
    others: Mapping[str, bytes] = field(factory=dict)
    """The texts that only this process has read, by path."""
    problem: str = ""
    """The traceback of what went wrong; there is no report then."""


_TEXT: Codec[tuple[Key, bytes]] = Codec(tuple[Key, bytes])
_WANTED: Codec[ReportRequest] = Codec(ReportRequest)
_ANSWER: Codec[Answer] = Codec(Answer)
_PATHS: Codec[tuple[str, ...]] = Codec(tuple[str, ...])


class OtherProcessError(Exception):
    """The other process did not make a report; it may be made in this one."""


class ReportBuilder(Protocol):
    """Takes the compilers' text as it comes, and makes reports of it."""

    def feed(self, key: Key, text: bytes) -> None:
        """Whole lines of a block."""

    def end(self, key: Key) -> None:
        """The block ends; another one of the same key may follow."""

    async def report(self, wanted: ReportRequest) -> PackageReport:
        """The report of a package; what was said of it is forgotten. Raises whatever fails:
        ``OtherProcessError`` where the same may succeed in ``ReportBuilderHere``.
        """

    async def close(self) -> None:
        """Nothing more is wanted."""


def report_builder(packages: int, niceness: int, valve: Backpressure) -> ReportBuilder:
    """For so many packages; ``valve`` is shut while text comes faster than it is understood."""
    return ReportWorker(niceness, valve) if packages >= _MANY else ReportBuilderHere()


class PendingTexts:
    """What was said, as far as it was not reported."""

    def __init__(self) -> None:
        self._open: dict[Key, CompilerText] = {}
        self._texts: dict[Key, list[PackageText]] = {}

    def feed(self, key: Key, text: bytes) -> None:
        """Whole lines of a block."""
        if key not in self._open:
            self._open[key] = CompilerText()
        self._open[key].feed_chunk(text)

    def end(self, key: Key) -> None:
        """The block ends."""
        text = self._open.pop(key, None)
        if text is not None:
            self._texts.setdefault(key, []).extend(text.finish())

    def report(self, wanted: ReportRequest) -> PackageReport:
        """The report, from scratch."""
        texts = [text for key in sorted(wanted.keys) for text in self._texts.pop(key, ())]
        sources = {path: SourceText(path, content) for path, content in wanted.sources.items()}
        return build_report(wanted.info, texts, sources, read=wanted.others.source)


class ReportBuilderHere:
    """Understands here: reports in threads."""

    def __init__(self) -> None:
        self._blocks = PendingTexts()

    def feed(self, key: Key, text: bytes) -> None:
        self._blocks.feed(key, text)

    def end(self, key: Key) -> None:
        self._blocks.end(key)

    async def report(self, wanted: ReportRequest) -> PackageReport:
        return await asyncio.to_thread(self._blocks.report, wanted)

    async def close(self) -> None:
        pass


class ReportWorker:
    """Has another process understand: it starts with the first text and ends with ``close``."""

    def __init__(self, niceness: int, valve: Backpressure) -> None:
        self._niceness = niceness
        self._valve = valve
        self._waiting: list[bytes] = []
        self._peer: _Peer | None = None
        self._starting: asyncio.Task[_Peer] | None = None

    @property
    def process(self) -> int | None:
        """Its number in the system; None before it has begun."""
        return None if self._peer is None else self._peer.number

    def feed(self, key: Key, text: bytes) -> None:
        self._send(_FEED, _TEXT.encode((key, text)))

    def end(self, key: Key) -> None:
        self._send(_END, _TEXT.encode((key, b"")))

    async def report(self, wanted: ReportRequest) -> PackageReport:
        try:
            return await self._report(wanted)
        except OtherProcessError:
            raise
        except Exception as problem:
            _log.error("a report could not be taken from its process", exc_info=problem)
            raise OtherProcessError(repr(problem)) from problem

    async def _report(self, wanted: ReportRequest) -> PackageReport:
        self._send(_REPORT, await asyncio.to_thread(_WANTED.encode, wanted))
        assert self._starting is not None
        peer = await self._starting
        answer = _ANSWER.decode(await peer.answer())
        if answer.problem:
            _log.error("the process that understands failed:\n%s", answer.problem)
            raise OtherProcessError(answer.problem.strip().rpartition("\n")[2])
        return await asyncio.to_thread(_unpacked, answer, wanted.sources)

    async def close(self) -> None:
        if self._starting is not None:
            with contextlib.suppress(OSError):  # it never began
                await (await self._starting).close()

    def _send(self, kind: bytes, data: bytes) -> None:
        frame = _HEAD.pack(kind, len(data)) + data
        if self._peer is not None:
            self._peer.send(frame)
            return
        self._waiting.append(frame)
        if self._starting is None:
            self._starting = asyncio.ensure_future(self._start())

    async def _start(self) -> _Peer:
        peer = _Peer(self._valve)
        await start_python(f"from {__name__} import serve; serve()", peer, self._niceness)
        self._peer = peer
        for frame in self._waiting:
            self._peer.send(frame)
        self._waiting.clear()
        return self._peer


class _Peer(asyncio.SubprocessProtocol):
    """The process, as the event loop sees it."""

    def __init__(self, valve: Backpressure) -> None:
        self._valve = valve
        self.number: int | None = None
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited = asyncio.Event()
        self._received = bytearray()
        self._answers: asyncio.Queue[bytes | None] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.number = self._transport.get_pid()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._received += data
        while len(self._received) >= _HEAD.size:
            kind, size = _HEAD.unpack_from(self._received)
            if kind != _REPORT:  # something else was printed: no size can be trusted any more
                self._answers.put_nowait(None)
                self._kill()
                return
            end = _HEAD.size + size
            if len(self._received) < end:
                return
            self._answers.put_nowait(bytes(self._received[_HEAD.size : end]))
            del self._received[:end]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._valve.open()
        self._answers.put_nowait(None)

    def process_exited(self) -> None:
        self._exited.set()
        self._answers.put_nowait(None)

    def pause_writing(self) -> None:
        self._valve.shut()

    def resume_writing(self) -> None:
        self._valve.open()

    def send(self, frame: bytes) -> None:
        """Write it, now or when there is room."""
        pipe = self._transport.get_pipe_transport(0) if self._transport is not None else None
        if pipe is not None and not pipe.is_closing():
            cast("asyncio.WriteTransport", pipe).write(frame)

    async def answer(self) -> bytes:
        """The next answer."""
        answer = await self._answers.get()
        if answer is None:
            self._answers.put_nowait(None)
            raise RuntimeError("the process that understands has ended")
        return answer

    async def close(self) -> None:
        """End it: what it does is not wanted any more."""
        if self._transport is not None:
            self._kill()
            await self._exited.wait()
            self._transport.close()

    def _kill(self) -> None:
        if self._transport is not None:
            with contextlib.suppress(ProcessLookupError):
                self._transport.kill()


def _unpacked(answer: Answer, compiled: Mapping[str, bytes]) -> PackageReport:
    opened = Opened(answer.packed)
    contents = {**answer.others, **compiled}
    paths = _PATHS.decode(opened.about)
    return opened.report({path: SourceText(path, contents[path]) for path in paths})


def serve() -> None:
    """The other process: answers until its input ends."""
    gc.set_threshold(50_000, 20, 20)  # most of what is made lives as long as the package
    blocks = PendingTexts()
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr
    with contextlib.suppress(OSError):  # nobody may listen to errors
        os.dup2(2, 1)  # libraries print, too
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        while (message := _next(source)) is not None:
            kind, data = message
            if kind == _REPORT:
                answer = _ANSWER.encode(_answer(blocks, data))
                target.write(_HEAD.pack(kind, len(answer)) + answer)
                target.flush()
                continue
            key, text = _TEXT.decode(data)
            if kind == _FEED:
                blocks.feed(key, text)
            else:
                blocks.end(key)


def _next(source: BinaryIO) -> tuple[bytes, bytes] | None:
    head = source.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, size = _HEAD.unpack(head)
    data = source.read(size)
    return (kind, data) if len(data) == size else None


def _answer(blocks: PendingTexts, data: bytes) -> Answer:
    """The report packed, and the texts that only this process has read; or what went wrong."""
    try:
        wanted = _WANTED.decode(data)
        report = blocks.report(wanted)
        texts = {path: source.content for path, source in report.sources.items()}
        others = {path: text for path, text in texts.items() if path not in wanted.sources}
        return Answer(pack(report, _PATHS.encode(tuple(texts))), others)
    except Exception:
        return Answer(problem=traceback.format_exc())
