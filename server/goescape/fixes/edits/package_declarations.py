"""Where a new package-level variable goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import callee_text, text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.context.package_code import insert, line_end
from goescape.fixes.syntax.local_variables import may_call

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


def may_be_needed_earlier(code: PackageCode, file: GoFile) -> bool:
    """Whether code of the package may run before a new variable of a file has its value.

    Go orders variables by the functions that their values mention; calls through interfaces and
    function values it does not see. Within the file the new variable comes first.
    """
    own = {f.plain_name for f in code.syntax.functions.values()} | set(code.syntax.types)
    earlier = (f for path, f in code.files.items() if path < file.source.path)
    for variable in (v for f in earlier for v in f.root.named_children):
        if variable.type != "var_declaration":
            continue
        names = {text(n) for n in walk(variable) if n.type.endswith("identifier")}
        calls = (n for n in walk(variable) if may_call(n))
        if names & own and any(callee_text(c) not in code.syntax.types for c in calls):
            return True
    return False
