// Package ranks shows why the same allocation matters here and not there.
package ranks

import (
	"errors"
	"fmt"
	"testing"
)

type item struct{ n, m int }

var first = new(item) // want hint stored-in-heap "new(item)"

var names = map[string]int{"a": 1} // want hint stored-in-heap `map[string]int{"a": 1}`

var list []*item

func init() {
	list = append(list, &item{3, 4}) // want hint stored-in-heap "&item{3, 4}"; want(>=1.25) hint stored-in-heap "append(list, &item{3, 4})"
}

func ordinary() {
	list[0] = &item{} // want information stored-in-heap "&item{}"
}

func inLoop(n int) {
	for i := 0; i < n; i++ {
		list[i] = &item{n: i} // want warning stored-in-heap "&item{n: i}"
	}
}

func rangeExpressionRunsOnce(n int) {
	for i := range build(n) {
		list[i] = nil
	}
}

//go:noinline
func build(n int) []*item {
	return make([]*item, n) // want(<1.25) information dynamic-size "make([]*item, n)"; want(>=1.25) information returned "make([]*item, n)"
}

func leavesTheLoop(ns []int) *item {
	for _, n := range ns {
		if n > 3 {
			return &item{n: n} // want information returned "&item{n: n}"
		}
	}
	return nil
}

func breaksInnerLoop(ns []int) {
	for range ns {
		for _, n := range ns {
			if n > 3 {
				list[0] = &item{n: n} // want warning stored-in-heap "&item{n: n}"
				break
			}
		}
	}
}

func breaksOuterLoop(ns []int) {
outer:
	for _, n := range ns {
		for _, m := range ns {
			if m > n {
				list[0] = &item{n: n} // want information stored-in-heap "&item{n: n}"
				break outer
			}
			if m < 0 {
				list[0] = &item{m: n} // want warning stored-in-heap "&item{m: n}"
				continue outer
			}
		}
	}
}

func callsFromLoop(ns []int) {
	for _, n := range ns {
		helper(n)
	}
}

//go:noinline
func helper(n int) {
	list[0] = &item{m: n} // want warning stored-in-heap "&item{m: n}"
}

func errorPath(n int) error {
	if n < 0 {
		return fmt.Errorf("negative: %d", n) // want hint interface-conversion "n"
	}
	for i := 0; i < n; i++ {
		if err := check(i); err != nil {
			return fmt.Errorf("item %d: %w", i, err) // want hint interface-conversion "i"
		}
	}
	return nil
}

//go:noinline
func check(n int) error {
	if n == 3 {
		return &failure{n} // want hint returned "&failure{n}"
	}
	return nil
}

type failure struct{ n int }

func (f *failure) Error() string { return "failure" }

func plainError() error {
	return fmt.Errorf("nothing to format") // want(>=1.26) hint returned `fmt.Errorf("nothing to format")`
}

func panics(n int) {
	if n < 0 {
		panic(errors.New("negative")) // want hint passed-to-call `errors.New("negative")`
	}
}

func prints(name string, n float64) {
	fmt.Println(name, n) // want hint interface-conversion "name", hint interface-conversion "n"
}

func printsInLoop(names []string) {
	for _, name := range names {
		fmt.Println(name) // want warning interface-conversion "name"
	}
}

func large() int {
	var buffer [11 << 20]byte // want warning too-large "buffer"
	return len(buffer[1:])
}

type parser struct{ reported any }

//go:noinline
func (p *parser) error(reported any) { p.reported = reported }

//go:noinline
func (p *parser) addError(reported any) { p.reported = reported }

//go:noinline
func (p *parser) handleError(reported any) { p.reported = reported }

func (p *parser) parse(numbers []int) {
	for _, n := range numbers {
		p.error(n)       // want hint interface-conversion "n"
		p.addError(n)    // want hint interface-conversion "n"
		p.handleError(n) // want warning interface-conversion "n"
	}
}

type blocks struct{ items []item }

//go:noinline
func (b *blocks) next() *item {
	if len(b.items) == cap(b.items) {
		b.items = make([]item, 0, 64) // want information stored-in-heap "make([]item, 0, 64)"
	}
	b.items = append(b.items, item{}) // want(>=1.25) information stored-in-heap "append(b.items, item{})"
	return &b.items[len(b.items)-1]
}

func (b *blocks) fill(number int) {
	for i := range list[:number] {
		list[i] = b.next()
	}
}

type SyntaxError struct {
	text any
	at   int
}

//go:noinline
func (p *parser) ErrorPosf(at int, values ...any) *SyntaxError {
	return &SyntaxError{values[0], at} // want hint returned "&SyntaxError{values[0], at}"
}

func (p *parser) checked(numbers []int) (int, *SyntaxError) {
	for _, n := range numbers {
		if n < 0 {
			return 0, p.ErrorPosf(n, n) // want hint interface-conversion "n"
		}
		p.reported = p.ErrorPosf(n, n)       // want hint interface-conversion "n"
		p.reported = &SyntaxError{at: n}     // want hint stored-in-heap "&SyntaxError{at: n}"
		p.reported = []SyntaxError{{at: n}}  // want warning stored-in-heap "[]SyntaxError{{at: n}}"
		p.handleError(&SyntaxError{text: n}) // want hint passed-to-call "&SyntaxError{text: n}", hint interface-conversion "n"
	}
	return 1, nil
}

func testHelper(t *testing.T, numbers []int) {
	for i := range numbers {
		list[i] = &item{n: i} // want hint stored-in-heap "&item{n: i}"
	}
	t.Run("", func(t *testing.T) { // none "func"
		list[0] = &item{m: 1} // want hint stored-in-heap "&item{m: 1}"
	})
}
