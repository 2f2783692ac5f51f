// Package types is about what only the types say, of this package or another one.
package types

import (
	"context"
	"time"

	"example.com/cases/types/other"
)

type empty = other.Nothing

type block [0]int64

var (
	sink    any
	doer    other.Doer
	pointer *other.Nothing
	bytes   []byte
	blocks  []block
	given   context.Context
)

func withoutSize(n int) {
	doer = other.New()           // none "other.New()"
	doer = other.NewHidden()     // none "other.NewHidden()"
	pointer = other.NewPointer() // none "other.NewPointer()"
	given = context.Background() // none "context.Background()"
	sink = context.TODO()        // none "context.TODO()"
	pointer = new(empty)         // none "new(empty)"
	bytes = []byte("")           // none `[]byte("")`
	blocks = make([]block, n)    // none "make([]block, n)"
	sink = [3]other.Nothing{}    // none "[3]other.Nothing{}"
}

func small(level other.Level, day other.Weekday, wait time.Duration, xs []string, r rune) {
	sink = level         // none "level"
	sink = other.Highest // none "other.Highest"
	sink = level + 1     // none "level + 1"
	sink = level > 3     // none "level > 3"
	sink = day           // want hint interface-conversion "day"
	sink = wait          // want hint interface-conversion "wait"
	sink = day + 1       // want hint interface-conversion "day + 1"
	sink = r             // want hint interface-conversion "r"
	for i := range xs {
		sink = i // want warning interface-conversion "i"
	}
}

func large(day other.Weekday, names other.Names, price float64) {
	sink = names // want hint interface-conversion "names"
	sink = price // want hint interface-conversion "price"
}

func box[T any](value T) {
	sink = value // want hint interface-conversion "value"
}

func boxes(n int, on bool) {
	box(n)
	box(on)
}

func only[T any](value T) {
	sink = value // none "value"
}

func onlyBytes(b byte, on bool) {
	only(b)
	only(on)
}
