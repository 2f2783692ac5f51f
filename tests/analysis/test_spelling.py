"""Messages spell code as the source does, not as the compiler does.

``// says: ...`` is the beginning of what is said of a line; of several, in source order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.messages.explain import message
from goescape.analysis.messages.languages import ENGLISH
from tests.conftest import GO_VERSIONS, run_coroutine
from tests.truth.measuring import report_of

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """package spelling

import (
	"fmt"
	"net/http"
	"sync"
)

type cache[K comparable, V any] struct{ entries map[K]V }

//go:noinline
func newCache[K comparable, V any]() *cache[K, V] {
	made := map[K]V{} // says: `map[K]V{}` is allocated on the heap
	return &cache[K, V]{made} // says: `&cache[K, V]{...}` is allocated on the heap
}

//go:noinline
func one[V any](value V) []V {
	return []V{value} // says: `[]V{...}` is allocated on the heap
}

type setter struct{ n int }

func (s *setter) set(n int) { s.n, kept = n, s }

type settable[T any] interface {
	*T
	set(n int)
}

//go:noinline
func parsed[T any, P settable[T]](n int) T {
	var value T // says: `value` moves to the heap: passed to `P(&value).set`, a call
	P(&value).set(n)
	return value
}

type shape interface{ area(of *int) int }

func areaOf(s shape, unit *int) int { return s.area(unit) }

func inlined(s shape) int {
	unit := 3 // says: `unit` moves to the heap: passed to `s.area`, a call that the compiler cannot
	return areaOf(s, &unit)
}

type bound struct{ n int }

func (b *bound) get() int { return b.n }

var got func() int

func binds() {
	b := bound{3} // says: `b` moves to the heap: stored in `got`
	got = b.get   // says: the method value `b.get` is allocated on the heap: stored in `got`
}

func deferred(f func(*int)) {
	n := 3 // says: `n` moves to the heap: passed to `f`, a call that the compiler cannot see into
	defer f(&n)
}

type handler struct {
	routes map[string]string
	lock   *sync.Mutex
}

var (
	kept    any
	headers http.Header
	locked  func()
	number  int
	lock    sync.Mutex
	served  = &handler{
		map[string]string{"": ""}, // says: `map[string]string{...}` is allocated on the heap
		new(sync.Mutex), // says: `new(sync.Mutex)` is allocated on the heap: stored in something
	}
	registered = struct{ int map[int]int }{
		map[int]int{0: 0}, // says: `map[int]int{...}` is allocated on the heap
	}
)

func uses() {
	kept = newCache[string, *int]()
	kept = one(number) // says: `one(number)` is copied to the heap
	kept = parsed[setter](number) // says: `parsed[setter](number)` is copied to the heap
}

func formats(n int) {
	kept = fmt.Sprintf("%5d", n) // says: `fmt.Sprintf("%5d", ...)` is copied to the heap | `n` is
}

func framed(s string) string {
	s += "  \\t" // says: `s += "  \\t"` is allocated on the heap: a string cannot grow
	return "   " + s // says: `"   " + s` is allocated on the heap: `return "   " + s` hands it to
}

func ofOtherPackages() {
	headers = http.Header{} // says: `http.Header{}` is allocated on the heap: stored in `headers`
	locked = lock.Unlock // says: the method value `lock.Unlock` is allocated on the heap: stored in
}
"""
LOOPS = """package spelling

import "slices"

func large(xs []int) *int {
	for x := range slices.Values(xs) { // says: `x` moves to the heap: a `return` hands it to
		if x > 1 {
			return &x
		}
	}
	return nil
}
"""
"""For Go 1.23 or later."""
SAYS = re.compile(r" // says: (.*)")


@pytest.mark.parametrize(
    ("version", "source"),
    [(GO_VERSIONS[0], MODULE), (GO_VERSIONS[-1], MODULE), (GO_VERSIONS[-1], LOOPS)],
)
def test_code_is_spelled_as_in_the_source(
    version: str, source: str, go_toolchains: dict[str, str], tmp_path: Path
) -> None:
    language = "1.21" if source is MODULE else "1.23"
    (tmp_path / "go.mod").write_text(f"module example.com/spelling\n\ngo {language}\n")
    (tmp_path / "spelling.go").write_text(SAYS.sub("", source))
    report = run_coroutine(report_of(go_toolchains[version], tmp_path))
    said: dict[int, list[str]] = {}
    for finding in report.findings:
        if finding.is_diagnostic:
            said.setdefault(finding.span.line, []).append(message(finding, ENGLISH))
    wanted = {
        number: clause[1].split(" | ")
        for number, line in enumerate(source.splitlines(), 1)
        if (clause := SAYS.search(line)) is not None
    }
    begun = {
        line: [text[: len(want)] for text, want in zip(texts, wanted.get(line, [""]), strict=False)]
        for line, texts in said.items()
    }
    assert begun == wanted
