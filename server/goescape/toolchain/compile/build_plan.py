"""Build plans: all that is needed to run the compiler itself on a package, as `go list` says it.

A plan is only made where it is exact. What cannot be planned (cgo, SWIG, assembly, PGO, flags that
change code) is left to the go command.
"""

from __future__ import annotations

import json
import os
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.toolchain.digests import digest
from goescape.toolchain.file_stamps import path_stamp
from goescape.toolchain.go.module_folders import module_files
from goescape.toolchain.go.packages import (
    ListedPackage,
    listed_packages,
    split_path,
)
from goescape.toolchain.go.process_command import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PLAN_FIELDS = (
    "ImportPath,Name,Dir,ForTest,Standard,Module,Error,DepsErrors,Imports,ImportMap,"
    "GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,"
    "CFiles,CXXFiles,MFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,"
    "EmbedPatterns,EmbedFiles"
)
_FOREIGN = tuple(
    re.findall(
        r"\w+", "CgoFiles CFiles CXXFiles MFiles FFiles SFiles SwigFiles SwigCXXFiles SysoFiles"
    )
)
"""Whatever is not Go: the compiler alone cannot tell what belongs to it."""
_WITHOUT_BODIES = frozenset(
    re.findall(
        r"\S+",
        "bytes internal/poll net os runtime/metrics runtime/pprof runtime/trace sync syscall time",
    )
)
"""Packages of the standard library whose bodies the runtime has: never called complete."""
_HARMLESS_FLAGS = re.compile(r"--?(?:tags|mod|modfile|buildvcs|p)(?:=.*)?$")


@frozen
class Variant:
    """One compile of a package: itself, with its tests, or its external tests."""

    listed: ListedPackage
    arguments: tuple[str, ...]
    """Of the compiler, without the files and the flags of goescape."""
    imports: tuple[tuple[str, str], ...]
    """As the source names a package, and as `go list` does: ``("p", "p [p.test]")``."""
    work: Mapping[str, bytes]
    """More files for the compiler's temporary folder."""
    follows: tuple[str, ...]
    """Files of this package that it imports: external tests do."""

    @property
    def key(self) -> tuple[str, str]:
        """What the header of its compiler text says."""
        return self.listed.key

    @property
    def packages(self) -> tuple[str, ...]:
        """What must have been built before, as `go list` names it."""
        return tuple(path for _, path in self.imports if split_path(path)[0] not in {"unsafe", "C"})

    def import_file(self, exports: Mapping[str, str]) -> bytes:
        """The compiler's importcfg."""
        lines = []
        for source, path in self.imports:
            plain = split_path(path)[0]
            if source != plain:
                lines.append(f"importmap {source}={plain}")
            if exports.get(path):
                lines.append(f"packagefile {plain}={exports[path]}")
        return "\n".join([*lines, ""]).encode()


@frozen(eq=False)
class BuildPlan:
    """How to compile one package, its tests included, as long as its files have these shapes."""

    path: str
    directory: str
    root: str
    variants: tuple[Variant, ...]
    """The package itself first."""
    is_whole: bool
    """Whether all variants are there: tests may import what only the go command can build."""
    shapes: Mapping[str, bytes]
    """Of each Go file in the folder, by path: what decides how it is built."""
    near: frozenset[str]
    """Imports whose source may change while the editor is open."""
    standard: frozenset[str]
    """Imports from the standard library."""
    modules: tuple[object, ...]
    """Changes with the versions of what is imported."""
    stamps: Mapping[str, object]
    """Of what lies outside of the folder: module files and the folders of dependencies."""
    dependencies: frozenset[str]
    """Import paths, also of what is only imported indirectly."""

    @property
    def near_folders(self) -> dict[str, object]:
        """Where the imports lie whose source may change, with their stamps."""
        files = module_files(self.root)
        return {path: stamp for path, stamp in self.stamps.items() if path not in files}

    @property
    def files(self) -> tuple[str, ...]:
        """Every Go file that is compiled, tests included."""
        return tuple(sorted({file for variant in self.variants for file in variant.listed.files}))

    def is_fresh(self) -> bool:
        """Whether everything around the package is as it was. Looks at the disk."""
        return all(path_stamp(path) == stamp for path, stamp in self.stamps.items())


def shape(content: bytes) -> bytes:
    """What decides how a Go file is built: constraints, package, imports, embedded files."""
    declaration = _DECLARATION.search(content)
    head = content[: declaration.start()] if declaration else content
    words = [*_CONSTRAINT.findall(head), *_CODE.findall(head), *_EMBED.findall(content)]
    return digest(b"\0".join(words))


_DECLARATION = re.compile(rb"(?m)^(?:func|type|var|const)\b")
_CONSTRAINT = re.compile(rb"(?m)^//(?:go:build|\s*\+build)\s.*$")
_EMBED = re.compile(rb"(?m)^\s*//go:embed\s.*$")
# Comments go by without being kept; strings are import paths.
_CODE = re.compile(rb"//.*|/\*(?s:.*?)\*/|(\"[^\"\n]*\"|`[^`]*`|[^\s/\"`]+)")


def interface_digest(export: str) -> bytes:
    """Of what an importer can see of a package: its export data, inlinable bodies and leaks.

    The code is not part of it: the first member of the archive is read, without its build id.
    Empty when the file is gone.
    """
    try:
        with open(export, "rb") as file:  # noqa: PTH123
            header = file.read(8 + 60)
            size = int(header[8 + 48 : 8 + 58])
            content = file.read(size)
    except (OSError, ValueError):
        return b""
    return digest(re.sub(rb"(?m)^build id .*$", b"", content, count=1))


