package filter

import (
	"bytes"
	"encoding/json"
	"strings"
)

// LiteralKind is the JSON type of a literal.
type LiteralKind int

// The kinds of literals. The zero kind is null.
const (
	NullLiteral LiteralKind = iota
	StringLiteral
	NumberLiteral
	BoolLiteral
)

// Literal is the value that a comparison names. Text is the string itself, the
// number as it was written, or true or false.
type Literal struct {
	Kind LiteralKind
	Text string
}

// String returns the literal as JSON.
func (l Literal) String() string {
	switch l.Kind {
	case StringLiteral:
		return Quote(l.Text)
	case NumberLiteral, BoolLiteral:
		return l.Text
	default:
		return "null"
	}
}

// Quote returns s as a string literal of a filter, which is a JSON string. It
// escapes no more than it must, since not every server knows every escape.
func Quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil { // a string always has a JSON form
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
