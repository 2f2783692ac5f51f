package tour

// First waits for the faster of two answers. A channel is on the heap, wherever it is used: Go
// prints nothing about it.
func First(ask func() string) string {
	answers := make(chan string, 2) // want channel "make(chan string, 2)"
	for range [2]bool{} {
		go func() { // want goroutine-or-defer "func"
			answers <- ask()
		}()
	}
	return <-answers
}

// Each makes a channel for every job. One that is made before the loop serves them all.
func Each(jobs []func() string) {
	for _, job := range jobs {
		job := job
		done := make(chan string) // want channel "make(chan string)"
		go func() {               // want goroutine-or-defer "func"
			done <- job()
		}()
		<-done
	}
}
