// Package generics has sites that are compiled once per instantiation.
package generics

import "example.com/cases/lib"

type list[K comparable, V any] struct{ head *entry[K, V] }

type entry[K comparable, V any] struct {
	key  K
	val  V
	next *entry[K, V]
}

func (l *list[K, V]) add(k K, v V) {
	l.head = &entry[K, V]{k, v, l.head} // want information stored-in-heap "&entry[K, V]{k, v, l.head}"
}

func pointerTo[T any](v T) *T { // want information returned "v"
	return &v
}

func setNew[T any](at **T) {
	*at = new(T) // want information stored-in-heap "new(T)"
}

var (
	ints    *int
	strings *string
	numbers list[string, int]
	names   list[int, string]
)

func use(n int, s string) {
	ints = pointerTo(n)
	strings = pointerTo(s)
	numbers.add(s, n)
	names.add(n, s)
	setNew(&ints)
}

func double(xs []int) []float64 {
	return lib.Map(xs, func(x int) float64 { return 2 * float64(x) })
}
