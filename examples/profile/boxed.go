// Package profile does the same work twice: with pointers in a slice of interfaces, each of which
// is an object of its own, and with values in one array. Its benchmarks write the profiles that
// docs/profiles.md reads.
package profile

// Point is what both ways collect.
type Point struct {
	X, Y, Z, Weight float64
}

// Boxed collects pointers as interfaces: one object for each point, and the slice.
func Boxed(count int) []interface{} {
	points := make([]interface{}, 0, count)
	for i := 0; i < count; i++ {
		points = append(points, &Point{X: float64(i), Weight: 1}) // profile: hot
	}
	return points
}

// WeightOfBoxed adds up what Boxed collected.
func WeightOfBoxed(points []interface{}) float64 {
	sum := 0.0
	for _, each := range points {
		sum += each.(*Point).Weight
	}
	return sum
}

// Described is what no benchmark calls: a profile says that it is cold.
func Described(names []string) []*string {
	var described []*string
	for _, name := range names {
		text := name + "!" // profile: cold
		described = append(described, &text)
	}
	return described
}
