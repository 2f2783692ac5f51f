// Package inlining has constructors that are inlined: one site, however many calls.
package inlining

import (
	"errors"

	"example.com/cases/lib"
)

type box struct{ n, m int }

var kept *box

var keptLib *lib.Box

// newBox is on the heap for one of its callers.
func newBox(n int) *box {
	return &box{n: n} // want information returned "&box{n: n}"
}

func keep(n int) { kept = newBox(n) }

func one(n int) int { return newBox(n).n }

func two(n int) int {
	b := newBox(n)
	return b.n
}

// newLocal never is: every call is inlined and keeps its box on the stack.
func newLocal(n int) *box {
	return &box{m: n} // none "&box{m: n}"
}

func three(n int) int { return newLocal(n).m }

// NewExported may have other callers.
func NewExported(n int) *box {
	return &box{m: n + 1} // want hint returned "&box{m: n + 1}"
}

func four(n int) int { return NewExported(n).m }

// What another package's function allocates belongs to the call.
func fromLib(n int) {
	keptLib = lib.New(n) // want information stored-in-heap "lib.New(n)"
}

func onStack(n int) int { return lib.New(n).N }

// What a function got by inlining belongs to the place where it is written, not to its callers.
func failing() error {
	return errors.New("failing") // want hint returned `errors.New("failing")`
}

func passesOn() error { return failing() }

func twice() {
	if err := passesOn(); err != nil {
		last = err
	}
}

// A closure that is inlined into its own function is one site, too.
func localClosure(ns []int) {
	put := func(n int) {
		kept = &box{n: n, m: n} // want warning stored-in-heap "&box{n: n, m: n}"
	}
	for _, n := range ns {
		put(n)
	}
}

var last error
