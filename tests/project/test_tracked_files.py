"""What is in the repository: no private paths or hosts, nothing by accident."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.conftest import REPOSITORY

PRIVATE = re.compile(
    rb"(?<![\w.~])/(?:work|root|home/(?!user/)\w+)/\w|/Users/\w|\.\./shared\b"
    rb"|\b(?:pypi|pythonhosted|artifactory|nexus)\.[a-z]",
)
"""Paths of somebody's machine, and hosts that only a package manager should know."""
LARGEST = 2_000_000
"""Bytes."""


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.decode().split("\0") if name]


def test_no_private_path_or_host() -> None:
    for name in tracked():
        file = REPOSITORY / name
        if file.is_file() and name != "tests/project/test_tracked_files.py":
            found = PRIVATE.search(file.read_bytes())
            assert found is None, f"{name}: {found[0]!r}"


def test_nothing_large() -> None:
    sizes = {name: (REPOSITORY / name).stat().st_size for name in tracked()}
    assert not {name: size for name, size in sizes.items() if size > LARGEST}
