package filter

import "fmt"

// The limits that hold unless [Limits] has others.
const (
	MaxLength = 8 << 10 // bytes of a filter or path
	MaxNodes  = 500     // comparisons, negations and connectives
	MaxDepth  = 32      // nested parentheses and brackets
)

// Limits bounds what is read. A zero field means the constant of that name.
type Limits struct {
	Length int // bytes
	Nodes  int // comparisons, negations and connectives
	Depth  int // nested parentheses and brackets
}

func (l Limits) withDefaults() Limits {
	if l.Length == 0 {
		l.Length = MaxLength
	}
	if l.Nodes == 0 {
		l.Nodes = MaxNodes
	}
	if l.Depth == 0 {
		l.Depth = MaxDepth
	}
	return l
}

// SyntaxError says why and where a filter or path was refused.
type SyntaxError struct {
	Offset int // bytes before the mistake
	Reason string
}

// Error returns the place, counted from 1, and the reason.
func (e *SyntaxError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Offset+1, e.Reason) }
