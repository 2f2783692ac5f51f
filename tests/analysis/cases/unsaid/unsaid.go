// Package unsaid allocates where the compiler prints nothing, or that something does not escape.
package unsaid

import "example.com/cases/lib"

type pipe chan int

type pipes[T any] chan T

type table map[string]int

type buffer []byte

type large [129]byte

type fits [128]byte

const (
	few  = 8
	many = 9
)

var (
	shared = make(chan struct{}) // want hint channel "make(chan struct{})"
	total  int
)

func init() {
	go receive(make(chan int)) // want hint channel "make(chan int)"; want hint goroutine-or-defer "go"
}

//go:noinline
func receive(from <-chan int) { total += <-from }

type server struct{ done chan bool }

func newServer() *server {
	return &server{done: make(chan bool)} // want information returned "&server{done: make(chan bool)}"; want hint channel "make(chan bool)"
}

func named() {
	total += len(make(pipe))          // want hint channel "make(pipe)"
	total += len(make(pipes[int], 2)) // want hint channel "make(pipes[int], 2)"
	total += len(make(lib.Pipe))      // want hint channel "make(lib.Pipe)"
	total += len(make((chan int)))    // want hint channel "make((chan int))"
	total += len(make(<-chan int))    // want hint channel "make(<-chan int)"
}

func local() {
	type pipe []int
	type inner chan int
	type alias = chan int
	total += len(make(pipe, few))
	total += len(make(inner)) // want hint channel "make(inner)"
	total += len(make(alias)) // want hint channel "make(alias)"
}

func generic[C ~chan int | ~chan<- int]() int {
	return cap(make(C)) // want hint channel "make(C)"
}

func onlyMaps[M ~map[int]int]() int { return len(make(M)) }

func instances() int { return generic[pipe]() + generic[chan<- int]() + onlyMaps[map[int]int]() }

func inLoop() {
	for i := 0; i < 3; i++ {
		done := make(chan bool, 1) // want warning channel "make(chan bool, 1)"
		done <- true
	}
}

func inHelper() int { return len(helper()) }

func helper() chan int { return make(chan int) } // want hint channel "make(chan int)"

func notBuiltin() {
	make := func(size int) int { return size }
	total += make(few)
}

func sized(n int) {
	total += len(make(map[int]int, few))
	total += len(make(map[int]int, many))   // want information large-map "make(map[int]int, many)"
	total += len(make(map[int]int, 1_000))  // want information large-map "make(map[int]int, 1_000)"
	total += len(make(table, many))         // want information large-map "make(table, many)"
	total += len(make(lib.Table, 9))        // want information large-map "make(lib.Table, 9)"
	total += len(make(map[int]int, n))      // want hint dynamic-size "make(map[int]int, n)"
	total += len(make(table, n))            // want hint dynamic-size "make(table, n)"
	total += len(make(lib.Table, n))        // want hint dynamic-size "make(lib.Table, n)"
	total += len(make(table))               // on the stack
	total += len(make(lib.Table, few))      // on the stack
	total += cap(make(buffer, 0, few*many)) // on the stack
	for range [3]int{} {
		total += len(make(table, many)) // want warning large-map "make(table, many)"
	}
}

func inBytes(n int) {
	total += cap(make(buffer, n)) // want(<1.25) information dynamic-size "make(buffer, n)"; want(>=1.25) hint dynamic-size "make(buffer, n)"
}

func sizedHelper() int { return len(makeTable()) }

func makeTable() table { return make(table, many) } // want information returned "make(table, many)"

func literals(n int) {
	total += len(map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: n})
	total += len(map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: n})             // want information large-map "map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: n}"
	total += len(table{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9}) // want information large-map `table{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9}`
	total += len([...]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: n})
}

func elements(l large, f fits, key string) {
	small := map[string]fits{}
	small[key] = f
	values := map[string]large{}
	values[key] = l // want information large-map "values[key]"
	keys := map[large]int{}
	keys[l]++                                         // want information large-map "keys[l]"
	for key, values[key] = range map[string]large{} { // want information large-map "values[key]"
	}
	total += len(map[int]large{1: l}) // want information large-map "map[int]large{1: l}"
	total += len(map[int]fits{1: f})
	total += keys[l] + len(values[key])
	array := [2]large{}
	array[0] = l
	slice := []large{l}
	slice[len(key)] = l
	total += len(array) + len(slice) + len(small)
}

type name string

type line struct{ text string }

func grown(in string, parts []string, l *line, named map[int]name, n int) string {
	in += "!"            // want information concatenation `in += "!"`
	in += parts[0]       // want information concatenation "in += parts[0]"
	l.text += in         // want information concatenation "l.text += in"
	named[n] += "a"      // want information concatenation `named[n] += "a"`
	named[n] += named[0] // want information concatenation "named[n] += named[0]"
	local := ""
	local += in + "  " + parts[1] // want information concatenation `local += in + "  " + parts[1]`
	total += len(local)
	total += n
	for _, part := range parts {
		in += part          // want warning concatenation "in += part"
		in += (part + in)   // want warning stored-in-heap "part + in"
		l.text += part + in // want warning stored-in-heap "part + in"
	}
	func() {
		in += parts[2] // want information concatenation "in += parts[2]"
	}()
	return in
}

func grownOf[T ~string | ~int](to, by T) T {
	to += by
	return to
}

func grownText[T ~string](to, by T) T {
	to += by // want information concatenation "to += by"
	return to
}

func use() {
	total += len(grownText("a", "b")) + grownOf(1, total) + len(grownOf("a", "b"))
}
