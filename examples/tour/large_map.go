package tour

// Distinct makes a map that never leaves the function. Go says that it does not escape; but the
// stack has room for 8 entries only, and it is made for more.
func Distinct(words []string) int {
	seen := make(map[string]bool, 100) // want large-map "make(map[string]bool, 100)"
	for _, word := range words {
		seen[word] = true
	}
	return len(seen)
}

// Vowels is made for few entries: it is on the stack.
func Vowels(letters []rune) int {
	vowels := map[rune]bool{'a': true, 'e': true, 'i': true, 'o': true, 'u': true}
	count := 0
	for _, letter := range letters {
		if vowels[letter] {
			count++
		}
	}
	return count
}

// Page is too large for a map to hold it itself.
type Page [4096]byte

// Last has a map on the stack, with values on the heap: each new key allocates one.
func Last(pages []Page) int {
	last := map[byte]Page{}
	for _, page := range pages {
		last[page[0]] = page // want large-map "last[page[0]]"
	}
	return len(last)
}
