// Package elsewhere has types that importers cannot see into.
package elsewhere

type Nothing struct{}

func (Nothing) Do() {}

type nothing struct{}

func (nothing) Do() {}

type Doer interface{ Do() }

type Names []string

type Level uint8

type Weekday int

const Highest Level = 250

func New() Doer { return Nothing{} } // none "Nothing{}"

func NewHidden() Doer { return nothing{} } // none "nothing{}"

func NewPointer() *Nothing { return &Nothing{} } // none "&Nothing{}"
