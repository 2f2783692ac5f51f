"""``python -m bench``: measure, print, and write ``bench/RESULTS.md``."""

from __future__ import annotations

import argparse
import asyncio
import compileall
import fcntl
import shutil
import signal
import sys
import time
from pathlib import Path

from attrs import define, field

import goescape
from bench import machine, packages
from bench.go import KEPT, BenchProblem, Go, gopls, installed_go, linked_copy, version_of
from bench.packages import PACKAGES, SOURCES, WORK, WORKSPACE, Copies, Package
from bench.report import report
from bench.scenarios import TIMES, Samples, package_run
from bench.workspace import Starts, Workspace

RESULTS = Path(__file__).with_name("RESULTS.md")
_QUIET_SECONDS = 120.0
_SINGLE = ("starts", "workspace")
_STARTED = "client"
"""The package that is opened to measure starts."""


def _arguments() -> argparse.ArgumentParser:
    names = (*(each.name for each in PACKAGES), *_SINGLE)
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument(
        "--only", metavar="NAME", choices=names, action="append", help=f"of {', '.join(names)}"
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each package (default 7)")
    parser.add_argument("--quick", action="store_true", help="two rounds, no whole workspace")
    parser.add_argument("--no-gopls", action="store_true", help="leave gopls out")
    parser.add_argument(
        "--wait-quiet", action="store_true", help="begin each round when others use few cores"
    )
    parser.add_argument("--fixes", action="store_true", help="goescape proves fixes meanwhile")
    parser.add_argument("--output", type=Path, help="instead of bench/RESULTS.md; - for none")
    return parser


@define(eq=False)
class Bench:
    """One run."""

    options: argparse.Namespace
    go: Go
    gopls: Path | None
    cache: Path = WORK / "build-cache"
    measured: dict[str, tuple[Package, Samples]] = field(factory=dict)
    starts: Samples | None = None
    workspace: Samples | None = None

    @property
    def rounds(self) -> int:
        """How many count."""
        return 2 if self.options.quick else int(self.options.rounds)

    def wants(self, name: str) -> bool:
        """Whether something is to be measured."""
        only = self.options.only
        return name in only if only else not (self.options.quick and name == "workspace")

    async def run(self) -> None:
        """Prepare, then measure one after the other."""
        wanted = [each for each in PACKAGES if self.wants(each.name)]
        copies = await asyncio.to_thread(self._prepare, wanted)
        for package in wanted:
            await self._measure(package, copies[package.module])
        if self.wants("starts"):
            say("starts")
            self.starts = Samples()
            package = next(each for each in PACKAGES if each.name == _STARTED)
            await Starts(copies[package.module], package, self.cache, self.starts).run(self.rounds)
        if self.wants("workspace"):
            say("workspace")
            self.workspace = Samples()
            base = Path(self.go.environment["GOCACHE"])
            count = 1 if self.options.quick else 2
            await Workspace(copies[WORKSPACE], base, self.workspace).run(count, self._quiet)

    def _prepare(self, wanted: list[Package]) -> dict[str, Copies]:
        folders: dict[str, list[str]] = {}
        for package in wanted:
            folders.setdefault(package.module, []).append(package.folder)
        if self.wants("starts"):
            started = next(each for each in PACKAGES if each.name == _STARTED)
            folders.setdefault(started.module, []).append(started.folder)
        if self.wants("workspace"):
            folders[WORKSPACE] = ["./..."]
        copies = {}
        for module, inside in folders.items():
            say(f"preparing {module}")
            copies[module] = packages.prepare(self.go, module, inside)
        linked_copy(Path(self.go.environment["GOCACHE"]), self.cache)
        return copies

    async def _measure(self, package: Package, copies: Copies) -> None:
        say(f"{package.name}: {package.module} {package.folder} ({package.about})")
        begun = time.monotonic()
        fixes = bool(self.options.fixes)
        async with package_run(package, copies, self.cache, self.gopls, fixes=fixes) as run:
            self.measured[package.name] = package, run.samples
            await run.rounds(self.rounds, self._quiet)
            await run.once()
        say(f"  {time.monotonic() - begun:.0f} s")

    async def _quiet(self) -> None:
        if self.options.wait_quiet:
            await asyncio.to_thread(machine.wait_until_quiet, _QUIET_SECONDS)

    def lines(self) -> list[str]:
        """Versions and what was measured."""
        go = version_of(self.go.path, "version")
        other = "" if self.gopls is None else f", {version_of(self.gopls, 'version')}"
        return [
            f"goescape {goescape.__version__}, {go}{other}",
            f"{', '.join(SOURCES.values())}, and the standard library",
            f"{self.rounds} rounds, interleaved, after one to warm up",
            f"limit, typing and saving {TIMES} times in each round",
        ]


def say(text: str) -> None:
    """What happens now."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """The exit code."""
    options = _arguments().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("The benchmark was ended."))
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("The benchmark is running already: wait until it is done.")
            return 2
        try:
            return _run(options)
        except BenchProblem as problem:
            say(str(problem))
            return 2
        finally:
            shutil.rmtree(WORK, ignore_errors=True)


def _run(options: argparse.Namespace) -> int:
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    go = installed_go()
    compileall.compile_dir(Path(goescape.__file__).parent, quiet=1)  # as any installer does
    computer = machine.description()
    bench = Bench(options, go, None if options.no_gopls else gopls(go))
    try:
        asyncio.run(bench.run())
    finally:
        text = report([*computer, *bench.lines()], bench.measured, bench.starts, bench.workspace)
        print(text)
        if options.output is None:
            RESULTS.write_text(text)
        elif str(options.output) != "-":
            options.output.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
