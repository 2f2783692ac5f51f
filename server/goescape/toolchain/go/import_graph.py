"""Who imports whom in a module, from one answer of `go list` for all of its packages."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence  # noqa: TC003 - attrs resolves annotations
from pathlib import Path

from attrs import frozen

from goescape.toolchain.file_stamps import file_stamp, folder_stamp
from goescape.toolchain.go.module_folders import is_skipped, module_files
from goescape.toolchain.go.packages import FIELDS, listed_packages, split_path

GRAPH_FIELDS = f"{FIELDS},Deps"


@frozen
class _Importer:
    """A package, or a variant of it for tests."""

    own: frozenset[object]
    """The paths of which it is itself the package."""
    dependencies: tuple[str, ...]
    """What it imports, also indirectly; equal paths are one object, as there are many."""
    folder: str
    files: tuple[str, ...]


@frozen
class ImportGraph:
    """The packages of a module and what they import."""

    importers: tuple[_Importer, ...]

    @classmethod
    def of(cls, objects: Sequence[Mapping[str, object]]) -> ImportGraph:
        """From what `go list` prints with ``GRAPH_FIELDS``."""
        paths: dict[str, str] = {}
        importers = []
        for item in objects:
            dependencies = item.get("Deps")
            if not isinstance(dependencies, list):
                continue
            path = _path(item)
            names = (split_path(str(name))[0] for name in dependencies)
            imported = tuple(paths.setdefault(name, name) for name in names)
            own = frozenset({path, path.removesuffix(".test"), item.get("ForTest")})
            for listed in listed_packages([item]):
                files = (*listed.files, *listed.test_files)
                here = tuple(file for file in files if str(Path(file).parent) == listed.directory)
                importers.append(_Importer(own, imported, listed.directory, here))
        return cls(tuple(importers))

    def importing(self, package_path: str) -> dict[str, tuple[str, ...]]:
        """The folders of packages that import a package, also indirectly, with their Go files."""
        importing: dict[str, set[str]] = {}
        for importer in self.importers:
            if package_path in importer.dependencies and package_path not in importer.own:
                importing.setdefault(importer.folder, set()).update(importer.files)
        return {folder: tuple(sorted(files)) for folder, files in importing.items()}


def _path(item: Mapping[str, object]) -> str:
    return str(item.get("ImportPath"))


def module_stamp(root: str) -> bytes:
    """Another one when a Go file of a module, or what decides its versions, is written."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(module_files(root)):
        digest.update(repr((file, file_stamp(file))).encode())
    for folder, names, _ in os.walk(root):
        names[:] = sorted(name for name in names if not is_skipped(name))
        digest.update(repr((folder, folder_stamp(folder))).encode("utf-8", "surrogateescape"))
    return digest.digest()
