package profile

import "testing"

const count = 20000

var (
	weight float64
	seen   map[int]int
)

func BenchmarkBoxed(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		weight = WeightOfBoxed(Boxed(count))
	}
}

func BenchmarkPlain(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		weight = WeightOfPlain(Plain(count))
	}
}

func BenchmarkIndex(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		seen = Index(count)
	}
}
