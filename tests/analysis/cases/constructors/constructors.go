// Package constructors has functions that run nowhere but where they are inlined.
package constructors

type node struct {
	left, right *node
	value       int
}

var total int

var kept any

func newNode() *node {
	var n node // none "n"
	n.value = total
	return &n
}

func useNode() { total = newNode().value }

func newID() func() int {
	id := 0 // none "id"
	return func() int { // none "func"
		id++
		return id
	}
}

func useID() { total = newID()() }

func pair() (*node, *node) {
	return &node{value: 1}, &node{value: 2} // none "&node{value: 1}" "&node{value: 2}"
}

func usePair() {
	left, right := pair()
	total = left.value + right.value
}

func halfKept() (*node, *node) {
	return &node{value: 3}, &node{value: 4} // want information returned "&node{value: 3}" information returned "&node{value: 4}"
}

func keepHalf() {
	left, right := halfKept()
	total, kept = left.value, right
}

func leaf() *node { return &node{value: 5} } // none "&node{value: 5}"

func tree() *node {
	return &node{left: leaf(), right: &node{value: 6}} // none "&node{left: leaf(), right: &node{value: 6}}" "&node{value: 6}"
}

func useTree() { total = tree().left.value }

type ring[T any] struct{ first T }

func newRing[T any](first T) *ring[T] {
	return &ring[T]{first} // none "&ring[T]{first}"
}

func useRing() { total = newRing[int](7).first }

// Inlined into itself, it is called in the end.
func down(n int) *node {
	if n == 0 {
		return nil
	}
	return &node{value: n, left: down(n - 1)} // want information returned "&node{value: n, left: down(n - 1)}"
}

func useDown() { total = down(total).value }

func named() *node {
	n := node{} // want information returned "n"
	return &n
}

var asValue = named

func useNamed() { total = named().value }
