"""What rewrites declare is true: the compiler proves that ``before`` becomes ``after``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import FixKind
from goescape.fixes.driver import all_rewrites
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.go.gofmt import formatted
from tests.fixes.trying import Snippet, Workshop

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.fixes.rewrite import Rewrite

PACKAGE = "package p\n\n"
OLDEST = (1, 22)
"""The language version of the examples: loops have a variable for each iteration."""
rewrites = pytest.mark.parametrize("rewrite", all_rewrites(), ids=lambda rewrite: rewrite.code)


@rewrites
async def test_the_example_is_proved(rewrite: Rewrite, tmp_path: Path, go_path: str) -> None:
    major, minor = max(rewrite.since, OLDEST)
    workshop = Workshop(tmp_path, go_path, rewrite, f"{major}.{minor}")
    example = Snippet("example", True, {"code.go": PACKAGE + rewrite.before}, ())
    tried = (await workshop.try_all([example]))[example.name]
    assert PACKAGE + rewrite.after in tried.results, tried
    assert {proof.candidate.promise for proof in tried.proofs} == {rewrite.promise}


async def test_the_examples_are_formatted(go_path: str) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    texts = {
        f"/{rewrite.code}/{name}.go": (PACKAGE + text).encode()
        for rewrite in all_rewrites()
        for name, text in (("before", rewrite.before), ("after", rewrite.after))
    }
    empty = {path: SourceText(path, b"package p\n") for path in texts}
    assert await formatted(engine.commands, empty, texts) == texts


@rewrites
def test_the_texts_are_plain(rewrite: Rewrite) -> None:
    for sentence in (rewrite.brings, *rewrite.checks, *rewrite.cautions):
        assert re.fullmatch(r"[A-Z`].*[^.]\.", sentence), sentence
    for clause in rewrite.refused_when:
        assert re.fullmatch(r"[a-z`].*[^.]", clause), clause
    assert (rewrite.look_at is not None) == (rewrite.kind is FixKind.REWRITE)
    assert not (rewrite.look_at and rewrite.look_at_trade)
