package scim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

func TestListSeesEverybodyOnce(t *testing.T) {
	t.Parallel()
	server, err := scimtest.New(scimtest.Config{MaxResults: 3})
	require.NoError(t, err)
	base, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	target := connect(t, scim.Config{BaseURL: base + scimtest.BasePath, PageSize: 5})
	for _, n := range []int{0, 1, 2, 3, 4, 6, 7} {
		for len(server.Users()) < n {
			_, err := server.AddUser(scimtest.User{UserName: fmt.Sprint("user", len(server.Users()))})
			require.NoError(t, err)
		}
		seen := map[string]bool{}
		proof, err := target.List(t.Context(), func(a connector.Account) error {
			require.False(t, seen[a.ID])
			seen[a.ID] = true
			return nil
		})
		require.NoError(t, err)
		require.Len(t, seen, n)
		require.Equal(t, n, proof.Count)
		require.True(t, proof.Complete, proof.Basis)
	}
}

func TestListStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	_, target := start(t, scimtest.Config{})
	create(t, target, "amy")
	create(t, target, "bob")
	enough, calls := errors.New("enough"), 0
	proof, err := target.List(t.Context(), func(connector.Account) error { calls++; return enough })
	require.Equal(t, enough, err)
	require.Equal(t, 1, calls)
	require.Zero(t, proof)
}

// pages serves users 1 to n the way a function of the query decides.
func pages(t *testing.T, serve func(start, count int) (from, to, total int)) *scim.Target {
	t.Helper()
	return odd(t, map[string]http.HandlerFunc{"GET /Users": func(w http.ResponseWriter, r *http.Request) {
		from, to, total := serve(number(r.URL.Query(), "startIndex"), number(r.URL.Query(), "count"))
		resources := []any{}
		for id := from; id <= to; id++ {
			resources = append(resources, map[string]any{"id": strconv.Itoa(id), "userName": fmt.Sprint("user", id)})
		}
		body, _ := json.Marshal(map[string]any{"totalResults": total, "itemsPerPage": 100, "Resources": resources})
		say(200, string(body))(w, r)
	}})
}

func number(query url.Values, name string) int {
	n, _ := strconv.Atoi(query.Get(name))
	return n
}

func TestListDoesNotBelieveOddServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve    func(start, count int) (from, to, total int)
		count    int
		complete bool
	}{
		"fewer than asked for":                          {func(start, _ int) (int, int, int) { return start, min(start+6, 25), 25 }, 25, true},
		"startIndex ignored":                            {func(int, int) (int, int, int) { return 1, 10, 25 }, 10, false},
		"startIndex ignored, total is that of the page": {func(int, int) (int, int, int) { return 1, 10, 10 }, 10, false},
		"starts over beyond the end": {func(start, count int) (int, int, int) {
			if start > 25 {
				start = 1
			}
			return start, min(start+count-1, start+9, 25), 25
		}, 25, true},
		"total is that of the page": {func(start, _ int) (int, int, int) {
			to := min(start+9, 25)
			return start, to, to - start + 1
		}, 25, false},
		"pages overlap":          {func(start, _ int) (int, int, int) { return max(start-1, 1), min(start+8, 25), 25 }, 25, false},
		"total moves":            {func(start, _ int) (int, int, int) { return start, min(start+9, 25), 25 + start/20 }, 25, false},
		"total says more":        {func(start, _ int) (int, int, int) { return start, min(start+9, 25), 26 }, 25, false},
		"total says less":        {func(start, _ int) (int, int, int) { return start, min(start+9, 25), 20 }, 25, false},
		"nobody, but there are":  {func(int, int) (int, int, int) { return 1, 0, 5 }, 0, false},
		"nobody, and none there": {func(int, int) (int, int, int) { return 1, 0, 0 }, 0, true},
	} {
		seen := map[string]bool{}
		proof, err := pages(t, c.serve).List(t.Context(), func(a connector.Account) error {
			require.False(t, seen[a.ID], name)
			seen[a.ID] = true
			return nil
		})
		require.NoError(t, err, name)
		require.Len(t, seen, c.count, name)
		require.Equal(t, c.count, proof.Count, name)
		require.Equal(t, c.complete, proof.Complete, "%s: %s", name, proof.Basis)
		require.NotEmpty(t, proof.Basis, name)
	}
}

func TestFindWalksOnWhenFiltersAreIgnored(t *testing.T) {
	t.Parallel()
	target := pages(t, func(start, _ int) (int, int, int) { return start, min(start+6, 25), 25 })
	found, err := target.Find(t.Context(), connector.FindRequest{Name: "user23"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "23", found[0].ID)
	found, err = target.Find(t.Context(), connector.FindRequest{Name: "user99"})
	require.NoError(t, err)
	require.Empty(t, found, "what came does not match")
}

func TestFindWalksWhereFiltersAreRefused(t *testing.T) {
	t.Parallel()
	target := odd(t, map[string]http.HandlerFunc{"GET /Users": func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("filter"):
			say(400, `{"scimType":"invalidFilter"}`)(w, r)
		case number(r.URL.Query(), "startIndex") == 1:
			say(200, `{"totalResults":2,"Resources":[{"id":"1","userName":"a","externalId":"d"}]}`)(w, r)
		case number(r.URL.Query(), "startIndex") == 2:
			say(200, `{"totalResults":2,"Resources":[{"id":"2","userName":"b","externalId":"e"}]}`)(w, r)
		default:
			say(200, `{"totalResults":2,"Resources":[]}`)(w, r)
		}
	}})
	for _, req := range []connector.FindRequest{{ExternalID: "e"}, {Name: "b"}} {
		found, err := target.Find(t.Context(), req)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "2", found[0].ID)
	}
}

func TestFindReturnsAllThatMatch(t *testing.T) {
	t.Parallel()
	target := odd(t, map[string]http.HandlerFunc{"GET /Users": say(200, `{"totalResults":3,"Resources":[
		{"id":"1","userName":"a","externalId":"e"},{"id":"2","userName":"b","externalId":"e"},{"id":"3","userName":"c","externalId":"E"}]}`)})
	found, err := target.Find(t.Context(), connector.FindRequest{ExternalID: "e"})
	require.NoError(t, err)
	require.Len(t, found, 2)
	_, err = target.Create(t.Context(), connector.CreateRequest{ExternalID: "e", Name: "n"})
	require.ErrorIs(t, err, connector.ErrAmbiguous)
}

func TestWhatIsNoListIsNotTakenForAnEmptyOne(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"totalResults":3}`, `{"Resources":[{"userName":"x"}],"totalResults":1}`, `[]`, `null`, ``} {
		target := odd(t, map[string]http.HandlerFunc{"GET /Users": say(200, body)})
		_, err := target.Find(t.Context(), connector.FindRequest{Name: "x"})
		require.Equal(t, connector.VerdictRetry, verdict(t, err), body)
		_, err = target.List(t.Context(), func(connector.Account) error { return nil })
		require.Error(t, err, body)
	}
}
