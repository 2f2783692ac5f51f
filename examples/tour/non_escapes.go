package tour

// MakeUser returns a value, not its address: the caller gets a copy.
func MakeUser(name string) User {
	u := User{Name: name}
	return u
}

// Birthday passes a pointer down, to a function that does not keep it. Pointers that only go down
// the stack are free.
func Birthday(name string) int {
	u := User{Name: name, Age: 41}
	older(&u)
	return u.Age
}

//go:noinline
func older(user *User) {
	user.Age++
}

// Total has a closure that is called and never handed out: it stays on the stack, with total.
func Total(numbers []int) int {
	total := 0
	add := func(number int) { total += number }
	for _, number := range numbers {
		add(number)
	}
	return total
}
