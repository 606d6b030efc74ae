package scim_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// insist repeats an operation for as long as it may work later: each looks before it
// writes, so that one whose outcome is unknown can be repeated, too.
func insist(do func() error) error {
	for {
		err := do()
		j := connector.VerdictOf(err)
		if err == nil || j.Verdict == connector.VerdictPermanent {
			return err
		}
		time.Sleep(max(j.After, time.Millisecond)) //nolint:forbidigo // no time passes in a bubble
	}
}

// live makes a person, gives and takes what there is, and deletes the person.
func live(t *testing.T, target *scim.Target, p profile.Profile, name string) error {
	var ref connector.Ref
	steps := []func() error{
		func() error {
			result, err := target.Create(t.Context(), connector.CreateRequest{ExternalID: name, Name: name, Active: true})
			ref = result.Account.Ref
			return err
		},
		func() error {
			_, err := target.Grant(t.Context(), connector.GrantRequest{Ref: ref, Entitlement: group("eng")})
			return err
		},
		func() error {
			_, err := target.Update(t.Context(), connector.UpdateRequest{Ref: ref, Attributes: texts("title", "T")})
			return err
		},
		func() error {
			_, err := target.Find(t.Context(), connector.FindRequest{Name: name})
			return err
		},
		func() error {
			_, err := target.Revoke(t.Context(), connector.GrantRequest{Ref: ref, Entitlement: group("eng")})
			return err
		},
	}
	if !p.Delete.Disables {
		steps = append(steps, func() error {
			_, err := target.Delete(t.Context(), connector.AccountRequest{Ref: ref})
			return err
		})
	}
	for i, step := range steps {
		if err := insist(step); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

// TestNoRefusalIsMetWhereTheRatesAreKnown has many people do all at once.
func TestNoRefusalIsMetWhereTheRatesAreKnown(t *testing.T) {
	t.Parallel()
	two := []profile.Rate{{Requests: 1, Per: time.Second, Burst: 3}, {Class: profile.Writes, Requests: 1, Per: 5 * time.Second}}
	all := map[string]profile.Profile{"two rates": limited(two...)}
	for name, p := range everyProfile(t) {
		if len(p.Rate) > 0 {
			all[name] = p
		}
	}
	require.Greater(t, len(all), 5)
	for name, p := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, err := scimtest.New(scimtest.Config{Profile: p})
				require.NoError(t, err)
				_, err = server.AddGroup(scimtest.Group{DisplayName: "eng"})
				require.NoError(t, err)
				target := beside(t, server, p)
				errs := make([]error, 30)
				var everybody sync.WaitGroup
				for n := range errs {
					everybody.Go(func() { errs[n] = live(t, target, p, fmt.Sprint("user", n)) })
				}
				everybody.Wait()
				for _, err := range errs {
					require.NoError(t, err)
				}
				refused := map[string]int{}
				for _, r := range server.Requests() {
					if r.Status == http.StatusTooManyRequests {
						refused[r.Method+" "+r.Path]++
					}
				}
				require.Empty(t, refused, "of %d", len(server.Requests()))
			})
		})
	}
}
