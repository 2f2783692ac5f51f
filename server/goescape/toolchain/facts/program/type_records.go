package main

// What is asked of types, and what is answered.

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
	Converted  *typeFacts    `json:"converted"`   // the interface that it is put into where it stands
	Instances  []*typeFacts  `json:"instances"`   // what its type parameter, or its elements', stands for
	IsComplete bool          `json:"is_complete"` // whether these are all instances
}

type conversionFact struct {
	At         position   `json:"at"`
	Source     *typeFacts `json:"source"`
	Target     *typeFacts `json:"target"`
	Reason     string     `json:"reason"`
	IsConstant bool       `json:"is_constant"`
}
