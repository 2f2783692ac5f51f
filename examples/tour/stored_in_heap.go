package tour

// Node is a linked list.
type Node struct {
	Value int
	Next  *Node
}

var (
	latest  *User
	byName  = make(map[string]*User) // want stored-in-heap "make(map[string]*User)"
	pending = make(chan *User, 1)    // want channel "make(chan *User, 1)"
)

// Remember stores the address in a package variable, which lives as long as the program.
func Remember(name string) {
	u := User{Name: name} // want stored-in-heap "u"
	latest = &u
}

// Push stores the address behind a pointer: Go does not follow what happens to it there.
func (n *Node) Push(value int) {
	next := Node{Value: value, Next: n.Next} // want stored-in-heap "next"
	n.Next = &next
}

// Index stores the address in a map.
func Index(name string) {
	u := User{Name: name} // want stored-in-heap "u"
	byName[name] = &u
}

// Replace stores the address in an element of a slice that somebody else made.
func Replace(users []*User, name string) {
	u := User{Name: name} // want stored-in-heap "u"
	users[0] = &u
}

// Send hands the address to whoever receives it.
func Send(name string) {
	u := User{Name: name} // want stored-in-heap "u"
	pending <- &u
}
