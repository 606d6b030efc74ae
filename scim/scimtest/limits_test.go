package scimtest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// request sends one request of a class.
func (s *site) request(class profile.Class) reply {
	switch class {
	case profile.Writes, profile.UserWrites:
		return s.ask("POST", "/Users", "{}")
	case profile.UserDelete:
		return s.ask("DELETE", "/Users/nobody", "")
	case profile.GroupPatch:
		return s.ask("PATCH", "/Groups/nowhere", patchOf(""))
	case profile.GroupReads:
		return s.ask("GET", "/Groups/nowhere", "")
	default:
		return s.ask("GET", "/Users/nobody", "")
	}
}

// rate tries each rate by itself: what it lets through at once, what it says then,
// and whether it lets one more through when its time has come.
func (s *site) rate() string {
	var all []string
	for _, r := range slices.Concat(s.is.Rate, []profile.Rate{{Requests: 1000, Per: time.Second, Burst: 60}}) {
		s.restart([]profile.Rate{r})
		passed := 0
		last := s.request(r.Class)
		for ; last.status != 429 && passed < 2000; passed++ {
			last = s.request(r.Class)
		}
		other := profile.Reads
		if r.Class == profile.All || r.Class == profile.Reads || r.Class == profile.GroupReads {
			other = profile.Writes
		}
		through := r.Class != profile.All && s.request(other).status != 429
		each := r.Per / time.Duration(r.Requests)
		after, err := strconv.Atoi(last.header.Get("Retry-After"))
		if err == nil {
			each = time.Duration(after) * time.Second
		}
		s.now = s.now.Add(each)
		all = append(all, fmt.Sprintf("%d, told %s, others %s, then %s", passed, yes(err == nil), yes(through), yes(s.request(r.Class).status != 429)))
	}
	return strings.Join(all, "; ")
}

func otherQuirks() []quirk {
	return []quirk{{
		name: "rate",
		want: func(p profile.Profile) string {
			var all []string
			for _, r := range slices.Concat(p.Rate, []profile.Rate{{Requests: 1000, Per: time.Second, Burst: 60}}) {
				all = append(all, fmt.Sprintf("%d, told %s, others %s, then yes", max(r.Burst, 1), yes(!r.Silent), yes(r.Class != profile.All)))
			}
			return strings.Join(all, "; ")
		},
		got: (*site).rate,
	}, {
		name: "etag",
		want: func(p profile.Profile) string {
			return map[profile.ETag]string{profile.Announced: "none", profile.Untrusted: "another each time, yes"}[p.ETag]
		},
		got: func(s *site) string {
			amy := s.user("amy", "")
			version := func() string {
				meta, _ := s.ask("GET", "/Users/"+amy, "").body["meta"].(map[string]any)
				v, _ := meta["version"].(string)
				return v
			}
			switch one, two := version(), version(); {
			case one == "" && two == "":
				return "none"
			case one == two:
				return "one"
			default:
				return "another each time, " + yes(s.set(amy, "active", "true", "If-Match", one).status == 200)
			}
		},
	}, {
		name: "lag",
		want: func(p profile.Profile) string {
			return "201, " + map[bool]string{true: "404", false: "200"}[p.Lag > 0] + ", 200"
		},
		got: func(s *site) string {
			r := s.ask("POST", "/Users", `{"userName":"amy"}`)
			read := func() int { return s.ask("GET", fmt.Sprintf("/Users/%s", r.body["id"]), "").status }
			first := read()
			s.now = s.now.Add(s.is.Lag)
			return fmt.Sprintf("%d, %d, %d", r.status, first, read())
		},
	}}
}

// TestWhoIsNewIsHiddenFromSoManyRequests counts all that would show a user.
func TestWhoIsNewIsHiddenFromSoManyRequests(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{HiddenReads: 4})
	g, err := s.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.NoError(t, err)
	_, made := ask(t, s, "POST", "/Users", `{"userName":"amy"}`)
	id := made["id"].(string)
	join := patchOf(`{"op":"add","path":"members","value":[{"value":"` + id + `"}]}`)
	status, _ := ask(t, s, "GET", "/Users/"+id, "")
	require.Equal(t, http.StatusNotFound, status)
	_, answer := ask(t, s, "GET", "/Users", "")
	require.EqualValues(t, 0, answer["totalResults"])
	_, answer = ask(t, s, "GET", "/Users?filter=userName%20eq%20%22amy%22", "")
	require.EqualValues(t, 0, answer["totalResults"])
	status, _ = ask(t, s, "PATCH", "/Groups/"+g.ID, join)
	require.Equal(t, http.StatusNotFound, status)
	require.Empty(t, s.Groups()[0].Members)

	status, _ = ask(t, s, "GET", "/Users/"+id, "")
	require.Equal(t, http.StatusOK, status)
	status, _ = ask(t, s, "PATCH", "/Groups/"+g.ID, join)
	require.Equal(t, http.StatusNoContent, status)
	require.Len(t, s.Users(), 1)
}

func TestNewJudgesTheProfile(t *testing.T) {
	t.Parallel()
	_, err := scimtest.New(scimtest.Config{HiddenReads: -1})
	require.Error(t, err)
	_, err = scimtest.New(scimtest.Config{Profile: profile.Profile{Lag: time.Second}})
	require.ErrorContains(t, err, "scimtest: Profile: ")
}

func TestUsersCanBeChangedBehindTheClientsBack(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23", Delete: profile.Delete{Refused: true}, Groups: profile.Groups{Absent: true}}
	s := newServer(t, scimtest.Config{Profile: p})
	amy, bob := addUser(t, s, "amy"), addUser(t, s, "bob")
	require.NoError(t, s.RenameUser(amy.ID, "cleo"))
	require.NoError(t, s.SignIn("cleo"))
	require.Error(t, s.RenameUser(amy.ID, "BOB"), "the name is taken")
	require.NoError(t, s.RemoveUser(bob.ID))
	require.ErrorIs(t, s.SignIn("bob"), scimtest.ErrSignIn)
	for _, err := range []error{s.RemoveUser(bob.ID), s.RenameUser(bob.ID, "dan")} {
		require.ErrorContains(t, err, "no resource")
	}
	_, err := s.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.Error(t, err, "there are none")
	require.Empty(t, s.Requests())
}
