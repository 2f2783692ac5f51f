"""What decides about a fix and stands in no Go file of its package: assembly, go.mod, others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.languages import ENGLISH
from goescape.fixes.candidate import Refusal
from goescape.fixes.driver import candidates
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.proofs.fix_context import fix_context_of
from goescape.toolchain.proofs.prover import Disproof, Prover

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.conftest import WriteTree

LOAD = """
type T struct{ n [5]int }

//go:noinline
func load(n int) *T { return &T{} }

func Use() int { return load(1).n[0] }
"""
NIL_BESIDE = """
type T struct{ n [5]int }

//go:noinline
func load(n int) (*T, error) {
	if n > 1 {
		return nil, third.%s
	}
	return &T{}, nil
}

func Use() int {
	t, err := load(1)
	if err != nil {
		return 0
	}
	return t.n[0]
}
"""
TREE = f"""
-- go.mod --
module example.com/m

go 1.23

godebug asynctimerchan=1
-- plain/p.go --
package plain
{LOAD}
-- assembly/p.go --
package assembly
{LOAD}
-- assembly/p_amd64.s --
TEXT ·via(SB), 4, $16-16
	CALL ·load(SB)
	RET
-- linked/p.go --
package linked

import _ "example.com/m/linked/far"
{LOAD}
-- linked/far/far.go --
package far

import _ "unsafe"

//go:linkname load example.com/m/linked.load
func load(n int) *[5]int
-- linked/far/empty.s --
-- third/third.go --
package third

import (
	"bytes"
	"errors"
)

var (
	ErrKept = errors.New("kept")
	ErrReset = errors.New("reset")
	ErrNone error
)

func Reset() {{ ErrReset = nil }}

type Counter struct {{
	*bytes.Buffer
	N int
}}

func (c *Counter) Write(p []byte) (int, error) {{
	c.N += len(p)
	return c.Buffer.Write(p)
}}
-- kept/p.go --
package kept

import "example.com/m/third"
{NIL_BESIDE % "ErrKept"}
-- late/p.go --
package late

import third "context"
{NIL_BESIDE % "DeadlineExceeded"}
-- moved/p.go --
package moved

import third "os"
{NIL_BESIDE % "ErrNotExist"}
-- reset/p.go --
package reset

import "example.com/m/third"
{NIL_BESIDE % "ErrReset"}
-- none/p.go --
package none

import "example.com/m/third"
{NIL_BESIDE % "ErrNone"}
-- writer/p.go --
package writer

import (
	"io"

	_ "example.com/m/third"
)

func put(w io.Writer, s string) {{ w.Write([]byte(s)) }}
-- timer/p.go --
package timer

import "time"

func run(ch chan int) {{
	for {{
		select {{
		case <-ch:
		case <-time.After(time.Second):
			return
		}}
	}}
}}
"""
FAILURE = "A nil is returned, and no other result reliably says so."
EXPECTED = {
    ("plain", "return-value"): "offered",
    ("assembly", "return-value"): "`load` is linked by name.",
    ("linked", "return-value"): "`load` is linked by name.",
    ("kept", "return-value"): "offered",
    ("late", "return-value"): "offered",
    ("moved", "return-value"): "offered",
    ("reset", "return-value"): FAILURE,
    ("none", "return-value"): FAILURE,
    ("writer", "write-string"): "A writer here may treat WriteString unlike Write.",
    ("timer", "reuse-timer"): "The program asks for the timers of older versions of Go.",
}


async def outcomes(engine: Engine, root: Path) -> AsyncIterator[tuple[tuple[str, str], str]]:
    async for report in engine.analyze(str(root), ["./..."]):
        assert not isinstance(report, Problem), report.message
        assert not report.errors, report.errors
        around = await fix_context_of(engine, report, (str(root),))
        for path in report.files:
            for each in candidates(around.code, path):
                key = (report.package.rpartition("/")[2], each.code)
                if isinstance(each, Refusal):
                    yield key, ENGLISH.reason(each.reason)
                    continue
                verdict = await Prover.of(engine, around).prove(each)
                if isinstance(verdict, Disproof):
                    yield key, ENGLISH.reason(verdict.reason)
                else:
                    yield key, "offered"


async def test_what_no_go_file_of_the_package_shows(
    go_toolchains: dict[str, str], write_tree: WriteTree
) -> None:
    """Go 1.27 builds nothing any more that asks for old timers."""
    root = write_tree(TREE).resolve()
    engine = Engine(EngineOptions(go_path=go_toolchains["1.26.6"]))
    found = {key: outcome async for key, outcome in outcomes(engine, root) if key in EXPECTED}
    assert found == EXPECTED
