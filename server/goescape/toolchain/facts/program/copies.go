package main

// What stands in the way of copies: locks, and types that may hold their own address.

import "go/types"

const mostReached = 5_000 // types, on the way from a type to itself

// examineParts looks for what stands in the way of copies of a value, in all that it consists of.
// around is the innermost type around it that users know by name.
func (t *typeTable) examineParts(of types.Type, around string, usable *usableType, depth int) {
	if depth > deepestType {
		usable.Linked = usable.Text
		return
	}
	if named, ok := unaliased(of).(*types.Named); ok {
		declaring := named.Obj().Pkg()
		if declaring == nil || declaring == t.pkg || named.Obj().Exported() {
			around = types.TypeString(named, types.RelativeTo(t.pkg))
		}
		t.examineNamed(named, around, usable)
	}
	switch u := of.Underlying().(type) {
	case *types.Array:
		t.examineParts(u.Elem(), around, usable, depth+1)
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			t.examineParts(u.Field(i).Type(), around, usable, depth+1)
		}
	}
}

func (t *typeTable) examineNamed(named *types.Named, around string, usable *usableType) {
	for i := 0; i < named.NumMethods(); i++ {
		if named.Method(i).Name() == "Lock" && usable.Lock == "" {
			usable.Lock = around
		}
	}
	switch named.Underlying().(type) {
	case *types.Struct, *types.Array:
		if usable.Linked == "" && reachesItself(named) {
			usable.Linked = around
		}
		if declaring := named.Obj().Pkg(); declaring != nil && declaring != t.pkg {
			usable.Structs = append(usable.Structs, declaring.Path()+"."+named.Obj().Name())
		}
	}
}

// reachesItself says whether a type's definition leads back to it, by whatever way.
func reachesItself(goal *types.Named) bool {
	seen, waiting := map[types.Type]bool{}, []types.Type{goal.Underlying()}
	for len(waiting) > 0 {
		of := unaliased(waiting[len(waiting)-1])
		waiting = waiting[:len(waiting)-1]
		if named, ok := of.(*types.Named); ok && named.Origin() == goal.Origin() || len(seen) > mostReached {
			return true
		}
		if seen[of] {
			continue
		}
		seen[of] = true
		waiting = append(waiting, leadsTo(of)...)
	}
	return false
}

// leadsTo gives the types that a type is made of.
func leadsTo(of types.Type) (parts []types.Type) {
	addAll := func(tuple *types.Tuple) { parts = append(parts, typesOf(tuple)...) }
	switch of := of.(type) {
	case *types.Named:
		parts = append(parts, of.Underlying())
	case *types.Pointer:
		parts = append(parts, of.Elem())
	case *types.Slice:
		parts = append(parts, of.Elem())
	case *types.Array:
		parts = append(parts, of.Elem())
	case *types.Chan:
		parts = append(parts, of.Elem())
	case *types.Map:
		parts = append(parts, of.Key(), of.Elem())
	case *types.Signature:
		addAll(of.Params())
		addAll(of.Results())
	case *types.Struct:
		for i := 0; i < of.NumFields(); i++ {
			parts = append(parts, of.Field(i).Type())
		}
	case *types.Interface:
		for i := 0; i < of.NumMethods(); i++ {
			parts = append(parts, of.Method(i).Type())
		}
	}
	return parts
}
