//go:build go1.27

package generics

import "strconv"

type series[T any] struct{ items []T }

type number interface{ ~int | ~uint8 }

// Methods have type parameters since Go 1.27; whatever follows one in its file is found as ever.

func (l *series[T]) mapped[U any](f func(T) U) []U {
	out := make([]U, 0, len(l.items)) // want(>=1.27) information returned "make([]U, 0, len(l.items))"
	for _, v := range l.items {
		out = append(out, f(v)) // want(>=1.27) information returned "append(out, f(v))"
	}
	return out
}

func (l *series[T]) folded[
	A, B number,
	C interface{ comparable },
](start A, _ B, _ C, f func(A, T) A) *A {
	sum := start // want(>=1.27) information returned "sum"
	for _, v := range l.items {
		sum = f(sum, v)
	}
	return &sum
}

type member struct{ name string }

func load(names []string) []*member {
	var users []*member
	for _, name := range names {
		users = append(users, &member{name: name}) // want(>=1.27) information returned "append(users, &member{name: name})" warning stored-in-heap "&member{name: name}"
	}
	return users
}

func useMethods() ([]string, *int, []*member) {
	l := &series[int]{}
	labels := l.mapped(strconv.Itoa)
	return labels, l.folded(1, uint8(2), "", func(sum, v int) int { return sum + v }), load(labels)
}

var _ = useMethods
