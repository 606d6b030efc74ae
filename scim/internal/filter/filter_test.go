package filter_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// rules treats id and members.value as exact, all else as not.
type rules struct{}

func (rules) CaseExact(_, attr, sub string) bool {
	return attr == "id" || attr == "members" && sub == "value"
}

// timedRules also knows which attributes are dateTimes.
type timedRules struct{ rules }

func (timedRules) DateTime(_, attr, sub string) bool { return attr == "meta" && sub == "lastModified" }

const person = `{
	"id": "A1", "userName": "Bjensen", "active": true, "age": 41, "big": 9007199254740993, "empty": "",
	"name": {"familyName": "O'Malley \"Q\""},
	"emails": [
		{"type": "work", "value": "b@example.com", "primary": true},
		{"type": "home", "value": "b@home.example"}
	],
	"members": [{"value": "U1"}, {"value": "U2"}],
	"tags": ["red", "blue"], "none": [], "nothing": null, "hollow": {"a": "", "b": []},
	"kelvin": "4\u212A", "word": "2011-05-13T04:42:34Z", "price": 10.50, "huge": 1e400,
	"entry": [{"codes": ["a", "b"]}, {"codes": ["c"]}],
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
		`tags.value eq "red"`:                         true,
		`tags sw "bl"`:                                true,
		`userName.value eq "bjensen"`:                 true,
		`members eq "u1"`:                             false,
		`members eq "U1"`:                             true,
		`members.value eq "u1"`:                       false,
		`members[value eq "U2"]`:                      true,
		`members ne "U3"`:                             true,
		`members ne "U1"`:                             false,
		`none eq null`:                                true,
		`none pr`:                                     false,
		`nothing eq NULL`:                             true,
		`nothing pr`:                                  false,
		`hollow pr`:                                   false,
		`hollow eq null`:                              false,
		`name eq null`:                                false,
		`name ne null`:                                true,
		`name.middleName eq null`:                     true,
		`name eq "x"`:                                 false,
		`emails pr`:                                   true,
		`kelvin eq "4k"`:                              true,
		`kelvin co "K"`:                               true,
		`price eq 10.5`:                               true,
		`price eq 105e-1`:                             true,
		`price gt 10.49999999999999999999`:            true,
		`huge gt 9e399`:                               true,
		`huge eq 10e399`:                              true,
		`age ge -1e-999999999`:                        true,
		`age lt 1e999999999`:                          true,
		`age eq 41.0`:                                 true,
		`entry.codes eq "b"`:                          true,
		`entry[codes eq "c"]`:                         true,
		`entry[codes eq "a" and codes eq "c"]`:        false,
		`entry.codes eq "d"`:                          false,
		`emails[(type eq "home") and (value pr)]`:     true,
		`emails[type eq "work"].value eq "b@home.example"`:                  false,
		`emails[type eq "home"] eq "b@home.example"`:                        true,
		`emails[type eq "home"] pr and age eq 41`:                           true,
		`not (emails[type eq "other"])`:                                     true,
		`userName eq "\u0042jensen"`:                                        true,
		`id eq "\u0041\u0031"`:                                              true,
		`userName eq "\ud83d\ude00"`:                                        false,
		`meta.lastModified gt "2011-05-13T06:42:33+02:00"`:                  true,
		`meta.lastModified lt "2011-05-13T04:42:34Z"`:                       false,
		`meta.lastModified eq "2011-05-13T06:42:34.000+02:00"`:              true,
		`meta.lastModified ne "2011-05-13T06:42:34+02:00"`:                  false,
		`meta.lastModified sw "2011-05"`:                                    true,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "bjensen"`:  true,
		`URN:ietf:params:scim:schemas:core:2.0:User:name.familyName sw "o"`: true,
		enterprise + `:department eq "tour"`:                                true,
		enterprise + `:manager.value eq "m1"`:                               true,
		enterprise + `:manager eq "m1"`:                                     true,
		enterprise + `:department eq "tourism"`:                             false,
		`department eq "tour"`:                                              false,
		`urn:other:2.0:department eq null`:                                  true,
		`userName eq "x" or active eq true and age eq 41`:                   true,
		`(userName eq "x" or active eq true) and age eq 40`:                 false,
		`userName pr and active eq false or age eq 41`:                      true,
		`not (userName eq "x")`:                                             true,
		`NOT(userName eq "bjensen") Or not (active eq False)`:               true,
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
		"dollar inside a name":  `a$b eq 1`,
		"filter in a filter":    `a[b[c eq 1]]`,
		"half a pair":           `a eq "\ud800"`,
		"half a pair and more":  `a eq "\ud800\u0041"`,
		"short escape":          `a eq "\u00e"`,
		"control character":     "a eq \"x\ny\"",
		"not UTF-8":             "a eq \"\xff\"",
		"leading zero":          `a eq 01`,
		"plus sign":             `a eq +1`,
		"monstrous exponent":    `a eq 1e99999999999`,
		"not without group":     `not a pr`,
		"order of null":         `a gt null`,
		"sub-attribute twice":   `a.b.c eq 1`,
		"empty sub-attribute":   `a. eq 1`,
		"empty schema":          `:a eq 1`,
		"no sub after bracket":  `a[b eq 1]. eq 1`,
		"too deep":              strings.Repeat("(", filter.MaxDepth+1) + "a pr" + strings.Repeat(")", filter.MaxDepth+1),
		"too deep in brackets":  "a[" + strings.Repeat("(", filter.MaxDepth) + "a pr" + strings.Repeat(")", filter.MaxDepth) + "]",
		"too many terms":        "a pr" + strings.Repeat(" or a pr", filter.MaxNodes),
		"too long":              `a eq "` + strings.Repeat("x", filter.MaxLength) + `"`,
	} {
		e, err := filter.Parse(text)
		require.Error(t, err, name)
		require.Nil(t, e)
		refused, ok := errors.AsType[*filter.SyntaxError](err)
		require.True(t, ok, name)
		require.LessOrEqual(t, refused.Offset, len(text), name)
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

func TestErrorsNameThePlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`userName is "x"`:                `at byte 10: want an operator after userName, not "is \"x\""`,
		`userName eq "x`:                 `at byte 13: unclosed string`,
		`userName eq "a\q"`:              `at byte 15: bad escape "\\q\""`,
		`active gt true`:                 `at byte 11: gt does not take true`,
		`(a pr and b pr`:                 `at byte 15: want ), not end`,
		`a pr)`:                          `at byte 5: unexpected ")"`,
		`emails[type eq "w"`:             `at byte 19: want ], not end`,
		`a pr and 1 eq 1`:                `at byte 10: want an attribute, not "1 eq 1"`,
		`emails[x[y pr]]`:                `at byte 9: a value filter inside a value filter`,
		strings.Repeat("x", 8<<10) + `y`: `at byte 8193: longer than 8192 bytes`,
	} {
		_, err := filter.Parse(text)
		require.EqualError(t, err, want)
	}
}

