package tour

import (
	"fmt"
	"io"
)

// Box puts an integer into an interface. An interface holds a pointer, so the number needs a place
// of its own: on the heap, since the interface is returned.
func Box(number int) any {
	return number // want interface-conversion "number"
}

// Print boxes its arguments: fmt takes interfaces.
func Print(w io.Writer, user User) {
	fmt.Fprintln(w, user.Name, user.Age) // want interface-conversion "user.Name", interface-conversion "user.Age"
}

// PrintAll does so for each number: in a loop it is worth a thought.
func PrintAll(w io.Writer, numbers []int) {
	for _, number := range numbers {
		fmt.Fprintln(w, number) // want interface-conversion "number"
	}
}

// Constant boxes a value that is known when the program is compiled: it stands in read-only
// memory and nothing is allocated.
func Constant() any {
	return 42
}

// Pointer puts a pointer into an interface, which is a pointer already.
func Pointer(user *User) any {
	return user
}
