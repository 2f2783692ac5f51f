"""Shapes that the cases do not show: what is offered, and what must not be.

Every file of ``snippets/`` is for the rewrite of that name; its own words are in ``trying``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from goescape.fixes.driver import all_rewrites
from tests.fixes.trying import Workshop, snippets_of

REWRITES = {rewrite.code.replace("-", "_"): rewrite for rewrite in all_rewrites()}
SNIPPETS = {
    path.stem: path.read_bytes().decode()
    for path in sorted(Path(__file__).with_name("snippets").glob("*.txt"))
}
LANGUAGES = {
    "errors_as_type": "1.26",
    "builder_grow": "1.23",
    "map_index": "1.23",
    "range_method": "1.23",
    "range_seq": "1.24",
    "reuse_timer": "1.23",
    "return_value": "1.23",
}

SHORT = 1_600
"""Characters. Short files are in ``--fast``, so that those of a new rewrite are."""


@pytest.mark.parametrize("name", sorted(REWRITES.keys() | SNIPPETS.keys()))
def test_each_rewrite_has_its_snippets(name: str) -> None:
    assert name in SNIPPETS, f"tests/fixes/snippets/{name}.txt is missing"
    assert name in REWRITES, f"tests/fixes/snippets/{name}.txt is for no rewrite"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.fast if len(text) < SHORT else ())
        for name, text in SNIPPETS.items()
    ],
)
async def test_each_is_offered_or_not(name: str, tmp_path: Path, go_path: str) -> None:
    rewrite = REWRITES[name]
    snippets = snippets_of(SNIPPETS[name])
    language = LANGUAGES.get(name, "1.22")
    workshop = Workshop(tmp_path, go_path, rewrite, language)
    tried = await workshop.try_all(snippets)
    wrong = []
    for snippet in snippets:
        results, reasons = tried[snippet.name].results, tried[snippet.name].reasons
        if not snippet.offered and results:
            wrong.append(f"{snippet.name} is offered:\n{results[0]}")
        if snippet.because not in {"", *reasons}:
            wrong.append(f"{snippet.name} is refused for other reasons: {reasons}")
        if snippet.offered and not any(all(p in r for p in snippet.parts) for r in results):
            wrong.append(f"{snippet.name}: {reasons}\n" + "\n".join(results))
        if any(
            (p.candidate.kind is not rewrite.kind) != snippet.is_trade
            for p in tried[snippet.name].proofs
        ):
            wrong.append(f"{snippet.name} is offered as another kind")
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize(
    "name", [n for n, text in SNIPPETS.items() if "\n=== offered with" in text]
)
async def test_without_types_the_source_decides(name: str, tmp_path: Path, go_path: str) -> None:
    language = LANGUAGES.get(name, "1.22")
    workshop = Workshop(tmp_path, go_path, REWRITES[name], language, knows_types=False)
    offered = [snippet for snippet in snippets_of(SNIPPETS[name]) if snippet.offered]
    some = [s for s in offered if s.needs_types] + [s for s in offered if not s.needs_types][:5]
    tried = await workshop.try_all(some)
    assert {s.name: bool(tried[s.name].results) for s in some} == {
        s.name: not s.needs_types for s in some
    }
