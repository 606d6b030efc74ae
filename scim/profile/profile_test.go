package profile_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
)

func TestEveryProfileIsSoundAndReadsAsItPrints(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, profile.Names())
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		require.NoError(t, err)
		require.Equal(t, name, p.Name)
		require.NoError(t, p.Check(), name)
		require.NotEmpty(t, p.Sources, "%s: where do its facts come from?", name)
		again, err := profile.Load(name, strings.NewReader(p.String()))
		require.NoError(t, err, p.String())
		require.Equal(t, p, again)
	}
}

func TestUnconfirmedFactsAreSaid(t *testing.T) {
	t.Parallel()
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		require.NoError(t, err)
		for _, path := range p.Unconfirmed {
			v := reflect.ValueOf(p)
			for part := range strings.SplitSeq(path, ".") {
				v = v.FieldByNameFunc(func(field string) bool {
					f, _ := v.Type().FieldByName(field)
					key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
					return key == part
				})
			}
			require.False(t, v.IsZero(), "%s: %s is unconfirmed, and the profile does not say it", name, path)
		}
	}
}

func TestNamesAreSorted(t *testing.T) {
	t.Parallel()
	names := profile.Names()
	require.True(t, slices.IsSorted(names), "%q", names)
	require.Contains(t, names, "generic")
	require.Less(t, slices.Index(names, "okta"), slices.Index(names, "okta-catalogue"))
}

func TestGenericDeviatesInNothing(t *testing.T) {
	t.Parallel()
	p, err := profile.Get("generic")
	require.NoError(t, err)
	require.Equal(t, profile.Profile{Name: p.Name, Product: p.Product, Checked: p.Checked, Sources: p.Sources}, p)
}

func TestGetOfAnUnknownNameListsAndSuggests(t *testing.T) {
	t.Parallel()
	_, err := profile.Get("keyclock")
	require.ErrorContains(t, err, `profile "keyclock": not known, did you mean "keycloak"?; there are `+strings.Join(profile.Names(), ", "))
	_, err = profile.Get("")
	require.ErrorContains(t, err, `profile "": not known; there are `)
}

// What one caller does to a profile is not seen by another.
func TestGetReturnsACopy(t *testing.T) {
	t.Parallel()
	for _, name := range profile.Names() {
		mine, err := profile.Get(name)
		require.NoError(t, err)
		before := mine.String()
		overwrite(reflect.ValueOf(&mine).Elem())
		yours, err := profile.Get(name)
		require.NoError(t, err)
		require.Equal(t, before, yours.String())
	}
}

// The test before this one would miss a field that no profile has.
func TestSomeProfileHasEveryFieldThatCanBeShared(t *testing.T) {
	t.Parallel()
	filled := map[string]bool{}
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		require.NoError(t, err)
		shareable(reflect.ValueOf(p), "", filled)
	}
	require.Greater(t, len(filled), 5)
	for path, is := range filled {
		require.True(t, is, "no profile has %s", path)
	}
}

// shareable notes the fields that are slices or maps, and whether they have been
// seen with something in them.
func shareable(v reflect.Value, path string, filled map[string]bool) {
	switch v.Kind() {
	case reflect.Struct:
		for field, value := range v.Fields() {
			shareable(value, path+"."+field.Name, filled)
		}
	case reflect.Slice, reflect.Map:
		filled[path] = filled[path] || v.Len() > 0
	}
}

// overwrite changes everything that v refers to.
func overwrite(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			overwrite(field)
		}
	case reflect.Slice:
		for i := range v.Len() {
			v.Index(i).SetZero()
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			v.SetMapIndex(key, reflect.ValueOf("overwritten"))
		}
	}
}

// filled returns a sound profile that says something in every field that is a list.
func filled(t *testing.T) profile.Profile {
	t.Helper()
	p, err := profile.Get("generic")
	require.NoError(t, err)
	one := []string{"a"}
	p.Sources, p.Unconfirmed, p.Notes = []string{"https://example.com"}, []string{"etag"}, one
	p.Addresses = []string{"https://example.com/scim"}
	p.Discovery.Distrust, p.Filter.Users, p.Filter.Groups = []string{"patch"}, one, one
	p.Attributes.Unknown, p.Update.PatchOnly = one, one
	p.Attributes.Entitlements = map[string]string{"role": "roles"}
	p.Rate = []profile.Rate{{Requests: 1, Per: 1}}
	require.NoError(t, p.Check())
	return p
}
