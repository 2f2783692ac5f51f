"""The command ``goescape``: arguments, exit codes, and one sentence for everything that fails."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from goescape import __version__
from goescape.analysis.model import Severity
from goescape.settings import Settings
from goescape.terminal import (
    doctor,
    explain_command,
    fix_output,
    json_output,
    recipes,
    setup,
    text_output,
)
from goescape.terminal.check import Question, check
from goescape.terminal.fix import Fixing, Request
from goescape.terminal.progress import Progress
from goescape.terminal.style import Style, style_for
from goescape.terminal.targets import UsageError
from goescape.toolchain.engine import EngineOptions
from goescape.toolchain.go_command import GoProblem

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

_T = TypeVar("_T")
_Commands = Any  # argparse does not name the type of add_subparsers' answer

_INTERRUPTED = 130
_TERMINATED = 143
_PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    _never_fail_to_encode()
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # `| head` has read enough; the interpreter must not try to flush again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except asyncio.CancelledError:
        return _TERMINATED
    except (UsageError, GoProblem) as problem:
        _say(str(problem))
        return 2
    except Exception as error:  # the last net: nobody should see a traceback unasked
        if os.environ.get("GOESCAPE_TRACEBACK"):
            traceback.print_exc()
        _say(
            f"internal error ({type(error).__name__}: {error}); please report it with what "
            "GOESCAPE_TRACEBACK=1 shows."
        )
        return 2
    return code


def _never_fail_to_encode() -> None:
    """A terminal that knows no é shows \\xe9 instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say(sentence: str) -> None:
    print(f"goescape: {sentence}", file=sys.stderr)


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise UsageError("This folder does not exist any more; change to another.") from None


def _check(arguments: argparse.Namespace) -> int:
    here = _here()
    question = Question(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        minimum=Severity(arguments.min_severity),
        everything=arguments.all,
    )
    style = _style(arguments)
    quiet = arguments.no_progress or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    progress = Progress(sys.stderr, enabled=not quiet, width=style.width)
    outcome = _run(check(question, _options(arguments), progress))
    if arguments.format == "json":
        sys.stdout.writelines(json_output.render(outcome))
    else:
        sys.stdout.writelines(f"{line}\n" for line in text_output.render(outcome, style, here))
        sys.stdout.flush()
        if outcome.notice:
            _say(outcome.notice)
        for line in text_output.render_failures(outcome.failures, style, here):
            print(line, file=sys.stderr)
    return outcome.exit_code


def _explain(arguments: argparse.Namespace) -> int:
    lines = _run(
        explain_command.explain_position(
            arguments.position, _options(arguments), _style(arguments), _here()
        )
    )
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _fix(arguments: argparse.Namespace) -> int:
    here = _here()
    request = Request(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        only=frozenset(arguments.only),
        diff=arguments.diff,
        yes=arguments.yes,
        test=arguments.test,
    )
    style = _style(arguments)
    quiet = not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    progress = Progress(sys.stderr, enabled=not quiet, width=style.width)
    screen = fix_output.Screen(request, style, here)
    options = EngineOptions.of(Settings(go_path=arguments.go))
    outcome = Fixing(request, options, _run).work(progress, screen)
    sys.stdout.writelines(f"{line}\n" for line in fix_output.render_summary(outcome, style))
    sys.stdout.flush()
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)
    return outcome.exit_code


def _doctor(arguments: argparse.Namespace) -> int:
    diagnosis = _run(doctor.examine(arguments.folder, _options(arguments)))
    sys.stdout.writelines(f"{line}\n" for line in doctor.render(diagnosis, _style(arguments)))
    return 1 if diagnosis.problems else 0


def _setup(arguments: argparse.Namespace) -> int:
    places, command = setup.user_places(), setup.server_command(sys.argv[0])
    if arguments.check:
        sys.stdout.writelines(f"{line}\n" for line in setup.found(places, command))
        return 0
    if not arguments.editor:
        raise UsageError(f"Name an editor: {', '.join(recipes.BY_NAME)}.")
    wanted = setup.chosen(arguments.editor)
    if arguments.write and len(wanted) > 1:
        names = " or ".join(recipe.name for recipe in wanted)
        raise UsageError(f"{arguments.editor} can be more than one: write {names}.")
    for recipe in wanted:
        lines = (
            setup.written(recipe, places, command, _style(arguments))
            if arguments.write
            else setup.printed(recipe, places, command)
        )
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
        if notice := setup.missing_multiplexer(recipe):
            _say(notice)
    return 0


def _server(arguments: argparse.Namespace) -> int:
    # imported here: the other commands work, and start faster, without the LSP libraries
    from goescape.lsp.server import run  # noqa: PLC0415

    return run(arguments.tcp)


def _options(arguments: argparse.Namespace) -> EngineOptions:
    return EngineOptions.of(Settings(go_path=arguments.go, include_tests=arguments.tests))


