package main

// The types of all expressions of some files, as those need them who rewrite code: what may be
// copied, what fmt makes of a value, what a package declares.

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

const mostExpressions = 300_000 // of all files together

func init() { operations["expressions"] = expressionsOperation }

type expressionsRequest struct {
	Package typesRequest `json:"package"`
	Files   []int        `json:"files"` // numbers of those whose expressions are told
}

type expressionsAnswer struct {
	IsPartial bool                `json:"is_partial"` // whether there are errors
	Types     []*usableType       `json:"types"`
	Files     [][]int             `json:"files"` // first and last byte and type of each expression, in one row; null for files that were not asked for, or too much
	Imports   []map[string]string `json:"imports"`
	Declared  map[string]int      `json:"declared"`  // the types of the package by name
	Functions []*functionFacts    `json:"functions"` // that the files declare
}

// usableType is a type with what decides how its values may be used. Element and Key are numbers of
// types, or -1.
type usableType struct {
	typeFacts
	Element      int      `json:"element"`
	Key          int      `json:"key"`
	IsNamed      bool     `json:"is_named"`
	IsPlain      bool     `json:"is_plain"` // its text means the same in the whole package, and no alias is in it
	IsComparable bool     `json:"is_comparable"`
	IsError      bool     `json:"is_error"`
	IsStringer   bool     `json:"is_stringer"`
	IsFormatter  bool     `json:"is_formatter"`
	Lock         string   `json:"lock"`    // the type in it that must not be copied
	Linked       string   `json:"linked"`  // the type in it that may hold its own address
	Structs      []string `json:"structs"` // the structs of other packages in it
	Methods      []string `json:"methods"` // of its pointers, for structs that embed something
}

func expressionsOperation(content json.RawMessage) (any, error) {
	var request expressionsRequest
	if err := json.Unmarshal(content, &request); err != nil {
		return nil, err
	}
	checking.Lock()
	defer checking.Unlock()
	defer trimCaches()
	checked, err := check(&request.Package)
	if err != nil {
		return nil, err
	}
	return checked.expressions(request.Files), nil
}

type typeTable struct {
	*checkedPackage
	types   []*usableType
	numbers map[types.Type]int
	byText  map[string][]types.Type
}

func (c *checkedPackage) expressions(files []int) *expressionsAnswer {
	table := &typeTable{c, nil, map[types.Type]int{}, map[string][]types.Type{}}
	reply := &expressionsAnswer{
		IsPartial: c.isBroken,
		Files:     make([][]int, len(c.files)),
		Imports:   make([]map[string]string, len(c.files)),
		Declared:  map[string]int{},
	}
	told := 0
	for _, number := range files {
		if number < 0 || number >= len(c.files) || c.files[number] == nil {
			continue
		}
		rows := table.rowsOf(c.files[number])
		if told += len(rows) / 3; told > mostExpressions {
			break
		}
		reply.Files[number] = rows
		reply.Imports[number] = c.importsIn(c.files[number])
	}
	if c.pkg != nil {
		scope := c.pkg.Scope()
		for _, name := range scope.Names() {
			if declared, ok := scope.Lookup(name).(*types.TypeName); ok {
				if number := table.number(declared.Type()); number >= 0 {
					reply.Declared[name] = number
				}
			}
		}
	}
	reply.Types, reply.Functions = table.types, c.functionsIn(files)
	return reply
}

func (c *checkedPackage) importsIn(file *ast.File) map[string]string {
	paths := map[string]string{}
	for _, spec := range file.Imports {
		object := c.info.Implicits[spec]
		if spec.Name != nil {
			object = c.info.Defs[spec.Name]
		}
		if name, ok := object.(*types.PkgName); ok {
			paths[name.Name()] = name.Imported().Path()
		}
	}
	return paths
}

func (t *typeTable) rowsOf(file *ast.File) []int {
	rows := []int{}
	positions := t.fset.File(file.Pos())
	add := func(node ast.Node, of types.Type) {
		if number := t.number(of); number >= 0 {
			rows = append(rows, positions.Offset(node.Pos()), positions.Offset(node.End()), number)
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		expression, ok := node.(ast.Expr)
		if !ok {
			return true
		}
		if identifier, ok := expression.(*ast.Ident); ok {
			switch object := t.info.Defs[identifier].(type) {
			case *types.Var, *types.Const:
				add(identifier, object.Type())
				return true
			}
		}
		if known, ok := t.info.Types[expression]; ok && (known.IsValue() || known.IsType()) {
			add(expression, known.Type)
		}
		return true
	})
	return rows
}

