package main

// What Go's type checker says of the expressions of a package.

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"hash/fnv"
	"os"
	"strings"
	"sync"
)

const (
	mostSource   = 16 << 20 // bytes of a package
	longestText  = 200      // bytes of a type or a constant
	mostChecked  = 3
	mostUses     = 2000
	unknownBytes = -1
)

func init() { operations["types"] = typesOperation }

type typesRequest struct {
	Path        string            `json:"path"`
	Language    string            `json:"language"` // "go1.22"
	Arch        string            `json:"arch"`
	OS          string            `json:"os"`
	Tags        []string          `json:"tags"`
	Goroot      string            `json:"goroot"`
	World       string            `json:"world"` // the same one: what was imported before belongs together
	Files       []sourceFile      `json:"files"`
	Imports     map[string]string `json:"imports"` // as the source names it, where that is another path
	Exports     map[string]string `json:"exports"` // export files by path
	Questions   []position        `json:"questions"`
	Named       []namedType       `json:"named"`
	Conversions []int             `json:"conversions"` // files of which all conversions are listed
	Uses        bool              `json:"uses"`        // whether objects are told with all their uses
}

type sourceFile struct {
	Path string  `json:"path"`
	Text *string `json:"text"` // what it holds instead of what is on the disk
}

// position is the index of a file, a line and a column, and the end of an expression or zeros.
type position [5]int

// namedType is a type as the compiler writes it, which the function that was called there uses.
type namedType struct {
	Call position `json:"call"`
	Text string   `json:"text"`
}

type typesAnswer struct {
	IsPartial   bool             `json:"is_partial"` // whether there are errors
	Values      []*valueFacts    `json:"values"`     // of each question; null where nothing is known
	Named       []*typeFacts     `json:"named"`
	Conversions []conversionFact `json:"conversions"`
}

type typeFacts struct {
	Text            string `json:"text"`
	Kind            string `json:"kind"`
	Size            int64  `json:"size"` // in bytes; -1 where that is not known
	Alignment       int64  `json:"alignment"`
	HasPointers     bool   `json:"has_pointers"`
	IsPointerShaped bool   `json:"is_pointer_shaped"`
	IsInterface     bool   `json:"is_interface"`
	IsGeneric       bool   `json:"is_generic"`
	Core            string `json:"core"` // the kind of all types that a type parameter stands for
}

type valueFacts struct {
	Expression string        `json:"expression"` // what kind of expression it is
	Type       *typeFacts    `json:"type"`
	Element    *typeFacts    `json:"element"` // of a pointer, slice, array, channel or map
	Key        *typeFacts    `json:"key"`     // of a map
	Constant   *string       `json:"constant"`
	TextSize   int64         `json:"text_size"` // bytes of a constant string, else -1
	Callee     string        `json:"callee"`
	Arguments  []*valueFacts `json:"arguments"`
	Converted  *typeFacts    `json:"converted"` // the interface that it is put into where it stands
	Object     *objectFacts  `json:"object"`
	Instances  []*typeFacts  `json:"instances"`   // what a generic type stands for
	IsComplete bool          `json:"is_complete"` // whether these are all instances
}

type objectFacts struct {
	Name    string     `json:"name"`
	Kind    string     `json:"kind"`
	Package string     `json:"package"`
	File    string     `json:"file"`
	Line    int        `json:"line"`
	Column  int        `json:"column"`
	Uses    []position `json:"uses"`
}

type conversionFact struct {
	At         position   `json:"at"`
	Source     *typeFacts `json:"source"`
	Target     *typeFacts `json:"target"`
	Reason     string     `json:"reason"`
	IsConstant bool       `json:"is_constant"`
}

// checking is held while packages are checked: what is imported may be shared, but not at once.
var checking sync.Mutex

