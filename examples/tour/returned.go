package tour

// User is what the functions of this package pass around.
type User struct {
	Name string
	Age  int
}

// NewUser returns the address of its own variable: u outlives the call, so it cannot stand in the
// call's stack frame.
//
// Where NewUser is inlined, as in Greeting below, the same variable may stay on the caller's stack.
func NewUser(name string) *User {
	u := User{Name: name} // want returned "u"
	return &u
}

// NewUserLiteral is the same thing in its usual dress.
func NewUserLiteral(name string) *User {
	return &User{Name: name} // want returned "&User{Name: name}"
}

// Greeting calls NewUser, which is inlined here: this copy of u stays on the stack.
func Greeting(name string) string {
	return "Hello, " + NewUser(name).Name // want returned `"Hello, " + NewUser(name).Name`
}

// Clone allocates once for each user: what stands in a loop matters more. The clones are stored in
// the array that append makes, which is on the heap in every version of Go; the compiler reports it
// since Go 1.25.
func Clone(users []User) []*User {
	var clones []*User
	for _, user := range users {
		clone := user                   // want stored-in-heap "clone"
		clones = append(clones, &clone) // want(>=1.25) returned "append(clones, &clone)"
	}
	return clones
}
