package patch_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/patch"
	"github.com/joinery-iam/joinery/scim/internal/peers"
)

// refused is the result of operations that are not carried out.
const refused = "refused"

// result returns what our operations make of the resource of these tests, as JSON.
func result(t *testing.T, operations string) string {
	t.Helper()
	ops, err := patch.Parse(body(operations))
	if err != nil {
		return refused
	}
	got, err := patch.Apply(object(t, before), ops, rules{})
	if err != nil {
		return refused
	}
	return written(t, got)
}

// opinion is what another library makes of it.
func opinion(t *testing.T, o peers.Opinion) string {
	t.Helper()
	if o.Error != "" {
		return refused
	}
	return written(t, o.Resource)
}

// written writes a resource without what is empty, which is the same as what is not
// there: RFC 7643, section 2.5.
func written(t *testing.T, o map[string]any) string {
	t.Helper()
	text, err := json.Marshal(filled(o))
	require.NoError(t, err)
	return string(text)
}

func filled(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, inner := range v {
			if inner = filled(inner); inner != nil {
				out[key] = inner
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, inner := range v {
			if inner = filled(inner); inner != nil {
				out = append(out, inner)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	default:
		return v
	}
}

// agreed makes operations of which both think the same.
func agreed(r *rand.Rand) string {
	of := func(from ...string) string { return from[r.IntN(len(from))] }
	verb, text := of("add", "replace", "Add", "Replace"), of(`"a"`, `"b c"`, `"é\"\\"`)
	switch r.IntN(9) {
	case 0:
		return fmt.Sprintf(`{"op":"%s","path":"%s","value":%s}`, verb, of("title", "userName", "name.givenName", "name.familyName", "urn:example:2.0:User:badge"), text)
	case 1:
		return fmt.Sprintf(`{"op":"%s","path":"%s"}`, of("remove", "Remove"), of("title", "name.givenName", "tags", "urn:example:2.0:User:badge"))
	case 2:
		return fmt.Sprintf(`{"op":"%s","value":{"title":%s,"name.givenName":%s,"active":%s}}`, verb, text, text, of("true", "false"))
	case 3:
		return fmt.Sprintf(`{"op":"%s","path":"name","value":{"%s":%s}}`, verb, of("givenName", "familyName", "middleName"), text)
	case 4:
		return fmt.Sprintf(`{"op":"replace","path":"emails","value":[{"type":"work","value":%s,"primary":true},{"type":"home","value":"h2"}]}`, text)
	case 5:
		return fmt.Sprintf(`{"op":"add","path":"emails","value":[{"type":"new","value":"n%d"}]}`, r.IntN(1e9))
	case 6:
		return fmt.Sprintf(`{"op":"replace","path":"emails[type eq \"%s\"].value","value":%s}`, of("work", "home"), text)
	case 7:
		return fmt.Sprintf(`{"op":"%s","path":"tags","value":["t%d"]}`, verb, r.IntN(1e9))
	default:
		return fmt.Sprintf(`{"op":"%s","path":"urn:example:2.0:User:boss","value":{"value":%s}}`, verb, text)
	}
}

func TestAnotherPatchAgrees(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var questions []peers.Question
	var asked []string
	ask := func(operations string) {
		asked = append(asked, operations)
		questions = append(questions, peers.Question{Operations: json.RawMessage("[" + operations + "]"), Resource: object(t, before)})
	}
	for _, operations := range []string{
		`{"op":"replace","path":"emails[type eq \"work\"].value","value":"n"}`, `{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"n"}}`,
		`{"op":"remove","path":"emails[type eq \"work\"].value"}`, `{"op":"remove","path":"emails[type eq \"other\"]"}`, `{"op":"remove","path":"emails[type eq \"work\"]"}`,
		`{"op":"replace","path":"emails[type eq \"other\"].value","value":"n"}`, `{"op":"add","path":"emails","value":{"type":"other","value":"o"}}`,
		`{"op":"replace","value":{"urn:example:2.0:User:badge":"9"}}`, `{"op":"add","path":"tags","value":["red","green"]}`,
		`{"op":"remove"}`, `{"op":"move","path":"title"}`, `{"op":"replace","path":"emails[type eq","value":"x"}`,
	} {
		ask(operations)
	}
	for range 3000 {
		operations := make([]string, 1+r.IntN(4))
		for i := range operations {
			operations[i] = agreed(r)
		}
		ask(strings.Join(operations, ","))
	}
	for i, theirs := range peers.Ask(t, questions) {
		require.Equal(t, opinion(t, theirs), result(t, asked[i]), "%s: %s", asked[i], theirs.Error)
	}
}

// Where the other library, scim-patch 0.8.3, does otherwise. An entry that is no
// longer true fails.
func TestKnownDifferencesToAnotherPatch(t *testing.T) {
	t.Parallel()
	differences := []struct{ operations, why, field, ours, theirs string }{
		{`{"op":"replace","value":{"name":{"givenName":"z"}}}`, "sub-attributes that are not named stay: RFC 7644, section 3.5.2.3",
			"name", `{"familyName":"J","givenName":"z"}`, `{"givenName":"z"}`},
		{`{"op":"add","path":"emails","value":[{"type":"work","value":"w"}]}`, "what is there is not added again: RFC 7644, section 3.5.2.1",
			"emails", `[{"primary":true,"type":"work","value":"w"},{"type":"home","value":"h"}]`,
			`[{"primary":true,"type":"work","value":"w"},{"type":"home","value":"h"},{"type":"work","value":"w"}]`},
		{`{"op":"add","path":"emails","value":[{"type":"other","value":"o","primary":true}]}`, "one value is primary: RFC 7644, section 3.5.2",
			"emails", `[{"primary":false,"type":"work","value":"w"},{"type":"home","value":"h"},{"primary":true,"type":"other","value":"o"}]`,
			`[{"primary":true,"type":"work","value":"w"},{"type":"home","value":"h"},{"primary":true,"type":"other","value":"o"}]`},
		{`{"op":"add","path":"emails[type eq \"other\"].value","value":"o"}`, "a value filter that selects nothing is an error: RFC 7644, section 3.5.2.1 knows no other",
			"", refused, "carried out"},
		{`{"op":"remove","path":"emails","value":[{"value":"w"}]}`, "as Entra ID removes members",
			"emails", `[{"type":"home","value":"h"}]`, `[{"primary":true,"type":"work","value":"w"},{"type":"home","value":"h"}]`},
		{`{"op":"replace","value":{"urn:example:2.0:User":{"badge":"8"}}}`, "a whole extension: its URN is not cut at the dot",
			"urn:example:2.0:User", `{"badge":"8"}`, `{"badge":"7"}`},
		{`{"op":"replace","path":"TITLE","value":"x"}`, "names have no letter case: RFC 7643, section 2.1", "title", `"x"`, `null`},
		{`{"op":"remove","path":"emails"},{"op":"remove","path":"emails[type eq \"home\"]"}`, "what is not there need not be removed", "", "carried out", refused},
		{`{"op":"replace","path":"nosuch","value":"x"}`, "what is not known is refused", "", refused, "carried out"},
		{`{"op":"replace","path":"id","value":"9"}`, "what is read-only is refused: RFC 7644, section 3.5.2", "", refused, "carried out"},
	}
	var questions []peers.Question
	for _, d := range differences {
		questions = append(questions, peers.Question{Operations: json.RawMessage("[" + d.operations + "]"), Resource: object(t, before)})
	}
	for i, theirs := range peers.Ask(t, questions) {
		d := differences[i]
		require.Equal(t, d.ours, part(t, result(t, d.operations), d.field), d.operations)
		require.Equal(t, d.theirs, part(t, opinion(t, theirs), d.field), "%s: is it no longer different? %s", d.operations, d.why)
	}
}

// part returns one attribute of a result.
func part(t *testing.T, result, field string) string {
	t.Helper()
	if result == refused {
		return refused
	}
	if field == "" {
		return "carried out"
	}
	text, err := json.Marshal(object(t, result)[field])
	require.NoError(t, err)
	return string(text)
}
