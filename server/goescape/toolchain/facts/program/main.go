// Goescape-facts answers questions about Go code with Go's own libraries.
//
// It reads one JSON document per line: {"id": 1, "operation": "types", "request": {...}}, and
// answers each with one line: {"id": 1, "format": 2, "answer": {...}}, or with a "problem" instead
// of the answer. Answers may come in another order. It ends when its input does.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// format changes with what requests or answers mean: goescape uses no other than its own.
const format = 2

// operations are what can be asked, by name; the file that has one adds it in an init function.
var operations = map[string]func(request json.RawMessage) (any, error){
	"hello":   func(json.RawMessage) (any, error) { return runtime.Version(), nil },
	"archive": archiveOperation,
	"rest":    func(json.RawMessage) (any, error) { go rest(); return true, nil },
}

const (
	mostStack = 256 << 20 // a source that is nested deeper ends the program
	mostHeap  = 1500 << 20

	usualMemory = 128 << 20   // garbage is collected more often above it
	idleBefore  = time.Second // then it rests
)

func archiveOperation(content json.RawMessage) (any, error) {
	var request struct{ Path, Goroot string }
	if err := json.Unmarshal(content, &request); err != nil {
		return nil, err
	}
	return readArchive(request.Path, request.Goroot)
}

type message struct {
	ID        int64           `json:"id"`
	Operation string          `json:"operation"`
	Request   json.RawMessage `json:"request"`
}

type answer struct {
	ID      int64  `json:"id"`
	Format  int    `json:"format"`
	Answer  any    `json:"answer,omitempty"`
	Problem string `json:"problem,omitempty"`
}

func main() {
	debug.SetMaxStack(mostStack)
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(usualMemory)
	go watchMemory()
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers until the input ends: whatever is not answered then is not wanted any more.
func serve(input io.Reader, output io.Writer) error {
	reader := bufio.NewReaderSize(input, 1<<16)
	var writing sync.Mutex
	for {
		line, err := readLine(reader)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var asked message
		if err := json.Unmarshal(line, &asked); err != nil {
			return fmt.Errorf("not a request: %w", err)
		}
		touch()
		go func() {
			content := encoded(answered(asked))
			writing.Lock()
			defer writing.Unlock()
			if _, err := output.Write(append(content, '\n')); err != nil {
				os.Exit(1)
			}
			touch()
		}()
	}
}

func readLine(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadBytes('\n')
	if err != nil {
		return nil, io.EOF // a request that is cut off is none
	}
	return line, nil
}

func answered(asked message) (reply answer) {
	reply = answer{ID: asked.ID, Format: format}
	defer func() {
		if failure := recover(); failure != nil {
			reply.Answer, reply.Problem = nil, fmt.Sprintf("panic: %v\n%s", failure, debug.Stack())
		}
	}()
	do := operations[asked.Operation]
	if do == nil {
		reply.Problem = fmt.Sprintf("unknown operation %q", asked.Operation)
		return reply
	}
	content, err := do(asked.Request)
	if err != nil {
		reply.Problem = err.Error()
		return reply
	}
	reply.Answer = content
	return reply
}

func encoded(reply answer) []byte {
	content, err := json.Marshal(reply)
	if err != nil {
		reply.Answer, reply.Problem = nil, err.Error()
		content, _ = json.Marshal(reply)
	}
	return content
}

var (
	activity sync.Mutex
	lastUse  time.Time
)

func touch() {
	activity.Lock()
	defer activity.Unlock()
	lastUse = time.Now()
}

// rest gives back what only the next question would need. Imports are read again in a twentieth of a
// second, and take more memory than all else.
func rest() {
	forgetAll()
	debug.FreeOSMemory()
}

// watchMemory ends the program when it takes too much, and gives back what it does not need.
func watchMemory() {
	var stats runtime.MemStats
	var forgotten time.Time
	for range time.Tick(250 * time.Millisecond) {
		activity.Lock()
		used := lastUse
		activity.Unlock()
		if time.Since(used) > idleBefore {
			if forgotten != used {
				forgotten = used
				rest()
			}
			continue
		}
		runtime.ReadMemStats(&stats)
		if stats.HeapAlloc > mostHeap {
			fmt.Fprintln(os.Stderr, "out of memory")
			os.Exit(3)
		}
	}
}
