package main

// Who uses the functions that a package declares, and which interfaces its methods are there for.

import (
	"go/ast"
	"go/types"
	"slices"
	"sort"
)

// A use of a function: others than calls depend on its whole type.
const (
	useIsCall = iota
	useIsValue
	useIsMethodExpression
)

type functionFacts struct {
	At         [2]int   `json:"at"`         // number of the file, and first byte of the name
	Uses       []int    `json:"uses"`       // number of the file, first byte of the name and kind of each, in one row
	Interfaces []string `json:"interfaces"` // that a type with this method implements, or may when the method changes
	GivesOwn   bool     `json:"gives_own"`  // whether a result consists of a type of this package
}

// functionsIn lists the functions that some files declare, in their order.
func (c *checkedPackage) functionsIn(files []int) []*functionFacts {
	list, facts := []*functionFacts{}, map[*types.Func]*functionFacts{}
	for _, number := range files {
		if number < 0 || number >= len(c.files) || c.files[number] == nil {
			continue
		}
		for _, declaration := range c.files[number].Decls {
			node, ok := declaration.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if object, ok := c.info.Defs[node.Name].(*types.Func); ok && facts[object] == nil {
				told := &functionFacts{[2]int{number, c.byteOf(node.Name)}, []int{}, []string{}, c.givesOwn(object)}
				list, facts[object] = append(list, told), told
			}
		}
	}
	for number, file := range c.files {
		if file != nil {
			c.addUses(number, file, facts)
		}
	}
	c.addInterfaces(facts)
	return list
}

func (c *checkedPackage) byteOf(node ast.Node) int {
	return c.fset.File(node.Pos()).Offset(node.Pos())
}

func (c *checkedPackage) addUses(number int, file *ast.File, facts map[*types.Func]*functionFacts) {
	kinds := map[*ast.Ident]int{} // of names whose parents were seen
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			if name := calledName(node.Fun); name != nil {
				kinds[name] = useIsCall
			}
		case *ast.SelectorExpr:
			if selection := c.info.Selections[node]; selection != nil && selection.Kind() == types.MethodExpr {
				kinds[node.Sel] = useIsMethodExpression
			}
		case *ast.Ident:
			function, ok := c.info.Uses[node].(*types.Func)
			if !ok {
				return true
			}
			if told := facts[function.Origin()]; told != nil {
				kind, ok := kinds[node]
				if !ok {
					kind = useIsValue
				}
				told.Uses = append(told.Uses, number, c.byteOf(node), kind)
			}
		}
		return true
	})
}

// calledName is the name of what a call calls, if it has one.
func calledName(called ast.Expr) *ast.Ident {
	called = unparenthesized(called)
	switch node := called.(type) {
	case *ast.IndexExpr:
		called = unparenthesized(node.X)
	case *ast.IndexListExpr:
		called = unparenthesized(node.X)
	}
	switch node := called.(type) {
	case *ast.Ident:
		return node
	case *ast.SelectorExpr:
		return node.Sel
	}
	return nil
}

// givesOwn says whether whoever knows the type of a function's results knows a type of this package.
func (c *checkedPackage) givesOwn(function *types.Func) bool {
	signature := signatureOf(function.Type())
	if signature == nil {
		return false
	}
	seen, waiting := map[types.Type]bool{}, typesOf(signature.Results())
	for len(waiting) > 0 && len(seen) < mostReached {
		of := unaliased(waiting[len(waiting)-1])
		waiting = waiting[:len(waiting)-1]
		if seen[of] {
			continue
		}
		seen[of] = true
		named, ok := of.(*types.Named)
		if !ok {
			waiting = append(waiting, leadsTo(of)...)
			continue
		}
		if named.Obj().Pkg() != nil && named.Obj().Pkg() == c.pkg {
			return true
		}
		for i := 0; i < named.TypeArgs().Len(); i++ {
			waiting = append(waiting, named.TypeArgs().At(i))
		}
	}
	return false
}

// knownInterface is an interface with methods that has a name, or its text in place of one.
type knownInterface struct {
	name    string
	of      types.Type
	methods *types.Interface
}

// addInterfaces tells each method which interfaces the types that have it implement.
func (c *checkedPackage) addInterfaces(facts map[*types.Func]*functionFacts) {
	if c.pkg == nil {
		return
	}
	known := c.interfacesByMethod()
	for _, holder := range c.methodHolders() {
		set := types.NewMethodSet(types.NewPointer(holder))
		for _, candidate := range known.of(set) {
			if !c.mayImplement(holder, set, candidate) {
				continue
			}
			for i := 0; i < candidate.methods.NumMethods(); i++ {
				wanted := candidate.methods.Method(i)
				selection := set.Lookup(wanted.Pkg(), wanted.Name())
				if method, ok := selection.Obj().(*types.Func); ok {
					if told := facts[method.Origin()]; told != nil {
						told.Interfaces = append(told.Interfaces, candidate.name)
					}
				}
			}
		}
	}
	for _, told := range facts {
		told.Interfaces = distinct(told.Interfaces)
	}
}

