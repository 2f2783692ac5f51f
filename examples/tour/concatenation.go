package tour

// Line puts names together. Each turn makes a new string and copies all that came before: Go prints
// nothing about it.
func Line(names []string) string {
	line := ""
	for _, name := range names {
		line += name // want concatenation "line += name"
	}
	return line
}

// Signed adds two parts in two statements. In one (`text + sign + name`) they are one allocation.
func Signed(text, sign, name string) string {
	text += sign // want concatenation "text += sign"
	text += name // want concatenation "text += name"
	return text
}