func TestLimitsCanBeSet(t *testing.T) {
	t.Parallel()
	for text, limits := range map[string]filter.Limits{
		`a pr or b pr`: {Nodes: 2},
		`((a pr))`:     {Depth: 1},
		`userName pr`:  {Length: 10},
	} {
		_, err := limits.Parse(text)
		require.Error(t, err, text)
		_, err = filter.Limits{Nodes: 3, Depth: 2, Length: 12}.Parse(text)
		require.NoError(t, err, text)
	}
	_, err := filter.Limits{Length: 3}.ParsePath("name")
	require.Error(t, err)
}

func TestSchemaTellsDateTimes(t *testing.T) {
	t.Parallel()
	e, err := filter.Parse(`word eq "2011-05-13T06:42:34+02:00"`)
	require.NoError(t, err)
	require.True(t, filter.Match(e, resource(t), rules{}))
	require.False(t, filter.Match(e, resource(t), timedRules{}))
	e, err = filter.Parse(`meta.lastModified eq "2011-05-13T06:42:34+02:00"`)
	require.NoError(t, err)
	require.True(t, filter.Match(e, resource(t), timedRules{}))
}

func TestComparisons(t *testing.T) {
	t.Parallel()
	e, err := filter.Parse(`a pr or not (b[c eq 1 and (d.e eq 2)].f gt 3) and urn:x:g[h pr]`)
	require.NoError(t, err)
	var got []string
	for c := range filter.Comparisons(e) {
		got = append(got, c.String())
		if len(got) == 5 {
			break
		}
	}
	require.Equal(t, []string{"a pr", "b.c eq 1", "b.d eq 2", "b.f gt 3", "urn:x:g.h pr"}, got)
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	e, err := filter.Parse(`a pr or not (b[c eq 1]) and d eq 2`)
	require.NoError(t, err)
	upper, err := filter.Rewrite(e, func(p filter.Path) (filter.Path, error) {
		p.Attr = strings.ToUpper(p.Attr)
		return p, nil
	})
	require.NoError(t, err)
	require.Equal(t, `A pr or not (B[c eq 1]) and D eq 2`, upper.String())
	for _, bad := range []string{"a", "b", "d"} {
		_, err = filter.Rewrite(e, func(p filter.Path) (filter.Path, error) {
			if p.Attr == bad {
				return p, errors.New(bad)
			}
			return p, nil
		})
		require.EqualError(t, err, bad)
	}
}

func TestFieldPrefersTheExactSpelling(t *testing.T) {
	t.Parallel()
	object := map[string]any{"NAME": 1, "Name": 2, "name": 3}
	require.Equal(t, 3, filter.Field(object, "name"))
	require.Equal(t, 1, filter.Field(object, "nAME"))
	require.Nil(t, filter.Field(object, "nickName"))
}
