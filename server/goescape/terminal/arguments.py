"""What can be written behind ``goescape``; knows no command, so that help comes at once."""

from __future__ import annotations

import argparse
from typing import Any

from goescape import __version__

_Commands = Any  # argparse does not name the type of add_subparsers' answer
SEVERITIES = ("warning", "information", "hint")
FORMATS = ("text", "json", "sarif", "github", "rdjson", "junit")


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="goescape", description="Shows which Go values escape to the heap, and why."
    )
    whole.add_argument("--version", action="version", version=f"goescape {__version__}")
    commands = whole.add_subparsers(metavar="COMMAND", required=True)
    _add_check(commands)
    _add_baseline(commands)
    _add_merge(commands)
    _add_report(commands)
    _add_explain(commands)
    _add_fix(commands)
    _add_bench(commands)
    _add_compare(commands)
    _add_doctor(commands)
    _add_setup(commands)
    _add_server(commands)
    return whole


def _add_check(commands: _Commands) -> None:
    command = commands.add_parser(
        "check",
        help="list what escapes to the heap",
        description="List what escapes to the heap. Exit code: 0 nothing found that counts, 1 "
        "something found, 2 something could not be analysed.",
    )
    command.set_defaults(command="check")
    _add_packages(command)
    command.add_argument("--format", choices=FORMATS, default="text")
    command.add_argument(
        "--min-severity",
        choices=SEVERITIES,
        default=SEVERITIES[-1],
        help="leave out what matters less (default: hint)",
    )
    command.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="FILE",
        help="rank by what a heap profile of pprof says; may be repeated",
    )
    command.add_argument(
        "--from-log",
        default="",
        metavar="FILE",
        help="read the text of a build that was made with -gcflags=-m=2 (- for standard input)",
    )
    command.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "new"),
        default=SEVERITIES[-1],
        help="what makes the exit code 1: findings of this severity or above, or new ones "
        "(default: hint)",
    )
    compared = command.add_mutually_exclusive_group()
    compared.add_argument(
        "--since", default="", metavar="REV", help="only what is new against a revision of git"
    )
    compared.add_argument(
        "--baseline", default="", metavar="FILE", help="only what is not in a baseline"
    )
    command.add_argument(
        "--shard",
        type=_shard,
        default=(1, 1),
        metavar="I/N",
        help="only the I-th of N parts of the packages; put together with goescape merge",
    )
    command.add_argument(
        "--all", action="store_true", help="also what the compiler reports and does not allocate"
    )
    _add_progress(command)
    _add_engine_options(command)
    _add_color(command)


def _add_baseline(commands: _Commands) -> None:
    command = commands.add_parser(
        "baseline",
        help="write down what escapes now, so that check shows only what is new",
        description="Write down what escapes now, for check --baseline. Exit code: 0 it is "
        "written, 2 something could not be analysed.",
    )
    command.set_defaults(command="baseline")
    _add_packages(command)
    command.add_argument(
        "-o", dest="output", default="", metavar="FILE", help="write to FILE instead of here"
    )
    _add_progress(command)
    _add_engine_options(command)
    _add_color(command)


def _add_merge(commands: _Commands) -> None:
    command = commands.add_parser(
        "merge",
        help="put the parts of a check together",
        description="Put the JSON of checks with --shard together into that of one check. Exit "
        "code: as that of the check.",
    )
    command.set_defaults(command="merge")
    command.add_argument("files", nargs="+", metavar="FILE", help="from check --format json")
    command.add_argument(
        "--fail-on",
        choices=SEVERITIES,
        default=SEVERITIES[-1],
        help="as for check (default: hint)",
    )


def _add_report(commands: _Commands) -> None:
    command = commands.add_parser(
        "report",
        help="write a page about all that escapes",
        description="Write one HTML page about all that escapes: where most is, why, and what "
        "helps. It needs no network. Exit code: 0 it is written, 2 something could not be "
        "analysed.",
    )
    command.set_defaults(command="report")
    _add_packages(command)
    command.add_argument(
        "-o",
        dest="output",
        default="goescape.html",
        metavar="FILE",
        help="where to write it (default: goescape.html)",
    )
    command.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="FILE",
        help="also what a heap profile of pprof says; may be repeated",
    )
    command.add_argument(
        "--baseline", default="", metavar="FILE", help="say what is new since a baseline"
    )
    _add_progress(command)
    _add_engine_options(command)
    _add_color(command)


def _add_explain(commands: _Commands) -> None:
    command = commands.add_parser(
        "explain",
        help="tell why a line allocates",
        description="Tell what a line allocates, why, through which steps, and what helps.",
    )
    command.set_defaults(command="explain")
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
    command.set_defaults(command="fix")
    command.add_argument("packages", nargs="*", metavar="PACKAGES", help="as for check")
    _add_folder(command)
    command.add_argument(
        "--diff",
        action="store_true",
        help="show the fixes, write nothing; with --yes what it would write, for git apply",
    )
    command.add_argument(
        "--yes", action="store_true", help="write all obvious fixes, proved together"
    )
    command.add_argument(
        "--test", action="store_true", help="write only what the package's tests pass with"
    )
    command.add_argument(
        "--only", action="append", default=[], metavar="CODE", help="only this kind of fix"
    )
    command.add_argument(
        "--everywhere",
        action="store_true",
        help="also in tests, on error paths, in what runs once, and in generated files",
    )
    command.add_argument(
        "--hot",
        action="store_true",
        help="only what --profile shows to allocate, hottest first",
    )
    command.add_argument(
        "--profile", default="", metavar="FILE", help="a heap profile of pprof, for --hot"
    )
    _add_measuring(command)
    _add_go(command)
    _add_color(command)


