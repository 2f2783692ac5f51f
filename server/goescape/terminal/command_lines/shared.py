"""What commands share: their folder, their Go, how they run and how they speak."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from goescape.analysis.messages.languages import catalogue_for, language_of_environment
from goescape.settings import Settings
from goescape.terminal.output import text_output
from goescape.terminal.output.progress import ProgressLine
from goescape.terminal.output.style import Style, style_for
from goescape.terminal.targets import UsageError
from goescape.toolchain.options import EngineOptions

if TYPE_CHECKING:
    import argparse
    from collections.abc import Coroutine

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.terminal.commands.check_outcome import CheckOutcome

_T = TypeVar("_T")


def print_message(sentence: str) -> None:
    """Say something beside the result."""
    print(f"goescape: {sentence}", file=sys.stderr)


def current_folder() -> Path:
    """Where the user is. Raises UsageError."""
    try:
        return Path.cwd()
    except OSError:
        raise UsageError("This folder does not exist any more; change to another.") from None


def progress_for(arguments: argparse.Namespace, style: Style) -> ProgressLine:
    """What shows that something happens, where somebody looks."""
    quiet = arguments.no_progress or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    return ProgressLine(sys.stderr, enabled=not quiet, width=style.width)


def show_failures(outcome: CheckOutcome, style: Style, here: Path) -> None:
    """Say what could not be analysed."""
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)


def engine_options(arguments: argparse.Namespace) -> EngineOptions:
    """Which Go, and what of the packages."""
    return EngineOptions.of(Settings(go_path=arguments.go, include_tests=arguments.tests))


def _catalogue() -> Catalogue:
    """In the language of the system."""
    return catalogue_for("auto", language_of_environment(os.environ.items()))


def style_of(arguments: argparse.Namespace) -> Style:
    """For standard output, in the system's language."""
    return style_for(arguments.color, sys.stdout, os.environ, _catalogue())


class WorkLoop:
    """An event loop for several works: what was started beside one goes on with the next.

    What is left is ended when the ``with`` block is.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Like ``run_to_end``."""
        asyncio.set_event_loop(self._loop)
        results: list[_T] = []
        self._loop.run_until_complete(_cancelled_by_signals(work, results))
        return results[0]

    def __enter__(self) -> WorkLoop:  # noqa: PYI034 - Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        try:
            left = asyncio.all_tasks(self._loop)
            for task in left:
                task.cancel()
            if left:
                self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()


def run_to_end(work: Coroutine[Any, Any, _T]) -> _T:
    """Run to the end; Ctrl-C and a polite kill end the compiler too before this returns."""

    # Not the task's own result: asyncio writes that out, for an error that nobody sees, when it
    # gives Ctrl-C back. Of a large project it was 400 MB.
    results: list[_T] = []
    asyncio.run(_cancelled_by_signals(work, results))
    return results[0]


async def _cancelled_by_signals(work: Coroutine[Any, Any, _T], results: list[_T]) -> None:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError, NotImplementedError):  # Windows
            loop.add_signal_handler(getattr(signal, name), task.cancel)
    results.append(await work)
