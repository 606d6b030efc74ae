package scimtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// quirk is something that a profile can say, and how it is seen. What is wanted is
// said of every profile: those that do not have the quirk must not show it.
type quirk struct {
	name string
	// applies reports whether the other quirks let this one be seen; nil means always.
	applies func(p profile.Profile) bool
	want    func(p profile.Profile) string
	got     func(s *site) string
}

func allQuirks() []quirk {
	return slices.Concat(discoveryQuirks(), filterQuirks(), pagingQuirks(), attributeQuirks(), updateQuirks(), userQuirks(), groupQuirks(), otherQuirks())
}

// invented are profiles for what none of those that there are says.
var invented = []profile.Profile{
	{Update: profile.Update{NoPath: true, OneOperation: true}, Filter: profile.Filter{Unsupported: profile.Ignored, Users: []string{"userName"}}},
	{Update: profile.Update{NoValuePaths: true}, Groups: profile.Groups{MaxChanges: 3, MaxBytes: 400}, Lag: time.Second},
	{Groups: profile.Groups{Members: profile.InGroup, DropsUnknown: true}, Disable: profile.Disable{NotAtCreation: true}},
	{Discovery: profile.Discovery{Distrust: []string{"patch", "etag", "sort", "bulk"}}, Disable: profile.Disable{Hides: true}},
	{Groups: profile.Groups{Members: profile.InUser}, Paging: profile.Paging{MaxStart: 4}, Rate: []profile.Rate{{Requests: 1, Per: time.Second, Silent: true}}},
	{Groups: profile.Groups{Members: profile.Invisible}, Filter: profile.Filter{NoProjection: true, Groups: []string{"externalId"}, Users: []string{"title"}}},
	{Groups: profile.Groups{Members: profile.ByFilter}, Paging: profile.Paging{Method: profile.ByCursor}},
	{Update: profile.Update{Method: profile.PutAlone}, Attributes: profile.Attributes{
		Entitlements: map[string]string{"licence": "licences"}, Unknown: []string{"title"},
	}},
}

// everyProfile returns those that there are, and the invented ones.
func everyProfile(t *testing.T) []profile.Profile {
	t.Helper()
	var all []profile.Profile
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		require.NoError(t, err)
		all = append(all, p)
	}
	for i, p := range invented {
		p.Name, p.Product, p.Checked = fmt.Sprint("invented-", i), "invented", "2026-11-23"
		all = append(all, p)
	}
	return all
}

func TestEveryProfileIsShownAsItIs(t *testing.T) {
	t.Parallel()
	for _, p := range everyProfile(t) {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			for _, q := range allQuirks() {
				if q.applies == nil || q.applies(p) {
					require.Equal(t, q.want(p), q.got(open(t, p)), q.name)
				}
			}
		})
	}
}

// TestEveryQuirkIsSeenBothWays makes sure that no quirk is compared with itself
// alone.
func TestEveryQuirkIsSeenBothWays(t *testing.T) {
	t.Parallel()
	for _, q := range allQuirks() {
		seen := map[string]bool{}
		for _, p := range everyProfile(t) {
			if q.applies == nil || q.applies(p) {
				seen[q.want(p)] = true
			}
		}
		require.Greater(t, len(seen), 1, "%s: all profiles are the same", q.name)
	}
}

// site is a server for one quirk, and a client that knows how to write to it.
type site struct {
	t      *testing.T
	is     profile.Profile
	server *scimtest.Server
	url    string
	now    time.Time
}

// open starts a server without its rates, which have a quirk of their own.
func open(t *testing.T, p profile.Profile) *site {
	t.Helper()
	s := &site{t: t, is: p, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	s.restart(nil)
	return s
}

func (s *site) restart(rates []profile.Rate) {
	p := s.is
	p.Rate = rates
	var err error
	s.server, err = scimtest.New(scimtest.Config{Profile: p, Now: func() time.Time { return s.now }})
	require.NoError(s.t, err)
	s.url, err = s.server.Start()
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, s.server.Close()) })
}

