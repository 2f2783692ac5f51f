"""`go vet` of one package without `go`: its tool gets the package's files and what it imports.

That is much less work than `go vet`, which lists packages, and compiles the edited one again for
its external tests. What cannot be vetted this way is left to `go vet`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.toolchain.go.error_text import compile_errors
from goescape.toolchain.go.go_commands import LIST_SECONDS, arguments_of
from goescape.toolchain.go.packages import listed_packages
from goescape.toolchain.go.process import capture
from goescape.toolchain.go.process_command import Command
from goescape.toolchain.tasks import gather_both

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.analysis.model import CompileError
    from goescape.toolchain.go.go_commands import GoCommands

_READS_OVERLAYS = (1, 24)
"""The Go whose vet reads the files of an overlay; older ones are helped (golang/go#44957)."""
_OVERLAY_HELPER = f'"{sys.executable}" -I -S "{Path(__file__).with_name("vet_overlay.py")}"'
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
        self, commands: GoCommands, contents: Mapping[str, bytes], analyses: Sequence[str]
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
        code, lines = await _vet_tool(commands, analyses, work)
        if code == 0:
            return ()
        lines = tuple(line for line in lines if not line.startswith("#"))
        unable = any(_UNABLE.search(line) or not _PLACE.match(line) for line in lines)
        return None if unable or not lines else lines


_UNABLE = re.compile(r"could not import |can't resolve import|package requires newer Go version")
_PLACE = re.compile(r"(?:vet: )?\S*?\.go:\d+|\t")


async def vet_input_of(commands: GoCommands, root: str, pattern: str, path: str) -> VetInput | None:
    """How to vet a package; None when only `go vet` can. Raises GoProblem."""
    objects = await _compiled(commands, root, pattern)
    by_path = {str(item["ImportPath"]): item for item in objects}
    name = next((variant for variant in (f"{path} [{path}.test]", path) if variant in by_path), "")
    listed = listed_packages([by_path[name]]) if name else ()
    item = by_path.get(name, {})
    if not listed or item.get("CgoFiles") or item.get("Error") or item.get("DepsErrors"):
        return None
    exports = {
        name: str(package["Export"]) for name, package in by_path.items() if package.get("Export")
    }
    replaced = item.get("ImportMap")
    imports = {name: name for name in exports if " [" not in name}
    return VetInput(
        path,
        f"go{'.'.join(map(str, listed[0].language))}" if item.get("Module") else "",
        listed[0].files,
        imports | (replaced if isinstance(replaced, dict) else {}),
        exports,
        any(other.startswith(f"{path}_test [") for other in by_path),
    )


async def vet(
    commands: GoCommands,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    vetting: VetInput | None = None,
) -> tuple[str, ...]:
    """What `go vet` says of packages with new contents; by ``vetting`` where that can tell."""
    complaints = None
    if vetting is not None and vetting.covers(contents):
        complaints = await vetting.complaints(commands, contents, ANALYSES)
    if complaints is None:
        complaints = await go_vet(commands, root, patterns, contents, ANALYSES)
    return complaints


async def type_error(
    commands: GoCommands,
    root: str,
    patterns: Sequence[str],
    contents: Mapping[str, bytes],
    vetting: VetInput | None = None,
) -> CompileError | None:
    """The first error in packages with new contents, tests included; None when there is none."""
    complaints = None
    if vetting is not None and vetting.covers(contents):
        complaints = await vetting.complaints(commands, contents, _CHEAPEST)
    if complaints is None:
        complaints = await go_vet(commands, root, patterns, contents, _CHEAPEST)
    errors = [e for line in complaints for e in compile_errors(line.removeprefix("vet: "), root)]
    return errors[0] if errors else None


async def go_vet(
    commands: GoCommands,
    root: str,
    patterns: Sequence[str],
    overlay: Mapping[str, bytes],
    analyses: Sequence[str],
) -> tuple[str, ...]:
    """What these analyses of `go vet` say, or the first error; empty when all is well.

    It checks types without compiling the packages themselves. Raises GoProblem.
    """
    names = [argument for pattern in patterns for argument in arguments_of(pattern)]
    go = (await commands.toolchain()).go
    needs_help = bool(overlay) and go.number < _READS_OVERLAYS
    helped = (f"-toolexec={_OVERLAY_HELPER}",) if needs_help else ()
    arguments = (*analyses, *commands.build_flags, *helped, "--", *names)
    command = await commands.command(root, "vet", *arguments)
    answer = await capture(evolve(command, overlay=overlay), LIST_SECONDS)
    lines = [line for line in answer.errors.splitlines() if not line.startswith("#")]
    return tuple(lines) if answer.code != 0 else ()


async def _vet_tool(
    commands: GoCommands, analyses: Sequence[str], work: Mapping[str, bytes]
) -> tuple[int, tuple[str, ...]]:
    """The exit code and the text of vet's own tool, among ``work``'s files and ``vet.cfg``."""
    toolchain = await commands.toolchain()
    goos, _, goarch = toolchain.target.partition("/")
    environment = {**toolchain.environment, "GOOS": goos, "GOARCH": goarch}
    program = (toolchain.vet, *analyses, "vet.cfg")
    answer = await capture(Command(program, "", environment, work), LIST_SECONDS)
    return answer.code, tuple(answer.errors.splitlines())


async def _compiled(commands: GoCommands, root: str, pattern: str) -> list[Mapping[str, object]]:
    """A package, its tests and all that they import, compiled; ``ADDED`` too, if possible."""
    gcflags = (await commands.toolchain()).gcflags
    flags = ("-deps", "-export", f"-json={FIELDS}")
    own = commands.list_objects(root, (pattern,), (*flags, f"-gcflags={gcflags}"))
    added = commands.list_objects(root, ADDED, flags, tests=False)
    packages, more = await gather_both(own, added)
    return [*more, *packages]
