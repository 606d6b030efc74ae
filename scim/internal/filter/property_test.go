package filter_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// generator makes random filters.
type generator struct{ *rand.Rand }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

func (g generator) expr(depth int, inner bool) filter.Expr {
	if depth == 0 {
		return g.comparison(inner)
	}
	switch g.IntN(6) {
	case 0:
		return filter.And{Left: g.expr(depth-1, inner), Right: g.expr(depth-1, inner)}
	case 1:
		return filter.Or{Left: g.expr(depth-1, inner), Right: g.expr(depth-1, inner)}
	case 2:
		return filter.Not{Operand: g.expr(depth-1, inner)}
	case 3:
		if !inner {
			path := g.path()
			path.Sub, path.Filter = "", g.expr(depth-1, true)
			return filter.Has{Path: path}
		}
	}
	return g.comparison(inner)
}

func (g generator) comparison(inner bool) filter.Expr {
	path := g.path()
	if !inner && g.IntN(5) == 0 {
		path.Filter = g.expr(1, true)
	}
	if g.IntN(4) == 0 {
		return filter.Compare{Path: path, Op: filter.Present}
	}
	op := pick(g, filter.Equal, filter.NotEqual, filter.Contains, filter.StartsWith, filter.EndsWith, filter.Greater, filter.GreaterOrEqual, filter.Less, filter.LessOrEqual)
	value := filter.Literal{Kind: filter.StringLiteral, Text: g.text()}
	switch op {
	case filter.Equal, filter.NotEqual:
		value = pick(g, value, filter.Literal{}, filter.Literal{Kind: filter.BoolLiteral, Text: "true"}, g.number())
	case filter.Greater, filter.Less:
		value = pick(g, value, g.number())
	}
	return filter.Compare{Path: path, Op: op, Value: value}
}

func (g generator) number() filter.Literal {
	return filter.Literal{Kind: filter.NumberLiteral, Text: pick(g, "0", "41", "-1.50", "4.1e+1", "1E-9", "9007199254740993")}
}

func (g generator) path() filter.Path {
	return filter.Path{
		Schema: pick(g, "", "", "", enterprise, "http://example.com/a-b_c/2.0:X"),
		Attr:   pick(g, "userName", "emails", "name", "tags", "and", "or", "not", "eq", "$ref", "a-b_9", "manager", "active", "age"),
		Sub:    pick(g, "", "", "value", "type", "$ref", "familyName"),
	}
}

func (g generator) text() string {
	var b strings.Builder
	for range g.IntN(6) {
		b.WriteRune(pick(g, 'a', 'B', '"', '\\', '/', '\n', 0, ']', ')', ' ', 'é', '<', '\u2028', '\uFFFD', '😀'))
	}
	return b.String()
}

func TestPrintedFiltersReadTheSame(t *testing.T) {
	t.Parallel()
	g := generator{rand.New(rand.NewPCG(1, 2))}
	user := resource(t)
	for range 20_000 {
		e := g.expr(g.IntN(5), false)
		again, err := filter.Parse(e.String())
		require.NoError(t, err, e.String())
		require.Equal(t, e.String(), again.String())
		require.Equal(t, e, again, e.String())
		not, err := filter.Parse("not (" + e.String() + ")")
		require.NoError(t, err)
		require.NotEqual(t, filter.Match(e, user, rules{}), filter.Match(not, user, rules{}), e.String())
	}
}

// Whatever the case of what has none, and the white space, a filter is the same.
func TestSpellingDoesNotMatter(t *testing.T) {
	t.Parallel()
	want, err := filter.Parse(`(a eq true or b[c sw "X"]) and not (d ne null)`)
	require.NoError(t, err)
	for _, text := range []string{
		`( a EQ True OR b[ c Sw "X" ] )AND NOT( d nE NULL )`,
		"\t(a eq TRUE or b[c sw\t\"X\"]) and  not (d ne null)  ",
		`(((a eq true) or (b[(c sw "\u0058")]))) and (not ((d ne null)))`,
	} {
		got, err := filter.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
		require.Equal(t, `(a eq true or b[c sw "X"]) and not (d ne null)`, got.String())
	}
}

func TestFoldAgreesWithEqualFold(t *testing.T) {
	t.Parallel()
	runes := []rune{'k', 'K', '\u212A', 's', 'S', 'ſ', 'ß', 'ẞ', 'Σ', 'ς', 'σ', 'é', 'É', 'i', 'İ', 'ı', 'I', '_', '😀'}
	for _, a := range runes {
		for _, b := range runes {
			require.Equal(t, strings.EqualFold(string(a), string(b)), filter.Fold(string(a)) == filter.Fold(string(b)), fmt.Sprintf("%c %c", a, b))
		}
	}
}
