package profile

// Plain collects values: one object, whatever the count.
func Plain(count int) []Point {
	points := make([]Point, 0, count) // profile: hot
	for i := 0; i < count; i++ {
		points = append(points, Point{X: float64(i), Weight: 1})
	}
	return points
}

// WeightOfPlain adds up what Plain collected.
func WeightOfPlain(points []Point) float64 {
	sum := 0.0
	for _, each := range points {
		sum += each.Weight
	}
	return sum
}

// Index counts what it has seen in a map, which grows without a word of the compiler.
func Index(count int) map[int]int {
	seen := make(map[int]int)
	for i := 0; i < count; i++ {
		seen[i]++ // profile: map growth
	}
	return seen
}
