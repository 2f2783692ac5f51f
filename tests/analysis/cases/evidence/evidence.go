// Package evidence boxes results of inlined calls: what code generation says at their place is also
// about the constants that are passed.
package evidence

import (
	"fmt"
	"io"
)

var (
	sink  any
	count int
)

func keep(x any) { sink = x }

func address(host string, port int) string {
	return fmt.Sprintf("%s:%d", host, port) // want hint interface-conversion "host", hint interface-conversion "port"
}

func logged() { fmt.Fprintln(io.Discard, address("localhost", 7)) } // want hint interface-conversion `address("localhost", 7)`; none(>=1.25) `address("localhost", 7)`, `address("localhost", 7)`

func twice(first, second int) int { keep(first); keep(second); return count + first } // want hint interface-conversion "first", hint interface-conversion "second"

func numbers() { keep(twice(7000, 7000)) } // want hint interface-conversion "twice(7000, 7000)"; none(>=1.25) "twice(7000, 7000)"

func flagged(is bool) string { keep(is); return fmt.Sprint(count) } // want hint interface-conversion "count"; none "is"

func flags() { keep(flagged(true)) } // want hint interface-conversion "flagged(true)"; none(>=1.25) "flagged(true)"

func isMany() bool { return count > 10 }

func single() { keep(isMany()) } // none "isMany()"
