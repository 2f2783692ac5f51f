"""What rewrites know of types before a proof: claims that are settled, and what stays unknown."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.model import PackageReport
from goescape.fixes.candidate import TypeClaim
from goescape.fixes.checks.claims import unsettled
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.proofs import fix_context
from goescape.toolchain.proofs.fix_context import fix_context_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goescape.fixes.context.package_code import PackageCode
    from goescape.toolchain.proofs.fix_context import FixContext

FILES = """\
-- go.mod --
module example.com/m

go 1.22
-- p.go --
package p

import (
	"bytes"
	"os"
	web "net/http"
)

type word string

type other = word

func f(a string, b byte, c *bytes.Buffer, d []word, e other, h web.Header, m os.FileMode) int {
	type local int
	var l local
	return len(a) + int(b) + c.Len() + len(d) + len(e) + len(h) + int(m) + int(l)
}
"""


async def context_of(engine: Engine, root: Path) -> FixContext:
    async with aclosing(engine.analyze(str(root), ["."])) as items:
        [report] = [item async for item in items if isinstance(item, PackageReport)]
    return await fix_context_of(engine, report)


def settled(code: PackageCode, name: str, its_type: str) -> bool | None:
    """Of the last use of a name; None where a proof has to tell."""
    [file] = code.files.values()
    start = file.source.content.rindex(b"(%s" % name.encode()) + 1
    end = start + len(name)
    left = unsettled(code, (TypeClaim(file.source.path, start, end, its_type),))
    return False if left is None else None if left else True


async def test_claims_that_need_no_proof(write_tree: Callable[[str], Path], go_path: str) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    code = (await context_of(engine, write_tree(FILES))).code
    await engine.facts.close()
    assert settled(code, "a", "string") is True
    assert settled(code, "a", "[]byte") is False
    assert settled(code, "b", "uint8") is True, "the same by another name"
    assert settled(code, "d", "[]word") is True
    assert settled(code, "d", "[]string") is False
    assert settled(code, "h", "web.Header") is True
    assert settled(code, "h", "web.Cookie") is False
    assert settled(code, "h", "http.Header") is None, "the file has no such name"
    assert settled(code, "e", "word") is not False, "an alias"
    assert settled(code, "m", "os.FileMode") is not False, "an alias of another package"
    assert settled(code, "l", "local") is None, "a type inside a function"


@pytest.mark.parametrize("reason", ["there is no program", "it takes too long"])
async def test_without_types_all_is_left_to_the_source(
    reason: str, write_tree: Callable[[str], Path], go_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    if reason == "there is no program":
        engine.facts.problem = reason
    else:
        monkeypatch.setattr(fix_context, "TYPES_SECONDS", 0.0)
    around = await context_of(engine, write_tree(FILES))
    await engine.facts.close()
    assert around.edited is not None
    assert not around.code.types.all
    assert settled(around.code, "a", "string") is None
