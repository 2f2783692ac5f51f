// Package truth is about words and deeds: what "escapes" without an allocation is no finding.
package truth

import "errors"

type zero struct{}

type pair struct{ a, b int }

// Through an embedded pointer a type can contain itself.
type chained struct{ *linked }

type linked struct{ *chained }

// The array of an empty slice has no size; in an interface, the slice itself has three words.
type names []string

type code int

func (code) Error() string { return "code" }

var (
	sink     any
	empty    *zero
	function func()
	failure  error
	ints     []int
	counter  int
	chain    *chained
)

func constants() {
	sink = "text"       // none `"text"`
	sink = 1 << 40      // none "1 << 40"
	sink = 'x'          // none "'x'"
	sink = true         // none "true"
	failure = code(3)   // none "code(3)"
}

func sizes() {
	empty = &zero{}      // none "&zero{}"
	empty = new(zero)    // none "new(zero)"
	sink = zero{}        // none "zero{}"
	ints = []int{}       // none "[]int{}"
	ints = make([]int, 0) // none "make([]int, 0)"
}

func sizesThatSeemEmpty() {
	chain = &chained{} // want information stored-in-heap "&chained{}"
	sink = []int{}     // want hint interface-conversion "[]int{}"
	sink = names{}     // want hint interface-conversion "names{}"
	sink = []int(nil)  // none "[]int(nil)"
}

func smallValues(b byte, ok bool, i8 int8) {
	sink = b       // none "b"
	sink = ok      // none "ok"
	sink = i8      // none "i8"
	sink = b == 1  // none "b == 1"
}

func commaOk(m map[string]int, c chan float64, x any) {
	_, found := m["a"]
	sink = found // none "found"
	_, more := <-c
	sink = more // none "more"
	v, is := x.(float64)
	sink = is // none "is"
	sink = v  // want hint interface-conversion "v"
}

func pointers(p *int, m map[int]int, c chan int, f func()) {
	sink = p
	sink = m
	sink = c
	sink = f
}

func withoutCaptures() {
	function = func() { counter++ } // none "func"
}

func withCapture(n int) {
	function = func() { println(n) } // want information stored-in-heap "func"
}

func numbers(n int, f float64) {
	sink = n          // want hint interface-conversion "n"
	sink = f          // want hint interface-conversion "f"
	sink = pair{n, n} // want hint interface-conversion "pair{n, n}"
}

func arithmetic(n int, s struct{ f float64 }, b byte) {
	sink = n - 1   // want hint interface-conversion "n - 1"
	sink = s.f - 1 // want hint interface-conversion "s.f - 1"
	sink = b << 1  // none "b << 1"
}

func variableSize(n int) int {
	return add(make([]int, n)) // want(<1.25) information dynamic-size "make([]int, n)"; want(>=1.25) hint dynamic-size "make([]int, n)"
}

func namedSize() int {
	const size = 8
	return add(make([]int, size))
}

//go:noinline
func add(xs []int) int { return len(xs) }

func grows(xs []int, n int) {
	ints = append(xs, n) // want(>=1.25) information stored-in-heap "append(xs, n)"
}

func stays() int {
	p := &pair{1, 2}
	q := new(pair)
	m := make(map[string]int)
	s := []int{1, 2, 3}
	return p.a + q.b + len(m) + len(s)
}

func constantText() error {
	return errors.New("constant") // want hint returned `errors.New("constant")`
}
