package main

// What Go's type checker says of the expressions of a package.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

const (
	longestText  = 200 // bytes of a type or a constant
	unknownBytes = -1
)

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
	t := c.typeOf(expression)
	if t == nil {
		return nil
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

func shortened(text string) string {
	if len(text) > longestText {
		text = text[:longestText]
	}
	return strings.ToValidUTF8(text, "?")
}

func unparenthesized(expression ast.Expr) ast.Expr {
	for {
		inside, ok := expression.(*ast.ParenExpr)
		if !ok {
			return expression
		}
		expression = inside.X
	}
}
