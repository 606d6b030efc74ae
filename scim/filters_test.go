package scim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
)

// shelf is a list of users behind filters that work or do not.
type shelf struct {
	mu       sync.Mutex
	users    []map[string]any
	filtered int
	// answer returns those users that a filter finds, or a status.
	answer func(s *shelf, filter string) ([]map[string]any, int)
}

func (s *shelf) handlers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /Users": func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			found, status := s.users, 0
			if filter := r.URL.Query().Get("filter"); filter != "" {
				s.filtered++
				found, status = s.answer(s, filter)
			}
			if status != 0 {
				say(status, `{"scimType":"invalidFilter"}`)(w, r)
				return
			}
			var start, count int
			_, _ = fmt.Sscan(r.URL.Query().Get("startIndex"), &start)
			_, _ = fmt.Sscan(r.URL.Query().Get("count"), &count)
			total := len(found)
			found = found[min(start-1, total):min(start-1+count, total)]
			body, err := json.Marshal(map[string]any{"totalResults": total, "Resources": found})
			if err != nil {
				panic(err)
			}
			say(200, string(body))(w, r)
		},
		"POST /Users": func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			var user map[string]any
			if err := json.NewDecoder(r.Body).Decode(&user); err != nil {
				panic(err)
			}
			user["id"] = fmt.Sprint(len(s.users) + 1)
			s.users = append(s.users, user)
			body, err := json.Marshal(user)
			if err != nil {
				panic(err)
			}
			say(201, string(body))(w, r)
		},
	}
}

// byName answers filters on userName as it should, and others with nobody.
func byName(s *shelf, filter string) (found []map[string]any, _ int) {
	for _, u := range s.users {
		if strings.HasPrefix(filter, "userName") && strings.Contains(filter, fmt.Sprintf("%q", u["userName"])) {
			found = append(found, u)
		}
	}
	return found, 0
}

func TestNobodyIsNoAnswerUntilTheFilterWasSeenToWork(t *testing.T) {
	t.Parallel()
	everybody := func(s *shelf, _ string) ([]map[string]any, int) { return s.users, 0 }
	refused := func(*shelf, string) ([]map[string]any, int) { return nil, http.StatusBadRequest }
	for name, answer := range map[string]func(*shelf, string) ([]map[string]any, int){
		"empty": byName, "ignored": everybody, "refused": refused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{answer: answer}
			for i := range 250 {
				s.users = append(s.users, map[string]any{"id": fmt.Sprint(i + 1), "userName": fmt.Sprint("user", i)})
			}
			s.users[249]["externalId"] = "ours"
			target := odd(t, s.handlers())
			result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "ours", Name: "again", Active: true})
			require.NoError(t, err)
			require.Equal(t, connector.AlreadyInState, result.Outcome, "there is one, far behind")
			require.Equal(t, "250", result.Account.ID)
			found, err := target.Find(t.Context(), connector.FindRequest{ExternalID: "nobody"})
			require.NoError(t, err)
			require.Empty(t, found)
		})
	}
}

func TestFilterThatWorksIsTriedOnceOnly(t *testing.T) {
	t.Parallel()
	s := &shelf{answer: func(s *shelf, filter string) (found []map[string]any, _ int) {
		for _, u := range s.users {
			if u["externalId"] != nil && strings.Contains(filter, fmt.Sprintf("externalId eq %q", u["externalId"])) {
				found = append(found, u)
			}
		}
		return found, 0
	}}
	target := odd(t, s.handlers())
	for i := range 10 {
		result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: fmt.Sprint("e", i), Name: fmt.Sprint("u", i), Active: true})
		require.NoError(t, err)
		require.Equal(t, connector.Applied, result.Outcome)
	}
	require.Equal(t, 11, s.filtered, "one for each, and one to see that it works")
}

func TestServerThatListsWhatIsNotThereIsSearchedByNameAlone(t *testing.T) {
	t.Parallel()
	s := &shelf{answer: byName, users: []map[string]any{
		{"id": "1", "userName": "amy", "externalId": "ours"}, {"id": "2", "userName": "bob"},
	}}
	handlers := s.handlers()
	all := handlers["GET /Users"]
	handlers["GET /Users"] = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("filter") == "" {
			say(200, `{"totalResults":1,"Resources":[{"id":"0","userName":"synthetic"}]}`)(w, r)
			return
		}
		all(w, r)
	}
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23"}
	p.Filter.Users, p.Filter.Unsupported, p.Paging.Synthetic = []string{"userName"}, profile.Empty, true
	target := oddWith(t, scim.Config{Profile: p}, handlers)
	result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: "ours", Name: "amy", Active: true})
	require.NoError(t, err)
	require.Equal(t, connector.AlreadyInState, result.Outcome)
	result, err = target.Create(t.Context(), connector.CreateRequest{ExternalID: "new", Name: "cleo", Active: true})
	require.NoError(t, err)
	require.Equal(t, connector.Applied, result.Outcome)
	_, err = target.Find(t.Context(), connector.FindRequest{ExternalID: "ours"})
	require.Error(t, err, "the list proves nothing")
	_, err = target.List(t.Context(), func(connector.Account) error {
		require.Fail(t, "somebody is listed who is not there")
		return nil
	})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = target.Entitlements(t.Context())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	d, err := target.Describe(t.Context())
	require.NoError(t, err)
	require.True(t, d.NoSearch)
}