func typesOperation(content json.RawMessage) (any, error) {
	var request typesRequest
	if err := json.Unmarshal(content, &request); err != nil {
		return nil, err
	}
	checking.Lock()
	defer checking.Unlock()
	defer trimCaches()
	checked, err := check(&request)
	if err != nil {
		return nil, err
	}
	return checked.answer(&request), nil
}

// checkedPackage is a package with all that is known of its expressions.
type checkedPackage struct {
	key      [16]byte
	world    *importWorld
	fset     *token.FileSet
	files    []*ast.File
	info     *types.Info
	pkg      *types.Package
	sizes    types.Sizes
	isBroken bool

	converted map[ast.Expr]conversion // filled when first asked for
	functions map[types.Object][]types.Type
}

var recentlyChecked []*checkedPackage

// check checks the package of a request, or finds it among those that were checked last.
func check(request *typesRequest) (*checkedPackage, error) {
	contents, err := contentsOf(request.Files)
	if err != nil {
		return nil, err
	}
	key := keyOf(request, contents)
	for i, known := range recentlyChecked {
		if known.key == key {
			recentlyChecked = append(append(recentlyChecked[:i:i], recentlyChecked[i+1:]...), known)
			return known, nil
		}
	}
	sizes := types.SizesFor("gc", request.Arch)
	if sizes == nil {
		return nil, fmt.Errorf("the sizes of %q are not known", request.Arch)
	}
	checked := &checkedPackage{key: key, fset: token.NewFileSet(), sizes: sizes, world: worldOf(request)}
	checked.run(request, contents)
	recentlyChecked = append(recentlyChecked, checked)
	if len(recentlyChecked) > mostChecked {
		recentlyChecked = recentlyChecked[1:]
	}
	return checked, nil
}

func contentsOf(files []sourceFile) ([][]byte, error) {
	contents, total := make([][]byte, len(files)), 0
	for i, file := range files {
		if file.Text != nil {
			contents[i] = []byte(*file.Text)
		} else {
			status, err := os.Stat(file.Path)
			if err == nil && (!status.Mode().IsRegular() || status.Size() > mostSource) {
				err = errors.New("no file of a usual size")
			}
			if err == nil {
				contents[i], err = os.ReadFile(file.Path)
			}
			if err != nil {
				return nil, err
			}
		}
		if total += len(contents[i]); total > mostSource {
			return nil, errors.New("the package is too large")
		}
	}
	return contents, nil
}

func keyOf(request *typesRequest, contents [][]byte) (key [16]byte) {
	hash := fnv.New128a()
	encoder := json.NewEncoder(hash)
	paths := make([]string, len(request.Files))
	for i, file := range request.Files {
		paths[i] = file.Path
	}
	_ = encoder.Encode([]any{request.Path, request.Language, request.Arch, request.World, paths, request.Imports, request.Exports})
	for _, content := range contents {
		fmt.Fprintf(hash, "%d:", len(content))
		hash.Write(content)
	}
	hash.Sum(key[:0])
	return key
}

func (c *checkedPackage) run(request *typesRequest, contents [][]byte) {
	for i, content := range contents {
		file, err := parser.ParseFile(c.fset, request.Files[i].Path, content, parser.SkipObjectResolution)
		if err != nil {
			c.isBroken = true
		}
		c.files = append(c.files, file)
	}
	c.info = &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances:  map[*ast.Ident]types.Instance{},
		Implicits:  map[ast.Node]types.Object{},
	}
	config := types.Config{
		GoVersion:                request.Language,
		Importer:                 importsOf{c.world, request},
		Sizes:                    c.sizes,
		FakeImportC:              true,
		DisableUnusedImportCheck: true,
		Error:                    func(error) { c.isBroken = true },
	}
	whole := c.files[:0:0]
	for _, file := range c.files {
		if file != nil && file.Name != nil {
			whole = append(whole, file)
		}
	}
	c.pkg, _ = config.Check(request.Path, c.fset, whole, c.info)
}

