package tour

// Counter returns a closure that goes on using count after Counter has returned. Both move to the
// heap: the variable, since two functions share it, and the closure's own record of it.
func Counter() func() int {
	count := 0          // want captured-by-closure "count"
	return func() int { // want returned "func"
		count++
		return count
	}
}

// Greeter captures a variable that never changes after the capture. Go copies it into the
// closure: only the closure is allocated.
func Greeter(greeting string) func(string) string {
	return func(name string) string { // want returned "func"
		return greeting + name // want returned "greeting + name"
	}
}
