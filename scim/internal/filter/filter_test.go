package filter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// rules treats id and value as exact, all else as not.
type rules struct{}

func (rules) CaseExact(_, attr, sub string) bool { return attr == "id" || sub == "value" }

const person = `{
	"id": "A1", "userName": "Bjensen", "active": true, "age": 41, "big": 9007199254740993, "empty": "",
	"name": {"familyName": "O'Malley \"Q\""},
	"emails": [
		{"type": "work", "value": "b@example.com", "primary": true},
		{"type": "home", "value": "b@home.example"}
	],
	"tags": ["red", "blue"],
	"meta": {"lastModified": "2011-05-13T04:42:34Z"},
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Tour", "manager": {"value": "m1"}}
}`

func resource(t testing.TB) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(person))
	dec.UseNumber()
	var r map[string]any
	require.NoError(t, dec.Decode(&r))
	return r
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`userName eq "bjensen"`:                       true,
		`USERNAME Eq "BJENSEN"`:                       true,
		`userName eq "other"`:                         false,
		`userName ne "bjensen"`:                       false,
		`missing ne "x"`:                              true,
		`id eq "a1"`:                                  false,
		`id eq "A1"`:                                  true,
		`userName co "ENS"`:                           true,
		`userName sw "bj"`:                            true,
		`userName ew "sen"`:                           true,
		`userName ew "bj"`:                            false,
		`active eq true`:                              true,
		`active eq TRUE`:                              true,
		`active eq "true"`:                            false,
		`active ne false`:                             true,
		`age gt 40`:                                   true,
		`age ge 41`:                                   true,
		`age lt 41`:                                   false,
		`age le 4.1e1`:                                true,
		`age gt "40"`:                                 false,
		`big eq 9007199254740992`:                     false,
		`big eq 9007199254740993`:                     true,
		`name.familyName eq "O'Malley \"q\""`:         true,
		`userName eq "bj\u0065nsen"`:                  true,
		`name pr`:                                     true,
		`empty pr`:                                    false,
		`missing pr`:                                  false,
		`emails.type pr`:                              true,
		`emails.display pr`:                           false,
		`missing eq null`:                             true,
		`userName ne null`:                            true,
		`emails.value eq "b@home.example"`:            true,
		`emails eq "b@home.example"`:                  true,
		`emails co "@HOME"`:                           true,
		`emails[type eq "work"]`:                      true,
		`emails[type eq "other"]`:                     false,
		`emails[type eq "work" and value ew ".com"]`:  true,
		`emails[type eq "home" and value ew ".com"]`:  false,
		`emails[type eq "home"].value ew ".example"`:  true,
		`emails[not (type eq "work") and primary pr]`: false,
		`emails[primary eq true or (type eq "x")]`:    true,
		`tags eq "red"`:                               true,
		`tags[value eq "red"]`:                        true,
		`tags.value eq "green"`:                       false,
		`meta.lastModified gt "2011-05-13T06:42:33+02:00"`:                                   true,
		`meta.lastModified lt "2011-05-13T04:42:34Z"`:                                        false,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tour"`:    true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m1"`:   true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "tourism"`: false,
		`userName eq "x" or active eq true and age eq 41`:                                    true,
		`(userName eq "x" or active eq true) and age eq 40`:                                  false,
		`not (userName eq "x")`:                               true,
		`not(userName eq "bjensen") or not (active eq false)`: true,
	} {
		e, err := filter.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, filter.Match(e, resource(t), rules{}), text)
		again, err := filter.Parse(e.String())
		require.NoError(t, err, e.String())
		require.Equal(t, e, again, "round trip of %s", text)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":                 ``,
		"no operator":           `userName`,
		"no value":              `userName eq`,
		"unknown operator":      `userName is "x"`,
		"unclosed string":       `userName eq "x`,
		"escaped end":           `userName eq "x\"`,
		"bad escape":            `userName eq "\x"`,
		"bare word":             `userName eq bjensen`,
		"two values":            `userName eq "a" "b"`,
		"unclosed parenthesis":  `(userName pr`,
		"parenthesis too many":  `userName pr)`,
		"unclosed bracket":      `emails[type eq "work"`,
		"empty bracket":         `emails[]`,
		"dangling connective":   `a pr and`,
		"order of booleans":     `active gt true`,
		"part of a number":      `age co 4`,
		"part of null":          `a sw null`,
		"name with digit first": `1a eq 1`,
		"sub-attribute twice":   `a.b.c eq 1`,
		"empty sub-attribute":   `a. eq 1`,
		"empty schema":          `:a eq 1`,
		"no sub after bracket":  `a[b eq 1]. eq 1`,
		"too deep":              strings.Repeat("(", filter.MaxDepth+1) + "a pr" + strings.Repeat(")", filter.MaxDepth+1),
		"too deep in brackets":  strings.Repeat("a[", filter.MaxDepth+1) + "a pr" + strings.Repeat("]", filter.MaxDepth+1),
		"too many terms":        "a pr" + strings.Repeat(" or a pr", filter.MaxNodes),
		"too long":              `a eq "` + strings.Repeat("x", filter.MaxLength) + `"`,
	} {
		_, err := filter.Parse(text)
		require.Error(t, err, name)
	}
}

func TestParsePath(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]filter.Path{
		"userName":         {Attr: "userName"},
		"name.familyName":  {Attr: "name", Sub: "familyName"},
		"members.$ref":     {Attr: "members", Sub: "$ref"},
		"urn:x:2.0:User:a": {Schema: "urn:x:2.0:User", Attr: "a"},
		"urn:x:2.0:User":   {Schema: "urn:x:2.0", Attr: "User"},
		`addresses[type eq "work"].street`: {Attr: "addresses", Sub: "street", Filter: filter.Compare{
			Path: filter.Path{Attr: "type"}, Op: filter.Equal, Value: filter.Literal{Kind: filter.StringLiteral, Text: "work"},
		}},
	} {
		got, err := filter.ParsePath(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
		require.Equal(t, text, got.String())
	}
	for _, text := range []string{"", "a b", "a eq 1", "a..b", "urn:x:2.0", "a[b]"} {
		_, err := filter.ParsePath(text)
		require.Error(t, err, text)
	}
}

func TestQuoteEscapesNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`plain`: `"plain"`, `a"b\c`: `"a\"b\\c"`, "tab\t": `"tab\t"`, "<&>é": `"<&>é"`, `x" or userName pr or "`: `"x\" or userName pr or \""`,
	} {
		require.Equal(t, want, filter.Quote(text))
		e, err := filter.Parse("a eq " + filter.Quote(text))
		require.NoError(t, err)
		require.Equal(t, text, e.(filter.Compare).Value.Text)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`userName eq "a\u00e9"`, `emails[type eq "work" and not (value co "@")].value eq "x" or a.b pr`,
		`urn:a:2.0:b:c ge -1.5e3 and ((d ne null))`, `a[b[c eq true]]`, `not pr`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := filter.Parse(text)
		if err != nil {
			return
		}
		filter.Match(e, resource(t), rules{})
		again, err := filter.Parse(e.String())
		if len(e.String()) > filter.MaxLength {
			return // white space may be all that was added
		}
		require.NoError(t, err)
		require.Equal(t, e.String(), again.String())
	})
}