func (c *checkedPackage) answer(request *typesRequest) *typesAnswer {
	reply := &typesAnswer{IsPartial: c.isBroken, Values: make([]*valueFacts, len(request.Questions))}
	found := c.expressionsAt(request)
	for i, at := range request.Questions {
		if expression := chosen(found[start(at)], at, c.fset); expression != nil {
			reply.Values[i] = c.value(expression, request, true)
		}
	}
	reply.Named = make([]*typeFacts, len(request.Named))
	for i, named := range request.Named {
		expression := chosen(found[start(named.Call)], named.Call, c.fset)
		reply.Named[i] = c.named(expression, named.Text, request)
	}
	for _, file := range request.Conversions {
		if file >= 0 && file < len(c.files) {
			reply.Conversions = append(reply.Conversions, c.conversionsIn(file)...)
		}
	}
	return reply
}

func start(at position) [3]int { return [3]int{at[0], at[1], at[2]} }

// expressionsAt finds the expressions that begin where something is asked, the outermost first.
func (c *checkedPackage) expressionsAt(request *typesRequest) map[[3]int][]ast.Expr {
	wanted := map[token.Pos][3]int{}
	add := func(at position) {
		if at[0] < 0 || at[0] >= len(c.files) || c.files[at[0]] == nil {
			return
		}
		file := c.fset.File(c.files[at[0]].Pos())
		if file == nil || at[1] < 1 || at[1] > file.LineCount() {
			return
		}
		if offset := file.Offset(file.LineStart(at[1])) + at[2] - 1; offset >= 0 && offset <= file.Size() {
			wanted[file.Pos(offset)] = start(at)
		}
	}
	for _, at := range request.Questions {
		add(at)
	}
	for _, named := range request.Named {
		add(named.Call)
	}
	found := map[[3]int][]ast.Expr{}
	if len(wanted) == 0 {
		return found
	}
	for _, file := range c.files {
		if file == nil {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if expression, ok := node.(ast.Expr); ok {
				if at, ok := wanted[expression.Pos()]; ok {
					found[at] = append(found[at], expression)
				}
			}
			return true
		})
	}
	return found
}

// chosen is the expression that also has the end that was asked for, or the outermost.
func chosen(expressions []ast.Expr, at position, fset *token.FileSet) ast.Expr {
	for _, expression := range expressions {
		end := fset.PositionFor(expression.End(), false)
		if at[3] == 0 || (end.Line == at[3] && end.Column == at[4]) {
			return expression
		}
	}
	return nil
}

func (c *checkedPackage) position(node ast.Node) position {
	from, to := c.fset.PositionFor(node.Pos(), false), c.fset.PositionFor(node.End(), false)
	for i, file := range c.files {
		if file != nil && file.FileStart <= node.Pos() && node.Pos() <= file.FileEnd {
			return position{i, from.Line, from.Column, to.Line, to.Column}
		}
	}
	return position{-1, from.Line, from.Column, to.Line, to.Column}
}

func (c *checkedPackage) value(expression ast.Expr, request *typesRequest, isWhole bool) *valueFacts {
	value := &valueFacts{Expression: c.kindOf(expression), TextSize: unknownBytes}
	if identifier, ok := expression.(*ast.Ident); ok && isWhole {
		value.Object = c.object(identifier, request.Uses)
	}
	t := c.typeOf(expression)
	if t == nil {
		if value.Object == nil {
			return nil
		}
		return value
	}
	value.Type = c.facts(types.Default(t))
	value.Key, value.Element = c.parts(t)
	if known := c.info.Types[expression].Value; known != nil {
		text := shortened(known.ExactString())
		value.Constant = &text
		if known.Kind() == constant.String {
			value.TextSize = int64(len(constant.StringVal(known)))
		}
	}
	if !isWhole {
		return value
	}
	value.Instances, value.IsComplete = c.instancesOf(t)
	if converted, ok := c.conversionOf(expression); ok {
		value.Converted = c.facts(converted.target)
	}
	switch node := unparenthesized(expression).(type) {
	case *ast.CallExpr:
		value.Callee = c.callee(node)
		for _, argument := range node.Args {
			value.Arguments = append(value.Arguments, c.value(argument, request, false))
		}
	case *ast.BinaryExpr:
		value.Arguments = []*valueFacts{c.value(node.X, request, false), c.value(node.Y, request, false)}
	case *ast.UnaryExpr:
		value.Arguments = []*valueFacts{c.value(node.X, request, false)}
	}
	return value
}

