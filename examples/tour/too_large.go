package tour

// SumSmall keeps 64 KiB of integers on the stack: the largest slice that Go puts there.
func SumSmall() int {
	return sum(make([]int, 8192))
}

// SumLarge has one integer more, and the slice is on the heap, although nothing keeps it.
func SumLarge() int {
	return sum(make([]int, 8193)) // want too-large "make([]int, 8193)"
}

// Sieve has a variable of 16 MiB, more than any version of Go puts on a stack.
func Sieve() (primes int) {
	var composite [16 << 20]bool // want too-large "composite"
	for i := 2; i < len(composite); i++ {
		if composite[i] {
			continue
		}
		primes++
		for j := 2 * i; j < len(composite); j += i {
			composite[j] = true
		}
	}
	return primes
}

// Histogram has a variable of 512 KiB: up to Go 1.23 on the stack (the limit was 10 MiB), from
// Go 1.24 on the heap (the limit is 128 KiB).
func Histogram(values []uint16) (most int) {
	var counts [65536]int // want(>=1.24) too-large "counts"
	for _, value := range values {
		counts[value]++
		most = max(most, counts[value])
	}
	return most
}

func sum(numbers []int) (total int) {
	for _, number := range numbers {
		total += number
	}
	return total
}
