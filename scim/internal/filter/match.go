package filter

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Rules tells what only a schema knows.
type Rules interface {
	// CaseExact reports whether the letter case of an attribute's value matters.
	// For a sub-attribute, sub is not empty.
	CaseExact(schema, attr, sub string) bool
}

// Match reports whether the resource, a decoded JSON object, satisfies e. Names
// of attributes are compared without regard to case. Values of another JSON
// type than the literal's are not equal to it and cannot be ordered.
func Match(e Expr, resource map[string]any, rules Rules) bool {
	return scope{rules: rules}.match(e, resource)
}

// Select returns the elements of what path leads to, before its sub-attribute:
// all values of the attribute, or those that satisfy the path's filter.
func Select(path Path, resource map[string]any, rules Rules) []any {
	return scope{rules: rules}.elements(path, resource)
}

// Field returns the member of object with that name in any letter case.
func Field(object map[string]any, name string) any {
	if v, ok := object[name]; ok {
		return v
	}
	for key, v := range object {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

// scope is where paths start: at the resource, or inside an attribute of it.
type scope struct {
	rules  Rules
	within *Path
}

func (s scope) match(e Expr, object map[string]any) bool {
	switch e := e.(type) {
	case And:
		return s.match(e.Left, object) && s.match(e.Right, object)
	case Or:
		return s.match(e.Left, object) || s.match(e.Right, object)
	case Not:
		return !s.match(e.Operand, object)
	case Has:
		return len(s.elements(e.Path, object)) > 0
	case Compare:
		if e.Op == Present {
			return s.present(e.Path, object)
		}
		return s.compare(e, s.values(e.Path, object))
	default:
		return false
	}
}

func (s scope) elements(path Path, object map[string]any) []any {
	if path.Schema != "" {
		object, _ = Field(object, path.Schema).(map[string]any)
	}
	var all []any
	switch v := Field(object, path.Attr).(type) {
	case nil:
	case []any:
		all = v
	default:
		all = []any{v}
	}
	if path.Filter == nil {
		return all
	}
	inner := scope{s.rules, &path}
	var chosen []any
	for _, element := range all {
		fields, ok := element.(map[string]any)
		if !ok { // a simple value is addressed as "value": RFC 7644, section 3.5.2
			fields = map[string]any{"value": element}
		}
		if inner.match(path.Filter, fields) {
			chosen = append(chosen, element)
		}
	}
	return chosen
}

// values returns what is compared: simple values. A complex one without a
// sub-attribute stands for its "value".
func (s scope) values(path Path, object map[string]any) []any {
	var values []any
	for _, element := range s.elements(path, object) {
		if fields, ok := element.(map[string]any); ok {
			sub := path.Sub
			if sub == "" {
				sub = "value"
			}
			element = Field(fields, sub)
		} else if path.Sub != "" {
			continue
		}
		if list, ok := element.([]any); ok {
			values = append(values, list...)
		} else if element != nil {
			values = append(values, element)
		}
	}
	return values
}

// present reports whether there is a value that is not empty: RFC 7644, table 3.
func (s scope) present(path Path, object map[string]any) bool {
	values := s.elements(path, object)
	if path.Sub != "" {
		values = s.values(path, object)
	}
	for _, v := range values {
		if fields, ok := v.(map[string]any); v != "" && (!ok || len(fields) > 0) {
			return true
		}
	}
	return false
}

func (s scope) compare(c Compare, values []any) bool {
	fold := !s.caseExact(c.Path)
	if c.Op == NotEqual {
		c.Op = Equal
		return !s.compare(c, values)
	}
	if c.Value.Kind == NullLiteral {
		return len(values) == 0
	}
	for _, v := range values {
		if holds(c.Op, v, c.Value, fold) {
			return true
		}
	}
	return false
}

func (s scope) caseExact(path Path) bool {
	if s.within != nil {
		return s.rules.CaseExact(s.within.Schema, s.within.Attr, path.Attr)
	}
	return s.rules.CaseExact(path.Schema, path.Attr, path.Sub)
}

func holds(op Operator, value any, literal Literal, fold bool) bool {
	switch v := value.(type) {
	case bool:
		return op == Equal && literal.Kind == BoolLiteral && strconv.FormatBool(v) == literal.Text
	case string:
		return literal.Kind == StringLiteral && holdsText(op, v, literal.Text, fold)
	case json.Number:
		return holdsNumber(op, v.String(), literal)
	case float64:
		return holdsNumber(op, strconv.FormatFloat(v, 'g', -1, 64), literal)
	case int64:
		return holdsNumber(op, strconv.FormatInt(v, 10), literal)
	default:
		return false
	}
}

func holdsText(op Operator, v, want string, fold bool) bool {
	if op != Equal && op != Contains && op != StartsWith && op != EndsWith {
		a, errA := time.Parse(time.RFC3339, v)
		b, errB := time.Parse(time.RFC3339, want)
		if errA == nil && errB == nil {
			return ordered(op, a.Compare(b))
		}
	}
	if fold {
		v, want = strings.ToLower(v), strings.ToLower(want)
	}
	switch op {
	case Equal:
		return v == want
	case Contains:
		return strings.Contains(v, want)
	case StartsWith:
		return strings.HasPrefix(v, want)
	case EndsWith:
		return strings.HasSuffix(v, want)
	default:
		return ordered(op, strings.Compare(v, want))
	}
}

func holdsNumber(op Operator, v string, literal Literal) bool {
	if literal.Kind != NumberLiteral {
		return false
	}
	a, errA := strconv.ParseInt(v, 10, 64)
	b, errB := strconv.ParseInt(literal.Text, 10, 64)
	if errA == nil && errB == nil {
		return ordered(op, cmp.Compare(a, b))
	}
	x, errX := strconv.ParseFloat(v, 64)
	y, errY := strconv.ParseFloat(literal.Text, 64)
	return errX == nil && errY == nil && ordered(op, cmp.Compare(x, y))
}

func ordered(op Operator, sign int) bool {
	switch op {
	case Equal:
		return sign == 0
	case Greater:
		return sign > 0
	case GreaterOrEqual:
		return sign >= 0
	case Less:
		return sign < 0
	case LessOrEqual:
		return sign <= 0
	default:
		return false
	}
}
