"""`go vet` of one package without `go`: its tool gets the package's files and what it imports.

That is much less work than `go vet`, which lists packages, and compiles the edited one again for
its external tests. What cannot be vetted this way is left to `go vet`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.toolchain.go.packages import compile_errors, listed_packages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.toolchain.engine import Engine

FIELDS = (
    "ImportPath,Name,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,"
    "ForTest,Export,Error,DepsErrors,Module,Imports,ImportMap,Standard"
)
ANALYSES = ("-copylocks", "-lostcancel", "-loopclosure", "-printf", "-unusedresult", "-assign")
"""Those that a rewrite can break."""
_CHEAPEST = ("-framepointer",)
"""Looks at assembly only; the types are checked before it."""
ADDED = ("bufio", "bytes", "cmp", "errors", "fmt", "io", "slices", "strconv", "strings", "time")
"""What rewrites may import although the package does not."""


@frozen(eq=False)
class VetInput:
    """A package with the tests that are part of it, and the compiled packages that it may import.

    Its external tests are another package: they are not vetted here.
    """

    path: str
    language: str
    """``go1.21``; empty where no module says."""
    files: tuple[str, ...]
    imports: Mapping[str, str]
    """Import path in the source -> the package that it means here."""
    exports: Mapping[str, str]
    """Package -> the file with what it exports."""
    has_external_tests: bool

    def covers(self, contents: Iterable[str]) -> bool:
        """Whether these files are all of this package."""
        return {*contents} <= {*self.files}

    async def complaints(
        self, engine: Engine, contents: Mapping[str, bytes], analyses: Sequence[str]
    ) -> tuple[str, ...] | None:
        """What the tool says of new contents; None when it could not look."""
        names = {path: f"{number}.go" for number, path in enumerate(contents)}
        wanted = {
            "ID": self.path,
            "Compiler": "gc",
            "ImportPath": self.path,
            "GoFiles": [names.get(path, path) for path in self.files],
            "ImportMap": self.imports,
            "PackageFile": self.exports,
            "VetxOutput": "facts",
            "GoVersion": self.language,
        }
        work = {names[path]: content for path, content in contents.items()}
        work["vet.cfg"] = json.dumps(wanted).encode()
        code, lines = await engine.vet_tool(analyses, work)
        if code == 0:
            return ()
        lines = tuple(line for line in lines if not line.startswith("#"))
        unable = any(_UNABLE.search(line) or not _PLACE.match(line) for line in lines)
        return None if unable or not lines else lines


_UNABLE = re.compile(r"could not import |can't resolve import|package requires newer Go version")
_PLACE = re.compile(r"(?:vet: )?\S*?\.go:\d+|\t")


async def vet_input_of(engine: Engine, root: str, pattern: str, path: str) -> VetInput | None:
    """How to vet a package; None when only `go vet` can. Raises GoProblem."""
    objects = await engine.exports(root, pattern, FIELDS, ADDED)
    by_path = {str(item["ImportPath"]): item for item in objects}
    name = next((each for each in (f"{path} [{path}.test]", path) if each in by_path), "")
    listed = listed_packages([by_path[name]]) if name else ()
    item = by_path.get(name, {})
    if not listed or item.get("CgoFiles") or item.get("Error") or item.get("DepsErrors"):
        return None
    exports = {name: str(each["Export"]) for name, each in by_path.items() if each.get("Export")}
    replaced = item.get("ImportMap")
    imports = {name: name for name in exports if " [" not in name}
    return VetInput(
        path,
        f"go{'.'.join(map(str, listed[0].language))}" if item.get("Module") else "",
        listed[0].files,
        imports | (replaced if isinstance(replaced, dict) else {}),
        exports,
        any(each.startswith(f"{path}_test [") for each in by_path),
    )


async def vet(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    vetting: VetInput | None = None,
) -> tuple[str, ...]:
    """What `go vet` says of packages with new contents; by ``vetting`` where that can tell."""
    found = None
    if vetting is not None and vetting.covers(contents):
        found = await vetting.complaints(engine, contents, ANALYSES)
    return await engine.vet(root, patterns, contents, ANALYSES) if found is None else found


async def type_error(
    engine: Engine,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    vetting: VetInput | None = None,
) -> str:
    """The first error in packages with new contents, tests included; empty when there is none."""
    found = None
    if vetting is not None and vetting.covers(contents):
        found = await vetting.complaints(engine, contents, _CHEAPEST)
    if found is None:
        found = await engine.vet(root, patterns, contents, _CHEAPEST)
    errors = [e for line in found for e in compile_errors(line.removeprefix("vet: "), root)]
    return errors[0].message if errors else ""
