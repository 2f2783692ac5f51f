package main

// Checks a package with Go's type checker, and answers questions about its expressions.

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"hash/fnv"
	"os"
	"slices"
	"sync"
)

const (
	mostSource  = 16 << 20 // bytes of a package
	mostChecked = 3
)

func init() { operations["types"] = typesOperation }

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
	paths    []string
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
	forgetOlderTexts(request)
	checked := &checkedPackage{key: key, fset: token.NewFileSet(), sizes: sizes, world: worldOf(request)}
	checked.run(request, contents)
	recentlyChecked = append(recentlyChecked, checked)
	if len(recentlyChecked) > mostChecked {
		recentlyChecked = recentlyChecked[1:]
	}
	return checked, nil
}

// forgetOlderTexts drops what was checked of the same files: it is large, and rarely comes again.
func forgetOlderTexts(request *typesRequest) {
	kept := recentlyChecked[:0:0]
	for _, known := range recentlyChecked {
		if !known.isOfSameFiles(request.Files) {
			kept = append(kept, known)
		}
	}
	recentlyChecked = kept
}

func (c *checkedPackage) isOfSameFiles(files []sourceFile) bool {
	return slices.EqualFunc(c.paths, files, func(path string, file sourceFile) bool {
		return path == file.Path
	})
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
		c.paths = append(c.paths, request.Files[i].Path)
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
