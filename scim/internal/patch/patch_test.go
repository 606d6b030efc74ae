package patch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

const extension = "urn:example:2.0:User"

// rules knows a few attributes of users and one extension.
type rules struct{}

var known = map[string]bool{ // whether several values are held
	"id": false, "userName": false, "title": false, "name": false, "active": false,
	"emails": true, "tags": true, extension + ":badge": false, extension + ":boss": false,
}

func (rules) CaseExact(string, string, string) bool { return false }

func (rules) MultiValued(schema, attr string) bool {
	return known[strings.TrimPrefix(schema+":"+attr, ":")]
}

func (rules) Fixed(p filter.Path) bool { return p.Attr == "id" }

func (rules) Resolve(p filter.Path) (filter.Path, error) {
	if p.Schema+":"+p.Attr == extension {
		return filter.Path{Schema: extension}, nil
	}
	for name := range known {
		if strings.EqualFold(name, strings.TrimPrefix(p.Schema+":"+p.Attr, ":")) {
			if p.Schema == "" {
				p.Attr = name
			}
			return p, nil
		}
	}
	return p, fmt.Errorf("no attribute %q", p)
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var o map[string]any
	require.NoError(t, dec.Decode(&o))
	return o
}

func body(operations string) []byte {
	return []byte(`{"schemas":["` + patch.MessageSchema + `"],"Operations":[` + operations + `]}`)
}

const before = `{"id":"1","userName":"bj","name":{"givenName":"B","familyName":"J"},
	"emails":[{"type":"work","value":"w","primary":true},{"type":"home","value":"h"}],
	"tags":["red"],"urn:example:2.0:User":{"badge":"7"}}`

