"""Where a new package-level variable goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.context.package_code import insert, line_end

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.candidate import Edit
    from goescape.fixes.context.package_code import PackageCode


def declared_after_imports(file: GoFile, lines: str) -> Edit | None:
    """An edit that adds a declaration after the imports; None where that is no line of its own.

    Where imports are added as well, their edits must come first.
    """
    clauses = ("package_clause", "import_declaration")
    head = [n for n in file.root.named_children if n.type in clauses]
    if not head:
        return None
    line = head[-1].end_point[0] + 1
    rest = file.source.content[head[-1].end_byte :].partition(b"\n")[0].strip()
    if rest and not rest.startswith(b"//"):
        return None
    offset = file.source.offset(line, len(file.source.line(line).rstrip(b"\r")) + 1)
    end = line_end(file)
    gap = end if file.source.line(line + 1).strip() else ""
    return insert(file, offset or 0, f"{end}{end}{lines.replace(chr(10), end)}{gap}")


def means_the_same_outside(code: PackageCode, node: Node) -> bool:
    """Whether a type or constant uses no name that is declared in a function."""
    for name in walk(node):
        if name.type == "identifier" and definition(name) is not None:
            return False
        if name.type in {"identifier", "type_identifier"} and text(name) in code.declared_locally:
            return False
    return True
