package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
)

// roll is a list of users in pages of two.
type roll struct {
	mu    sync.Mutex
	ids   []string
	asked []url.Values
	// turn is called after each page that was sent.
	turn func(r *roll)
}

const perPage = 2

// serve answers with a page, and lets more add to the answer.
func (r *roll) serve(page func(r *roll, q url.Values) (ids []string, more map[string]any)) map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{"GET /Users": func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		q := req.URL.Query()
		r.asked = append(r.asked, q)
		ids, answer := page(r, q)
		resources := []any{}
		for _, id := range ids {
			resources = append(resources, map[string]any{"id": id, "userName": "user " + id})
		}
		answer["Resources"] = resources
		body, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		say(200, string(body))(w, req)
		if r.turn != nil {
			r.turn(r)
		}
	}}
}

func byIndex(r *roll, q url.Values) ([]string, map[string]any) {
	var start int
	_, _ = fmt.Sscan(q.Get("startIndex"), &start)
	at := min(start-1, len(r.ids))
	return slices.Clone(r.ids[at:min(at+perPage, len(r.ids))]), map[string]any{"totalResults": len(r.ids)}
}

func walked(t *testing.T, target *scim.Target) ([]string, connector.Proof) {
	t.Helper()
	var ids []string
	proof, err := target.List(t.Context(), func(a connector.Account) error {
		ids = append(ids, a.ID)
		return nil
	})
	require.NoError(t, err)
	return ids, proof
}

func paged(method profile.Method) scim.Config {
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23"}
	p.Paging.Method = method
	if method == profile.ByID {
		p.Paging.MaxStart = 2
	}
	return scim.Config{Profile: p}
}

func TestWalkByCursorNeedsNoTotal(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b", "c", "d", "e"}}
	target := oddWith(t, paged(profile.ByCursor), r.serve(func(r *roll, q url.Values) ([]string, map[string]any) {
		at := 0
		_, _ = fmt.Sscanf(q.Get("cursor"), "after %d", &at)
		end := min(at+perPage, len(r.ids))
		more := map[string]any{}
		if end < len(r.ids) {
			more["nextCursor"] = fmt.Sprint("after ", end)
		}
		return r.ids[at:end], more
	}))
	ids, proof := walked(t, target)
	require.Equal(t, r.ids, ids)
	require.True(t, proof.Complete, proof.Basis)
	require.True(t, r.asked[0].Has("cursor"), "RFC 9865: an empty one asks for the first page")
	require.False(t, slices.ContainsFunc(r.asked, func(q url.Values) bool { return q.Has("startIndex") }))
}

func TestCursorThatGoesRoundInCirclesEnds(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b"}}
	target := oddWith(t, paged(profile.ByCursor), r.serve(func(r *roll, _ url.Values) ([]string, map[string]any) {
		return r.ids, map[string]any{"nextCursor": "again"}
	}))
	ids, proof := walked(t, target)
	require.Equal(t, r.ids, ids)
	require.False(t, proof.Complete)
}

func TestCursorIsFollowedWhereItAppears(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b", "c"}}
	target := oddWith(t, scim.Config{}, r.serve(func(r *roll, q url.Values) ([]string, map[string]any) {
		if q.Get("cursor") == "rest" {
			return r.ids[2:], map[string]any{"totalResults": 3}
		}
		return r.ids[:2], map[string]any{"totalResults": 3, "nextCursor": "rest"}
	}))
	ids, proof := walked(t, target)
	require.Equal(t, r.ids, ids)
	require.True(t, proof.Complete, proof.Basis)
}

func TestWalkByIDGoesBeyondTheGreatestStartIndex(t *testing.T) {
	t.Parallel()
	page := func(r *roll, q url.Values) ([]string, map[string]any) {
		after := strings.Trim(strings.TrimPrefix(q.Get("filter"), "id gt "), `"`)
		at := slices.IndexFunc(r.ids, func(id string) bool { return id > after })
		if at < 0 {
			at = len(r.ids)
		}
		rest := r.ids[at:]
		return rest[:min(perPage, len(rest))], map[string]any{"totalResults": len(rest)}
	}
	r := &roll{ids: []string{"a", "b", "c", "d", "e"}}
	ids, proof := walked(t, oddWith(t, paged(profile.ByID), r.serve(page)))
	require.Equal(t, r.ids, ids)
	require.True(t, proof.Complete, proof.Basis)

	mixed := &roll{ids: []string{"b", "a", "d", "c"}}
	_, proof = walked(t, oddWith(t, paged(profile.ByID), mixed.serve(page)))
	require.False(t, proof.Complete, "in no order, somebody is passed over")
}

func TestWalkAtOnceSendsNoPagingParameters(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b", "c"}}
	ids, proof := walked(t, oddWith(t, paged(profile.AtOnce), r.serve(func(r *roll, _ url.Values) ([]string, map[string]any) {
		return r.ids, map[string]any{"totalResults": len(r.ids)}
	})))
	require.Equal(t, r.ids, ids)
	require.True(t, proof.Complete, proof.Basis)
	require.Equal(t, []url.Values{{}}, r.asked)
}

func TestWalkThatWasDisturbedIsRepeated(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b", "c", "d", "e"}}
	pages := 0
	r.turn = func(r *roll) {
		if pages++; pages == 1 { // the next one slips to the page that was sent
			r.ids = slices.Delete(r.ids, 0, 1)
		}
	}
	ids, proof := walked(t, odd(t, r.serve(byIndex)))
	require.True(t, proof.Complete, proof.Basis)
	require.Equal(t, 4, proof.Count)
	require.ElementsMatch(t, []string{"a", "b", "c", "d", "e"}, ids, "each once, also the one that has gone meanwhile")
}

func TestWalkThatIsDisturbedAlwaysEndsWithoutProof(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b", "c", "d", "e"}}
	r.turn = func(r *roll) { r.ids = append(r.ids, fmt.Sprint("new", len(r.ids))) }
	_, proof := walked(t, odd(t, r.serve(byIndex)))
	require.False(t, proof.Complete)
}

// One leaves and one joins during the walk: the total is the same, and somebody
// was passed over.
func TestTotalThatStaysTheSameProvesNothingWherePagesShift(t *testing.T) {
	t.Parallel()
	r := &roll{ids: []string{"a", "b", "c", "d"}}
	pages := 0
	r.turn = func(r *roll) {
		if pages++; pages == 1 {
			r.ids = append(slices.Delete(r.ids, 0, 1), "e")
		}
	}
	config := paged(profile.ByIndex)
	config.Profile.Paging.Shifts = true
	ids, proof := walked(t, oddWith(t, config, r.serve(byIndex)))
	require.True(t, proof.Complete, proof.Basis)
	require.Contains(t, ids, "c", "who was passed over by the first walk")
}
