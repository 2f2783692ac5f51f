"""How fast goescape is, beside gopls, the go command and the compiler alone."""
