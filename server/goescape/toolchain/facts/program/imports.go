package main

// What packages import: read from the compiler's export files, and kept while these are the same.

import (
	"errors"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

const (
	mostWorlds   = 3
	usualHeap    = 30 << 20 // bytes; above it, what is not in use is forgotten
	largeHeap    = 120 << 20
	mostPackages = 2000 // in a world
	mostNamed    = 1000
)

// importWorld is a set of packages that were built together.
type importWorld struct {
	name     string
	fset     *token.FileSet
	files    map[string]string // what was read, by path
	packages map[string]*types.Package
	exports  map[string]string // of the request at hand
	importer types.ImporterFrom
	named    map[string]*typeFacts // of types that no export file has, by folder and name

	interfaces map[*types.Package][]types.Type // that others can name
}

var worlds []*importWorld

// worldOf is the world of a request: an earlier one, if all that it has read is still the same.
func worldOf(request *typesRequest) *importWorld {
	for i, world := range worlds {
		if world.name == request.World {
			worlds = append(worlds[:i:i], worlds[i+1:]...)
			if world.fits(request.Exports) {
				worlds = append(worlds, world)
				world.exports = request.Exports
				return world
			}
			break
		}
	}
	world := &importWorld{
		name:     request.World,
		fset:     token.NewFileSet(),
		files:    map[string]string{},
		packages: map[string]*types.Package{},
		exports:  request.Exports,
		named:    map[string]*typeFacts{},

		interfaces: map[*types.Package][]types.Type{},
	}
	world.importer, _ = importer.ForCompiler(world.fset, "gc", world.open).(types.ImporterFrom)
	worlds = append(worlds, world)
	if len(worlds) > mostWorlds {
		worlds = worlds[1:]
	}
	return world
}

func (w *importWorld) fits(exports map[string]string) bool {
	for path, file := range exports {
		if known, ok := w.files[path]; ok && known != file {
			return false
		}
	}
	return len(w.files) < mostPackages
}

func (w *importWorld) open(path string) (io.ReadCloser, error) {
	file := w.exports[path]
	if file == "" {
		return nil, errors.New("no export file")
	}
	w.files[path] = file
	return os.Open(file)
}

func (w *importWorld) load(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if w.importer == nil {
		return nil, errors.New("no importer")
	}
	loaded, err := w.importer.ImportFrom(path, "", 0)
	if err != nil {
		return nil, err
	}
	w.packages[path] = loaded
	return loaded, nil
}

// importsOf gives a package what its source names.
type importsOf struct {
	world   *importWorld
	request *typesRequest
}

func (i importsOf) Import(path string) (*types.Package, error) {
	if other := i.request.Imports[path]; other != "" {
		path = other
	}
	return i.world.load(path)
}

// trimCaches keeps memory within bounds: it is called between requests.
func trimCaches() {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if stats.HeapAlloc < usualHeap {
		return
	}
	runtime.GC()
	if runtime.ReadMemStats(&stats); stats.HeapAlloc < usualHeap {
		return
	}
	if len(recentlyChecked) > 1 {
		recentlyChecked = recentlyChecked[len(recentlyChecked)-1:]
	}
	if len(worlds) > 1 {
		worlds = worlds[len(worlds)-1:]
	}
	runtime.GC()
	if runtime.ReadMemStats(&stats); stats.HeapAlloc > largeHeap {
		recentlyChecked, worlds = nil, nil
	}
}

// forgetAll forgets what was checked and imported.
func forgetAll() {
	checking.Lock()
	defer checking.Unlock()
	recentlyChecked, worlds = nil, nil
}

// named is a type that the compiler names at a call, because it has inlined what is called there.
// Where several packages have the name, all of them must mean the same.
func (c *checkedPackage) named(call ast.Expr, text string, request *typesRequest) *typeFacts {
	qualifier, name, ok := strings.Cut(text, ".")
	if !ok {
		qualifier, name = "", text
	}
	if !token.IsIdentifier(name) {
		return nil
	}
	var all *typeFacts
	for _, candidate := range c.packagesNamed(qualifier, call) {
		facts := c.typeIn(candidate, name, request)
		if facts == nil {
			continue
		}
		if all != nil && (all.Size != facts.Size || all.Kind != facts.Kind || all.IsGeneric != facts.IsGeneric) {
			return nil
		}
		all = facts
	}
	return all
}

// packagesNamed are the packages that a qualifier may mean: that of the called function alone if
// it has the name.
func (c *checkedPackage) packagesNamed(qualifier string, call ast.Expr) []*types.Package {
	if c.pkg != nil && (qualifier == "" || qualifier == c.pkg.Name()) {
		return []*types.Package{c.pkg}
	}
	if node, ok := unparenthesized(call).(*ast.CallExpr); ok && call != nil {
		if function := c.calledFunction(node); function != nil && function.Pkg() != nil && function.Pkg().Name() == qualifier {
			return []*types.Package{function.Pkg()}
		}
	}
	found := map[string]*types.Package{}
	for path, loaded := range c.world.packages {
		if loaded.Name() == qualifier {
			found[path] = loaded
		}
		for _, imported := range loaded.Imports() {
			if imported.Name() == qualifier {
				found[imported.Path()] = imported
			}
		}
	}
	paths := make([]string, 0, len(found))
	for path := range found {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	list := make([]*types.Package, 0, len(found))
	for _, path := range paths {
		list = append(list, found[path])
	}
	return list
}

func (c *checkedPackage) typeIn(home *types.Package, name string, request *typesRequest) *typeFacts {
	if object, ok := home.Scope().Lookup(name).(*types.TypeName); ok {
		return c.facts(object.Type())
	}
	if home == c.pkg {
		return nil
	}
	folder := c.folderOf(home, request)
	if folder == "" {
		return nil
	}
	key := folder + "\x00" + name
	facts, ok := c.world.named[key]
	if !ok {
		if len(c.world.named) > mostNamed {
			c.world.named = map[string]*typeFacts{}
		}
		facts = c.typeInSource(home, folder, name, request)
		c.world.named[key] = facts
	}
	return facts
}

// folderOf is where the source of an imported package lies, by what its export file says.
func (c *checkedPackage) folderOf(home *types.Package, request *typesRequest) string {
	if first, _, _ := strings.Cut(home.Path(), "/"); !strings.Contains(first, ".") && request.Goroot != "" {
		folder := filepath.Join(request.Goroot, "src", filepath.FromSlash(home.Path()))
		if status, err := os.Stat(folder); err == nil && status.IsDir() {
			return folder
		}
	}
	for _, name := range home.Scope().Names() {
		object := home.Scope().Lookup(name)
		if object.Pkg() != home || !object.Pos().IsValid() {
			continue
		}
		if file := c.world.fset.PositionFor(object.Pos(), false).Filename; filepath.IsAbs(file) {
			return filepath.Dir(file)
		}
		break
	}
	return ""
}

// typeInSource checks the declarations of a package for a type that its export file lacks.
func (c *checkedPackage) typeInSource(home *types.Package, folder, name string, request *typesRequest) *typeFacts {
	context := build.Default
	context.GOARCH, context.GOOS, context.BuildTags = request.Arch, request.OS, request.Tags
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	fset, files := token.NewFileSet(), []*ast.File{}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") || !entry.Type().IsRegular() {
			continue
		}
		if matches, err := context.MatchFile(folder, entry.Name()); err != nil || !matches {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(folder, entry.Name()), nil, parser.SkipObjectResolution)
		if err == nil && file.Name.Name == home.Name() {
			files = append(files, file)
		}
	}
	config := types.Config{
		Importer: declarationsOnly{c.world}, Sizes: c.sizes, FakeImportC: true, IgnoreFuncBodies: true,
		DisableUnusedImportCheck: true, Error: func(error) {},
	}
	checked, _ := config.Check(home.Path(), fset, files, nil)
	if checked == nil {
		return nil
	}
	object, ok := checked.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	facts := factsOf(object.Type(), c.pkg, c.sizes)
	if facts.Size < 0 && !facts.IsGeneric {
		return nil
	}
	return facts
}

// declarationsOnly gives what is known, and packages without anything in place of the others: types
// that need them have no size then.
type declarationsOnly struct{ world *importWorld }

func (d declarationsOnly) Import(path string) (*types.Package, error) {
	if loaded, err := d.world.load(path); err == nil {
		return loaded, nil
	}
	empty := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	empty.MarkComplete()
	return empty, nil
}