func (c *checkedPackage) typeOf(expression ast.Expr) types.Type {
	t := c.info.TypeOf(expression)
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	return t
}

func (c *checkedPackage) kindOf(expression ast.Expr) string {
	switch node := unparenthesized(expression).(type) {
	case *ast.Ident:
		return "identifier"
	case *ast.SelectorExpr:
		if selection := c.info.Selections[node]; selection != nil && selection.Kind() == types.MethodVal {
			return "method value"
		}
		return "selector"
	case *ast.BasicLit:
		return "literal"
	case *ast.CompositeLit:
		return "composite"
	case *ast.FuncLit:
		return "function"
	case *ast.CallExpr:
		called := c.info.Types[node.Fun]
		switch {
		case called.IsType():
			return "conversion"
		case called.IsBuiltin():
			return "builtin"
		}
		return "call"
	case *ast.UnaryExpr:
		if node.Op == token.AND {
			return "address"
		}
		return "operation"
	case *ast.BinaryExpr:
		return "operation"
	}
	return "other"
}

// callee is the full name of the function that is called, where that is known before it runs.
func (c *checkedPackage) callee(call *ast.CallExpr) string {
	if function := c.calledFunction(call); function != nil {
		return function.FullName()
	}
	if identifier, ok := unparenthesized(call.Fun).(*ast.Ident); ok {
		if builtin, ok := c.info.Uses[identifier].(*types.Builtin); ok {
			return builtin.Name()
		}
	}
	return ""
}

func (c *checkedPackage) calledFunction(call *ast.CallExpr) *types.Func {
	called := unparenthesized(call.Fun)
	switch node := called.(type) {
	case *ast.IndexExpr:
		called = node.X
	case *ast.IndexListExpr:
		called = node.X
	}
	switch node := called.(type) {
	case *ast.Ident:
		function, _ := c.info.Uses[node].(*types.Func)
		return function
	case *ast.SelectorExpr:
		function, _ := c.info.Uses[node.Sel].(*types.Func)
		if selection := c.info.Selections[node]; function != nil && selection != nil && types.IsInterface(selection.Recv()) {
			return nil
		}
		return function
	}
	return nil
}

func (c *checkedPackage) object(identifier *ast.Ident, withUses bool) *objectFacts {
	object := c.info.ObjectOf(identifier)
	if object == nil {
		return nil
	}
	facts := &objectFacts{Name: object.Name(), Kind: kindOfObject(object)}
	fset := c.fset
	if object.Pkg() != nil {
		facts.Package = object.Pkg().Path()
		if object.Pkg() != c.pkg {
			fset = c.world.fset
		}
	}
	if object.Pos().IsValid() {
		at := fset.PositionFor(object.Pos(), false)
		facts.File, facts.Line, facts.Column = at.Filename, at.Line, at.Column
	}
	if withUses {
		for used, other := range c.info.Uses {
			if other == object && len(facts.Uses) < mostUses {
				facts.Uses = append(facts.Uses, c.position(used))
			}
		}
	}
	return facts
}

func kindOfObject(object types.Object) string {
	switch object := object.(type) {
	case *types.Var:
		if object.IsField() {
			return "field"
		}
		return "variable"
	case *types.Const:
		return "constant"
	case *types.Func:
		return "function"
	case *types.TypeName:
		return "type"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "builtin"
	}
	return "other"
}

func shortened(text string) string {
	if len(text) > longestText {
		text = text[:longestText]
	}
	return strings.ToValidUTF8(text, "?")
}
