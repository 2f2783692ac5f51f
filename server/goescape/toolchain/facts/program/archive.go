package main

// What a compiled package calls, read from the object file in its archive: the calls of each
// function, with the place that each was written at and the calls that were inlined around it.

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// archiveFacts is the answer. Names and files are indices into Strings, of which the first is
// empty: no name. Rows are arrays, since there are tens of thousands of them.
type archiveFacts struct {
	Go        string            `json:"go"`
	Arch      string            `json:"arch"`
	Strings   []string          `json:"strings"`
	Inlined   [][4]int          `json:"inlined"`   // outer row or -1, function, file and line of the call
	Functions []archiveFunction `json:"functions"` // in the order of the object file
}

type archiveFunction struct {
	Name  int      `json:"name"`
	File  int      `json:"file"`
	Line  int      `json:"line"`
	Calls [][6]int `json:"calls"` // callee (0: through a register), file, line, inlined row or -1, type, buffer
}

// What the first argument of a call is, where that can be seen.
const (
	bufferUnknown = iota
	bufferNone
	bufferOnStack
)

type factsWriter struct {
	facts   archiveFacts
	strings map[string]int
}

// readArchive reads the archive at path, which the Go below goroot has compiled.
func readArchive(path string, goroot string) (facts *archiveFacts, err error) {
	defer func() {
		if recover() != nil { // an index that is out of range
			facts, err = nil, errUnknownFormat
		}
	}()
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	writer := &factsWriter{strings: map[string]int{"": 0}}
	writer.facts = archiveFacts{Strings: []string{""}, Inlined: [][4]int{}, Functions: []archiveFunction{}}
	err = eachObject(content, func(header string, object []byte) error {
		return writer.addObject(header, object, goroot)
	})
	if err != nil {
		return nil, err
	}
	if writer.facts.Go == "" {
		return nil, errUnknownFormat
	}
	return &writer.facts, nil
}

// eachObject calls do for every Go object in an archive, with its header in text.
func eachObject(content []byte, do func(header string, object []byte) error) error {
	const start, headerSize = "!<arch>\n", 60
	if !bytes.HasPrefix(content, []byte(start)) {
		return errUnknownFormat
	}
	for rest := content[len(start):]; len(rest) >= headerSize; {
		size, err := strconv.Atoi(strings.TrimSpace(string(rest[48:58])))
		if err != nil || size < 0 || headerSize+size > len(rest) {
			return errUnknownFormat
		}
		entry := rest[headerSize : headerSize+size]
		name := strings.TrimSpace(string(rest[:16]))
		if name != "__.PKGDEF" && bytes.HasPrefix(entry, []byte("go object ")) {
			end := bytes.Index(entry, []byte("\n!\n"))
			if end < 0 {
				return errUnknownFormat
			}
			if err := do(string(entry[:end]), entry[end+3:]); err != nil {
				return err
			}
		}
		rest = rest[headerSize+size:]
		if size%2 == 1 && len(rest) > 0 {
			rest = rest[1:]
		}
	}
	return nil
}

func (writer *factsWriter) addObject(header string, data []byte, goroot string) error {
	words := strings.Fields(header) // go object linux amd64 go1.27.3 ...
	if len(words) < 5 {
		return errUnknownFormat
	}
	object, err := newObjectFile(data, words[3])
	if err != nil {
		return err
	}
	writer.facts.Go, writer.facts.Arch = words[4], words[3]
	if object.flags()&fromAssembly != 0 {
		return nil
	}
	if object.builtins, err = builtinsOf(goroot, words[4]); err != nil {
		return err
	}
	for symbol := uint32(0); symbol < object.first[4]; symbol++ {
		if aux := object.auxOf(symbol); aux[auxFuncInfo] != nil {
			writer.addFunction(object, symbol, aux)
		}
	}
	return nil
}

func (writer *factsWriter) addFunction(object *objectFile, symbol uint32, aux [auxPcInline + 1]*symbolRef) {
	name := object.symbolName(symbol)
	info, code := object.dataOf(aux[auxFuncInfo]), object.dataOfSymbol(symbol)
	if name == "" || len(info) < 24 || len(code) == 0 {
		return
	}
	rows := writer.addInlined(object, info)
	lines := newPcTable(object.dataOf(aux[auxPcLine]), object.step)
	files := newPcTable(object.dataOf(aux[auxPcFile]), object.step)
	inlined := newPcTable(object.dataOf(aux[auxPcInline]), object.step)
	function := archiveFunction{
		Name:  writer.number(name),
		File:  writer.file(object, files.at(0)),
		Line:  int(binary.LittleEndian.Uint32(info[12:])),
		Calls: [][6]int{},
	}
	lastType, previous := 0, uint32(0)
	for _, reloc := range object.relocsOf(symbol) {
		direct := reloc.kind >= relocCallFirst && reloc.kind <= relocCallLast
		if !direct && reloc.kind != relocCallIndirect {
			if target := object.nameOf(reloc.symbol); strings.HasPrefix(target, "type:") {
				lastType = writer.number(strings.TrimPrefix(target, "type:"))
			}
			continue
		}
		callee, buffer, row := 0, bufferUnknown, -1
		if direct {
			callee = writer.number(object.nameOf(reloc.symbol))
			buffer = bufferBefore(object.arch, code[previous:reloc.offset])
		}
		if index := inlined.at(reloc.offset); index >= 0 {
			row = rows[index]
		}
		file, line := writer.file(object, files.at(reloc.offset)), int(lines.at(reloc.offset))
		function.Calls = append(function.Calls, [6]int{callee, file, line, row, lastType, buffer})
		lastType, previous = 0, reloc.offset
	}
	writer.facts.Functions = append(writer.facts.Functions, function)
}

