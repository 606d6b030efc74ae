package profile_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
)

const head = "name: ours\nproduct: ours\nchecked: \"2026-11-01\"\n"

func load(text string) (profile.Profile, error) {
	return profile.Load("ours.yaml", strings.NewReader(text))
}

func TestLoadSaysWhereAndWhatIsMeant(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"empty":              {"", "profile ours.yaml: it is empty"},
		"a comment":          {"# nothing\n", "it is empty"},
		"nothing":            {"---\n", "it is empty"},
		"not YAML":           {head + "filter: [", "line 4"},
		"a text":             {"keycloak", "line 1, column 1: want keys and values"},
		"a list":             {"- name: ours", "line 1, column 1: want keys and values"},
		"two documents":      {head + "---\n" + head, "line 4: a second document: a profile is one"},
		"rubbish after":      {head + "---\n[", "yaml"},
		"unknown key":        {head + "pageing: {}", `line 4, column 1: "pageing": not a key here, did you mean "paging"?; there are name, product,`},
		"unknown key inside": {head + "filter:\n  user: [userName]", `line 5, column 3: filter: "user": not a key here, did you mean "users"?; there are users, groups, unsupported, maxNodes, noProjection`},
		"unknown key in list": {
			head + "rate:\n- {requests: 1, per: 1s, bursts: 2}",
			`line 5, column 26: rate: "bursts": not a key here, did you mean "burst"?; there are class, requests, per, burst, silent`,
		},
		"another case":      {head + "groups: {maxchanges: 5}", `groups: "maxchanges": not a key here, did you mean "maxChanges"?`},
		"two unknown":       {head + "pageing: {}\nlags: 1s", "line 5, column 1: \"lags\""},
		"a key twice":       {head + "lag: 1s\nlag: 2s", `mapping key "lag" already defined at line 4`},
		"not a number":      {head + "groups:\n  maxChanges: many", "line 5: cannot unmarshal !!str `many` into int"},
		"not a time":        {head + "lag: soon", "line 4: cannot unmarshal !!str `soon` into time.Duration"},
		"a list for a text": {head + "etag: [ignored]", "line 4: cannot unmarshal !!seq"},
		"wrong word":        {head + "paging:\n  method: cursors", `line 5, column 11: paging.method: "cursors": want one of cursor, id, none, did you mean "cursor"?`},
		"wrong word in a list": {
			head + "rate:\n- {requests: 1, per: 1s}\n- {class: writes, requests: 1, per: 1s}",
			`line 6, column 11: rate: number 2: class: "writes": want one of read, write, userWrite, groupRead, groupPatch, userDelete, did you mean "write"?`,
		},
		"contradiction":   {head + "delete:\n  disables: true\n  refused: true", "line 5, column 3: delete: either disables or refused"},
		"missing":         {"name: ours", "profile ours.yaml: checked: \"\": want a day, written 2006-01-02\nproduct: is missing"},
		"unknown fact":    {head + "unconfirmed: [etags]", `line 4, column 15: unconfirmed: number 1: "etags": not a fact of a profile, did you mean "etag"?`},
		"unknown base":    {"extends: kecloak", `line 1, column 10: extends: profile "kecloak": not known, did you mean "keycloak"?; there are ` + strings.Join(profile.Names(), ", ")},
		"nothing as base": {head + "extends:", `line 4, column 9: extends: profile "": not known; there are `},
		"two bases":       {"extends: [keycloak, zoom]", "line 1, column 10: extends: want the name of one profile"},
		"two extends":     {"extends: keycloak\nextends: zoom", "line 2, column 10: extends: want the name of one profile"},
		"extends inside":  {head + "filter: {extends: zoom}", `filter: "extends": not a key here`},
		"an alias":        {head + "filter: {users: &u [userName], groups: *u}", "line 4, column 40: filter.groups: write the value out: there are no aliases"},
		"merged keys":     {head + "<<: {lag: 1s}", `line 4, column 1: "<<": not a key here`},
		"merged kinds":    {head + "attributes: {entitlements: {<<: {role: roles}}}", "attributes.entitlements: there are no merged keys"},
		"a key of keys":   {head + "? {a: b}\n: c", "not a key here"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := load(test.text)
			require.ErrorContains(t, err, test.want)
			require.Zero(t, p, "half a profile is none")
		})
	}
}

func TestLoadIsBounded(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"#", " ", "\n", "[", "{a: "} {
		_, err := profile.Load("long", endless(end))
		require.EqualError(t, err, "profile long: it is longer than 65536 bytes")
		_, err = load(head + "notes: " + strings.Repeat(end, 60_000/len(end)))
		if end == "[" || end == "{a: " {
			require.Error(t, err)
		} else {
			require.NoError(t, err)
		}
	}
}

// endless repeats itself.
type endless string

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e[i%len(e)]
	}
	return len(p), nil
}

func TestLoadReportsWhatReadingDoes(t *testing.T) {
	t.Parallel()
	gone := errors.New("the disk is gone")
	_, err := profile.Load("ours.yaml", iotest.ErrReader(gone))
	require.ErrorIs(t, err, gone)
	require.ErrorContains(t, err, "profile ours.yaml: ")
}

func TestExtendingOverridesWhatIsSaid(t *testing.T) {
	t.Parallel()
	base, err := profile.Get("slack")
	require.NoError(t, err)
	p, err := load(`
extends: slack
name: our-slack
product: Slack behind our gateway
paging: {shifts: true}
delete: {disables: false}
notes: [Ask Ann.]
rate:
  - {requests: 10, per: 1s}
`)
	require.NoError(t, err)
	want := base
	want.Name, want.Product = "our-slack", "Slack behind our gateway"
	want.Paging.Shifts = true         // beside what is said of paging by the base
	want.Delete.Disables = false      // said, although it is the zero value
	want.Notes = []string{"Ask Ann."} // a list as a whole
	want.Rate = []profile.Rate{{Requests: 10, Per: time.Second}}
	require.Equal(t, want, p)

	again, err := profile.Get("slack")
	require.NoError(t, err)
	require.Equal(t, base, again, "the base is as before")
}

func TestExtendingAddsToMapsAndEmptiesWithNothing(t *testing.T) {
	t.Parallel()
	p, err := load("extends: pagerduty\nattributes: {entitlements: {role: userType, team: teams}}")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"role": "userType", "team": "teams", "license": "entitlements"}, p.Attributes.Entitlements)
	require.True(t, p.Attributes.Single)
	require.Equal(t, "pagerduty", p.Name)

	p, err = load("extends: pagerduty\nunconfirmed:\nattributes: {entitlements: , unknown: []}\ndisable:")
	require.NoError(t, err)
	require.Empty(t, p.Attributes.Entitlements)
	require.Empty(t, p.Attributes.Unknown)
	require.Empty(t, p.Unconfirmed)
	require.True(t, p.Disable.Deletes, "a group of facts without a value says nothing")
	base, err := profile.Get("pagerduty")
	require.NoError(t, err)
	require.Len(t, base.Attributes.Entitlements, 2)
}

// What is wrong with the base and the text together is found, too.
func TestExtendingIsChecked(t *testing.T) {
	t.Parallel()
	_, err := load("extends: slack\ndelete: {refused: true}")
	require.ErrorContains(t, err, "line 2, column 9: delete: either disables or refused")
	_, err = load("extends: salesforce\npaging: {maxStart: 0}")
	require.ErrorContains(t, err, "line 2, column 9: paging.method: id: want maxStart")
}
