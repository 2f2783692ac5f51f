"""Several fixes of a file as one: where they meet, the earlier one wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.source import SourceText
from goescape.analysis.syntax.text_diff import differences
from goescape.fixes.candidate import Candidate, Edit, Promise, apply_edits
from goescape.fixes.syntax.imports import unused_imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CODE = "all"


def compatible(
    sources: Mapping[str, SourceText], candidates: Iterable[Candidate]
) -> tuple[Candidate, ...]:
    """Those that can be applied together."""
    return _merged(sources, candidates)[0]


def combine(sources: Mapping[str, SourceText], chosen: Sequence[Candidate]) -> Candidate:
    """One candidate for all of some that fit together."""
    if len(chosen) == 1:
        return chosen[0]
    ordered, edits = _merged(sources, chosen)
    contents = {
        path: _tidied(sources[path], SourceText(path, content))
        for path, content in apply_edits(sources, edits).items()
    }
    return _combined_candidate(ordered, _edits(sources, contents))


def _merged(
    sources: Mapping[str, SourceText], candidates: Iterable[Candidate]
) -> tuple[tuple[Candidate, ...], list[Edit]]:
    """Those that meet no earlier one, and all their edits."""
    chosen: list[Candidate] = []
    edits: list[Edit] = []
    ordered = sorted(candidates, key=lambda candidate: (candidate.at, candidate.title))
    headers = {path: _header_end(sources[path]) for fix in ordered for path in fix.files}
    for candidate in ordered:
        new = [edit for edit in candidate.edits if not _is_there(edit, edits, headers)]
        if not any(_meets(edit, other) for edit in new for other in edits):
            edits += new
            chosen.append(candidate)
    return tuple(chosen), edits


def _combined_candidate(chosen: Sequence[Candidate], edits: tuple[Edit, ...]) -> Candidate:
    promises = dict.fromkeys(candidate.promise for candidate in chosen)
    return evolve(
        chosen[0],
        code=CODE,
        title=f"Apply {len(chosen)} fixes",
        template=None,
        words=(),
        edits=edits,
        promise=Promise.GONE if Promise.GONE in promises else next(iter(promises)),
        may_add=tuple(dict.fromkeys(pattern for c in chosen for pattern in c.may_add)),
        callers=sum(candidate.callers for candidate in chosen),
        claims=tuple(dict.fromkeys(claim for c in chosen for claim in c.claims)),
        other_builds=tuple(sorted({file for c in chosen for file in c.other_builds})),
        minimum=max(candidate.minimum for candidate in chosen),
    )


def _is_there(edit: Edit, edits: Sequence[Edit], headers: Mapping[str, int]) -> bool:
    """Whether an earlier fix imports the same."""
    return edit in edits and edit.end <= headers[edit.file]


def _meets(edit: Edit, other: Edit) -> bool:
    """Whether two edits touch the same bytes; two insertions at one place may be imports."""
    if edit.file != other.file:
        return False
    if edit.start == edit.end and other.start == other.end:
        return edit.start == other.start and not _is_import(edit, other)
    if edit.start == edit.end or other.start == other.end:
        point, span = (edit, other) if edit.start == edit.end else (other, edit)
        return span.start < point.start < span.end
    return edit.start < other.end and other.start < edit.end


def _is_import(*edits: Edit) -> bool:
    return all(edit.text.strip().removeprefix("import ").startswith('"') for edit in edits)


def _header_end(source: SourceText) -> int:
    """Where the imports end."""
    root = GoFile(source).root
    ends = [n.end_byte for n in root.children if n.type in {"import_declaration", "package_clause"}]
    return max(ends, default=0)


def _tidied(old: SourceText, new: SourceText) -> bytes:
    """Without imports that all fixes together leave without use, or that two of them added."""
    edits = unused_imports(GoFile(new), GoFile(old))
    return apply_edits({new.path: new}, edits)[new.path] if edits else new.content


def _edits(sources: Mapping[str, SourceText], contents: Mapping[str, bytes]) -> tuple[Edit, ...]:
    return tuple(
        Edit(path, start, end, text.decode())
        for path, content in contents.items()
        for start, end, text in differences(sources[path].content, content)
    )
