package main

// Where a package puts values into interfaces.

import (
	"go/ast"
	"go/token"
	"go/types"
)

// conversion is a value of another type that becomes an interface.
type conversion struct {
	source, target types.Type
	reason         string
}

func (c *checkedPackage) conversionOf(expression ast.Expr) (conversion, bool) {
	c.convert()
	found, ok := c.converted[expression]
	return found, ok
}

func (c *checkedPackage) conversionsIn(file int) []conversionFact {
	c.convert()
	facts := []conversionFact{}
	if c.files[file] == nil {
		return facts
	}
	ast.Inspect(c.files[file], func(node ast.Node) bool {
		expression, ok := node.(ast.Expr)
		if !ok {
			return true
		}
		if found, ok := c.converted[expression]; ok {
			at := c.position(expression)
			at[0] = file
			source, target := c.facts(types.Default(found.source)), c.facts(found.target)
			isConstant := c.info.Types[expression].Value != nil
			facts = append(facts, conversionFact{at, source, target, found.reason, isConstant})
		}
		return true
	})
	return facts
}

// convert finds all conversions of the package, once.
func (c *checkedPackage) convert() {
	if c.converted != nil {
		return
	}
	c.converted = map[ast.Expr]conversion{}
	for _, file := range c.files {
		if file != nil {
			c.convertIn(file, nil)
		}
	}
}

// convertIn looks at a function or file, where `return` gives these results.
func (c *checkedPackage) convertIn(root ast.Node, results *types.Tuple) {
	ast.Inspect(root, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			if node.Body != nil {
				c.convertIn(node.Body, c.resultsOf(c.info.Defs[node.Name]))
			}
			return false
		case *ast.FuncLit:
			var inside *types.Tuple
			if signature := signatureOf(c.info.TypeOf(node)); signature != nil {
				inside = signature.Results()
			}
			c.convertIn(node.Body, inside)
			return false
		case *ast.ReturnStmt:
			if results != nil {
				c.assign(node.Results, typesOf(results), "return")
			}
		case *ast.AssignStmt:
			c.assign(node.Rhs, c.typesOfAll(node.Lhs), "assignment")
		case *ast.ValueSpec:
			if node.Type != nil {
				c.declare(node)
			}
		case *ast.SendStmt:
			if channel, ok := c.underlying(node.Chan).(*types.Chan); ok {
				c.put(node.Value, channel.Elem(), "send")
			}
		case *ast.RangeStmt:
			c.rangeOver(node)
		case *ast.CallExpr:
			c.call(node)
		case *ast.CompositeLit:
			c.compose(node)
		case *ast.BinaryExpr:
			if node.Op == token.EQL || node.Op == token.NEQ {
				c.compare(node.X, node.Y)
			}
		case *ast.SwitchStmt:
			c.switchOn(node)
		case *ast.IndexExpr:
			if indexed, ok := c.underlying(node.X).(*types.Map); ok {
				c.put(node.Index, indexed.Key(), "index")
			}
		}
		return true
	})
}

func (c *checkedPackage) put(expression ast.Expr, target types.Type, reason string) {
	c.record(expression, c.info.TypeOf(expression), target, reason)
}

func (c *checkedPackage) record(expression ast.Expr, source, target types.Type, reason string) {
	if source == nil || target == nil || !isInterface(target) || isInterface(source) {
		return
	}
	if basic, ok := source.(*types.Basic); ok && (basic.Kind() == types.UntypedNil || basic.Kind() == types.Invalid) {
		return
	}
	if _, ok := source.(*types.Tuple); !ok {
		c.converted[expression] = conversion{source, target, reason}
	}
}

func isInterface(t types.Type) bool {
	if _, ok := unaliased(t).(*types.TypeParam); ok {
		return false
	}
	return types.IsInterface(t)
}

func (c *checkedPackage) underlying(expression ast.Expr) types.Type {
	if t := c.info.TypeOf(expression); t != nil {
		return t.Underlying()
	}
	return nil
}

func (c *checkedPackage) resultsOf(object types.Object) *types.Tuple {
	if object == nil {
		return nil
	}
	if signature := signatureOf(object.Type()); signature != nil {
		return signature.Results()
	}
	return nil
}

func typesOf(tuple *types.Tuple) []types.Type {
	list := make([]types.Type, tuple.Len())
	for i := range list {
		list[i] = tuple.At(i).Type()
	}
	return list
}

func (c *checkedPackage) typesOfAll(expressions []ast.Expr) []types.Type {
	list := make([]types.Type, len(expressions))
	for i, expression := range expressions {
		list[i] = c.info.TypeOf(expression)
	}
	return list
}

// assign puts values into variables, or the results of one call into several.
func (c *checkedPackage) assign(values []ast.Expr, targets []types.Type, reason string) {
	if len(values) == 1 && len(targets) > 1 {
		tuple, ok := c.info.TypeOf(values[0]).(*types.Tuple)
		if !ok {
			c.put(values[0], targets[0], reason)
			return
		}
		for i := 0; i < tuple.Len() && i < len(targets); i++ {
			c.record(values[0], tuple.At(i).Type(), targets[i], reason)
		}
		return
	}
	for i := 0; i < len(values) && i < len(targets); i++ {
		c.put(values[i], targets[i], reason)
	}
}

