package scim_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// restless is a server whose users come and go between the pages of a walk.
type restless struct {
	server *scimtest.Server
	r      *rand.Rand
	here   []string        // ids
	stayed map[string]bool // those who were there all the time
	made   int
}

func (s *restless) add(t *testing.T) string {
	u, err := s.server.AddUser(scimtest.User{UserName: fmt.Sprint("user", s.made), Active: true})
	require.NoError(t, err)
	s.made++
	s.here = append(s.here, u.ID)
	return u.ID
}

// stir removes somebody, or adds somebody, or both, or nothing.
func (s *restless) stir(t *testing.T) {
	if s.r.IntN(3) == 0 && len(s.here) > 0 {
		i := s.r.IntN(len(s.here))
		require.NoError(t, s.server.RemoveUser(s.here[i]))
		delete(s.stayed, s.here[i])
		s.here = append(s.here[:i], s.here[i+1:]...)
	}
	if s.r.IntN(3) == 0 {
		s.add(t)
	}
}

// walkRestless walks a list whose pages shift, with a client that knows a profile, and
// returns how many were passed over who were there all the time.
func walkRestless(t *testing.T, seed uint64, is, known profile.Profile) (missed int, proof connector.Proof) {
	t.Helper()
	s := &restless{r: rand.New(rand.NewPCG(seed, 7)), stayed: map[string]bool{}}
	server, err := scimtest.New(scimtest.Config{Profile: is})
	require.NoError(t, err)
	s.server = server
	for range 3 + s.r.IntN(6) {
		s.stayed[s.add(t)] = true
	}
	// Some walks come to rest at last.
	unrest := s.r.IntN(12)
	server.SetFault(func(r *http.Request) scimtest.Fault {
		if r.URL.Query().Has("count") && unrest > 0 {
			unrest--
			s.stir(t)
		}
		return scimtest.Fault{}
	})
	target := connect(t, scim.Config{
		BaseURL: "https://example.com" + scimtest.BasePath, PageSize: 2, Profile: known,
		Client: &http.Client{Transport: &near{handler: server}},
	})
	seen := map[string]bool{}
	proof, err = target.List(t.Context(), func(a connector.Account) error {
		require.False(t, seen[a.ID], "seed %d: %s came twice", seed, a.ID)
		seen[a.ID] = true
		return nil
	})
	require.NoError(t, err)
	for id := range s.stayed {
		if !seen[id] {
			missed++
		}
	}
	return missed, proof
}

func TestWalkNeverClaimsTooMuchWherePagesShift(t *testing.T) {
	t.Parallel()
	shifts, err := profile.Get("keycloak")
	require.NoError(t, err)
	believes := shifts
	believes.Paging.Shifts = false
	var complete, fooled int
	for seed := range uint64(200) {
		missed, proof := walkRestless(t, seed, shifts, shifts)
		if proof.Complete {
			complete++
			require.Zero(t, missed, "seed %d: %s", seed, proof.Basis)
		}
		if missed, proof := walkRestless(t, seed, shifts, believes); proof.Complete && missed > 0 {
			fooled++
		}
	}
	require.Greater(t, complete, 50, "the walks that came to rest")
	require.Positive(t, fooled, "a client that does not know is fooled")
}
