package profile_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
)

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(p *profile.Profile)
		want  string
	}{
		"no name":          {func(p *profile.Profile) { p.Name = "" }, `name: "": want lower case letters, digits and hyphens`},
		"spaces":           {func(p *profile.Profile) { p.Name = "My server" }, `name: "My server": want lower case`},
		"no product":       {func(p *profile.Profile) { p.Product = "" }, "product: is missing"},
		"no day":           {func(p *profile.Profile) { p.Checked = "last May" }, `checked: "last May": want a day, written 2006-01-02`},
		"not https":        {func(p *profile.Profile) { p.Sources = []string{"https://a.example", "http://b.example"} }, `sources: number 2: "http://b.example": want an https address`},
		"any host":         {func(p *profile.Profile) { p.Addresses = []string{"https://*.*/scim"} }, "addresses: number 1"},
		"bad pattern":      {func(p *profile.Profile) { p.Addresses = []string{"https://a.example/[x"} }, "addresses: number 1"},
		"no host":          {func(p *profile.Profile) { p.Sources = []string{"https:///a"} }, "sources: number 1"},
		"unknown fact":     {func(p *profile.Profile) { p.Unconfirmed = []string{"groups.maxchange"} }, `unconfirmed: number 1: "groups.maxchange": not a fact of a profile, did you mean "groups.maxChanges"?`},
		"not a fact":       {func(p *profile.Profile) { p.Unconfirmed = []string{"rate", "notes"} }, `unconfirmed: number 2: "notes": not a fact of a profile`},
		"filter answer":    {func(p *profile.Profile) { p.Filter.Unsupported = "nobody" }, `filter.unsupported: "nobody": want one of empty, ignored`},
		"paging method":    {func(p *profile.Profile) { p.Paging.Method = "cursors" }, `paging.method: "cursors": want one of cursor, id, none, did you mean "cursor"?`},
		"update method":    {func(p *profile.Profile) { p.Update.Method = "PUT" }, `update.method: "PUT": want one of patch, put, did you mean "put"?`},
		"members":          {func(p *profile.Profile) { p.Groups.Members = "both" }, `groups.members: "both": want one of group, user, filter, none`},
		"etag":             {func(p *profile.Profile) { p.ETag = "ignore" }, `etag: "ignore": want one of ignored, did you mean "ignored"?`},
		"distrust":         {func(p *profile.Profile) { p.Discovery.Distrust = []string{"bulk", "paging"} }, `discovery.distrust: number 2: "paging": want one of patch, bulk, filter, sort, etag`},
		"distrust nothing": {func(p *profile.Profile) { p.Discovery.Distrust = []string{""} }, `discovery.distrust: number 1: ""`},
		"no attribute":     {func(p *profile.Profile) { p.Filter.Groups = []string{"displayName", ""} }, "filter.groups: number 2: \"\": want an attribute"},
		"no way to know":   {func(p *profile.Profile) { p.Attributes.Unknown = []string{"ims", "externalid"} }, `attributes.unknown: number 2: "externalid": a server without it is of no use`},
		"nodes":            {func(p *profile.Profile) { p.Filter.MaxNodes = -1 }, "filter.maxNodes: -1: want 0 for no limit, or more"},
		"results":          {func(p *profile.Profile) { p.Paging.MaxResults = -1 }, "paging.maxResults: -1"},
		"start":            {func(p *profile.Profile) { p.Paging.MaxStart = -1 }, "paging.maxStart: -1"},
		"changes":          {func(p *profile.Profile) { p.Groups.MaxChanges = -1 }, "groups.maxChanges: -1"},
		"bytes":            {func(p *profile.Profile) { p.Groups.MaxBytes = -1 }, "groups.maxBytes: -1"},
		"lag":              {func(p *profile.Profile) { p.Lag = -time.Second }, "lag: -1s: want 0 or more"},
		"rate class":       {func(p *profile.Profile) { p.Rate = []profile.Rate{{Class: "writes", Requests: 1, Per: 1}} }, `rate: number 1: class: "writes": want one of`},
		"rate of none":     {func(p *profile.Profile) { p.Rate = []profile.Rate{{Per: 1}} }, "rate: number 1: want requests"},
		"rate per nothing": {func(p *profile.Profile) { p.Rate = []profile.Rate{{Requests: 1, Per: 1}, {Requests: 1}} }, "rate: number 2: want requests"},
		"negative burst":   {func(p *profile.Profile) { p.Rate = []profile.Rate{{Requests: 1, Per: 1, Burst: -1}} }, "rate: number 1: want requests"},
		"group kind":       {func(p *profile.Profile) { p.Attributes.Entitlements = map[string]string{"group": "groups"} }, "attributes.entitlements: group: groups have members; want another kind"},
		"kind of nothing":  {func(p *profile.Profile) { p.Attributes.Entitlements = map[string]string{"role": ""} }, `attributes.entitlements: role: "": want an attribute`},
		"nothing as kind":  {func(p *profile.Profile) { p.Attributes.Entitlements = map[string]string{"": "roles"} }, `attributes.entitlements: "": want a kind`},
		"two lines":        {func(p *profile.Profile) { p.Product = "a\nb" }, `product: "a\nb": want one line`},
		"a tab":            {func(p *profile.Profile) { p.Notes = []string{"a", "\tb"} }, `notes: number 2: "\tb": want one line`},
		// Contradictions.
		"by id":               {func(p *profile.Profile) { p.Paging.Method = profile.ByID }, "paging.method: id: want maxStart"},
		"pages of one answer": {func(p *profile.Profile) { p.Paging = profile.Paging{Method: profile.AtOnce, MaxResults: 5} }, "paging.method: none: there are no pages"},
		"patch by put": {func(p *profile.Profile) {
			p.Update = profile.Update{Method: profile.PutAlone, PatchOnly: []string{"a"}}
		}, "update.patchOnly: there is no PATCH"},
		"two deletes":        {func(p *profile.Profile) { p.Delete = profile.Delete{Disables: true, Refused: true} }, "delete: either disables or refused"},
		"members of nothing": {func(p *profile.Profile) { p.Groups = profile.Groups{Absent: true, MaxChanges: 5} }, "groups.absent: there are no groups"},
		"search for nothing": {func(p *profile.Profile) { p.Groups.Absent, p.Filter.Groups = true, []string{"id"} }, "groups.absent: there are no groups"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := filled(t)
			test.spoil(&p)
			require.ErrorContains(t, p.Check(), test.want)
		})
	}
}

func TestCheckReportsAllAtOnce(t *testing.T) {
	t.Parallel()
	require.EqualError(t, profile.Profile{Lag: -1}.Check(), `checked: "": want a day, written 2006-01-02
lag: -1ns: want 0 or more
name: "": want lower case letters, digits and hyphens
product: is missing`)
}