def _add_measuring(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--measure",
        action="store_true",
        help="run tests and benchmarks, and keep only what makes these allocate less",
    )
    command.add_argument(
        "--bench",
        default=".",
        metavar="REGEX",
        help="with --measure: only these benchmarks, as for go test (default: all)",
    )
    command.add_argument(
        "--benchtime",
        default="100x",
        metavar="Nx",
        help="with --measure: operations per benchmark (default: 100x)",
    )
    command.add_argument(
        "--count",
        type=_count,
        default=6,
        metavar="N",
        help="with --measure: how often each side runs at the end, for its time (default: 6)",
    )
    command.add_argument(
        "--time-limit",
        type=_seconds,
        default=600.0,
        metavar="SECONDS",
        help="with --measure: for one package, each time (default: 600)",
    )
    command.add_argument(
        "--format",
        choices=("text", "markdown"),
        default="text",
        help="with --measure: the table as text, or for a pull request",
    )


def _add_bench(commands: _Commands) -> None:
    command = commands.add_parser(
        "bench",
        help="run benchmarks and tell where they allocate",
        description="Run benchmarks with go test, and tell what each allocated and where. Exit "
        "code: 0 all is done, 2 something failed.",
    )
    command.set_defaults(command="bench")
    command.add_argument(
        "names",
        nargs="*",
        metavar="BENCHMARK|PACKAGE",
        help="BenchmarkX, BenchmarkX/sub, or packages as for check (default: all below)",
    )
    _add_folder(command)
    _add_benchmarking(command)
    command.add_argument(
        "--memprofilerate",
        type=int,
        default=0,
        metavar="N",
        help="a sample for each N bytes, as for go test; 1 is exact and slow (default: 512 KiB)",
    )
    _add_progress(command)
    _add_go(command)
    _add_color(command)


def _add_compare(commands: _Commands) -> None:
    command = commands.add_parser(
        "compare",
        help="tell what has changed since a revision: sites, and benchmarks",
        description="Tell which allocation sites are new and gone since a revision of git, and "
        "what benchmarks say to that. Exit code: 0 no site is new, 1 some are, 2 something failed.",
    )
    command.set_defaults(command="compare")
    command.add_argument("revision", metavar="REV", help="a revision of git: HEAD, main, v1.2.0")
    _add_packages(command)
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument(
        "--bench", default="", metavar="REGEX", help="run these benchmarks too, as for go test"
    )
    command.add_argument(
        "--count",
        type=_count,
        default=6,
        metavar="N",
        help="how often each benchmark runs on each side (default: 6)",
    )
    _add_benchmarking(command)
    _add_progress(command)
    _add_engine_options(command)
    _add_color(command)


def _add_doctor(commands: _Commands) -> None:
    command = commands.add_parser(
        "doctor",
        help="show versions, which Go is used and why, and what is wrong",
        description="Show versions, which Go is used and why, the modules of the folder, and "
        "what is wrong. Exit code: 0 all is well, 1 there is a problem.",
    )
    command.set_defaults(command="doctor")
    command.add_argument("-C", dest="folder", default=".", metavar="DIR", help="look in DIR")
    _add_engine_options(command)
    _add_color(command)


def _add_setup(commands: _Commands) -> None:
    command = commands.add_parser(
        "setup",
        help="tell an editor about goescape",
        description="Print what an editor needs to start the language server, with the path of "
        "this command. Without EDITOR, the editors are named.",
    )
    command.set_defaults(command="setup")
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
    command.set_defaults(command="server")
    command.add_argument(
        "--tcp", type=_address, metavar="HOST:PORT", help="listen for one client there instead"
    )


def _add_packages(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "packages",
        nargs="*",
        metavar="PACKAGES",
        help="folders, Go files or import paths, as for go build (default: ./...)",
    )
    _add_folder(command)


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-C", dest="folder", default=".", metavar="DIR", help="look in DIR instead of here"
    )


def _add_go(command: argparse.ArgumentParser) -> None:
    command.add_argument("--go", default="", metavar="PATH", help="the go command to use")


def _add_progress(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--no-progress", action="store_true", help="no progress line on the terminal"
    )


def _add_benchmarking(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--time-limit",
        type=_seconds,
        default=600.0,
        metavar="SECONDS",
        help="stop the benchmarks of a package after so long (default: 600)",
    )
    command.add_argument(
        "--benchtime", default="", metavar="T", help="as for go test: 2s, 100x (default: 1s)"
    )


def _add_engine_options(command: argparse.ArgumentParser) -> None:
    _add_go(command)
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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e7:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds, such as 60")
    return seconds


def _shard(text: str) -> tuple[int, int]:
    number, slash, count = text.partition("/")
    if slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) < 1e6:
        return int(number), int(count)
    raise argparse.ArgumentTypeError(f"{text} is not a part such as 2/3")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 1000")
    return int(text)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT, such as 127.0.0.1:7070")
    return host.strip("[]"), int(port)
