// Package lib is inlined into others.
package lib

// Box holds a number.
type Box struct{ N, M int }

// New is inlined wherever it is called.
func New(n int) *Box {
	return &Box{N: n} // want information returned "&Box{N: n}"
}

// Map prints nothing here: generic code is compiled where it is used.
func Map[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in)) // want(<1.25) information dynamic-size "make([]B, len(in))"; want(>=1.25) information returned "make([]B, len(in))"
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

// Pipe is a channel.
type Pipe chan int

// Table is a map.
type Table map[string]int
