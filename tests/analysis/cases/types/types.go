// Package types is about what only the types say, of this package or another one.
package types

import (
	"context"
	"time"

	"example.com/cases/elsewhere"
)

type empty = elsewhere.Nothing

type block [0]int64

var (
	sink    any
	doer    elsewhere.Doer
	pointer *elsewhere.Nothing
	bytes   []byte
	blocks  []block
	given   context.Context
)

func withoutSize(n int) {
	doer = elsewhere.New()           // none "elsewhere.New()"
	doer = elsewhere.NewHidden()     // none "elsewhere.NewHidden()"
	pointer = elsewhere.NewPointer() // none "elsewhere.NewPointer()"
	given = context.Background()     // none "context.Background()"
	sink = context.TODO()            // none "context.TODO()"
	pointer = new(empty)             // none "new(empty)"
	bytes = []byte("")               // none `[]byte("")`
	blocks = make([]block, n)        // none "make([]block, n)"
	sink = [3]elsewhere.Nothing{}    // none "[3]elsewhere.Nothing{}"
}

func small(level elsewhere.Level, day elsewhere.Weekday, wait time.Duration, xs []string, r rune) {
	sink = level             // none "level"
	sink = elsewhere.Highest // none "elsewhere.Highest"
	sink = level + 1         // none "level + 1"
	sink = level > 3         // none "level > 3"
	sink = day               // want hint interface-conversion "day"
	sink = wait              // want hint interface-conversion "wait"
	sink = day + 1           // want hint interface-conversion "day + 1"
	sink = r                 // want hint interface-conversion "r"
	for i := range xs {
		sink = i // want warning interface-conversion "i"
	}
}

func large(day elsewhere.Weekday, names elsewhere.Names, price float64) {
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
