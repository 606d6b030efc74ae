package connector_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/joinery-iam/joinery/connector"
	"github.com/stretchr/testify/require"
)

func TestValueKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value      connector.Value
		null, list bool
		text, show string
		all        []string
		json       string
	}{
		{connector.Value{}, true, false, "", "null", nil, `null`},
		{connector.Null(), true, false, "", "null", nil, `null`},
		{connector.Strings(), true, false, "", "null", nil, `null`},
		{connector.String(""), false, false, "", `""`, []string{""}, `""`},
		{connector.String("a"), false, false, "a", `"a"`, []string{"a"}, `"a"`},
		{connector.Strings("a"), false, true, "a", `["a"]`, []string{"a"}, `["a"]`},
		{connector.Strings("b", `"a`), false, true, "b", `["b" "\"a"]`, []string{"b", `"a`}, `["b","\"a"]`},
	} {
		require.Equal(t, c.null, c.value.IsNull(), c.show)
		require.Equal(t, c.list, c.value.IsList(), c.show)
		require.Equal(t, c.text, c.value.Text(), c.show)
		require.Equal(t, c.show, c.value.String())
		require.Equal(t, c.all, c.value.All(), c.show)
		data, err := json.Marshal(c.value)
		require.NoError(t, err)
		require.JSONEq(t, c.json, string(data))
		var back connector.Value
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, c.value.IsList(), back.IsList(), c.show)
		require.True(t, back.Equal(c.value), c.show)
	}
}

func TestValueEqual(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b connector.Value
		want bool
	}{
		{connector.Null(), connector.Strings(), true},
		{connector.Null(), connector.String(""), false},
		{connector.String("a"), connector.Strings("a"), true},
		{connector.String("a"), connector.String("A"), false},
		{connector.Strings("a", "b"), connector.Strings("b", "a"), true},
		{connector.Strings("a", "b", "a"), connector.Strings("b", "a"), true},
		{connector.Strings("a", "b"), connector.Strings("a", "c"), false},
		{connector.Strings("a", "b"), connector.String("a"), false},
	} {
		require.Equal(t, c.want, c.a.Equal(c.b), "%s and %s", c.a, c.b)
		require.Equal(t, c.want, c.b.Equal(c.a), "%s and %s", c.b, c.a)
	}
}

func TestValueIsNotChangedFromOutside(t *testing.T) {
	t.Parallel()
	given := []string{"b", "a"}
	v := connector.Strings(given...)
	given[0] = "changed"
	v.All()[1] = "changed"
	require.True(t, v.Equal(connector.Strings("a", "b")))
	require.Equal(t, []string{"b", "a"}, v.All(), "comparing does not sort it either")
}

func TestValueTellsNullFromAbsentInAMap(t *testing.T) {
	t.Parallel()
	var attributes map[string]connector.Value
	require.NoError(t, json.Unmarshal([]byte(`{"title":null,"phones":["1"," "],"mail":""}`), &attributes))
	require.Len(t, attributes, 3)
	require.True(t, attributes["title"].IsNull())
	require.False(t, attributes["mail"].IsNull())
	require.Equal(t, []string{"1", " "}, attributes["phones"].All())
}

func TestValueRefusesOtherJSON(t *testing.T) {
	t.Parallel()
	for _, data := range []string{`1`, `true`, `{}`, `[1]`, `[["a"]]`, `"a`, ``, `[`} {
		v := connector.String("before")
		require.Error(t, v.UnmarshalJSON([]byte(data)), data)
		require.Equal(t, "before", v.Text(), data)
	}
}

func FuzzValueJSON(f *testing.F) {
	for _, seed := range []string{`null`, `""`, `"a"`, `[]`, `["a","b"]`, ` ["a" ] `, `{"a":1}`, `[null]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v connector.Value
		if json.Unmarshal(data, &v) != nil {
			return
		}
		out, err := json.Marshal(v)
		require.NoError(t, err)
		var back connector.Value
		require.NoError(t, json.Unmarshal(out, &back))
		require.True(t, back.Equal(v))
		require.Equal(t, v.String(), back.String())
	})
}

func TestParseEntitlement(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]connector.Entitlement{
		"group/engineering": {Kind: "group", Name: "engineering"},
		"role/a/b c":        {Kind: "role", Name: "a/b c"},
		"role//":            {Kind: "role", Name: "/"},
	} {
		got, err := connector.ParseEntitlement(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, text, got.String())
	}
	for _, text := range []string{"", "group", "/engineering", "group/", "app:group/x", "a group/x", "a\tgroup/x"} {
		_, err := connector.ParseEntitlement(text)
		require.ErrorContains(t, err, "want kind/name", text)
	}
}

func FuzzParseEntitlement(f *testing.F) {
	for _, seed := range []string{"group/engineering", "a/b/c", "/", "x:y/z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := connector.ParseEntitlement(text)
		if err != nil {
			return
		}
		require.Equal(t, text, e.String())
		require.False(t, e.Kind == "" || e.Name == "" || strings.Contains(e.Kind, "/"))
	})
}

func TestEntitlementCompare(t *testing.T) {
	t.Parallel()
	sorted := []connector.Entitlement{{"group", "a"}, {"group", "b"}, {"group-x", "a"}, {"role", "a"}}
	for i, a := range sorted {
		for j, b := range sorted {
			got := a.Compare(b)
			require.Equal(t, i < j, got < 0, "%s and %s", a, b)
			require.Equal(t, i == j, got == 0, "%s and %s", a, b)
		}
	}
}
