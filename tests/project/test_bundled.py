"""The VS Code extension carries what the server asks for, in versions that it allows."""

from __future__ import annotations

import re
import runpy
from importlib.metadata import PackageNotFoundError, metadata, requires
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY

CLIENT = REPOSITORY / "client-vscode"
PACKAGE: dict[str, Any] = runpy.run_path(str(CLIENT / "package.py"))
START: dict[str, Any] = runpy.run_path(str(CLIENT / "python" / "start.py"))
PYTHONS: tuple[str, ...] = PACKAGE["PYTHONS"]


def bundled(python: str) -> dict[str, str]:
    """What the extension carries for one Python: each library with its version."""
    pins = {**PACKAGE["PURE"], **PACKAGE["COMPILED"], **PACKAGE["OLDER"].get(python, {})}
    return {canonicalize_name(name): version for name, version in pins.items()}


def needed(python: str) -> dict[str, list[Requirement]]:
    """What the server needs on a Python, and what that needs: each library with who wants what."""
    found: dict[str, list[Requirement]] = {}
    waiting = ["goescape"]
    while waiting:
        for wish in wishes_of(waiting.pop(), python):
            name = canonicalize_name(wish.name)
            if name not in found:
                waiting.append(name)
            found.setdefault(name, []).append(wish)
    return found


def wishes_of(library: str, python: str) -> list[Requirement]:
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    try:
        wishes = [Requirement(text) for text in requires(library) or ()]
    except PackageNotFoundError:  # only other Pythons than this one need it
        return []
    return [w for w in wishes if w.marker is None or w.marker.evaluate(environment)]


@pytest.mark.parametrize("python", PYTHONS)
def test_every_library_is_there_in_a_version_that_is_allowed(python: str) -> None:
    pins = bundled(python)
    for name, wishes in needed(python).items():
        assert name in pins, f"package.py lacks {name}"
        for wish in wishes:
            assert wish.specifier.contains(pins[name]), f"package.py has {name} {pins[name]}"


def test_nothing_is_carried_that_nobody_needs() -> None:
    everything = {name for python in PYTHONS for name in needed(python)}
    assert set(bundled(PYTHONS[0])) == everything


def test_the_pythons_are_those_of_the_server() -> None:
    known = metadata("goescape")
    classifiers = "\n".join(known.get_all("Classifier") or ())
    assert tuple(re.findall(r"Python :: (3\.\d+)", classifiers)) == PYTHONS
    assert known["Requires-Python"] == f">={PYTHONS[0]}"
    assert PYTHONS[0] == "{}.{}".format(*START["OLDEST"])
    assert PYTHONS[-1] == "{}.{}".format(*START["NEWEST"])
