"""What `go list` says: packages with their variants and errors, and where a file belongs."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.model import CompileError
from goescape.analysis.positions import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FIELDS = (
    "ImportPath,Name,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,"
    "ForTest,Export,Error,DepsErrors,Module"
)
MODULE_FILES = frozenset({"go.mod", "go.sum", "go.work", "go.work.sum"})
"""Files that change how packages load."""
_SYSTEMS = frozenset(
    re.findall(
        r"\w+",
        "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 "
        "solaris wasip1 windows zos",
    )
)
_ARCHITECTURES = frozenset(
    re.findall(
        r"\w+",
        "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm "
        "armbe arm64be ppc riscv s390 sparc sparc64 amd64p32 mips64p32 mips64p32le",
    )
)


@frozen
class FileHome:
    """Where a Go file belongs, and how to name its package to Go."""

    file: str
    directory: str
    root: str
    """The folder to run go in: the module's root; for a lone file its own folder."""
    pattern: str
    """The package on go's command line, seen from ``root``: ``./sub``, or a lone file's path."""
    import_path: str
    """Empty where go cannot say."""
    excluded: str = ""
    """Why the current build leaves the file out; empty when it does not."""
    language: tuple[int, int] = (1, 22)
    """The Go version that its module asks for."""


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

    def __init__(self) -> None:
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
            self.objects.append(json.loads(text))
        except ValueError:
            self.strays.append(text[:500])


def listed_packages(objects: Sequence[Mapping[str, object]]) -> tuple[ListedPackage, ...]:
    """The packages of `go list`, without the generated test mains."""
    paths = {str(item.get("ImportPath")) for item in objects}
    return tuple(
        _listed(item)
        for item in objects
        if item.get("ImportPath") and not _is_test_main(item, paths)
    )


def owner_of(path: str, variant: str) -> str:
    """The package that a header ``# path [variant]`` belongs to."""
    tested = variant.removesuffix(".test")
    return tested if variant.endswith(".test") and path == f"{tested}_test" else path


def split_path(import_path: str) -> tuple[str, str]:
    """``p [p.test]`` -> ``("p", "p.test")``."""
    path, bracket, variant = import_path.partition(" [")
    return path, variant.removesuffix("]") if bracket else ""


def compile_errors(text: str, working_directory: str) -> tuple[CompileError, ...]:
    """Errors as Go prints them: ``file:line:col: message``, more lines indented by a tab."""
    errors: list[CompileError] = []
    for line in text.split("\n"):
        if not line.strip() or line.startswith("# "):
            continue
        match = _POSITION.match(line)
        if errors and line.startswith(("\t", " ")):
            last = errors[-1]
            errors[-1] = CompileError(last.place, f"{last.message} {line.strip()}")
        elif match:
            place = Place(
                os.path.normpath(os.path.join(working_directory, match["file"])),  # noqa: PTH118
                int(match["line"]),
                int(match["column"] or 0),
            )
            errors.append(CompileError(place, match["message"]))
        else:
            errors.append(CompileError(None, line.strip()))
    return tuple(errors)


_POSITION = re.compile(
    r"(?P<file>.+?\.\w+|.+?):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)"
)


def absolute(path: str) -> str:
    """The path from the root; symbolic links stay, as in the editor."""
    return os.path.abspath(path)  # noqa: PTH100


def is_among(folder: str, folders: Sequence[str]) -> bool:
    """Whether the folder is one of these, symbolic links followed."""
    real = os.path.realpath(folder)
    return any(os.path.realpath(each) == real for each in folders)


def module_root(directory: str) -> str:
    """The nearest folder upward that has a go.mod; empty when there is none."""
    return _upward(directory, "go.mod")


def work_root(directory: str) -> str:
    """The nearest folder upward that has a go.work; empty when there is none."""
    return _upward(directory, "go.work")


def pattern_of(root: str, directory: str) -> str:
    """``./sub/dir`` for a folder below ``root``."""
    relative = Path(os.path.relpath(directory, root)).as_posix()
    return "." if relative == "." else f"./{relative}"


def nested_modules(folder: str) -> tuple[str, ...]:
    """Folders with a go.mod at or below ``folder``, in order."""
    found: list[str] = []
    for directory, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not is_skipped(name) and name != "testdata")
        if "go.mod" in files:
            found.append(directory)
    return tuple(found)


def is_skipped(folder_name: str) -> bool:
    """Whether a folder of this name holds no Go code of the user's."""
    return folder_name.startswith(".") or folder_name in {"node_modules", "vendor"}


def lone_files(file: str) -> tuple[str, ...]:
    """The files to compile with a file that is in no module: its package's, if they fit together.

    A folder of scripts, each with its own ``main``, is not one package.
    """
    package = _package_name(file)
    names = sorted(Path(file).parent.glob("*.go"))
    same = [str(path) for path in names if _package_name(str(path)) == package]
    same = [path for path in same if path == file or not _constraint(path)]
    mains = [path for path in same if re.search(rb"(?m)^func main\(\)", _content(path))]
    return tuple(same) if len(mains) < 2 and file in same else (file,)


def lone_name(files: Sequence[str]) -> str:
    """What stands for the import path of files in no module, for Go calls all of them the same."""
    return min(files)


def exclusion(file: str, target: str, *, cgo: bool) -> str:
    """Why Go ignores this file when it builds for ``target`` (``linux/amd64``)."""
    name = Path(file).name
    if name.startswith(("_", ".")):
        return f"excluded: Go ignores files whose name starts with {name[0]!r}"
    if suffix := _suffix(name, target):
        return f"excluded from the build for {target} by its name, ending in {suffix}"
    if constraint := _constraint_line(file):
        return f"excluded by build constraints for {target}: {constraint}"
    if not cgo and re.search(rb'(?m)^\s*(?:import\s+)?"C"', _content(file)):
        return 'excluded: it imports "C", and cgo is off (CGO_ENABLED=0 or no C compiler)'
    return f"excluded by build constraints for {target}"


def go_files(folder: str) -> list[str]:
    """The Go files that lie in a folder, in order."""
    return sorted(str(path) for path in Path(folder).glob("*.go"))


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
        tuple(_error_text(each) for each in dependencies if isinstance(each, dict))
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


def _upward(directory: str, name: str) -> str:
    path = Path(directory)
    return next((str(each) for each in (path, *path.parents) if (each / name).is_file()), "")


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _package_name(path: str) -> bytes:
    match = re.search(rb"(?m)^package\s+(\w+)", _content(path))
    return match[1].removesuffix(b"_test") if match else b""


def _constraint(path: str) -> str:
    """A constraint of a lone file's sibling, whatever the target: such files stay apart."""
    return _suffix(Path(path).name, "") or _constraint_line(path)


def _constraint_line(path: str) -> str:
    for line in _content(path).split(b"\n"):
        if line.startswith((b"//go:build ", b"// +build ")):
            return line.decode("utf-8", "replace").strip()
        if line.startswith(b"package "):
            break
    return ""


def _suffix(name: str, target: str) -> str:
    """The part of a file name that Go takes for a system or architecture other than ``target``."""
    words = name.removesuffix(".go").removesuffix("_test").split("_")[1:]
    known: tuple[Callable[[str], bool], ...] = (_SYSTEMS.__contains__, _ARCHITECTURES.__contains__)
    wanted = target.split("/")
    for word in words[-2:]:
        if any(test(word) for test in known) and word not in wanted:
            return f"_{word}"
    return ""
