package filter_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/peers"
)

// people are those whom filters are held against.
func people(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, text := range []string{
		`{"id":"1","userName":"ann","active":true,"age":41,"name":{"givenName":"Ann","familyName":"Archer"},
			"emails":[{"value":"ann@example.com","type":"work","primary":true},{"value":"ann@home.example","type":"home"}],
			"` + enterprise + `":{"department":"Wood","manager":{"value":"2"}}}`,
		`{"id":"2","userName":"bob","active":false,"age":40.5,"name":{"givenName":"Bob"},
			"emails":[{"value":"bob@example.com","type":"home"}],"` + enterprise + `":{"department":"Stone"}}`,
		`{"id":"3","userName":"carol","externalId":"e-3","emails":[{"value":"carol@example.com"}],"meta":{"lastModified":"2026-03-01T08:00:00Z"}}`,
		`{"id":"4","userName":"dave","active":true,"title":"Joiner","meta":{"lastModified":"2026-04-01T08:00:00Z"}}`,
	} {
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		var one map[string]any
		require.NoError(t, dec.Decode(&one))
		all = append(all, one)
	}
	return all
}

// ours returns whom our filter selects, and whether it can be read.
func ours(text string, all []map[string]any, by filter.Rules) (matches []bool, ok bool) {
	e, err := filter.Parse(text)
	if err != nil {
		return nil, false
	}
	for _, one := range all {
		matches = append(matches, filter.Match(e, one, by))
	}
	return matches, true
}

// common makes filters of what both read in the same way: what differs is in
// TestKnownDifferencesToAnotherFilter.
type common struct{ *rand.Rand }

func (c common) of(from ...string) string { return from[c.IntN(len(from))] }

func (c common) filter(depth int) string {
	switch kind := c.IntN(6); {
	case depth == 0 || kind < 2:
		return c.term()
	case kind == 2:
		return "(" + c.filter(depth-1) + ")"
	case kind == 3:
		return "not (" + c.filter(depth-1) + ")"
	case kind == 4:
		return c.filter(depth-1) + " and " + c.filter(depth-1)
	default:
		return c.filter(depth-1) + " or " + c.filter(depth-1)
	}
}

func (c common) term() string {
	texts := c.of(`"ann"`, `"bob"`, `"e-3"`, `"Ann"`, `"Archer"`, `"Wood"`, `"o"`, `"2"`, `"x"`)
	switch c.IntN(6) {
	case 0:
		return "active eq " + c.of("true", "false")
	case 1:
		return "age " + c.of("eq", "gt", "ge", "lt", "le") + " " + c.of("40", "40.5", "41", "1e2")
	case 2:
		return c.of("userName", "externalId", "name.familyName", "title", "emails", enterprise+":department", "missing") + " pr"
	case 3:
		return `emails[type eq "` + c.of("work", "home", "other") + `"]`
	case 4:
		return `emails[value ` + c.of("eq", "co", "sw", "ew") + ` "` + c.of("ann", "ann@example.com", "example.com") + `"]`
	default:
		attr := c.of("id", "userName", "externalId", "name.givenName", "name.familyName", "title", enterprise+":department", enterprise+":manager.value")
		return attr + " " + c.of("eq", "co", "sw", "ew") + " " + texts
	}
}

// exact minds letter case everywhere, as the other filter does.
type exact struct{}

func (exact) CaseExact(string, string, string) bool { return true }

func TestAnotherFilterAgrees(t *testing.T) {
	t.Parallel()
	all := people(t)
	c := common{rand.New(rand.NewPCG(3, 4))}
	questions := []peers.Question{}
	for _, text := range []string{
		` userName eq "ann" `, `userName  EQ "ann"`, `USERNAME eq "ann"`, `userName eq "ann" AND NOT (active eq false)`,
		`userName eq "ann" or userName eq "bob" and active eq true`, `userName eq "q\"q"`, `emails[primary eq true].type eq "work"`,
		`meta.lastModified gt "2026-03-15T00:00:00Z"`, `externalId ne null`, `userName ne "ann"`, `age eq 4.1e1`, `userName gt "b"`,
		`emails[value pr]`, `name pr`, `missing.sub pr`,
		`(userName eq "ann"`, `userName eq`, `userName xx "a"`, `userName eq 'ann'`, `userName`, `emails[type eq "work"`,
	} {
		questions = append(questions, peers.Question{Filter: text, Resources: all})
	}
	for range 5000 {
		questions = append(questions, peers.Question{Filter: c.filter(c.IntN(4)), Resources: all})
	}
	for i, theirs := range peers.Ask(t, questions) {
		text := questions[i].Filter
		matches, ok := ours(text, all, exact{})
		require.Equal(t, theirs.Error == "", ok, "%s: %s", text, theirs.Error)
		require.Equal(t, theirs.Matches, matches, text)
	}
}

// Where the other filter, scim2-parse-filter 0.2.10, sees it differently. An entry
// that is no longer true fails.
func TestKnownDifferencesToAnotherFilter(t *testing.T) {
	t.Parallel()
	all := people(t)
	const refused = "refused"
	differences := []struct{ filter, why, ours, theirs string }{
		{`userName eq "ANN"`, "strings whose case does not matter: RFC 7643, section 2.3.1", "1", ""},
		{`userName eq "a\u006en"`, "escapes of JSON: RFC 7644, section 3.4.2.2", "1", ""},
		{`emails[type eq "home" and value co "example.com"]`, "one value has to satisfy all of it: RFC 7644, section 3.4.2.2", "2", "12"},
		{`emails[not (type eq "work")]`, "one value has to satisfy it", "123", "23"},
		{`emails[type eq "work"].value eq "ann@home.example"`, "the value that was selected", "", "1"},
		{`emails eq "ann@example.com"`, "the default sub-attribute: RFC 7644, section 3.4.2.2", "1", ""},
		{`title ne "x"`, "ne is the opposite of eq, also where there is nothing", "1234", "4"},
		{`title eq null`, "no value is null: RFC 7643, section 2.5", "123", ""},
		{`meta.lastModified eq "2026-03-01T09:00:00+01:00"`, "dates are instants: RFC 7643, section 2.3.5", "3", ""},
		{`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ann"`, "the URN of the core: RFC 7644, section 3.10", "1", ""},
		{`not userName eq "ann"`, "not has parentheses: RFC 7644, figure 1", refused, "234"},
		{`emails[a[b eq 1]]`, "no value filter within another one: RFC 7644, figure 1", refused, ""},
		{`age gt -1 or age eq 0`, "numbers are those of JSON, also below zero", "12", refused},
		{`active gt true`, "booleans have no order: RFC 7644, table 3", refused, ""},
		{`age co 4`, "co is for strings: RFC 7644, table 3", refused, "12"},
	}
	var questions []peers.Question
	for _, d := range differences {
		questions = append(questions, peers.Question{Filter: d.filter, Resources: all})
	}
	ids := func(matches []bool) string {
		var b strings.Builder
		for i, is := range matches {
			if is {
				b.WriteString(all[i]["id"].(string))
			}
		}
		return b.String()
	}
	for i, theirs := range peers.Ask(t, questions) {
		d := differences[i]
		mine := refused
		if matches, ok := ours(d.filter, all, rules{}); ok {
			mine = ids(matches)
		}
		require.Equal(t, d.ours, mine, d.filter)
		other := ids(theirs.Matches)
		if theirs.Error != "" {
			other = refused
		}
		require.Equal(t, d.theirs, other, "%s: is it no longer different? %s", d.filter, d.why)
	}
}
