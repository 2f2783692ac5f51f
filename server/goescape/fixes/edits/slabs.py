"""The type ``slab`` of a package, which hands out values from blocks."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from goescape.analysis.syntax.build_constraints import is_in_every_build
from goescape.fixes.context.package_code import insert, line_end

if TYPE_CHECKING:
    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode

NAME = "slab"
SHARED = "sharedSlab"
DECLARATION = """
// slab hands out values from blocks of up to 64. A block stays in memory as long as one of its
// values does.
type slab[T any] []T

func (s *slab[T]) add(value T) *T {
	if len(*s) == cap(*s) {
		size := 2*cap(*s) + 1
		if size > 64 {
			size = 64
		}
		*s = make([]T, 0, size)
	}
	*s = append(*s, value)
	return &(*s)[len(*s)-1]
}
"""
SHARED_DECLARATION = """
// sharedSlab is a slab that its copies share.
type sharedSlab[T any] struct{ values *slab[T] }

func (s *sharedSlab[T]) add(value T) *T {
	if s.values == nil {
		s.values = new(slab[T])
	}
	return s.values.add(value)
}
"""
MAY_ADD = (r"make\(\[\].*, 0, size\)", r"append.*", r"new\(slab\[.*\]\)")
"""What the compiler says of it."""
PREDECLARED = frozenset({"make", "append", "len", "cap", "new", "nil"})


def slab_declaration(
    code: PackageCode, file: GoFile, *, is_shared: bool = False
) -> tuple[Edit, ...] | None:
    """What declares it at the end of a file, nothing where the package has it; None where its name
    means something else.
    """
    wanted = {NAME: DECLARATION}
    if is_shared:
        wanted[SHARED] = SHARED_DECLARATION
    missing = []
    for name, declaration in wanted.items():
        if code.syntax.types.get(name) is not None:
            around = [each for each in code.files.values() if _has_it(each, declaration)]
            if not any(each is file or is_in_every_build(each.source) for each in around):
                return None
        elif code.is_free_in_package(name):
            missing.append(declaration)
        else:
            return None
    if not missing:
        return ()
    content = file.source.content
    gap = "" if content.endswith(b"\n") else "\n"
    lines = (gap + "".join(missing)).replace("\n", line_end(file))
    return (insert(file, len(content), lines),)


def _has_it(file: GoFile, declaration: str) -> bool:
    written = _squeezed(file.source.content.decode(errors="replace"))
    _, _, code = declaration.partition("type ")
    return _squeezed("type " + code) in written


def _squeezed(code: str) -> str:
    return re.sub(r"\s+", " ", code)


def slab_name(type_name: str) -> str:
    """What the blocks of values of a type are called: ``fieldDefinitionSlab``."""
    name = type_name.partition("[")[0].rpartition(".")[2]
    first = "".join(takewhile(str.isupper, name))
    if 1 < len(first) < len(name):
        first = first[:-1]  # the last one begins a word
    return f"{first.lower()}{name[len(first) :]}Slab"
