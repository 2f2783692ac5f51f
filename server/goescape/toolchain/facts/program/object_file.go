package main

// The layout of an object file, as Go 1.20 and later write it ("go120ld"). Whatever does not look
// like it is an error: no facts are better than wrong ones.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

var errUnknownFormat = errors.New("unknown format of an object file")

const (
	objectMagic  = "\x00go120ld"
	objectBlocks = 19

	blockPackages   = 1
	blockFiles      = 2
	blockSymbols    = 3
	blockHashed64   = 4
	blockHashed     = 5
	blockOther      = 6
	blockReferences = 7
	blockRelocIndex = 11
	blockAuxIndex   = 12
	blockDataIndex  = 13
	blockRelocs     = 14
	blockAux        = 15
	blockData       = 16
	blockNames      = 17
	blockEnd        = 18

	sizeOfSymbol = 21
	sizeOfReloc  = 23
	sizeOfAux    = 9
	sizeOfName   = 16
	sizeOfInline = 24

	packageOther    = 1<<31 - 1
	packageHashed64 = packageOther - 1
	packageHashed   = packageOther - 2
	packageBuiltin  = packageOther - 3
	packageSelf     = packageOther - 4

	auxFuncInfo = 1
	auxPcFile   = 8
	auxPcLine   = 9
	auxPcInline = 10

	relocCallFirst    = 7 // R_CALL, of arm, of arm64
	relocCallLast     = 9
	relocCallIndirect = 10

	fromAssembly = 1 << 2
)

type symbolRef struct{ pkg, index uint32 }

type objectFile struct {
	data     []byte
	blocks   [objectBlocks]uint32
	first    [5]uint32 // the first symbol of each block of symbols, and the end
	names    map[symbolRef]string
	builtins []string
	arch     string
	step     uint32 // bytes in the smallest instruction
}

func newObjectFile(data []byte, arch string) (*objectFile, error) {
	object := &objectFile{data: data, arch: arch}
	switch arch {
	case "amd64":
		object.step = 1
	case "arm64":
		object.step = 4
	default:
		return nil, fmt.Errorf("machine code of %s is not read", arch)
	}
	if !bytes.HasPrefix(data, []byte(objectMagic)) {
		return nil, errUnknownFormat
	}
	offset := uint32(len(objectMagic) + 8 + 4)
	for block := range object.blocks {
		object.blocks[block] = object.uint32(offset + 4*uint32(block))
		if block > 0 && object.blocks[block] < object.blocks[block-1] {
			return nil, errUnknownFormat
		}
	}
	if int(object.blocks[blockEnd]) > len(data) {
		return nil, errUnknownFormat
	}
	for block := 0; block < 4; block++ {
		object.first[block+1] = object.first[block] + object.count(blockSymbols+block, sizeOfSymbol)
	}
	defined := object.first[4]
	for _, pair := range [][2]int{{blockRelocIndex, blockRelocs}, {blockAuxIndex, blockAux}, {blockDataIndex, blockData}} {
		size := map[int]uint32{blockRelocs: sizeOfReloc, blockAux: sizeOfAux, blockData: 1}[pair[1]]
		last := object.uint32(object.blocks[pair[0]] + 4*defined)
		if object.count(pair[0], 4) != defined+1 || last != object.count(pair[1], size) {
			return nil, errUnknownFormat
		}
	}
	object.names = map[symbolRef]string{}
	for offset := object.blocks[blockNames]; offset < object.blocks[blockEnd]; offset += sizeOfName {
		object.names[object.refAt(offset)] = object.stringAt(offset + 8)
	}
	return object, nil
}

func (object *objectFile) uint32(offset uint32) uint32 {
	return binary.LittleEndian.Uint32(object.data[offset:])
}

func (object *objectFile) flags() uint32 { return object.uint32(uint32(len(objectMagic) + 8)) }

func (object *objectFile) count(block int, size uint32) uint32 {
	return (object.blocks[block+1] - object.blocks[block]) / size
}

func (object *objectFile) refAt(offset uint32) symbolRef {
	return symbolRef{object.uint32(offset), object.uint32(offset + 4)}
}

func (object *objectFile) stringAt(offset uint32) string {
	length, start := object.uint32(offset), object.uint32(offset+4)
	return string(object.data[start : start+length])
}

func (object *objectFile) symbolName(symbol uint32) string {
	return object.stringAt(object.blocks[blockSymbols] + symbol*sizeOfSymbol)
}

// symbolOf gives the number of a symbol in this object; false for those of other packages.
func (object *objectFile) symbolOf(ref symbolRef) (uint32, bool) {
	switch ref.pkg {
	case packageSelf:
		return ref.index, true
	case packageHashed64:
		return object.first[1] + ref.index, true
	case packageHashed:
		return object.first[2] + ref.index, true
	case packageOther:
		return object.first[3] + ref.index, true
	}
	return 0, false
}

func (object *objectFile) nameOf(ref symbolRef) string {
	if symbol, ok := object.symbolOf(ref); ok {
		return object.symbolName(symbol)
	}
	if ref.pkg == packageBuiltin {
		return object.builtins[ref.index]
	}
	return object.names[ref]
}

func (object *objectFile) dataOf(ref *symbolRef) []byte {
	if ref == nil {
		return nil
	}
	symbol, _ := object.symbolOf(*ref)
	return object.dataOfSymbol(symbol)
}

func (object *objectFile) dataOfSymbol(symbol uint32) []byte {
	index := object.blocks[blockDataIndex] + 4*symbol
	start := object.blocks[blockData]
	return object.data[start+object.uint32(index) : start+object.uint32(index+4)]
}

// auxOf gives the symbols that describe a function, by their kind.
func (object *objectFile) auxOf(symbol uint32) (aux [auxPcInline + 1]*symbolRef) {
	index := object.blocks[blockAuxIndex] + 4*symbol
	for number := object.uint32(index); number < object.uint32(index+4); number++ {
		offset := object.blocks[blockAux] + number*sizeOfAux
		if kind := object.data[offset]; int(kind) < len(aux) {
			ref := object.refAt(offset + 1)
			aux[kind] = &ref
		}
	}
	return aux
}

type relocation struct {
	offset uint32
	kind   uint16
	symbol symbolRef
}

func (object *objectFile) relocsOf(symbol uint32) []relocation {
	index := object.blocks[blockRelocIndex] + 4*symbol
	var relocs []relocation
	for number := object.uint32(index); number < object.uint32(index+4); number++ {
		offset := object.blocks[blockRelocs] + number*sizeOfReloc
		kind := binary.LittleEndian.Uint16(object.data[offset+5:])
		relocs = append(relocs, relocation{object.uint32(offset), kind, object.refAt(offset + 15)})
	}
	sort.SliceStable(relocs, func(i, j int) bool { return relocs[i].offset < relocs[j].offset })
	return relocs
}

// pcTable walks over one table of values by program counter, which only moves on.
type pcTable struct {
	rest  []byte
	end   uint32 // of the range that value is for
	value int32
	step  uint32
}

func newPcTable(data []byte, step uint32) *pcTable { return &pcTable{data, 0, -1, step} }

func (table *pcTable) at(pc uint32) int32 {
	for pc >= table.end {
		first := table.end == 0
		if len(table.rest) == 0 {
			return -1
		}
		delta := table.varint()
		if delta == 0 && !first {
			return -1
		}
		table.value += int32(delta>>1) ^ -int32(delta&1)
		table.end += table.varint() * table.step
	}
	return table.value
}

func (table *pcTable) varint() uint32 {
	value, length := binary.Uvarint(table.rest)
	table.rest = table.rest[length:]
	return uint32(value)
}
