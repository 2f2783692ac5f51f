// Package tour shows each reason for which Go moves a value to the heap, one file per reason, and
// in non_escapes.go what looks alike and stays on the stack.
//
// Try it from the root of the repository:
//
//	goescape check -C examples/tour
//	goescape explain examples/tour/returned.go:15
//
// A comment "want CODE TEXT" at the end of a line says what goescape reports there: the code of
// the finding and the source text that it covers; "want(<1.25)" and "want(>=1.25)" hold for those
// versions of Go only. A line without such a comment has no finding. The project's tests compare.
package tour
