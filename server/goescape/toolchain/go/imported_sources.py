"""The Go files of the packages that a package imports, read from the disk when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from goescape.analysis.syntax.source import SourceText
from goescape.fixes.context.imported_types import PackageSources

SOURCE_FIELDS = (
    "ImportPath,ForTest,Standard,Dir,"
    "GoFiles,CgoFiles,IgnoredGoFiles,SFiles,CFiles,CXXFiles,SysoFiles"
)
"""What `go list -deps` must tell for it."""


class ImportedSources(Mapping[str, PackageSources]):
    """By import path."""

    def __init__(self, listed: list[Mapping[str, object]]) -> None:
        self._listed = {str(item["ImportPath"]): item for item in listed if not item.get("ForTest")}
        self._read: dict[str, PackageSources] = {}

    def __getitem__(self, path: str) -> PackageSources:
        if path not in self._read:
            self._read[path] = _read(self._listed[path])
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def _read(item: Mapping[str, object]) -> PackageSources:
    directory = str(item.get("Dir") or "")
    foreign = ("SFiles", "CFiles", "CXXFiles", "SysoFiles")
    return PackageSources(
        _texts(directory, item, "GoFiles") + _texts(directory, item, "CgoFiles"),
        _texts(directory, item, "IgnoredGoFiles"),
        is_go=not any(item.get(field) for field in foreign),
        is_standard=bool(item.get("Standard")),
    )


def _texts(directory: str, item: Mapping[str, object], field: str) -> tuple[SourceText, ...]:
    """Files that vanished meanwhile declare nothing, so that nothing is known of their types."""
    names = item.get(field)
    sources = []
    for name in names if isinstance(names, list) else ():
        file = Path(directory, str(name))
        if file.is_file():
            sources.append(SourceText(str(file), file.read_bytes()))
    return tuple(sources)