func TestApply(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ops, field, want string }{
		"add simple":                 {`{"op":"add","path":"title","value":"T"}`, "title", `"T"`},
		"verb in capitals":           {`{"op":"Add","path":"TITLE","value":"T"}`, "title", `"T"`},
		"replace what is missing":    {`{"op":"replace","path":"title","value":"T"}`, "title", `"T"`},
		"replace by null":            {`{"op":"replace","path":"userName","value":null}`, "userName", `null`},
		"remove":                     {`{"op":"remove","path":"name"}`, "name", `null`},
		"remove what is missing":     {`{"op":"remove","path":"title"}`, "title", `null`},
		"add merges a complex one":   {`{"op":"add","path":"name","value":{"givenName":"X"}}`, "name", `{"givenName":"X","familyName":"J"}`},
		"sub-attribute":              {`{"op":"replace","path":"name.familyName","value":"K"}`, "name", `{"givenName":"B","familyName":"K"}`},
		"remove sub-attribute":       {`{"op":"remove","path":"name.familyName"}`, "name", `{"givenName":"B"}`},
		"last sub-attribute":         {`{"op":"remove","path":"name.familyName"},{"op":"remove","path":"name.givenName"}`, "name", `null`},
		"no path":                    {`{"op":"replace","value":{"title":"T","name.givenName":"X"}}`, "name", `{"givenName":"X","familyName":"J"}`},
		"no path with the same id":   {`{"op":"replace","value":{"id":"1","title":"T"}}`, "title", `"T"`},
		"append to a list":           {`{"op":"add","path":"tags","value":["blue","red"]}`, "tags", `["red","blue"]`},
		"append one value":           {`{"op":"add","path":"tags","value":"blue"}`, "tags", `["red","blue"]`},
		"replace a list":             {`{"op":"replace","path":"tags","value":["blue"]}`, "tags", `["blue"]`},
		"replace by an empty list":   {`{"op":"replace","path":"tags","value":[]}`, "tags", `null`},
		"remove by value":            {`{"op":"remove","path":"tags","value":["red"]}`, "tags", `null`},
		"remove selected":            {`{"op":"remove","path":"emails[type eq \"home\"]"}`, "emails", `[{"type":"work","value":"w","primary":true}]`},
		"remove selected simple":     {`{"op":"remove","path":"tags[value eq \"red\"]"}`, "tags", `null`},
		"remove selects nothing":     {`{"op":"remove","path":"emails[type eq \"x\"]"}`, "tags", `["red"]`},
		"replace selected sub":       {`{"op":"replace","path":"emails[type eq \"home\"].value","value":"n"}`, "emails", `[{"type":"work","value":"w","primary":true},{"type":"home","value":"n"}]`},
		"replace selected":           {`{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"n"}}`, "emails", `[{"type":"work","value":"w","primary":true},{"type":"home","value":"n"}]`},
		"one primary, when selected": {`{"op":"add","path":"emails[type eq \"home\"].primary","value":true}`, "emails", `[{"type":"work","value":"w","primary":false},{"type":"home","value":"h","primary":true}]`},
		"one primary, when added":    {`{"op":"add","path":"emails","value":[{"type":"other","value":"o","primary":true}]}`, "emails", `[{"type":"work","value":"w","primary":false},{"type":"home","value":"h"},{"type":"other","value":"o","primary":true}]`},
		"add an element that exists": {`{"op":"add","path":"emails","value":[{"type":"home","value":"h","display":"D"}]}`, "emails", `[{"type":"work","value":"w","primary":true},{"type":"home","value":"h","display":"D"}]`},
		"extension attribute":        {`{"op":"replace","path":"urn:example:2.0:User:badge","value":"8"}`, extension, `{"badge":"8"}`},
		"extension as an object":     {`{"op":"add","value":{"urn:example:2.0:User":{"boss":{"value":"b"}}}}`, extension, `{"badge":"7","boss":{"value":"b"}}`},
		"extension loses all":        {`{"op":"remove","path":"urn:example:2.0:User:badge"}`, extension, `null`},
		"extension removed":          {`{"op":"remove","path":"urn:example:2.0:User"}`, extension, `null`},
		"in order":                   {`{"op":"add","path":"title","value":"a"},{"op":"replace","path":"title","value":"b"}`, "title", `"b"`},
	} {
		ops, err := patch.Parse(body(c.ops))
		require.NoError(t, err, name)
		old := object(t, before)
		got, err := patch.Apply(old, ops, rules{})
		require.NoError(t, err, name)
		field, err := json.Marshal(got[c.field])
		require.NoError(t, err)
		require.JSONEq(t, c.want, string(field), name)
		require.Equal(t, object(t, before), old, "%s: the original was changed", name)
		again, err := patch.Apply(got, ops, rules{})
		require.NoError(t, err, name)
		require.Equal(t, got, again, "%s: is not idempotent", name)
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ops, scimType string }{
		"unknown attribute":         {`{"op":"add","path":"nope","value":1}`, "invalidPath"},
		"fixed attribute":           {`{"op":"replace","path":"id","value":"2"}`, "mutability"},
		"another id without a path": {`{"op":"replace","value":{"id":"2"}}`, "mutability"},
		"remove without a path":     {`{"op":"remove"}`, "noTarget"},
		"no path and no object":     {`{"op":"add","value":"x"}`, "invalidValue"},
		"bad key without a path":    {`{"op":"add","value":{"a b":"x"}}`, "invalidPath"},
		"nothing selected":          {`{"op":"replace","path":"emails[type eq \"x\"].value","value":"n"}`, "noTarget"},
		"sub of an empty list":      {`{"op":"remove","path":"emails"},{"op":"add","path":"emails.value","value":"n"}`, "noTarget"},
		"sub of a simple value":     {`{"op":"replace","path":"tags[value eq \"red\"].x","value":"n"}`, "invalidPath"},
		"extension as text":         {`{"op":"add","path":"urn:example:2.0:User","value":"x"}`, "invalidValue"},
		"selected by another type":  {`{"op":"replace","path":"emails[type eq \"home\"]","value":"x"}`, "invalidValue"},
		"second operation":          {`{"op":"add","path":"title","value":"T"},{"op":"add","path":"nope","value":1}`, "invalidPath"},
	} {
		ops, err := patch.Parse(body(c.ops))
		require.NoError(t, err, name)
		_, err = patch.Apply(object(t, before), ops, rules{})
		refused, ok := errors.AsType[*patch.Error](err)
		require.True(t, ok, name)
		require.Equal(t, c.scimType, refused.Type, name)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"op":"remove","path":"title"},`, patch.MaxOperations)
	for name, text := range map[string]string{
		"no JSON":             `{`,
		"no schema":           `{"Operations":[{"op":"remove","path":"a"}]}`,
		"no operations":       string(body(``)),
		"unknown verb":        string(body(`{"op":"move","path":"a"}`)),
		"bad path":            string(body(`{"op":"remove","path":"a["}`)),
		"too many operations": string(body(many + `{"op":"remove","path":"title"}`)),
	} {
		_, err := patch.Parse([]byte(text))
		_, ok := errors.AsType[*patch.Error](err)
		require.True(t, ok, name)
	}
}

// What would take too long is refused as a whole.
func TestTooMuchWorkIsRefused(t *testing.T) {
	t.Parallel()
	many := make([]any, 3000)
	for i := range many {
		many[i] = map[string]any{"value": fmt.Sprint("v", i), "type": "work"}
	}
	resource := map[string]any{"id": "1", "emails": many}
	apply := func(operations string, limit int) error {
		ops, err := patch.Parse(body(operations))
		require.NoError(t, err)
		_, err = patch.ApplyWithin(&filter.Budget{Limit: limit}, resource, ops, rules{})
		return err
	}
	for _, operation := range []string{
		`{"op":"remove","path":"emails[value eq \"v1\"]"}`, `{"op":"add","path":"emails","value":[{"value":"x"}]}`,
	} {
		require.NoError(t, apply(operation, 20_000))
		refused := patch.AsError(apply(strings.TrimSuffix(strings.Repeat(operation+",", 20), ","), 20_000))
		require.NotNil(t, refused, operation)
		require.Equal(t, "tooMany", refused.Type)
	}
}

func FuzzApply(f *testing.F) {
	f.Add(`{"op":"add","path":"emails","value":[{"type":"home","value":"h","primary":true}]}`)
	f.Add(`{"op":"replace","path":"emails[type eq \"home\"].value","value":null},{"op":"remove","path":"name.givenName"}`)
	f.Add(`{"op":"replace","value":{"urn:example:2.0:User":{"badge":[1]},"tags":{"a":1}}}`)
	f.Fuzz(func(t *testing.T, operations string) {
		ops, err := patch.Parse(body(operations))
		if err != nil {
			return
		}
		old := object(t, before)
		got, err := patch.Apply(old, ops, rules{})
		require.Equal(t, object(t, before), old, "the original was changed")
		if err == nil {
			require.Equal(t, "1", got["id"])
		}
	})
}
