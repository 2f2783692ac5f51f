"""The rewrite in CONTRIBUTING works as it stands there, with the snippets beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from goescape.fixes.rewrite import Rewrite
from tests.conftest import REPOSITORY
from tests.fixes.trying import Workshop, snippets_of

if TYPE_CHECKING:
    from pathlib import Path

CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
MODULE = re.search(r"```python\n(\"\"\".*?)```", CONTRIBUTING, re.DOTALL)
SNIPPETS = re.search(r"```text\n(===.*?)```", CONTRIBUTING, re.DOTALL)


@pytest.mark.fast
async def test_the_example_works(tmp_path: Path, go_path: str) -> None:
    assert MODULE is not None
    assert SNIPPETS is not None
    module: dict[str, object] = {}
    exec(MODULE[1], module)
    rewrite = module["REWRITE"]
    assert isinstance(rewrite, Rewrite)
    example = f"=== offered: the example\n{rewrite.before}--- with\n{rewrite.after}"
    snippets = snippets_of(example + SNIPPETS[1])
    tried = await Workshop(tmp_path, go_path, rewrite, "1.22").try_all(snippets)
    for snippet in snippets:
        results = tried[snippet.name].results
        assert bool(results) == snippet.offered, (snippet.name, tried[snippet.name].reasons)
        assert all(part in results[0] for part in snippet.parts)
