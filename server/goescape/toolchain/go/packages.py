"""What `go list` says: packages with their variants and errors, and where a file belongs."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FIELDS = (
    "ImportPath,Name,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,"
    "ForTest,Export,Error,DepsErrors,Module"
)


@frozen
class ListedPackage:
    """One package, or one test variant of it, as `go list` describes it."""

    path: str
    """Import path without its variant."""
    variant: str
    """What stands in brackets: ``p.test``; empty for the package itself."""
    owner: str
    """The package that its findings count for: ``p`` for ``p_test [p.test]`` too."""
    directory: str
    files: tuple[str, ...]
    """The Go files of this variant, cgo included; absolute."""
    test_files: tuple[str, ...]
    ignored: tuple[str, ...]
    """File names that build constraints leave out."""
    built: bool
    """Whether it compiled (only known after ``-export``)."""
    errors: tuple[str, ...]
    """Its own errors, with a position in front where Go gives one."""
    dependency_errors: tuple[str, ...]
    language: tuple[int, int] = (1, 22)
    """The Go version that its module asks for; the current language where none says."""

    @property
    def key(self) -> tuple[str, str]:
        """What the header of its compiler text says."""
        return self.path, self.variant

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compile: unsafe is part of the compiler."""
        return not self.files or self.path == "unsafe"

    @property
    def is_test(self) -> bool:
        """Whether it is a variant with test files."""
        return self.variant.endswith(".test")


class JsonObjects:
    """Collects the objects that `go list -json` prints one after another, line by line."""

    def __init__(
        self, kept: Callable[[Mapping[str, object]], Mapping[str, object]] | None = None
    ) -> None:
        """``kept`` says what is kept of an object."""
        self._kept = kept
        self.objects: list[Mapping[str, object]] = []
        self.strays: list[str] = []
        """Lines that belong to no object; only the first ones are kept."""
        self._lines: list[str] = []

    def feed(self, line: str) -> None:
        """One line of standard output."""
        if line == "{":
            self._lines = [line]
        elif self._lines:
            self._lines.append(line)
            if line == "}":
                self._finish()
        elif line.strip() and len(self.strays) < 20:
            self.strays.append(line[:500])

    def _finish(self) -> None:
        text, self._lines = "\n".join(self._lines), []
        try:
            decoded = json.loads(text)
            self.objects.append(decoded if self._kept is None else self._kept(decoded))
        except ValueError:
            self.strays.append(text[:500])


def json_objects(output: bytes) -> JsonObjects:
    """The same of all that `go list -json` has printed, which is quicker."""
    collected, text, start = JsonObjects(), output.decode("utf-8", "replace"), 0
    decode = json.JSONDecoder().raw_decode
    try:
        while text.startswith("{", start):
            decoded, end = decode(text, start)
            collected.objects.append(decoded)
            start = end + 1 if text.startswith("\n", end) else end
    except ValueError:
        pass  # a line that belongs to no object, or half of one
    for line in text[start:].splitlines():
        collected.feed(line)
    return collected


def listed_packages(
    objects: Sequence[Mapping[str, object]], directory: str = ""
) -> tuple[ListedPackage, ...]:
    """The packages of `go list`, or those of one folder, without the generated test mains."""
    paths = {str(item.get("ImportPath")) for item in objects}
    return tuple(
        _listed(item)
        for item in objects
        if item.get("ImportPath")
        and not _is_test_main(item, paths)
        and directory in {"", item.get("Dir")}
    )


def owner_of(path: str, variant: str) -> str:
    """The package that a header ``# path [variant]`` belongs to."""
    tested = variant.removesuffix(".test")
    return tested if variant.endswith(".test") and path == f"{tested}_test" else path


def split_path(import_path: str) -> tuple[str, str]:
    """``p [p.test]`` -> ``("p", "p.test")``."""
    path, bracket, variant = import_path.partition(" [")
    return path, variant.removesuffix("]") if bracket else ""


def _listed(item: Mapping[str, object]) -> ListedPackage:
    path, variant = split_path(str(item["ImportPath"]))
    directory = str(item.get("Dir") or "")
    own = (*_names(item, "GoFiles"), *_names(item, "CgoFiles"))
    tests = (*_names(item, "TestGoFiles"), *_names(item, "XTestGoFiles"))
    error = item.get("Error")
    dependencies = item.get("DepsErrors")
    return ListedPackage(
        path,
        variant,
        str(item.get("ForTest") or "") if path.endswith("_test") and variant else path,
        directory,
        tuple(str(Path(directory, name)) for name in own),
        tuple(str(Path(directory, name)) for name in tests),
        _names(item, "IgnoredGoFiles"),
        bool(item.get("Export")),
        (_error_text(error),) if isinstance(error, dict) else (),
        tuple(
            _error_text(dependency_error)
            for dependency_error in dependencies
            if isinstance(dependency_error, dict)
        )
        if isinstance(dependencies, list)
        else (),
        _language(item.get("Module")),
    )


def _language(module: object) -> tuple[int, int]:
    version = str(module.get("GoVersion", "1.16")) if isinstance(module, dict) else "1.22"
    match = re.match(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else (1, 22)


def _names(item: Mapping[str, object], field: str) -> tuple[str, ...]:
    names = item.get(field)
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def _error_text(error: Mapping[str, object]) -> str:
    text = str(error.get("Err") or "unknown error")
    position = str(error.get("Pos") or "")
    stack = error.get("ImportStack")
    if text.startswith("import cycle") and isinstance(stack, list):
        text = f"{text}: {' imports '.join(str(path) for path in stack)}"
    return f"{position}: {text}" if position else text


def _is_test_main(item: Mapping[str, object], paths: set[str]) -> bool:
    path = str(item.get("ImportPath"))
    # Its only file lies in the build cache; a package that is named so has files of its own.
    own = [name for name in _names(item, "GoFiles") if not os.path.isabs(name)]  # noqa: PTH117
    return path.endswith(".test") and path.removesuffix(".test") in paths and not own
