package unicode

var sink *point

type point struct{ x, y int }

func größe(日本 string) *point {
	é, 世界 := "é", &point{1, 2} // want information returned "&point{1, 2}"
	_ = é + 日本 + "😀"
	return 世界
}

func emoji(s string) string {
	return "😀" + s + "é" // want information returned `"😀" + s + "é"`
}

/* a form feed  is no line end */ func after() *int { x := 1; return &x } // want information returned "x"
