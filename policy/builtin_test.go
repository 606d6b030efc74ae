package policy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
)

// The packages do not know each other, so this test holds them together: what a
// worker shows is what a policy may read.
func TestBuiltInAttributesAreThoseOfWorkers(t *testing.T) {
	t.Parallel()
	types := map[hrsource.FieldKind]policy.AttributeType{
		hrsource.KindText: policy.TypeString, hrsource.KindDate: policy.TypeDate, hrsource.KindFlag: policy.TypeBool,
	}
	values := map[hrsource.FieldKind]string{hrsource.KindText: "x", hrsource.KindDate: "2026-01-31", hrsource.KindFlag: "true", hrsource.KindInstant: "2026-01-31T00:00:00Z"}
	special := map[string]string{"status": "active", "email": "a@b.example", "personalEmail": "a@b.example", "language": "en", "timezone": "Europe/Vienna", "country": "AT"}
	var w hrsource.Worker
	var a hrsource.Assignment
	for _, name := range hrsource.FieldNames() {
		field, _ := hrsource.FieldOf(name)
		text, ok := special[name]
		if !ok {
			text = values[field.Kind]
		}
		require.Nil(t, w.Set(&a, name, text), name)
	}
	shown := w.Attributes(a)
	var names []string
	for _, attribute := range policy.BuiltIn() {
		names = append(names, attribute.Name)
		field, ok := hrsource.FieldOf(attribute.Name)
		require.True(t, ok, attribute.Name)
		require.Equal(t, types[field.Kind], attribute.Type, attribute.Name)
		require.NotEmpty(t, attribute.Description, attribute.Name)
		require.Contains(t, shown, attribute.Name)
	}
	require.Len(t, shown, len(names))
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(shown))
	policy.BuiltIn()[0].Name = "spoiled"
	require.Equal(t, "source", policy.BuiltIn()[0].Name)
}