func (c *checkedPackage) declare(spec *ast.ValueSpec) {
	targets := make([]types.Type, len(spec.Names))
	for i := range targets {
		targets[i] = c.info.TypeOf(spec.Type)
	}
	c.assign(spec.Values, targets, "declaration")
}

func (c *checkedPackage) call(call *ast.CallExpr) {
	called := c.info.Types[call.Fun]
	if called.IsType() {
		if len(call.Args) == 1 {
			c.put(call.Args[0], called.Type, "conversion")
		}
		return
	}
	signature := signatureOf(called.Type)
	if signature == nil {
		if called.IsBuiltin() {
			c.callBuiltin(call)
		}
		return
	}
	arguments := call.Args
	if len(arguments) == 1 && signature.Params().Len() > 1 {
		c.assign(arguments, typesOf(signature.Params()), "argument")
		return
	}
	for i, argument := range arguments {
		c.put(argument, parameterOf(signature, i, call.Ellipsis.IsValid()), "argument")
	}
}

func parameterOf(signature *types.Signature, i int, isSpread bool) types.Type {
	last := signature.Params().Len() - 1
	if signature.Variadic() && i >= last && last >= 0 {
		t := signature.Params().At(last).Type()
		if slice, ok := t.Underlying().(*types.Slice); ok && !isSpread {
			return slice.Elem()
		}
		return t
	}
	if i <= last {
		return signature.Params().At(i).Type()
	}
	return nil
}

func (c *checkedPackage) callBuiltin(call *ast.CallExpr) {
	name := c.callee(call)
	switch {
	case name == "panic" && len(call.Args) == 1:
		c.put(call.Args[0], types.NewInterfaceType(nil, nil), "panic")
	case name == "append" && len(call.Args) > 1 && !call.Ellipsis.IsValid():
		if slice, ok := c.underlying(call.Args[0]).(*types.Slice); ok {
			for _, argument := range call.Args[1:] {
				c.put(argument, slice.Elem(), "append")
			}
		}
	case name == "delete" && len(call.Args) == 2:
		if indexed, ok := c.underlying(call.Args[0]).(*types.Map); ok {
			c.put(call.Args[1], indexed.Key(), "index")
		}
	}
}

func (c *checkedPackage) compose(literal *ast.CompositeLit) {
	t := c.underlying(literal)
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem().Underlying()
	}
	for i, element := range literal.Elts {
		pair, isPair := element.(*ast.KeyValueExpr)
		value := element
		if isPair {
			value = pair.Value
		}
		switch t := t.(type) {
		case *types.Slice:
			c.put(value, t.Elem(), "element")
		case *types.Array:
			c.put(value, t.Elem(), "element")
		case *types.Map:
			if isPair {
				c.put(pair.Key, t.Key(), "element")
			}
			c.put(value, t.Elem(), "element")
		case *types.Struct:
			if isPair {
				if name, ok := pair.Key.(*ast.Ident); ok {
					if field := c.info.Uses[name]; field != nil {
						c.put(value, field.Type(), "field")
					}
				}
			} else if i < t.NumFields() {
				c.put(value, t.Field(i).Type(), "field")
			}
		}
	}
}

func (c *checkedPackage) compare(x, y ast.Expr) {
	if t := c.info.TypeOf(y); t != nil {
		c.put(x, t, "comparison")
	}
	if t := c.info.TypeOf(x); t != nil {
		c.put(y, t, "comparison")
	}
}

func (c *checkedPackage) switchOn(statement *ast.SwitchStmt) {
	if statement.Tag == nil {
		return
	}
	for _, clause := range statement.Body.List {
		if clause, ok := clause.(*ast.CaseClause); ok {
			for _, value := range clause.List {
				if t := c.info.TypeOf(statement.Tag); t != nil {
					c.put(value, t, "comparison")
				}
			}
		}
	}
}

// rangeOver records what existing variables of an interface type are given: at the variables.
func (c *checkedPackage) rangeOver(statement *ast.RangeStmt) {
	if statement.Tok != token.ASSIGN {
		return
	}
	key, value := elementsOf(c.underlying(statement.X))
	if statement.Key != nil {
		c.record(statement.Key, key, c.info.TypeOf(statement.Key), "range")
	}
	if statement.Value != nil {
		c.record(statement.Value, value, c.info.TypeOf(statement.Value), "range")
	}
}

// elementsOf says what `range` gives for a type: nil where that is not so simple.
func elementsOf(t types.Type) (key, value types.Type) {
	index := types.Type(types.Typ[types.Int])
	switch t := t.(type) {
	case *types.Basic:
		if t.Info()&types.IsString != 0 {
			return index, types.Typ[types.Rune]
		}
		return t, nil
	case *types.Slice:
		return index, t.Elem()
	case *types.Array:
		return index, t.Elem()
	case *types.Pointer:
		if array, ok := t.Elem().Underlying().(*types.Array); ok {
			return index, array.Elem()
		}
	case *types.Map:
		return t.Key(), t.Elem()
	case *types.Chan:
		return t.Elem(), nil
	}
	return nil, nil
}
