"""Claims about types: which ones Go's type checker has already settled."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.fixes.syntax.local_variables import BASIC

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import TypeClaim
    from goescape.fixes.context.imported_types import DeclaredTypes
    from goescape.fixes.context.package_code import PackageCode


def unsettled(code: PackageCode, claims: Iterable[TypeClaim]) -> tuple[TypeClaim, ...] | None:
    """The claims that a proof still has to check; None where one of them is wrong."""
    left = []
    for claim in claims:
        settled = _is_true(code, claim)
        if settled is False:
            return None
        if settled is None:
            left.append(claim)
    return tuple(left)


def _is_true(code: PackageCode, claim: TypeClaim) -> bool | None:
    """Whether an expression has the claimed type; None where the names do not tell."""
    known = code.types.at(claim.file, claim.start, claim.end)
    if known is None or not known.is_plain:
        return None
    file = code.files[claim.file]
    if file.source.content[claim.start : claim.start + 1] in _LITERALS:
        return None  # it has the type that is wanted of it where it stands
    claimed = _full_text(code, file, claim.type)
    return None if claimed is None else claimed == _WORDS.sub(_canonical, known.text)


def _full_text(code: PackageCode, file: GoFile, written: str) -> str | None:
    """A type with import paths instead of the names of a file; None where a name may be another's
    or an alias."""
    is_sure = True

    def full(match: re.Match[str]) -> str:
        nonlocal is_sure
        package, name = match.groups()
        if not package:
            is_sure = is_sure and _is_sure(code, file, name)
            return _canonical(match)
        path = code.types.import_path(file, package)
        declared = code.imported.package(path) if path else None
        is_sure = is_sure and declared is not None and _is_defined(declared, name)
        return f"{path}.{name}"

    text = _NAMES.sub(full, written)
    return text if is_sure else None


def _is_defined(declared: DeclaredTypes, name: str) -> bool:
    """Whether a package declares a type of this name, and no alias."""
    if name not in declared.types:
        return False
    specification = declared.types[name][1].parent
    return specification is not None and specification.type == "type_spec"


def _is_sure(code: PackageCode, file: GoFile, name: str) -> bool:
    if name in code.declared_locally:
        return False
    declared = code.types.declared(file, name)
    return declared.text == name if declared is not None else name in _KNOWN_WORDS


def _canonical(match: re.Match[str]) -> str:
    return _SAME.get(match[0], match[0])


_LITERALS = {b'"', b"`", b"'", *(b"%d" % digit for digit in range(10))}
_SAME = {"byte": "uint8", "rune": "int32", "any": "interface{}"}
_KNOWN_WORDS = BASIC | {"map", "chan"}
_NAMES = re.compile(r"(?:\b([A-Za-z_]\w*)\.)?\b([A-Za-z_]\w*)\b")
_WORDS = re.compile(r"(?<![\w./~-])[a-z]+\d*(?![\w./~-])")
