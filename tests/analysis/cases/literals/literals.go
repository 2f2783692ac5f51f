// Package literals has function literals that are inlined: what they allocate stands in them.
package literals

import "slices"

type box struct{ n int }

type holder struct{ value any }

var kept *box

var bytes []byte

func (h *holder) update(change func(any) any) { h.value = change(h.value) }

func apply(change func(int) []byte, n int) { bytes = change(n) }

func inArgument(n int) {
	apply(func(k int) []byte {
		buffer := make([]byte, k) // want(<1.25) information dynamic-size "make([]byte, k)"; want(>=1.25) information returned "make([]byte, k)"
		return buffer
	}, n)
}

func inMethod(h *holder, extra []byte) {
	h.update(func(any) any {
		made := make([]byte, 0, len(extra)) // want(<1.25) information dynamic-size "make([]byte, 0, len(extra))"; want(>=1.25) information stored-in-heap "make([]byte, 0, len(extra))"
		return append(made, extra...) // want hint interface-conversion "append(made, extra...)"; none(>=1.25) "append(made, extra...)"
	})
}

// One make, however often it is inlined.
func threeTimes(n int) {
	fill := func(k int) []byte {
		return make([]byte, k, 2*k) // want(<1.25) information dynamic-size "make([]byte, k, 2*k)"; want(>=1.25) information returned "make([]byte, k, 2*k)"
	}
	bytes = fill(n)
	bytes = fill(n + 1)
	bytes = fill(n + 2)
}

func each(n int, do func(int)) {
	for i := 0; i < n; i++ {
		do(i)
	}
}

func twice(do func(int)) {
	do(1)
	do(2)
}

func inCallersLoop(n int) {
	each(n, func(i int) {
		kept = &box{i} // want warning stored-in-heap "&box{i}"
	})
	twice(func(i int) {
		kept = &box{i + 1} // want information stored-in-heap "&box{i + 1}"
	})
}

func inOtherPackage(names []string) int {
	return slices.IndexFunc(names, func(name string) bool {
		kept = &box{len(name)} // want information stored-in-heap "&box{len(name)}"
		return name == ""
	})
}

// A function that is inlined into itself has no callers to speak of.
func push(n int) {
	if n == 0 {
		return
	}
	kept = &box{n} // want information stored-in-heap "&box{n}"
	push(n - 1)
}

func newBuffer(n int) []byte {
	return make([]byte, n, n+1) // want(<1.25) information dynamic-size "make([]byte, n, n+1)"; want(>=1.25) hint dynamic-size "make([]byte, n, n+1)"
}

func size(n int) int { return fill(newBuffer(n)) }

//go:noinline
func fill(b []byte) int { return copy(b, "abc") }