// mayImplement says whether values of a type can be put into an interface, or pointers to them. Of
// generic types, and of interfaces that may name types of this package, it is enough that methods
// have these names: a method that gets another type may fit then.
func (c *checkedPackage) mayImplement(holder types.Type, set *types.MethodSet, candidate knownInterface) bool {
	for i := 0; i < candidate.methods.NumMethods(); i++ {
		if wanted := candidate.methods.Method(i); set.Lookup(wanted.Pkg(), wanted.Name()) == nil {
			return false
		}
	}
	named, ok := unaliased(candidate.of).(*types.Named)
	if !ok || named.Obj().Pkg() == c.pkg || named.TypeParams().Len() > 0 || isGeneric(holder) {
		return true
	}
	return types.Implements(types.NewPointer(holder), candidate.methods) || types.Implements(holder, candidate.methods)
}

// isGeneric says whether it is a named type with type parameters.
func isGeneric(of types.Type) bool {
	named, ok := of.(*types.Named)
	return ok && named.TypeParams().Len() > 0
}

// methodHolders are the types of the package that have methods, of their own or by embedding.
func (c *checkedPackage) methodHolders() (holders []types.Type) {
	for _, object := range c.info.Defs {
		declared, ok := object.(*types.TypeName)
		if !ok || declared.IsAlias() {
			continue
		}
		named, ok := declared.Type().(*types.Named)
		if !ok || types.IsInterface(named) {
			continue
		}
		structure, isStruct := named.Underlying().(*types.Struct)
		if named.NumMethods() > 0 || isStruct && embeds(structure) {
			holders = append(holders, named)
		}
	}
	for expression, known := range c.info.Types {
		if _, ok := expression.(*ast.StructType); ok {
			if structure, ok := known.Type.(*types.Struct); ok && embeds(structure) {
				holders = append(holders, structure)
			}
		}
	}
	return holders
}

// methodInterfaces are interfaces by the name of their first method.
type methodInterfaces map[string][]knownInterface

func (m methodInterfaces) of(set *types.MethodSet) (list []knownInterface) {
	for i := 0; i < set.Len(); i++ {
		list = append(list, m[set.At(i).Obj().Name()]...)
	}
	return list
}

// interfacesByMethod are all that the package names or writes, and those of the packages that it
// imports, as far as export files know them.
func (c *checkedPackage) interfacesByMethod() methodInterfaces {
	all := methodInterfaces{}
	seen := map[types.Type]bool{}
	add := func(of types.Type) {
		if of == nil || seen[of] {
			return
		}
		seen[of], seen[of.Underlying()] = true, true // a name says more than what it stands for
		if methods, ok := of.Underlying().(*types.Interface); ok && methods.NumMethods() > 0 {
			if _, ok := unaliased(of).(*types.TypeParam); !ok {
				first := methods.Method(0).Name()
				all[first] = append(all[first], knownInterface{types.TypeString(of, types.RelativeTo(c.pkg)), of, methods})
			}
		}
	}
	add(types.Universe.Lookup("error").Type())
	for _, object := range c.info.Defs {
		if declared, ok := object.(*types.TypeName); ok {
			add(declared.Type())
		}
	}
	for _, known := range c.info.Types {
		if known.IsType() {
			add(known.Type)
		}
	}
	for _, imported := range reachable(c.pkg) {
		for _, of := range c.world.interfacesIn(imported) {
			add(of)
		}
	}
	return all
}

// reachable are the packages that one imports, also indirectly.
func reachable(from *types.Package) (list []*types.Package) {
	seen, waiting := map[*types.Package]bool{}, slices.Clone(from.Imports())
	for len(waiting) > 0 {
		next := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if !seen[next] {
			seen[next] = true
			list = append(list, next)
			waiting = append(waiting, next.Imports()...)
		}
	}
	return list
}

// interfacesIn are the interfaces that other packages can name.
func (w *importWorld) interfacesIn(imported *types.Package) []types.Type {
	if known, ok := w.interfaces[imported]; ok {
		return known
	}
	list := []types.Type{}
	scope := imported.Scope()
	for _, name := range scope.Names() {
		if declared, ok := scope.Lookup(name).(*types.TypeName); ok && declared.Exported() && types.IsInterface(declared.Type()) {
			list = append(list, declared.Type())
		}
	}
	if imported.Complete() { // of others more may be known later
		w.interfaces[imported] = list
	}
	return list
}

func distinct(names []string) []string {
	sort.Strings(names)
	kept := names[:0]
	for i, name := range names {
		if i == 0 || names[i-1] != name {
			kept = append(kept, name)
		}
	}
	return kept
}