// number is that of a type in the table; -1 for what is no type of a variable, and for functions
// without a name, of which there are many.
func (t *typeTable) number(of types.Type) int {
	if of == nil {
		return -1
	}
	of = types.Default(of)
	if number, ok := t.numbers[of]; ok {
		return number
	}
	number := -1
	if isUsable(of) {
		text := types.TypeString(of, types.RelativeTo(t.pkg))
		for _, other := range t.byText[text] {
			if types.Identical(other, of) {
				number = t.numbers[other]
			}
		}
		if number < 0 {
			number = len(t.types)
			t.byText[text] = append(t.byText[text], of)
			t.types = append(t.types, nil)
			t.numbers[of] = number
			t.types[number] = t.usable(of)
		}
	}
	t.numbers[of] = number
	return number
}

func isUsable(of types.Type) bool {
	switch of := unaliased(of).(type) {
	case *types.Tuple, *types.Signature:
		return false
	case *types.Basic:
		return of.Kind() != types.Invalid
	}
	return true
}

var (
	errorType    = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	stringerType = types.NewInterfaceType([]*types.Func{
		types.NewFunc(token.NoPos, nil, "String", types.NewSignatureType(nil, nil, nil, nil,
			types.NewTuple(types.NewVar(token.NoPos, nil, "", types.Typ[types.String])), false)),
	}, nil).Complete()
)

func (t *typeTable) usable(of types.Type) *usableType {
	facts := t.facts(of)
	usable := &usableType{typeFacts: *facts, Element: -1, Key: -1, Structs: []string{}, Methods: t.methodsOf(of)}
	_, usable.IsNamed = unaliased(of).(*types.Named)
	usable.IsPlain = facts.Text == types.TypeString(of, types.RelativeTo(t.pkg)) && isPlain(of, 0)
	if _, ok := unaliased(of).(*types.TypeParam); ok {
		return usable
	}
	usable.IsComparable = types.Comparable(of)
	usable.IsError, usable.IsStringer = types.Implements(of, errorType), types.Implements(of, stringerType)
	format, _, _ := types.LookupFieldOrMethod(of, false, nil, "Format")
	_, usable.IsFormatter = format.(*types.Func)
	key, element := partTypes(of)
	if key != nil {
		usable.Key = t.number(key)
	}
	if element != nil {
		usable.Element = t.number(element)
	}
	if facts.Size >= 0 && (facts.Kind == "struct" || facts.Kind == "array") {
		t.examineParts(of, facts.Text, usable, 0)
		sort.Strings(usable.Structs)
	}
	return usable
}

// methodsOf lists the methods of a struct with embedded fields, by the types that declare them.
func (t *typeTable) methodsOf(of types.Type) []string {
	methods := []string{}
	structure, ok := of.Underlying().(*types.Struct)
	if !ok || !embeds(structure) {
		return methods
	}
	set := types.NewMethodSet(types.NewPointer(of))
	for i := 0; i < set.Len(); i++ {
		method, ok := set.At(i).Obj().(*types.Func)
		if !ok {
			continue
		}
		if signature := signatureOf(method.Type()); signature != nil && signature.Recv() != nil {
			receiver := types.TypeString(signature.Recv().Type(), types.RelativeTo(t.pkg))
			methods = append(methods, receiver+"."+method.Name())
		}
	}
	return methods
}

func embeds(structure *types.Struct) bool {
	for i := 0; i < structure.NumFields(); i++ {
		if structure.Field(i).Embedded() {
			return true
		}
	}
	return false
}

// isPlain says whether the text of a type names the same type wherever it stands in the package.
func isPlain(of types.Type, depth int) bool {
	if depth > deepestType || unaliased(of) != of {
		return false
	}
	plain := func(parts ...types.Type) bool {
		for _, part := range parts {
			if !isPlain(part, depth+1) {
				return false
			}
		}
		return true
	}
	switch of := of.(type) {
	case *types.Basic:
		return of.Kind() != types.Invalid
	case *types.Named:
		name := of.Obj()
		if name.Pkg() != nil && name.Parent() != name.Pkg().Scope() {
			return false
		}
		for i := 0; i < of.TypeArgs().Len(); i++ {
			if !plain(of.TypeArgs().At(i)) {
				return false
			}
		}
		return true
	case *types.Pointer:
		return plain(of.Elem())
	case *types.Slice:
		return plain(of.Elem())
	case *types.Array:
		return plain(of.Elem())
	case *types.Chan:
		return plain(of.Elem())
	case *types.Map:
		return plain(of.Key(), of.Elem())
	}
	return false
}
