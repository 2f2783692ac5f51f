package main

// What is known of a type: its size, whether it holds pointers, what generic types stand for.

import "go/types"

const deepestType = 50

func (c *checkedPackage) facts(t types.Type) *typeFacts { return factsOf(t, c.pkg, c.sizes) }

func factsOf(t types.Type, relative *types.Package, sizes types.Sizes) *typeFacts {
	qualifier := types.RelativeTo(relative)
	facts := &typeFacts{Text: shortened(types.TypeString(t, qualifier)), Kind: kindOfType(t), Size: unknownBytes}
	isValid, isGeneric := examined(t, 0)
	_, isParameter := unaliased(t).(*types.TypeParam)
	facts.IsGeneric, facts.Core = isGeneric, coreKind(t)
	facts.IsInterface = !isParameter && types.IsInterface(t)
	if !isValid || isGeneric {
		return facts
	}
	facts.HasPointers, facts.IsPointerShaped = hasPointers(t), isPointerShaped(t)
	facts.Size, facts.Alignment = sizeOf(t, sizes)
	return facts
}

func sizeOf(t types.Type, sizes types.Sizes) (size, alignment int64) {
	defer func() {
		if recover() != nil {
			size, alignment = unknownBytes, 0
		}
	}()
	return sizes.Sizeof(t), sizes.Alignof(t)
}

func kindOfType(t types.Type) string {
	if _, ok := unaliased(t).(*types.TypeParam); ok {
		return "type parameter"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return types.Typ[u.Kind()].Name()
	case *types.Pointer:
		return "pointer"
	case *types.Slice:
		return "slice"
	case *types.Array:
		return "array"
	case *types.Map:
		return "map"
	case *types.Chan:
		return "channel"
	case *types.Signature:
		return "function"
	case *types.Struct:
		return "struct"
	case *types.Interface:
		return "interface"
	case *types.Tuple:
		return "tuple"
	}
	return "other"
}

// coreKind is the kind that all types have which a type parameter may stand for; empty where they
// differ, and for other types.
func coreKind(t types.Type) string {
	parameter, ok := unaliased(t).(*types.TypeParam)
	if !ok {
		return ""
	}
	kinds := map[string]bool{}
	collectKinds(parameter.Constraint(), kinds, 0)
	for kind := range kinds {
		if len(kinds) == 1 {
			return kind
		}
	}
	return ""
}

func collectKinds(t types.Type, kinds map[string]bool, depth int) {
	if depth > deepestType {
		return
	}
	switch u := unaliased(t).(type) {
	case *types.Union:
		for i := 0; i < u.Len(); i++ {
			collectKinds(u.Term(i).Type(), kinds, depth+1)
		}
		return
	case *types.TypeParam:
		collectKinds(u.Constraint(), kinds, depth+1)
		return
	}
	if constraint, ok := t.Underlying().(*types.Interface); ok {
		for i := 0; i < constraint.NumEmbeddeds(); i++ {
			collectKinds(constraint.EmbeddedType(i), kinds, depth+1)
		}
		return
	}
	kinds[kindOfType(t)] = true
}

// examined says whether all parts of a type that decide its size are known, and whether there are
// type parameters among them. A pointer's size depends on nothing.
func examined(t types.Type, depth int) (isValid, isGeneric bool) {
	if _, ok := unaliased(t).(*types.TypeParam); ok {
		return true, true
	}
	if depth > deepestType {
		return false, false
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.Invalid, false
	case *types.Array:
		return examined(u.Elem(), depth+1)
	case *types.Struct:
		isValid = true
		for i := 0; i < u.NumFields(); i++ {
			valid, generic := examined(u.Field(i).Type(), depth+1)
			isValid, isGeneric = isValid && valid, isGeneric || generic
		}
		return isValid, isGeneric
	case *types.Tuple:
		return false, false
	}
	return true, false
}

func hasPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.String || u.Kind() == types.UnsafePointer || u.Kind() == types.UntypedNil
	case *types.Array:
		return u.Len() > 0 && hasPointers(u.Elem())
	case *types.Struct:
		for i := 0; i < u.NumFields(); i++ {
			if hasPointers(u.Field(i).Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// isPointerShaped says whether an interface holds the value itself.
func isPointerShaped(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Array:
		return u.Len() == 1 && isPointerShaped(u.Elem())
	case *types.Struct:
		return u.NumFields() == 1 && isPointerShaped(u.Field(0).Type())
	}
	return false
}

func (c *checkedPackage) parts(t types.Type) (key, element *typeFacts) {
	keyType, elementType := partTypes(t)
	if keyType != nil {
		key = c.facts(keyType)
	}
	if elementType != nil {
		element = c.facts(elementType)
	}
	return key, element
}

// partTypes are the types of the keys and elements of a container; the element is also what a
// pointer points to.
func partTypes(t types.Type) (key, element types.Type) {
	if _, ok := unaliased(t).(*types.TypeParam); ok {
		return nil, nil
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return nil, u.Elem()
	case *types.Slice:
		return nil, u.Elem()
	case *types.Array:
		return nil, u.Elem()
	case *types.Chan:
		return nil, u.Elem()
	case *types.Map:
		return u.Key(), u.Elem()
	}
	return nil, nil
}

// instancesOf says what a type parameter, or that of the elements of a container, stands for in this
// package, and whether it is used in no other one. Generic code that uses generic code is not
// followed.
func (c *checkedPackage) instancesOf(t types.Type) (instances []*typeFacts, isComplete bool) {
	parameter, ok := unaliased(t).(*types.TypeParam)
	if _, element := partTypes(t); element != nil {
		parameter, ok = unaliased(element).(*types.TypeParam)
	}
	if !ok || c.pkg == nil {
		return nil, false
	}
	isComplete = true
	seen := map[string]bool{}
	owner := c.ownerOf(parameter)
	if owner == nil {
		return nil, false
	}
	for identifier, instance := range c.info.Instances {
		if c.info.Uses[identifier] != owner || parameter.Index() >= instance.TypeArgs.Len() {
			continue
		}
		argument := instance.TypeArgs.At(parameter.Index())
		facts := c.facts(argument)
		if facts.IsGeneric {
			isComplete = false
		} else if !seen[facts.Text] {
			seen[facts.Text] = true
			instances = append(instances, facts)
		}
	}
	isPrivate := c.pkg.Name() == "main" || !owner.Exported()
	return instances, isComplete && isPrivate && !c.isBroken
}

// ownerOf is the generic function or type that declares a type parameter; nil where it is a method's
// receiver.
func (c *checkedPackage) ownerOf(parameter *types.TypeParam) types.Object {
	for identifier, object := range c.info.Defs {
		if object == nil || identifier == nil {
			continue
		}
		switch object := object.(type) {
		case *types.Func:
			if signature, ok := object.Type().(*types.Signature); ok && declares(signature.TypeParams(), parameter) {
				return object
			}
		case *types.TypeName:
			if named, ok := object.Type().(*types.Named); ok && declares(named.TypeParams(), parameter) {
				return object
			}
		}
	}
	return nil
}

func declares(list *types.TypeParamList, parameter *types.TypeParam) bool {
	return list != nil && parameter.Index() < list.Len() && list.At(parameter.Index()) == parameter
}

// signatureOf is the function type that an expression has when it is called.
func signatureOf(t types.Type) *types.Signature {
	if t == nil {
		return nil
	}
	signature, _ := t.Underlying().(*types.Signature)
	return signature
}
