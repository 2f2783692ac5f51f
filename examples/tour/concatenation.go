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

// Signed adds two parts in one statement, which is one allocation.
func Signed(text, name string) string {
	text += "\n-- " + name // want concatenation "text += \"\\n-- \" + name"
	return text
}