def may_be_planned(flags: Iterable[str], environment: Mapping[str, str]) -> bool:
    """Whether build flags leave the compiler's own arguments alone."""
    given = (*flags, *environment.get("GOFLAGS", "").split())
    return all(_HARMLESS_FLAGS.match(flag) for flag in given)


def plan_of(
    objects: Sequence[Mapping[str, object]],
    directory: str,
    root: str,
    shapes: Mapping[str, bytes],
    library: Sequence[str],
) -> BuildPlan | None:
    """The plan for the package of a folder; None where one would not be exact.

    ``objects`` is the answer of `go list -deps -test`. ``library`` are folders
    whose content does not change: the standard library's and the module cache.
    """
    by_path = {str(item["ImportPath"]): item for item in objects if item.get("ImportPath")}
    own = [listed for listed in listed_packages(objects, directory) if listed.files]
    main = next((listed for listed in own if not listed.variant), None)
    if main is None or any(listed.variant and not listed.is_test for listed in own):
        return None  # nothing to compile, or a profile of main packages
    if "default.pgo" in _names_in(directory):
        return None
    items = {listed.key: by_path[_full(listed)] for listed in own}
    variants = []
    for listed in sorted(own, key=lambda v: (bool(v.variant), v.path != main.path)):
        variant = _variant(listed, items[listed.key], main, own)
        if variant is not None:
            variants.append(variant)
        elif listed is main:
            return None
    settled = (*library, str(Path(root, "vendor")))
    near = {
        path: str(item.get("Dir") or "")
        for path, item in by_path.items()
        if not any(_is_below(str(item.get("Dir") or ""), folder) for folder in settled)
    }
    watched = {*near.values(), *module_files(root)} - {"", directory}
    stamps = {path: path_stamp(path) for path in watched}
    return BuildPlan(
        main.path,
        directory,
        root,
        tuple(variants),
        len(variants) == len(own),
        shapes,
        frozenset(near),
        frozenset(path for path, item in by_path.items() if item.get("Standard")),
        (root, *(stamps[path] for path in sorted(module_files(root)))),
        stamps,
        frozenset(split_path(path)[0] for path in by_path) - {main.path},
    )


def _variant(
    listed: ListedPackage,
    item: Mapping[str, object],
    main: ListedPackage,
    own: Sequence[ListedPackage],
) -> Variant | None:
    if listed.errors or listed.dependency_errors or any(item.get(field) for field in _FOREIGN):
        return None
    mapped = {str(to): source for source, to in _mapping(item, "ImportMap").items()}
    imports = tuple(
        (mapped.get(path, split_path(path)[0]), path) for path in _texts(item, "Imports")
    )
    work = {"embedcfg": _embedded(item)} if _texts(item, "EmbedPatterns") else {}
    tested = {other.variant: other for other in own if other.path == main.path}
    behind: tuple[str, ...] = ()
    if listed.path != main.path:  # external tests see the package with its own tests, if any
        behind = tested.get(listed.variant, main).files
    return Variant(listed, _arguments(listed, item, embeds=bool(work)), imports, work, behind)


def _arguments(
    listed: ListedPackage, item: Mapping[str, object], *, embeds: bool
) -> tuple[str, ...]:
    """What the go command would pass, without names that change nothing of what is printed."""
    is_program = item.get("Name") == "main" and not listed.variant
    arguments = ["-p", "main" if is_program else listed.path]
    module = item.get("Module")
    if isinstance(module, dict):
        arguments.append("-lang=go{}.{}".format(*listed.language))
    if item.get("Standard"):
        arguments.append("-std")
    if not (item.get("Standard") and listed.path in _WITHOUT_BODIES):
        arguments.append("-complete")
    arguments += ["-importcfg", f"{FOLDER}/importcfg", "-pack", "-c=1", "-nolocalimports"]
    if embeds:
        arguments += ["-embedcfg", f"{FOLDER}/embedcfg"]
    return tuple(arguments)


def _embedded(item: Mapping[str, object]) -> bytes:
    """Which files each ``//go:embed`` pattern means; only that they exist matters here."""
    files = _texts(item, "EmbedFiles")
    patterns = {
        pattern: [file for file in files if _matches(pattern, file)]
        for pattern in _texts(item, "EmbedPatterns")
    }
    directory = str(item.get("Dir") or "")
    absolute = {file: os.path.join(directory, file) for file in files}  # noqa: PTH118
    return json.dumps({"Patterns": patterns, "Files": absolute}).encode()


def _matches(pattern: str, file: str) -> bool:
    pattern = pattern.removeprefix("all:")
    if pattern == ".":
        return True
    parts = file.split("/")
    prefixes = ("/".join(parts[: count + 1]) for count in range(len(parts)))
    return any(
        prefix.count("/") == pattern.count("/") and fnmatchcase(prefix, pattern)
        for prefix in prefixes
    )


def _full(listed: ListedPackage) -> str:
    return f"{listed.path} [{listed.variant}]" if listed.variant else listed.path


def _texts(item: Mapping[str, object], name: str) -> tuple[str, ...]:
    values = item.get(name)
    return tuple(map(str, values)) if isinstance(values, list) else ()


def _mapping(item: Mapping[str, object], name: str) -> Mapping[str, str]:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _is_below(folder: str, other: str) -> bool:
    return bool(other) and (folder == other or folder.startswith(other + os.sep))


def _names_in(folder: str) -> set[str]:
    try:
        return set(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return set()
