package tour

import "io"

// WriteHeader calls a method of an interface. The compiler cannot see which Write that is, so it
// must expect one that keeps the slice.
func WriteHeader(w io.Writer) error {
	var header [16]byte // want indirect-call "header"
	header[0] = 1
	_, err := w.Write(header[:])
	return err
}

// Visit calls a function value: the same.
func Visit(names []string, visit func(*User)) {
	for _, name := range names {
		u := User{Name: name} // want indirect-call "u"
		visit(&u)
	}
}
