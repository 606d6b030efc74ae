package filter

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// compare evaluates a comparison, but for Present and NotEqual.
func (s scope) compare(c Compare, object map[string]any) bool {
	if c.Value.Kind != NullLiteral {
		return s.values(c.Path, object, func(v any, sub string) bool { return s.holds(c, v, sub) })
	}
	if c.Path.Sub != "" {
		return !s.values(c.Path, object, func(any, string) bool { return true })
	}
	return !s.elements(c.Path, object, func(any) bool { return true })
}

func (s scope) holds(c Compare, value any, sub string) bool {
	if !s.budget.Spend(1) {
		return false
	}
	switch v := value.(type) {
	case bool:
		return c.Op == Equal && c.Value.Kind == BoolLiteral && strconv.FormatBool(v) == c.Value.Text
	case string:
		return c.Value.Kind == StringLiteral && s.holdsText(c, v, sub)
	case json.Number:
		return s.holdsNumber(c, v.String())
	case float64:
		return s.holdsNumber(c, strconv.FormatFloat(v, 'g', -1, 64))
	case int64:
		return s.holdsNumber(c, strconv.FormatInt(v, 10))
	case int:
		return s.holdsNumber(c, strconv.Itoa(v))
	default:
		return false
	}
}

func (s scope) holdsText(c Compare, v, sub string) bool {
	want := c.Value.Text
	if !s.budget.Spend((len(v) + len(want)) / 64) {
		return false
	}
	path := Path{Schema: c.Path.Schema, Attr: c.Path.Attr, Sub: sub}
	if s.within != nil {
		path = Path{Schema: s.within.Schema, Attr: s.within.Attr, Sub: c.Path.Attr}
	}
	switch c.Op {
	case Contains, StartsWith, EndsWith:
	default:
		if a, b, ok := s.instants(path, v, want); ok {
			return ordered(c.Op, a.Compare(b))
		}
	}
	if !s.rules.CaseExact(path.Schema, path.Attr, path.Sub) {
		v, want = Fold(v), Fold(want)
	}
	switch c.Op {
	case Contains:
		return strings.Contains(v, want)
	case StartsWith:
		return strings.HasPrefix(v, want)
	case EndsWith:
		return strings.HasSuffix(v, want)
	default:
		return ordered(c.Op, strings.Compare(v, want))
	}
}

// instants returns two texts as instants, if that is what they are.
func (s scope) instants(path Path, v, want string) (a, b time.Time, ok bool) {
	if timer, knows := s.rules.(DateTimer); knows && !timer.DateTime(path.Schema, path.Attr, path.Sub) {
		return a, b, false
	}
	a, okA := instant(v)
	b, okB := instant(want)
	return a, b, okA && okB
}

// instant reads an xsd:dateTime: RFC 7643, section 2.3.5. One without a zone is
// no instant.
func instant(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") || s[0] < '0' || s[0] > '9' {
		return time.Time{}, false // as nearly all strings are, at no cost
	}
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}

func (s scope) holdsNumber(c Compare, v string) bool {
	if c.Value.Kind != NumberLiteral || !s.budget.Spend((len(v)+len(c.Value.Text))/64) {
		return false
	}
	a, okA := parseDecimal(v)
	b, okB := parseDecimal(c.Value.Text)
	return okA && okB && ordered(c.Op, a.compare(b))
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

// Fold returns s with each character replaced by one that stands for all that
// differ from it in case only: Fold(a) == Fold(b) if strings.EqualFold(a, b), and
// only then.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		first := r
		if r > unicode.MaxASCII {
			for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
				first = min(first, next)
			}
		}
		if 'A' <= first && first <= 'Z' {
			first += 'a' - 'A'
		}
		return first
	}, s)
}
