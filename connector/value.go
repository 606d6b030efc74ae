package connector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Value is the value of an account's attribute: null, one string, or a list of
// strings. An attribute that is absent from a map has no Value at all, which
// means "leave it alone"; Null means "clear it"; String("") is an empty string
// and may be refused by the target. The zero Value is Null.
//
// A list is a set: its order carries no meaning and is kept only for display.
type Value struct {
	list   []string
	single bool
}

// Null is the value that clears an attribute.
func Null() Value { return Value{} }

// String is a value of one string.
func String(s string) Value { return Value{list: []string{s}, single: true} }

// Strings is a list of strings. An empty list is Null.
func Strings(s ...string) Value { return Value{list: slices.Clone(s)} }

// IsNull reports whether v clears the attribute.
func (v Value) IsNull() bool { return len(v.list) == 0 }

// IsList reports whether v is a list rather than one string.
func (v Value) IsList() bool { return len(v.list) > 0 && !v.single }

// All returns the strings of v, none if it is Null. The slice is the caller's.
func (v Value) All() []string { return slices.Clone(v.list) }

// Text returns the one string of v, the first of a list, or "" for Null.
func (v Value) Text() string {
	if len(v.list) == 0 {
		return ""
	}
	return v.list[0]
}

// Equal reports whether v and w mean the same. A list of one string equals that
// string; lists are compared as sets.
func (v Value) Equal(w Value) bool {
	a, b := slices.Clone(v.list), slices.Clone(w.list)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// String returns v for people: null, "a" or ["a" "b"].
func (v Value) String() string {
	switch {
	case v.IsNull():
		return "null"
	case v.single:
		return fmt.Sprintf("%q", v.list[0])
	default:
		quoted := make([]string, len(v.list))
		for i, s := range v.list {
			quoted[i] = fmt.Sprintf("%q", s)
		}
		return "[" + strings.Join(quoted, " ") + "]"
	}
}

// MarshalJSON writes null, a string or an array of strings.
func (v Value) MarshalJSON() ([]byte, error) {
	switch {
	case v.IsNull():
		return []byte("null"), nil
	case v.single:
		return json.Marshal(v.list[0])
	default:
		return json.Marshal(v.list)
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(data []byte) error {
	switch data = bytes.TrimSpace(data); {
	case bytes.Equal(data, []byte("null")):
		*v = Null()
		return nil
	case len(data) > 0 && data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*v = String(s)
		return nil
	default:
		var list []string
		if err := json.Unmarshal(data, &list); err != nil {
			return fmt.Errorf("attribute value: want null, a string or a list of strings: %w", err)
		}
		*v = Strings(list...)
		return nil
	}
}
