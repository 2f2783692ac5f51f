// Package shapes has one site of every syntactic shape, so that the range of each is pinned down.
package shapes

import (
	"fmt"
	"io"
	"strconv"
)

var (
	sink      any
	pointer   *int
	function  func()
	functions []func()
	pointers  []*point
)

type point struct{ x, y int }

func (p *point) move() { p.x++ }

func parameter(x int) *int { // want information returned "x"
	return &x
}

func namedResult() (p *int, err error) {
	x := 1 // want information returned "x"
	p = &x
	return p, nil
}

func literal() *point {
	return &point{1, 2} // want information returned "&point{1, 2}"
}

func elided() []*point {
	return []*point{{1, 2}} // want information returned "[]*point{{1, 2}}", information returned "{1, 2}"
}

func allocated() *int {
	return new(int) // want information returned "new(int)"
}

func made() []int {
	return make([]int, 3) // want information returned "make([]int, 3)"
}

func mapped() map[string]int {
	return map[string]int{"a": 1} // want information returned `map[string]int{"a": 1}`
}

func joined(a, b, c string) string {
	return a + b + c // want information returned "a + b + c"
}

func converted(b []byte) string {
	return string(b) // want information returned "string(b)"
}

func bytesOf(s string) []byte {
	return []byte(s) // want information returned "[]byte(s)"
}

func convertedAndBoxed(b []byte) {
	sink = string(b) // want information stored-in-heap "string(b)"
}

type names []string

func boxedSlice(list names) {
	sink = []string(list) // want hint interface-conversion "[]string(list)"
}

func twice(n int) int { return 2 * n }

func digits(n int) string { return strconv.Itoa(n) }

func convertedResult(n int) []byte {
	return []byte(digits(n)) // want information returned "[]byte(digits(n))"
}

func namesLostByInlining(n int) {
	sink = twice(n) // want hint interface-conversion "twice(n)"
}

func typeSwitch(x any) {
	switch v := x.(type) {
	case int: // want information stored-in-heap "int"
		pointer = &v
	case point:
		println(v.x)
	}
}

func rangeValue(xs []int) {
	for _, x := range xs {
		v := x // want warning stored-in-heap "v"
		pointer = &v
	}
}

func methodValue(p *point) {
	function = p.move // want information stored-in-heap "p.move"
}

func boxedOperands(p *point, xs []float64, m map[string]float64, c chan float64) {
	sink = *p      // want hint interface-conversion "*p"
	sink = xs[1]   // want hint interface-conversion "xs[1]"
	sink = m["a"]  // want hint interface-conversion `m["a"]`
	sink = <-c     // want hint interface-conversion "<-c"
	sink = -xs[0]  // want hint interface-conversion "-xs[0]"
	sink = (xs[2]) // want hint interface-conversion "(xs[2])"
	sink = xs[1:2] // want hint interface-conversion "xs[1:2]"
	sink = sum(xs) // want hint interface-conversion "sum(xs)"
}

//go:noinline
func sum(xs []float64) float64 { return xs[0] + xs[1] }

func goArguments(n int) { // want information goroutine-or-defer "n"
	go print(&n, n) // want information goroutine-or-defer "go"
}

func goLiteral(n int) {
	go func() { // want information goroutine-or-defer "func"
		println(n)
	}()
}

func deferInLoop(names []string) {
	for _, name := range names {
		defer println(name) // want warning goroutine-or-defer "defer"
	}
}

func send(c chan *int) {
	c <- new(int) // want information stored-in-heap "new(int)"
}

func outlivesTheTurn(n int) int {
	var last *int
	for i := 0; i < n; i++ {
		v := i // want warning stored-in-heap "v"
		last = &v
	}
	return *last
}

func interfaceMethod(w io.Writer) {
	var buffer [8]byte // want information indirect-call "buffer"
	w.Write(buffer[:])
}

type wrapped struct{ *inner }

type inner struct{ w io.Writer }

func promotedField(o wrapped) {
	var buffer [8]byte // want information indirect-call "buffer"
	o.w.Write(buffer[:])
}

func functionValue(f func(*int)) {
	x := 1 // want information indirect-call "x"
	f(&x)
}

func fieldFunction(s struct{ f func(*int) }) {
	x := 1 // want information indirect-call "x"
	s.f(&x)
}

func knownFunction(scan *int) {
	var n int // want hint passed-to-call "n"
	fmt.Sscan("1", &n) // want hint passed-to-call `fmt.Sscan("1", &n)`
	*scan = n
}

func nested() func() func() int {
	n := 0                     // want information captured-by-closure "n"
	return func() func() int { // want information returned "func"
		n++
		return func() int { return n } // want information returned "func"
	}
}

func perTurn() {
	for i := 0; i < 3; i++ { // want information captured-by-closure "i"
		f := func() { println(i) } // want warning stored-in-heap "func"
		functions = append(functions, f) // want(>=1.25) information stored-in-heap "append(functions, f)"
	}
}

func pastTheLastColumn(x, y float64) {
	var first, second float64;                                                                                                                                                                                                                                                          sink, pointers = x+y, append(pointers, &point{1, 2}) // want hint interface-conversion "x+y"; want information stored-in-heap "&point{1, 2}"; want(>=1.25) information stored-in-heap "append(pointers, &point{1, 2})"
	println(first, second)
}
