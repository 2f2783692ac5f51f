package tour

import (
	"os"
	"sync"
)

// Fetch starts goroutines. Each outlives the statement that starts it, so its function literal,
// with the variables that it captured, is on the heap.
func Fetch(urls []string, fetch func(string)) {
	done := make(chan bool) // want channel "make(chan bool)"
	for _, url := range urls {
		url := url
		go func() { // want goroutine-or-defer "func"
			fetch(url)
			done <- true
		}()
	}
	for range urls {
		<-done
	}
}

// RemoveAll defers in a loop: the deferred calls wait in a list on the heap.
func RemoveAll(names []string) {
	for _, name := range names {
		name := name
		defer func() { // want goroutine-or-defer "func"
			_ = os.Remove(name)
		}()
	}
}

// Locked defers once: the function literal stays on the stack.
func Locked(mu *sync.Mutex, work func()) {
	mu.Lock()
	defer func() { mu.Unlock() }()
	work()
}
