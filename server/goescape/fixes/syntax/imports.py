"""Imports that a rewrite needs, or leaves without use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.syntax.declarations import package_names
from goescape.analysis.syntax.nodes import text, walk
from goescape.analysis.syntax.scopes import definition
from goescape.fixes.caches import cached
from goescape.fixes.candidate import Edit
from goescape.fixes.context.package_code import line_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile


def import_edits(
    file: GoFile,
    needed: Iterable[str] = (),
    replaced: Iterable[Node] = (),
    kept: Iterable[Node] = (),
) -> tuple[Edit, ...] | None:
    """Edits that import ``needed`` and drop what only the ``replaced`` nodes used; ``kept`` are the
    parts of them that are still there.

    A path is imported under its last element. None when that name stands for something else in
    the whole file, so that the rewrite is not possible; what is local may hide it, see
    ``is_visible``.
    """
    specs = _specs(file)
    edits: list[Edit] = []
    gone, stays = list(replaced), list(kept)
    missing = []
    for path in needed:
        name = path.rpartition("/")[2]
        spec = next((s for s in specs if _path(s) == path), None)
        if spec is not None and spec.child_by_field_name("name") is None:
            continue
        if spec is not None or _is_taken(file, name):
            return None
        missing.append(path)
    dropped = [
        spec
        for spec in specs
        if _path(spec) not in set(needed) and _only_used_in(file, spec, gone, stays)
    ]
    whole = bool(dropped) and len(dropped) == len(specs)
    if (whole and _are_commented(file)) or any(_has_comment(file, spec) for spec in dropped):
        return None  # it would be lost, or speak of another import
    for path, spec in zip(list(missing), list(dropped), strict=False):
        # One comes, one goes: gofmt sorts.
        edits.append(Edit(file.source.path, spec.start_byte, spec.end_byte, f'"{path}"'))
        missing.remove(path)
        dropped.remove(spec)
    edits.extend(_removals(file, dropped, specs, keep_block=bool(edits)))
    edits.extend(_additions(file, missing, specs))
    return tuple(edits)


def _are_commented(file: GoFile) -> bool:
    """Whether a comment stands in or between the import declarations."""
    declarations = [n for n in file.root.named_children if n.type == "import_declaration"]
    start, end = declarations[0].start_byte, declarations[-1].end_byte
    return any(n.type == "comment" and start <= n.start_byte < end for n in walk(file.root))


def _has_comment(file: GoFile, spec: Node) -> bool:
    """Whether a comment belongs to an import: on its line, or directly above."""
    above = spec.prev_named_sibling
    if spec.parent is not None and spec.parent.type == "import_declaration":
        above = spec.parent.prev_named_sibling
    line = spec.start_point[0]
    if above is not None and above.type == "comment" and above.end_point[0] in {line, line - 1}:
        return True
    rest = file.source.content[spec.end_byte :].partition(b"\n")[0]
    return b"//" in rest or b"/*" in rest


def imported_as(file: GoFile, path: str) -> str:
    """The name under which a file imports a package; empty when it does not (or by dot)."""
    for spec in _specs(file):
        if _path(spec) == path:
            name = spec.child_by_field_name("name")
            if name is None:
                return path.rpartition("/")[2]
            return text(name) if name.type == "package_identifier" else ""
    return ""


def import_paths(file: GoFile) -> dict[str, str]:
    """The import path behind each name that a file gives to a package."""
    paths = {}
    for spec in _specs(file):
        name, path = spec.child_by_field_name("name"), _path(spec)
        paths[text(name) if name is not None else path.rpartition("/")[2]] = path
    return paths


def unused_imports(new: GoFile, old: GoFile) -> tuple[Edit, ...]:
    """Edits of a new text that drop imports which it uses no more, or has twice."""
    before = {_path(spec): _is_used(old, spec) for spec in _specs(old)}
    seen: set[tuple[str, str]] = set()
    dropped = []
    for spec in _specs(new):
        alias = spec.child_by_field_name("name")
        key = (_path(spec), text(alias) if alias is not None else "")
        if key in seen or (before.get(key[0], True) and not _is_used(new, spec)):
            dropped.append(spec)
        seen.add(key)
    return tuple(_removals(new, dropped, _specs(new), keep_block=False))


def _is_used(file: GoFile, spec: Node) -> bool:
    alias = spec.child_by_field_name("name")
    if alias is not None and alias.type != "package_identifier":
        return True
    return bool(_uses(file, spec))


def _specs(file: GoFile) -> list[Node]:
    return [
        spec
        for declaration in file.root.named_children
        if declaration.type == "import_declaration"
        for spec in walk(declaration)
        if spec.type == "import_spec"
    ]


def _path(spec: Node) -> str:
    path = spec.child_by_field_name("path")
    return text(path).strip('"`') if path is not None else ""


def _is_taken(file: GoFile, name: str) -> bool:
    """Whether a name is imported, or declared for the whole package, in this file already."""
    return name in file.imported_names or name in _names(file)


@cached(16)
def _names(file: GoFile) -> frozenset[str]:
    return package_names(file)


def _only_used_in(file: GoFile, spec: Node, gone: Sequence[Node], stays: Sequence[Node]) -> bool:
    alias = spec.child_by_field_name("name")
    if alias is not None and alias.type != "package_identifier":
        return False
    uses = _uses(file, spec)
    return bool(uses) and all(_is_in(gone, use) and not _is_in(stays, use) for use in uses)


def _is_in(nodes: Sequence[Node], use: Node) -> bool:
    return any(node.start_byte <= use.start_byte < node.end_byte for node in nodes)


def _uses(file: GoFile, spec: Node) -> list[Node]:
    alias = spec.child_by_field_name("name")
    return [*_package_uses(file, text(alias) if alias else _path(spec).rpartition("/")[2])]


@cached(64)
def _package_uses(file: GoFile, name: str) -> tuple[Node, ...]:
    """Where a name before a dot is no local variable."""
    return tuple(
        n
        for n in _named(file).get(name, ())
        if n.type in {"identifier", "package_identifier"}
        and n.parent is not None
        and n.parent.type in {"selector_expression", "qualified_type"}
        and definition(n) is None
    )


@cached(16)
def _named(file: GoFile) -> dict[str, list[Node]]:
    """Every place of a name that may stand for a package."""
    by_name: dict[str, list[Node]] = {}
    for node in walk(file.root):
        if node.type in {"identifier", "package_identifier", "type_identifier"}:
            by_name.setdefault(text(node), []).append(node)
    return by_name


def _removals(
    file: GoFile, dropped: list[Node], specs: list[Node], *, keep_block: bool
) -> list[Edit]:
    if not dropped:
        return []
    if len(dropped) == len(specs) and not keep_block:
        declarations = [n for n in file.root.named_children if n.type == "import_declaration"]
        end = declarations[-1].end_byte
        after = file.source.content[end:]
        blank = len(after) - len(after.lstrip(b"\r\n"))
        return [Edit(file.source.path, declarations[0].start_byte, end + blank, "")]
    edits = []
    for spec in dropped:
        alone = spec.parent is not None and spec.parent.type == "import_declaration"
        node = spec.parent if alone and spec.parent is not None else spec
        line = node.start_point[0] + 1
        start = file.source.offset(line, 1) or 0
        edits.append(Edit(file.source.path, start, start + len(file.source.line(line)) + 1, ""))
    return edits


def _additions(file: GoFile, missing: list[str], specs: list[Node]) -> list[Edit]:
    if not missing:
        return []
    end = line_end(file)
    grouped = [s for s in specs if s.parent is not None and s.parent.type == "import_spec_list"]
    if grouped:
        return [_in_group(file, path, grouped, end) for path in missing]
    lines = end.join(f'import "{path}"' for path in missing)
    if specs and specs[-1].parent is not None:
        at = _behind(file, specs[-1].parent)
        return [Edit(file.source.path, at, at, end + lines)]
    clause = next(n for n in file.root.named_children if n.type == "package_clause")
    at = _behind(file, clause)
    return [Edit(file.source.path, at, at, end + end + lines)]


def _behind(file: GoFile, node: Node) -> int:
    """The end of a node, and of the comment that follows in its line."""
    rest = file.source.content[node.end_byte :].partition(b"\n")[0].rstrip(b"\r")
    is_comment = rest.strip().startswith((b"//", b"/*"))
    return node.end_byte + (len(rest) if is_comment else 0)


def _in_group(file: GoFile, path: str, specs: list[Node], end: str) -> Edit:
    """In its place among the standard library's imports, which stand first."""
    standard = [s for s in specs if "." not in _path(s).partition("/")[0]]
    after = [s for s in standard if _path(s) < path]
    if after:
        at = _behind(file, after[-1])
        return Edit(file.source.path, at, at, f'{end}\t"{path}"')
    first = specs[0]
    gap = end if first in standard else end + end
    while (above := first.prev_named_sibling) is not None and above.type == "comment":
        if above.end_point[0] != first.start_point[0] - 1:
            break
        first = above
    return Edit(file.source.path, first.start_byte, first.start_byte, f'"{path}"{gap}\t')
