package policy_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// person returns somebody with one relationship that has always been live.
func person(attributes policy.Attributes) policy.Subject {
	return policy.Subject{
		At: now, Person: "p1",
		Relationships: []policy.Relationship{{ID: "hr/1", Primary: true, Spans: []policy.Span{{Attributes: attributes}}}},
	}
}

// ada has the attributes that the mappings of company need.
func ada(more policy.Attributes) policy.Attributes {
	a := policy.Attributes{"givenName": {"Ada"}, "familyName": {"Byron"}, "displayName": {"Ada Byron"}, "department": {"Engines"}}
	maps.Copy(a, more)
	return a
}

func evaluate(t *testing.T, e policy.Evaluator, s policy.Subject) policy.Decision {
	t.Helper()
	d, err := e.Evaluate(t.Context(), s)
	require.NoError(t, err)
	return d
}

func at(text string) time.Time {
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return when
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	require.NoError(t, err)
	return z
}

// replace returns text with every old replaced, which there must be.
func replace(text, old, with string) string {
	if !strings.Contains(text, old) {
		panic("nothing to replace")
	}
	return strings.ReplaceAll(text, old, with)
}
