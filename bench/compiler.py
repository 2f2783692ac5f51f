"""The compiler alone, as the go command would start it: the limit of what any tool can reach."""

from __future__ import annotations

import os
import re
import subprocess
import time
from typing import TYPE_CHECKING, Any

from attrs import frozen

from bench.go import BenchProblem

if TYPE_CHECKING:
    from pathlib import Path

    from bench.go import Go

_FIELDS = "ImportPath,Name,Dir,Export,ForTest,Standard,Module,Imports,ImportMap,GoFiles,"
_MORE_FIELDS = "CgoFiles,TestGoFiles,XTestGoFiles,SFiles,EmbedPatterns,Error"
_ESCAPE = re.compile(
    rb": (?:.* escapes to heap|.* does not escape|moved to heap: |leaking param|  )"
)
_CHUNK = 1 << 16


@frozen
class Compilation:
    """One call of the compiler on one package."""

    arguments: tuple[str, ...]
    directory: Path
    environment: dict[str, str]
    files: int
    """How many it compiles."""


@frozen
class Compiled:
    """How long it took, in seconds."""

    last_escape_line: float
    end: float
    size: int
    """Bytes of its text."""


def compilation(go: Go, file: Path, work: Path) -> Compilation:
    """How to compile the package that a file belongs to; its tests too when it is one."""
    tests = ["-test"] if file.name.endswith("_test.go") else []
    listed = go.objects(
        "list", "-e", "-export", "-deps", *tests, f"-json={_FIELDS}{_MORE_FIELDS}", ".",
        directory=file.parent,
    )  # fmt: skip
    by_path = {str(each["ImportPath"]): each for each in listed}
    ours = [
        each
        for each in listed
        if each.get("Dir") == str(file.parent) and file.name in each.get("GoFiles", ())
    ]
    if not ours:
        raise BenchProblem(f"go list knows no package of {file.name}.")
    unit = ours[-1]
    if any(unit.get(name) for name in ("CgoFiles", "SFiles", "EmbedPatterns")):
        raise BenchProblem(f"{unit['ImportPath']} has more than Go files: choose another package.")
    imports = work / "importcfg"
    imports.write_text(_import_file(unit, by_path))
    files = [str(file.parent / name) for name in unit["GoFiles"]]
    compiler = go.run("tool", "-n", "compile", directory=file.parent).strip()
    # Not the null device: the compiler removes its output after an error, and root may do that.
    output = ("-o", str(work / "object"))
    arguments = (compiler, *output, *_arguments(unit), "-importcfg", str(imports), *files)
    return Compilation(arguments, work, go.offline(), len(files))


def _arguments(unit: dict[str, Any]) -> list[str]:
    path = str(unit["ImportPath"]).partition(" ")[0]
    name = "main" if unit["Name"] == "main" and not unit.get("ForTest") else path
    module = unit.get("Module")
    language = str(module.get("GoVersion", "1.16")) if module else ""
    chosen = [f"-lang=go{'.'.join(language.split('.')[:2])}"] if language else ["-std"]
    cores = min(4, os.cpu_count() or 1)
    fixed = ["-complete", "-pack", "-nolocalimports", f"-c={cores}", "-m=2"]
    return ["-p", name, *chosen, *fixed]


def _import_file(unit: dict[str, Any], by_path: dict[str, dict[str, Any]]) -> str:
    lines = [
        f"importmap {source}={target.partition(' ')[0]}"
        for source, target in (unit.get("ImportMap") or {}).items()
        if source != target.partition(" ")[0]
    ]
    lines += [
        f"packagefile {name.partition(' ')[0]}={export}"
        for name in unit.get("Imports") or ()
        if (export := by_path.get(name, {}).get("Export"))
    ]
    return "\n".join([*lines, ""])


def compile_once(what: Compilation) -> Compiled:
    """Run it to its end and note when the last line about escapes came."""
    begun = time.perf_counter()
    with subprocess.Popen(
        what.arguments,
        cwd=what.directory,
        env=what.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        chunks = []
        while chunk := os.read(process.stdout.fileno(), _CHUNK):
            chunks.append((time.perf_counter() - begun, chunk))
        code = process.wait()
        end = time.perf_counter() - begun
    if code:
        text = b"".join(chunk for _, chunk in chunks).decode(errors="replace")
        raise BenchProblem(f"The compiler failed: {text[:300]}")
    last = max((when for when, chunk in chunks if _ESCAPE.search(chunk)), default=end)
    return Compiled(last, end, sum(len(chunk) for _, chunk in chunks))