def _style(arguments: argparse.Namespace) -> Style:
    return style_for(arguments.color, sys.stdout, os.environ)


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run to the end; Ctrl-C and a polite kill end the compiler too before this returns."""

    async def guarded() -> _T:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            with contextlib.suppress(AttributeError, NotImplementedError):  # Windows
                loop.add_signal_handler(getattr(signal, name), task.cancel)
        return await work

    return asyncio.run(guarded())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="goescape", description="Shows which Go values escape to the heap, and why."
    )
    parser.add_argument("--version", action="version", version=f"goescape {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_check(commands)
    _add_explain(commands)
    _add_fix(commands)
    _add_doctor(commands)
    _add_setup(commands)
    _add_server(commands)
    return parser


def _add_check(commands: _Commands) -> None:
    command = commands.add_parser(
        "check",
        help="list what escapes to the heap",
        description="List what escapes to the heap. Exit code: 0 nothing found, 1 something "
        "found, 2 something could not be analysed.",
    )
    command.set_defaults(run=_check)
    command.add_argument(
        "packages",
        nargs="*",
        metavar="PACKAGES",
        help="folders, Go files or import paths, as for go build (default: ./...)",
    )
    command.add_argument(
        "-C", dest="folder", default=".", metavar="DIR", help="look in DIR instead of here"
    )
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument(
        "--min-severity",
        choices=[severity.value for severity in Severity],
        default=Severity.HINT.value,
        help="leave out what matters less (default: hint)",
    )
    command.add_argument(
        "--all", action="store_true", help="also what the compiler reports and does not allocate"
    )
    command.add_argument(
        "--no-progress", action="store_true", help="no progress line on the terminal"
    )
    _add_engine_options(command)
    _add_color(command)


def _add_explain(commands: _Commands) -> None:
    command = commands.add_parser(
        "explain",
        help="tell why a line allocates",
        description="Tell what a line allocates, why, through which steps, and what helps.",
    )
    command.set_defaults(run=_explain)
    command.add_argument("position", metavar="FILE:LINE[:COLUMN]", help="columns count bytes")
    _add_engine_options(command)
    _add_color(command)


def _add_fix(commands: _Commands) -> None:
    command = commands.add_parser(
        "fix",
        help="repair what escapes, with proof",
        description="Repair what escapes to the heap. Every fix was compiled and compared before "
        "it is shown. Exit code: 0 all is done, 1 --diff shows fixes, 2 something could not be "
        "analysed.",
    )
    command.set_defaults(run=_fix)
    command.add_argument("packages", nargs="*", metavar="PACKAGES", help="as for check")
    command.add_argument(
        "-C", dest="folder", default=".", metavar="DIR", help="look in DIR instead of here"
    )
    command.add_argument("--diff", action="store_true", help="show the fixes, write nothing")
    command.add_argument(
        "--yes", action="store_true", help="write all obvious fixes, proved together"
    )
    command.add_argument(
        "--test", action="store_true", help="write only what the package's tests pass with"
    )
    command.add_argument(
        "--only", action="append", default=[], metavar="CODE", help="only this kind of fix"
    )
    command.add_argument("--go", default="", metavar="PATH", help="the go command to use")
    _add_color(command)


def _add_doctor(commands: _Commands) -> None:
    command = commands.add_parser(
        "doctor",
        help="show versions, which Go is used and why, and what is wrong",
        description="Show versions, which Go is used and why, the modules of the folder, and "
        "what is wrong. Exit code: 0 all is well, 1 there is a problem.",
    )
    command.set_defaults(run=_doctor)
    command.add_argument("-C", dest="folder", default=".", metavar="DIR", help="look in DIR")
    _add_engine_options(command)
    _add_color(command)


def _add_setup(commands: _Commands) -> None:
    command = commands.add_parser(
        "setup",
        help="tell an editor about goescape",
        description="Print what an editor needs to start the language server, with the path of "
        f"this command. EDITOR is one of {', '.join(recipes.BY_NAME)}.",
    )
    command.set_defaults(run=_setup)
    command.add_argument("editor", nargs="?", default="", metavar="EDITOR")
    command.add_argument(
        "--write",
        action="store_true",
        help="write it where it belongs: shows the difference, and keeps what was there",
    )
    command.add_argument(
        "--check", action="store_true", help="say which editors there are, and which are set up"
    )
    _add_color(command)


def _add_server(commands: _Commands) -> None:
    command = commands.add_parser(
        "server",
        help="be a language server, for editors",
        description="Speak the language server protocol on standard input and output.",
    )
    command.set_defaults(run=_server)
    command.add_argument(
        "--tcp", type=_address, metavar="HOST:PORT", help="listen for one client there instead"
    )


def _add_engine_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--go", default="", metavar="PATH", help="the go command to use")
    command.add_argument(
        "--tests",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="analyse _test.go files too (default: yes)",
    )


def _add_color(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="auto: on a terminal, unless NO_COLOR is set",
    )


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT, such as 127.0.0.1:7070")
    return host.strip("[]"), int(port)
