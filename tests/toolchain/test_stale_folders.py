"""What killed processes left in the temporary folder is removed, and nothing else."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING

from goescape.toolchain.cache.stale_folders import remove_stale_folders

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DAYS = 86_400.0


def test_only_old_folders_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("goescape-go-old", "goescape-go-new", "goescape-other", "somebody's"):
        (tmp_path / name / "inside").mkdir(parents=True)
    (tmp_path / "goescape-go-file").write_text("")
    (tmp_path / "goescape-go-link").symlink_to(tmp_path / "somebody's", target_is_directory=True)
    old = time.time() - 2 * DAYS
    for each in tmp_path.iterdir():
        if each.name != "goescape-go-new":
            os.utime(each, (old, old), follow_symlinks=False)
    remove_stale_folders()
    assert {each.name for each in tmp_path.iterdir()} == {
        "goescape-go-new",
        "goescape-go-file",
        "goescape-go-link",
        "goescape-other",
        "somebody's",
    }


def test_without_a_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    remove_stale_folders()
