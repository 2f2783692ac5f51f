"""Where `go fix` rewrites the same code: the results are its own, or do the same with less.

Go's edits are not taken (docs/fixes.md says why); this test keeps the rewrites close to them.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.fixes.candidate import Candidate, Edit, apply_edits
from goescape.fixes.driver import candidates
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.go.gofmt import formatted
from goescape.toolchain.proofs.combined_proof import prove_combined
from goescape.toolchain.proofs.fix_context import fix_context_of
from goescape.toolchain.proofs.prover import Prover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.conftest import WriteTree

CODES = {"sort-func", "errors-as-type", "strings-builder"}
GO_MOD = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"
SORTED = """
-- sorted/p.go --
package sorted

import "sort"

type level int

func ints(xs []int) { sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] }) }

func names(m map[string]int) []string {
	xs := make([]string, 0, len(m))
	for x := range m {
		xs = append(xs, x)
	}
	sort.Slice(xs, func(a, b int) bool {
		return xs[a] < xs[b]
	})
	return xs
}

func levels(ls []level) { sort.Slice(ls, func(i, j int) bool { return ls[i] < ls[j] }) }
"""
TYPED = """
-- typed/p.go --
package typed

import (
	"errors"
	"io/fs"
	"net"
)

type failure struct{ code int }

func (*failure) Error() string { return "failure" }

func code(errs []error) (n int) {
	for _, err := range errs {
		var f *failure
		if errors.As(err, &f) {
			n += f.code
		}
	}
	return n
}

func path(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Path
	}
	return ""
}

func temporary(err error) bool {
	var t net.Error
	if errors.As(err, &t) {
		return t.Timeout()
	}
	return false
}
"""
JOINED = """
-- joined/main.go --
package main

import (
	"fmt"
	"testing"
)

var words = []string{"a word", "another one", "one that is longer than 32 bytes", "", "ä", "last"}

//go:noinline
func list(xs []string) string {
	s := ""
	for _, x := range xs {
		s += x + ", "
	}
	return s
}

//go:noinline
func quoted(xs []string) string {
	var all string
	for i, x := range xs {
		if i > 0 {
			all += ";"
		}
		all += "'" + x + "'"
	}
	return "[" + all + "]"
}

//go:noinline
func columns(rows [][]string) (all []string) {
	for _, row := range rows {
		line := "|"
		for _, cell := range row {
			line += cell
		}
		all = append(all, line)
	}
	return all
}

func main() {
	rows := [][]string{words, nil, words[:2]}
	fmt.Printf("%q %q %q\\n", list(words), quoted(words), columns(rows))
	fmt.Println(testing.AllocsPerRun(99, func() { list(words) }))
	fmt.Println(testing.AllocsPerRun(99, func() { quoted(words) }))
	fmt.Println(testing.AllocsPerRun(99, func() { columns(rows) }))
}
"""


class Comparison:
    """The fixes of one package, ours and those of go fix."""

    def __init__(self, go: str, root: Path, package: str) -> None:
        self._go = go
        self._root = root
        self._pattern = f"./{package}"
        self._engine = Engine(EngineOptions(go_path=go))

    async def results(self, *flags: str) -> list[Mapping[str, bytes]]:
        """The changed files: ours, proved, and what go fix would write."""
        async for report in self._engine.analyze(str(self._root), [self._pattern]):
            assert not isinstance(report, Problem), report.message
            assert not report.errors, report.errors
            around = await fix_context_of(self._engine, report)
            found = [
                each
                for path in report.files
                for each in candidates(around.code, path)
                if isinstance(each, Candidate) and each.code in CODES
            ]
            judge = Prover.of(self._engine, around).prove_all
            union = await prove_combined(around.sources, found, judge)
            assert union.proof is not None, (found, union.disproofs)
            assert len(union.parts) == 3, union
            theirs = apply_edits(around.sources, self._edits_of_go_fix(flags))
            return [
                union.proof.contents,
                await formatted(self._engine.commands, around.sources, theirs),
            ]
        raise AssertionError(self._pattern)

    def _edits_of_go_fix(self, flags: Sequence[str]) -> set[Edit]:
        [analyses] = json.loads(self._output("fix", "-json", *flags, self._pattern)).values()
        return {
            Edit(edit["filename"], edit["start"], edit["end"], edit["new"])
            for found in analyses.values()
            for each in found
            for fix in each["suggested_fixes"]
            for edit in fix["edits"]
        }

    def run(self, contents: Mapping[str, bytes]) -> str:
        """What the program prints with other texts, from go fix with the imports that it leaves."""
        replaced = {path: str(self._root / f"{Path(path).name}.text") for path in contents}
        for path, content in contents.items():
            Path(replaced[path]).write_bytes(content)
        overlay = self._root / "overlay.json"
        overlay.write_text(json.dumps({"Replace": replaced}), "utf-8")
        return self._output("run", f"-overlay={overlay}", self._pattern)

    def _output(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._go, *arguments], cwd=self._root, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()


def bodies(contents: Mapping[str, bytes]) -> list[str]:
    """What follows the imports: go fix leaves those that nothing needs any more."""
    imports = re.compile(r'^import (\(.*?\n\)|"\S+")\n+', re.DOTALL | re.MULTILINE)
    return [imports.sub("", content.decode()) for content in contents.values()]


@pytest.mark.parametrize(
    ("package", "flag", "versions"),
    [
        ("sorted", "-slicessort", ("1.26.6", "1.27.3")),
        ("typed", "-errorsastype", ("1.27.3",)),
    ],
)
async def test_the_same_text(
    go_toolchains: dict[str, str],
    write_tree: WriteTree,
    package: str,
    flag: str,
    versions: tuple[str, ...],
) -> None:
    root = write_tree(GO_MOD + SORTED + TYPED).resolve()
    for version in versions:
        ours, theirs = await Comparison(go_toolchains[version], root, package).results(flag)
        assert bodies(ours) == bodies(theirs), version


async def test_the_same_output_with_fewer_allocations(
    go_toolchains: dict[str, str], write_tree: WriteTree
) -> None:
    """Go fix leaves the sums that are added in each turn: over 32 bytes they allocate again."""
    root = write_tree(GO_MOD + JOINED).resolve()
    for version in ("1.26.6", "1.27.3"):
        comparison = Comparison(go_toolchains[version], root, "joined")
        ours, theirs = await comparison.results("-stringsbuilder")
        printed, *before = comparison.run({}).splitlines()
        assert printed.startswith('"a word, another one, ')
        ours_printed, *after = comparison.run(ours).splitlines()
        theirs_printed, *theirs_after = comparison.run(theirs).splitlines()
        assert ours_printed == theirs_printed == printed, version
        our, their, old = ([float(n) for n in each] for each in (after, theirs_after, before))
        assert our[0] < their[0] < old[0], version
        assert our[1] < their[1] < old[1], version
        assert our[2] == their[2] < old[2], version