// reply is an answer, and what is in it.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (s *site) ask(method, path, body string, header ...string) reply {
	s.t.Helper()
	path, query, asked := strings.Cut(path, "?")
	if asked { // in a form that people can read
		query = "?" + strings.ReplaceAll(query, " ", "%20")
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+scimtest.BasePath+path+query, strings.NewReader(body))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/scim+json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	require.NoError(s.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	answer := reply{status: resp.StatusCode, header: resp.Header}
	if len(text) > 0 {
		require.NoError(s.t, json.Unmarshal(text, &answer.body), string(text))
	}
	return answer
}

// find asks for a list.
func (s *site) find(collection, filter string) reply {
	s.t.Helper()
	return s.ask("GET", collection+"?filter="+url.QueryEscape(filter), "")
}

// verdict says whether a request was granted, or its status.
func (r reply) verdict() string {
	if r.status < 300 {
		return "yes"
	}
	return fmt.Sprint(r.status)
}

func (r reply) resources() []any {
	list, _ := r.body["Resources"].([]any)
	return list
}

func (r reply) ids() []string {
	var ids []string
	for _, one := range r.resources() {
		ids = append(ids, one.(map[string]any)["id"].(string))
	}
	return ids
}

// user stores a user, with what the JSON says beside the name.
func (s *site) user(name, more string) string {
	s.t.Helper()
	u, err := s.server.AddUser(scimtest.User{UserName: name, ExternalID: "ext-" + name, Active: true, Resource: json.RawMessage("{" + more + "}")})
	require.NoError(s.t, err)
	return u.ID
}

func (s *site) group(name string, members ...string) string {
	s.t.Helper()
	g, err := s.server.AddGroup(scimtest.Group{DisplayName: name, ExternalID: "ext-" + name, Members: members})
	require.NoError(s.t, err)
	return g.ID
}

// op writes an operation as the profile wants it.
func (s *site) op(verb, path, value string) string {
	u := s.is.Update
	if u.Capitals {
		verb = strings.ToUpper(verb[:1]) + verb[1:]
	}
	if u.TextBooleans && (value == "true" || value == "false") {
		value = `"` + strings.ToUpper(value[:1]) + value[1:] + `"`
	}
	switch {
	case u.NoPath && !strings.HasPrefix(path, "members"):
		return fmt.Sprintf(`{"op":%q,"value":{%q:%s}}`, verb, path, value)
	case value == "":
		return fmt.Sprintf(`{"op":%q,"path":%q}`, verb, path)
	default:
		return fmt.Sprintf(`{"op":%q,"path":%q,"value":%s}`, verb, path, value)
	}
}

func (s *site) patch(path string, ops ...string) reply {
	s.t.Helper()
	return s.ask("PATCH", path, patchOf(strings.Join(ops, ",")))
}

// set gives a user's attribute a value by whatever method there is for it.
func (s *site) set(id, attr, value string, header ...string) reply {
	s.t.Helper()
	if patches(s.is) && patchable(s.is, attr) {
		return s.ask("PATCH", "/Users/"+id, patchOf(s.op("replace", attr, value)), header...)
	}
	was := s.ask("GET", "/Users/"+id, "")
	return s.ask("PUT", "/Users/"+id, fmt.Sprintf(`{"userName":%q,%q:%s}`, was.body["userName"], attr, value), header...)
}

func patches(p profile.Profile) bool { return p.Update.Method != profile.PutAlone }

func patchable(p profile.Profile, attr string) bool {
	return len(p.Update.PatchOnly) == 0 || slices.Contains(p.Update.PatchOnly, attr)
}

func known(p profile.Profile, attr string) bool { return !slices.Contains(p.Attributes.Unknown, attr) }

// changes reports whether a user's attribute can be changed by PATCH.
func changes(attr string) func(p profile.Profile) bool {
	return func(p profile.Profile) bool { return patches(p) && patchable(p, attr) && known(p, attr) }
}

func hasGroups(p profile.Profile) bool { return !p.Groups.Absent }

func patchesGroups(p profile.Profile) bool { return hasGroups(p) && patches(p) }

func yes(is bool) string { return map[bool]string{true: "yes", false: "no"}[is] }

// or400 is what comes of something that some servers refuse.
func or400(refused bool) string { return map[bool]string{true: "400", false: "yes"}[refused] }
