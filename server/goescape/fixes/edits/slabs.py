"""The type ``slab`` of a package, which hands out values from blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.fixes.context.package_code import insert, line_end

if TYPE_CHECKING:
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode

NAME = "slab"
DECLARATION = """
// slab hands out values from blocks of up to 64. A block stays in memory as long as one of its
// values does.
type slab[T any] []T

func (s *slab[T]) add(value T) *T {
	if len(*s) == cap(*s) {
		size := 2*cap(*s) + 4
		if size > 64 {
			size = 64
		}
		*s = make([]T, 0, size)
	}
	*s = append(*s, value)
	return &(*s)[len(*s)-1]
}
"""
MAY_ADD = (r"make\(\[\].*, 0, size\)", r"append.*")
"""What the compiler says of it."""
PREDECLARED = frozenset({"make", "append", "len", "cap"})


def slab_declaration(code: PackageCode, file: GoFile) -> tuple[Edit, ...] | None:
    """What declares it at the end of a file, nothing where the package has it; None where its name
    means something else."""
    declared = code.syntax.types.get(NAME)
    if declared is not None:
        around = [each for each in code.files.values() if _has_it(each)]
        return () if around else None
    if not code.is_free_in_package(NAME):
        return None
    content = file.source.content
    gap = "" if content.endswith(b"\n") else "\n"
    lines = (gap + DECLARATION).replace("\n", line_end(file))
    return (insert(file, len(content), lines),)


def _has_it(file: GoFile) -> bool:
    written = _squeezed(file.source.content.decode(errors="replace"))
    _, _, code = DECLARATION.partition("type ")
    return _squeezed("type " + code) in written


def _squeezed(code: str) -> str:
    return re.sub(r"\s+", " ", code)


def slab_name(type_name: str) -> str:
    """What the blocks of values of a type are called: ``fieldDefinitionSlab``."""
    name = type_name.partition("[")[0].rpartition(".")[2]
    head = re.match(r"[A-Z]+(?![a-z])|[A-Z]|", name)
    first = head[0] if head is not None else ""
    return f"{first.lower()}{name[len(first) :]}Slab"
