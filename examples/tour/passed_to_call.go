package tour

var registry []*User

// register keeps its argument. The compiler knows that of each function it has compiled ("leaking
// param: user"), and so everything whose address is passed to it must be on the heap.
//
//go:noinline
func register(user *User) {
	registry = append(registry, user) // want(>=1.25) stored-in-heap "append(registry, user)"
}

// SignUp passes the address of its variable to register.
func SignUp(name string) {
	u := User{Name: name} // want passed-to-call "u"
	register(&u)
}
