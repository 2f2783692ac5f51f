package tour

// SumFirst makes a slice whose size is known only when it runs. Up to Go 1.24 it is always on the
// heap. Since Go 1.25 a slice of up to 32 bytes is on the stack, a larger one on the heap.
func SumFirst(n int) int {
	numbers := make([]int, n) // want dynamic-size "make([]int, n)"
	for i := range numbers {
		numbers[i] = i
	}
	return sum(numbers)
}

// SumHundred has a size that never changes, in a variable. Since Go 1.25 the compiler sees
// through the variable; before, it took the size for unknown.
func SumHundred() int {
	size := 100
	return sum(make([]int, size)) // want(<1.25) dynamic-size "make([]int, size)"
}

// SumConstant has the size in a constant, which every version of Go sees through.
func SumConstant() int {
	const size = 100
	return sum(make([]int, size))
}
