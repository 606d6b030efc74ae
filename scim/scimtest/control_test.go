package scimtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestAnotherProcessCanLook(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{Token: "hush"})
	url, err := s.Start()
	require.NoError(t, err)
	_, err = s.Start()
	require.Error(t, err, "started twice")
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	user := addUser(t, s, "amy")
	_, err = s.AddUser(scimtest.User{UserName: "bob"})
	require.NoError(t, err)

	for _, path := range []string{"/log", "/log/summary", "/login?userName=amy", scimtest.BasePath + "/Users"} {
		for _, token := range []string{"", "hus", "hush2"} {
			status, body := get(t, url+path, token)
			require.Equal(t, http.StatusUnauthorized, status, path)
			require.NotContains(t, body, "hush")
		}
	}
	s.ResetLog()
	status, _ := get(t, url+scimtest.BasePath+"/Users/"+user.ID, "hush")
	require.Equal(t, http.StatusOK, status)
	_, body := get(t, url+"/log", "hush")
	var log []scimtest.Request
	require.NoError(t, json.Unmarshal([]byte(body), &log))
	require.Equal(t, s.Requests(), log)
	require.Len(t, log, 1)
	require.Equal(t, user.ID, log[0].ResourceID)
	_, body = get(t, url+"/log/summary", "hush")
	require.JSONEq(t, `{"reads":1,"writes":0,"committed":0}`, body)
	for name, want := range map[string]int{"AMY": 200, "bob": 403, "nobody": 403} {
		status, _ := get(t, url+"/login?userName="+name, "hush")
		require.Equal(t, want, status, name)
	}
}

func TestRequestsAreLogged(t *testing.T) {
	t.Parallel()
	var hooked atomic.Int32
	s := newServer(t, scimtest.Config{AfterCommit: func(string, string) { hooked.Add(1) }})
	_, made := ask(t, s, "POST", "/Users", `{"userName":"amy","externalId":"e"}`)
	id := made["id"].(string)
	ask(t, s, "GET", "/Users?count=1", "")
	ask(t, s, "PATCH", "/Users/"+id, patchOf(`{"op":"replace","path":"userName","value":"amy"}`))
	ask(t, s, "POST", "/Users", `{"userName":"amy"}`)
	base := scimtest.BasePath
	require.Equal(t, []scimtest.Request{
		{Seq: 1, Method: "POST", Path: base + "/Users", Status: 201, Write: true, Committed: true, ResourceID: id},
		{Seq: 2, Method: "GET", Path: base + "/Users", Query: "count=1", Status: 200},
		{Seq: 3, Method: "PATCH", Path: base + "/Users/" + id, Status: 200, Write: true, ResourceID: id},
		{Seq: 4, Method: "POST", Path: base + "/Users", Status: 409, Write: true},
	}, s.Requests())
	require.Equal(t, scimtest.Summary{Reads: 1, Writes: 3, Committed: 1}, s.Summary())
	require.EqualValues(t, 1, hooked.Load(), "after changes only")
	s.ResetLog()
	require.Empty(t, s.Requests())
	require.Zero(t, s.Writes())
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{})
	url, err := s.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	post := func(name string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+scimtest.BasePath+"/Users",
			strings.NewReader(fmt.Sprintf(`{"userName":%q}`, name)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			require.NoError(t, resp.Body.Close())
		}
		return resp, err
	}
	s.SetFault(func(*http.Request) scimtest.Fault { return scimtest.Fault{Status: 429, RetryAfter: "5"} })
	resp, err := post("amy")
	require.NoError(t, err)
	require.Equal(t, 429, resp.StatusCode)
	require.Equal(t, "5", resp.Header.Get("Retry-After"))
	require.Empty(t, s.Users(), "refused is not done")

	s.SetFault(func(*http.Request) scimtest.Fault { return scimtest.Fault{LoseReply: true, Delay: time.Millisecond} })
	_, err = post("amy")
	require.Error(t, err)
	require.Len(t, s.Users(), 1, "done, but not told")
	last := s.Requests()[1]
	require.True(t, last.Committed && last.ReplyLost)
	require.Equal(t, 201, last.Status)

	s.SetFault(nil)
	resp, err = post("bob")
	require.NoError(t, err)
	require.Equal(t, 201, resp.StatusCode)
}

func TestTheTokenCanBeReplaced(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{Token: "old"})
	s.SetToken("new")
	status, _ := ask(t, s, "GET", "/Users", "", "Authorization", "Bearer old")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = ask(t, s, "GET", "/Users", "", "Authorization", "bearer new")
	require.Equal(t, http.StatusOK, status)
	require.Len(t, s.Requests(), 2, "refusals are logged")
}

// BenchmarkJoin adds members to a group and reads their groups. The size of the
// group should make no difference.
func BenchmarkJoin(b *testing.B) {
	for _, size := range []int{100, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, err := scimtest.New(scimtest.Config{})
			if err != nil {
				b.Fatal(err)
			}
			var members []string
			for i := range size {
				u, err := s.AddUser(scimtest.User{UserName: fmt.Sprint("user", i)})
				if err != nil {
					b.Fatal(err)
				}
				members = append(members, u.ID)
			}
			g, err := s.AddGroup(scimtest.Group{DisplayName: "all", Members: members})
			if err != nil {
				b.Fatal(err)
			}
			leave := patchOf(`{"op":"remove","path":"members[value eq \"` + members[0] + `\"]"}`)
			join := patchOf(`{"op":"add","path":"members","value":[{"value":"` + members[0] + `"}]}`)
			for b.Loop() {
				serve(b, s, http.MethodPatch, "/Groups/"+g.ID, leave)
				serve(b, s, http.MethodPatch, "/Groups/"+g.ID, join)
				serve(b, s, http.MethodGet, "/Users/"+members[0], "")
			}
		})
	}
}

func serve(b *testing.B, s *scimtest.Server, method, path, body string) {
	b.Helper()
	r := httptest.NewRequestWithContext(b.Context(), method, scimtest.BasePath+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/scim+json")
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, r); w.Code >= 300 {
		b.Fatal(w.Code, w.Body.String())
	}
}
