"""The command ``goescape``: exit codes, and one sentence for everything that fails."""

from __future__ import annotations

import gc
import logging
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from goescape.terminal.arguments import parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_INTERRUPTED = 130
_PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    _never_fail_to_encode()
    arguments = parser().parse_args(argv)
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has read enough; the interpreter must not try to flush again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # the last net: nobody should see a traceback unasked
        if os.environ.get("GOESCAPE_TRACEBACK"):
            import traceback  # noqa: PLC0415

            traceback.print_exc()
        sentence = (
            f"internal error ({type(error).__name__}: {error}); please report it with what "
            "GOESCAPE_TRACEBACK=1 shows."
        )
        print(f"goescape: {sentence}", file=sys.stderr)
        return 2
    return code


def _run(arguments: argparse.Namespace) -> int:
    """Nothing is imported but what the command needs: the server does not, and help and version
    need nothing.
    """
    gc.disable()  # imports make no garbage worth to look for; what is run says when it does
    if arguments.command == "server":
        from goescape.lsp.server import run as serve  # noqa: PLC0415

        return serve(arguments.tcp)
    from goescape.terminal.dispatch import run  # noqa: PLC0415

    logging.getLogger("goescape").addHandler(_FailureLine(logging.ERROR))
    return run(arguments)


class _FailureLine(logging.Handler):
    """One line for what failed inside goescape and was done another way; more of it if asked."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._is_told = False

    def emit(self, record: logging.LogRecord) -> None:
        """Tell of the first failure, where nothing else does."""
        if os.environ.get("GOESCAPE_TRACEBACK"):
            print(f"goescape: {self.format(record)}", file=sys.stderr)
        elif not self._is_told and not getattr(record, "is_told", False):
            self._is_told = True
            message = record.getMessage().partition("\n")[0]
            sentence = "please report this with what GOESCAPE_TRACEBACK=1 shows."
            print(f"goescape: internal error: {message}; {sentence}", file=sys.stderr)


def _never_fail_to_encode() -> None:
    """A terminal that knows no é shows \\xe9 instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