// addInlined notes the tree of inlined calls of a function and gives the row of each node.
func (writer *factsWriter) addInlined(object *objectFile, info []byte) []int {
	at := func(offset uint32) uint32 { return binary.LittleEndian.Uint32(info[offset:]) }
	start := 20 + 4*at(16) // behind the files
	count := at(start)
	if int(start+4+count*sizeOfInline) != len(info) {
		panic(errUnknownFormat)
	}
	rows := make([]int, count)
	for node := uint32(0); node < count; node++ {
		offset := start + 4 + node*sizeOfInline
		outer := -1
		if parent := int32(at(offset)); parent >= 0 {
			outer = rows[parent]
		}
		function := object.nameOf(symbolRef{at(offset + 12), at(offset + 16)})
		row := [4]int{outer, writer.number(function), writer.file(object, int32(at(offset+4))), int(at(offset + 8))}
		rows[node] = len(writer.facts.Inlined)
		writer.facts.Inlined = append(writer.facts.Inlined, row)
	}
	return rows
}

func (writer *factsWriter) number(text string) int {
	number, ok := writer.strings[text]
	if !ok {
		number = len(writer.facts.Strings)
		writer.strings[text] = number
		writer.facts.Strings = append(writer.facts.Strings, text)
	}
	return number
}

func (writer *factsWriter) file(object *objectFile, index int32) int {
	if index < 0 || uint32(index) >= object.count(blockFiles, 8) {
		return 0
	}
	name := object.stringAt(object.blocks[blockFiles] + 8*uint32(index))
	return writer.number(strings.TrimPrefix(name, "gofile.."))
}

// bufferBefore looks for the last instruction that sets the register of the first argument.
func bufferBefore(arch string, code []byte) int {
	if arch == "arm64" {
		for end := len(code) &^ 3; end >= 4; end -= 4 {
			word := binary.LittleEndian.Uint32(code[end-4:])
			if word == 0xaa1f03e0 { // MOVD ZR, R0
				return bufferNone
			}
			if word&0xff8003ff == 0x910003e0 { // ADD $n, RSP, R0
				return bufferOnStack
			}
		}
		return bufferUnknown
	}
	none := bytes.LastIndex(code, []byte{0x31, 0xc0}) // XORL AX, AX
	near := bytes.LastIndex(code, []byte{0x48, 0x8d, 0x44, 0x24})
	far := bytes.LastIndex(code, []byte{0x48, 0x8d, 0x84, 0x24})
	switch {
	case none > near && none > far:
		return bufferNone
	case near >= 0 || far >= 0: // LEAQ n(SP), AX
		return bufferOnStack
	}
	return bufferUnknown
}

var (
	builtinLine  = regexp.MustCompile(`(?m)^\s*\{"([^"]+)", \d+\},$`)
	builtinsLock sync.Mutex
	builtinsRead = map[string][]string{}
)

// builtinsOf gives the functions of the runtime that object files name by number: each version of
// Go has others, and its list is in its sources.
func builtinsOf(goroot, version string) ([]string, error) {
	builtinsLock.Lock()
	defer builtinsLock.Unlock()
	if read, ok := builtinsRead[version]; ok {
		return read, nil
	}
	written, err := os.ReadFile(filepath.Join(goroot, "VERSION"))
	if err != nil || strings.Fields(string(written) + " -")[0] != version {
		return nil, fmt.Errorf("an object file of %s, which is not that of %s", version, goroot)
	}
	source, err := os.ReadFile(filepath.Join(goroot, "src", "cmd", "internal", "goobj", "builtinlist.go"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, match := range builtinLine.FindAllSubmatch(source, -1) {
		names = append(names, string(match[1]))
	}
	if len(names) == 0 || names[0] != "runtime.newobject" {
		return nil, errUnknownFormat
	}
	builtinsRead[version] = names
	return names, nil
}
