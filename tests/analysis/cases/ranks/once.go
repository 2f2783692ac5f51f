package ranks

import (
	"fmt"
	"os"
	"sync"
)

var (
	once    sync.Once
	handler func(n int)
	current *item
)

var made = func() *item { return new(item) }() // want hint returned "new(item)"

var later = func() *item { return new(item) } // want information returned "new(item)"

func handle(f func(n int)) { handler = f }

func init() {
	handle(func(n int) { // none "func"
		current = &item{n: n} // want information stored-in-heap "&item{n: n}"
	})
	func() {
		current = &item{n: 5} // want hint stored-in-heap "&item{n: 5}"
	}()
}

func main() {
	handle(func(n int) { // none "func"
		current = &item{m: n} // want information stored-in-heap "&item{m: n}"
	})
	go func() { // none "func"
		current = &item{n: 6} // want information stored-in-heap "&item{n: 6}"
	}()
	current = &item{n: 7} // want hint stored-in-heap "&item{n: 7}"
}

func lazily(n int) *item {
	for i := 0; i < n; i++ {
		once.Do(func() {
			current = &item{n: 8} // want hint stored-in-heap "&item{n: 8}"
		})
	}
	return current
}

func mustBePositive(n int) {
	if n < 0 {
		message := fmt.Sprint("negative: ", n) // none `"negative: "`; want hint interface-conversion "n"
		panic(message) // want hint interface-conversion "message"
	}
	switch {
	case n > 9:
		fmt.Println("too large:", n) // none `"too large:"`; want hint interface-conversion "n"
		os.Exit(1)
	default:
		current = &item{n: n, m: 9} // want information stored-in-heap "&item{n: n, m: 9}"
	}
}

func jumpsBack(n int) {
again:
	current = &item{n: n, m: 10} // want warning stored-in-heap "&item{n: n, m: 10}"
	if n--; n > 0 {
		goto again
	}
	current = &item{n: n, m: 11} // want information stored-in-heap "&item{n: n, m: 11}"
}

func jumpsOn(ns []int) {
	for _, n := range ns {
		if n < 0 {
			current = &item{n: n, m: 12} // want information stored-in-heap "&item{n: n, m: 12}"
			goto done
		}
		if n == 0 {
			current = &item{n: n, m: 13} // want warning stored-in-heap "&item{n: n, m: 13}"
			goto next
		}
		handle(nil)
	next:
	}
done:
}

//go:noinline
func show(values ...any) { current = values[0].(*item) }

// What is called from a loop is no fair price, also where it is called from elsewhere, too.
//
//go:noinline
func boxes(n float64) {
	show(current, n) // want information interface-conversion "n"
}

func boxesInLoop(n float64) {
	boxes(n)
	for i := 0; i < 3; i++ {
		boxes(n)
	}
}
