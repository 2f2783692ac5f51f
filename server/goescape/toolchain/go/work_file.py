"""go.work files: their modules, and a copy that Go may change."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@frozen
class WorkFile:
    """A go.work, as `go work edit -json` describes it."""

    folder: str
    described: Mapping[str, Any]

    @property
    def modules(self) -> tuple[str, ...]:
        """The roots of its modules."""
        uses = self.described.get("Use") or ()
        return tuple(self._absolute(use["DiskPath"]) for use in uses)

    def copy(self) -> dict[str, bytes]:
        """The file with absolute paths, and its go.work.sum; for go changes the latter freely.

        Empty for a vendored workspace: there go looks for vendor beside go.work, and changes
        nothing.
        """
        folder = Path(self.folder)
        if (folder / "vendor" / "modules.txt").is_file():
            return {}
        lines = [f"go {version}" for version in [self.described.get("Go")] if version]
        lines += [
            f"godebug {setting['Key']}={setting['Value']}" for setting in self._all("Godebug")
        ]
        lines += [f"use {_quoted(module)}" for module in self.modules]
        for replacement in self._all("Replace"):
            lines.append(
                f"replace {self._module(replacement['Old'])} => {self._module(replacement['New'])}"
            )
        files = {"go.work": "\n".join(lines).encode() + b"\n"}
        with contextlib.suppress(OSError):
            files["go.work.sum"] = (folder / "go.work.sum").read_bytes()
        return files

    def _all(self, field: str) -> Sequence[Mapping[str, Any]]:
        return self.described.get(field) or ()

    def _module(self, module: Mapping[str, str]) -> str:
        path, version = module["Path"], module.get("Version", "")
        if path.startswith(("./", "../")):
            path = self._absolute(path)
        return f"{_quoted(path)} {version}".rstrip()

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.folder, path))  # noqa: PTH118


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
