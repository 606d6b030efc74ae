package filter

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
)

// Rules tells what only a schema knows.
type Rules interface {
	// CaseExact reports whether the letter case of an attribute's value matters.
	// For a sub-attribute, sub is not empty; "value" may be meant by default.
	CaseExact(schema, attr, sub string) bool
}

// DateTimer is what Rules may be too. Where the Rules are none, two strings that
// both are dateTimes of RFC 3339 are taken for such.
type DateTimer interface {
	// DateTime reports whether values of the attribute are dateTimes.
	DateTime(schema, attr, sub string) bool
}

// ErrBudget says that evaluating would have taken more steps than allowed.
var ErrBudget = errors.New("the filter takes too many steps")

// Budget bounds work. A step is a term evaluated, a value looked at, or 64 bytes
// of text compared. One Budget may serve many evaluations, one after the other.
type Budget struct {
	Limit int // steps allowed
	Spent int // steps taken
}

// Spend takes n steps, and reports whether they were allowed.
func (b *Budget) Spend(n int) bool {
	b.Spent += n
	return b.Spent <= b.Limit
}

// Match reports whether the resource, a decoded JSON object, satisfies e. Values
// of another JSON type than the literal's are not equal to it and cannot be
// ordered.
func Match(e Expr, resource map[string]any, rules Rules) bool {
	matches, _ := Evaluate(e, resource, rules, &Budget{Limit: math.MaxInt})
	return matches
}

// Evaluate does what Match does within a budget. If that is used up, the answer
// is unknown and the error is [ErrBudget].
func Evaluate(e Expr, resource map[string]any, rules Rules, budget *Budget) (bool, error) {
	return scope{rules: rules, budget: budget}.result(e, resource)
}

// Selects reports whether the filter of path selects element, one of the values
// of the path's attribute. A path without a filter selects every element.
func Selects(path Path, element any, rules Rules, budget *Budget) (bool, error) {
	if path.Filter == nil {
		return true, nil
	}
	return scope{rules, budget, &path}.result(path.Filter, asObject(element))
}

// Field returns the member of object with that name in any letter case: the one
// that is spelt so, or else the first in order.
func Field(object map[string]any, name string) any {
	if v, ok := object[name]; ok {
		return v
	}
	found, spelling := any(nil), ""
	for key, v := range object {
		if len(key) == len(name) && strings.EqualFold(key, name) && (spelling == "" || key < spelling) {
			found, spelling = v, key
		}
	}
	return found
}

// scope is where paths start: at the resource, or inside an attribute of it.
type scope struct {
	rules  Rules
	budget *Budget
	within *Path
}

func (s scope) result(e Expr, object map[string]any) (bool, error) {
	matches := s.match(e, object)
	if s.budget.Spent > s.budget.Limit {
		return false, ErrBudget
	}
	return matches, nil
}

// match is of no meaning once the budget is used up; it only ends soon then.
func (s scope) match(e Expr, object map[string]any) bool {
	if !s.budget.Spend(1) {
		return false
	}
	switch e := e.(type) {
	case And:
		return s.match(e.Left, object) && s.match(e.Right, object)
	case Or:
		return s.match(e.Left, object) || s.match(e.Right, object)
	case Not:
		return !s.match(e.Operand, object)
	case Has:
		return s.elements(e.Path, object, func(any) bool { return true })
	case Compare:
		switch e.Op {
		case Present:
			return s.present(e.Path, object)
		case NotEqual:
			e.Op = Equal
			return !s.compare(e, object)
		default:
			return s.compare(e, object)
		}
	default:
		return false
	}
}

// elements calls is with each element of what path leads to, before its
// sub-attribute, until is returns true, and reports whether it did.
func (s scope) elements(path Path, object map[string]any, is func(any) bool) bool {
	if path.Schema != "" {
		inner, ok := s.field(object, path.Schema).(map[string]any)
		if ok {
			object = inner
		} else if !isCore(path.Schema) {
			return false
		}
	}
	found := s.field(object, path.Attr)
	all, isList := found.([]any)
	if !isList {
		all = []any{found}
	}
	inner := scope{s.rules, s.budget, &path}
	for _, element := range all {
		if !s.budget.Spend(1) {
			return false
		}
		if element == nil || path.Filter != nil && !inner.match(path.Filter, asObject(element)) {
			continue
		}
		if is(element) {
			return true
		}
	}
	return false
}

// values does the same with simple values: those of the sub-attribute, or those
// named "value" of complex ones, together with that name.
func (s scope) values(path Path, object map[string]any, is func(value any, sub string) bool) bool {
	return s.elements(path, object, func(element any) bool {
		sub := path.Sub
		if _, complex := element.(map[string]any); complex && sub == "" {
			sub = "value"
		}
		if sub != "" {
			element = s.field(asObject(element), sub)
		}
		list, ok := element.([]any)
		if !ok {
			return element != nil && is(element, sub)
		}
		return slices.ContainsFunc(list, func(v any) bool { return s.budget.Spend(1) && v != nil && is(v, sub) })
	})
}

// field spends steps for looking through a large object.
func (s scope) field(object map[string]any, name string) any {
	v, ok := object[name]
	if !ok && s.budget.Spend(len(object)/16) {
		v = Field(object, name)
	}
	return v
}

// asObject returns an element as the object that a value filter looks into. A
// simple value is addressed as "value": RFC 7644, section 3.5.2.
func asObject(element any) map[string]any {
	if fields, ok := element.(map[string]any); ok {
		return fields
	}
	return map[string]any{"value": element}
}

// isCore reports whether the attributes of that schema are in the resource
// itself, not in a member of the schema's name.
func isCore(schema string) bool {
	const prefix = "urn:ietf:params:scim:schemas:core:"
	return len(schema) > len(prefix) && strings.EqualFold(schema[:len(prefix)], prefix)
}

// present reports whether there is a value that is not empty: RFC 7644, table 3.
func (s scope) present(path Path, object map[string]any) bool {
	if path.Sub != "" {
		return s.values(path, object, func(v any, _ string) bool { return s.filled(v) })
	}
	return s.elements(path, object, s.filled)
}

func (s scope) filled(v any) bool {
	if !s.budget.Spend(1) {
		return false
	}
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return slices.ContainsFunc(v, s.filled)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), s.filled)
	default:
		return true
	}
}
