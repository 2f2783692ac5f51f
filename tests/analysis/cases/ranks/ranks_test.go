package ranks

import "testing"

func TestInLoop(t *testing.T) {
	for i := 0; i < 3; i++ {
		list = append(list, &item{n: i}) // want hint stored-in-heap "&item{n: i}"; want(>=1.25) hint stored-in-heap "append(list, &item{n: i})"
	}
}
