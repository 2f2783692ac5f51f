"""What a build has to report: packages with their variants, and the files as they were before."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, field

from goescape.toolchain.digests import digest
from goescape.toolchain.go.file_selection import lone_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goescape.toolchain.compile.report_worker import Key
    from goescape.toolchain.go.packages import ListedPackage


@define
class BuiltPackage:
    """A package that was asked for, with its test variants."""

    path: str
    directory: str
    variants: tuple[ListedPackage, ...]
    snapshot: Mapping[str, bytes]
    """Each Go file of the directory with the digest of its content before the compile."""
    finished: set[Key] = field(factory=set)
    """The variants whose text has come."""
    concluded: bool = False

    @property
    def name(self) -> str:
        """The import path; for files in no module the first of them."""
        if self.path != "command-line-arguments":
            return self.path
        return lone_name(
            [file for variant in self.variants for file in (*variant.files, *variant.test_files)]
        )

    @property
    def is_excluded(self) -> bool:
        """Whether the build leaves out all of its files: nothing to report, and no error."""
        return all(not variant.files and variant.ignored for variant in self.variants)

    @property
    def complete(self) -> bool:
        """Whether every variant has printed its text; one that prints nothing never is."""
        return all(variant.key in self.finished for variant in self.variants)


def built_packages(listed: Sequence[ListedPackage]) -> dict[str, BuiltPackage]:
    """The packages that were asked for, by their owner; reads their files."""
    groups: dict[str, list[ListedPackage]] = {}
    for package in listed:
        if package.directory:
            groups.setdefault(package.owner, []).append(package)
    asked = {package.path for package in listed if not package.variant}
    return {
        owner: BuiltPackage(
            owner, variants[0].directory, tuple(variants), _snapshot(variants[0].directory)
        )
        for owner, variants in groups.items()
        if owner in asked
    }


def _snapshot(directory: str) -> dict[str, bytes]:
    """Each Go file of the folder with the digest of its content."""
    return {path: digest(content) for path, content in go_file_contents(directory)}


def go_file_contents(directory: str) -> Iterator[tuple[str, bytes]]:
    """The Go files of a folder with their content; nothing when it is gone."""
    for path in sorted(Path(directory).glob("*.go")):
        with contextlib.suppress(OSError):
            yield str(path), path.read_bytes()
