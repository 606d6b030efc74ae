package connectortest_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
	"github.com/joinery-iam/joinery/connector/memory"
)

// bends are deliberately faulty connectors, by the one case that finds them out.
// After a space, a key says which of several it is.
func bends() map[string]func(b *bent) {
	all := map[string]func(b *bent){}
	for _, some := range []map[string]func(b *bent){
		findBends(), createBends(), updateBends(), renameBends(), suspendBends(), sessionBends(), transferBends(),
		transferRefusalBends(), deleteBends(), entitlementBends(), listBends(), otherBends(), moreBends(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// TestTeeth makes sure that for each case there is a fault which this case finds,
// and no other.
func TestTeeth(t *testing.T) {
	t.Parallel()
	faulty := bends()
	found := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(faulty)) {
		want, _, _ := strings.Cut(name, " ")
		found[want] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := map[string]error{}
			for _, c := range connectortest.Cases() {
				err := try(t, c, faulty[name])
				require.NotErrorIs(t, err, connectortest.ErrSkip, c.Name)
				if err != nil && !errors.Is(err, connectortest.ErrSetup) {
					failed[c.Name] = err
				}
			}
			require.Equal(t, []string{want}, slices.Sorted(maps.Keys(failed)), "%v", failed)
			t.Log(failed[want])
		})
	}
	for _, c := range connectortest.Cases() {
		require.True(t, found[c.Name], "nothing is known to fail %s", c.Name)
		delete(found, c.Name)
	}
	require.Empty(t, found, "these cases do not exist")
}

// TestStraight makes sure that what bends start from is good.
func TestStraight(t *testing.T) {
	t.Parallel()
	for _, c := range connectortest.Cases() {
		require.NoError(t, try(t, c, func(*bent) {}), c.Name)
	}
}

// try returns what a case finds. In a bubble, waiting takes no time, and whoever
// waits for another meets all others first.
func try(t *testing.T, c connectortest.Case, bend func(b *bent)) error {
	t.Helper()
	h := harness(func(c connector.Connector) *memory.System { return c.(*bent).System })
	h.New = func(t *testing.T) connector.Connector {
		b := straight()
		t.Cleanup(func() { close(b.released) })
		bend(b)
		return b
	}
	h.SignIn = func(_ context.Context, c connector.Connector, ref connector.Ref) (func() error, error) {
		return c.(*bent).signIn(ref)
	}
	var found error
	synctest.Test(t, func(t *testing.T) {
		b, err := connectortest.NewBench(t, h)
		require.NoError(t, err)
		found = c.Check(t.Context(), b)
	})
	return found
}

const failing = "CONNECTORTEST_FAILING"

// TestRunFails lets Run judge a faulty connector in another process, since here it
// would fail this test, too.
func TestRunFails(t *testing.T) {
	if os.Getenv(failing) != "" {
		h := harness(func(c connector.Connector) *memory.System { return c.(*bent).System })
		h.New = func(*testing.T) connector.Connector {
			b := straight()
			suspendBends()["disable/effect"](b)
			return b
		}
		h.Rename = nil
		connectortest.Run(t, h)
		return
	}
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestRunFails$", "-test.v")
	cmd.Env = append(os.Environ(), failing+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "%s", out)
	for _, want := range []string{
		"--- FAIL: TestRunFails/disable/effect",
		"After Disable returned Applied, the account observed is not active.",
		"it is still active",
		"--- FAIL: TestRunFails/enable/effect", "not judged",
		"--- SKIP: TestRunFails/find/renamed", "needs Harness.Rename",
		"SKIPPED 1: find/renamed; FAILED 7: update/disabled disable/effect disable/twice enable/effect sessions/disabled transfer/disabled transfer/to-inactive",
	} {
		require.Contains(t, string(out), want)
	}
}

func otherBends() map[string]func(b *bent) {
	return map[string]func(b *bent){
		"check/ok": func(b *bent) {
			b.check = func(context.Context) error { return errors.New("no") }
		},
		"result/observed": func(b *bent) {
			b.disable = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				before, _ := b.by(req.Ref.ID)
				res, err := b.System.Disable(ctx, req)
				res.Account = before
				return res, err
			}
		},
		"result/wanted": func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				res, err := b.System.Update(ctx, req)
				res.Account.Attributes = nil
				return res, err
			}
		},
		"cancel/verdict": func(b *bent) {
			b.grant = func(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
				if err := ctx.Err(); err != nil {
					return connector.Result{}, connector.Permanent(err)
				}
				return b.System.Grant(ctx, req)
			}
		},
		"cancel/effect": func(b *bent) {
			b.create = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
				if ctx.Err() == nil {
					return b.System.Create(ctx, req)
				}
				_, err := b.System.Create(context.WithoutCancel(ctx), req)
				return connector.Result{}, connector.NotSent(errors.Join(ctx.Err(), err))
			}
		},
		"cancel/hanging": func(b *bent) {
			var hung atomic.Bool
			b.find = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
				found, err := b.System.Find(ctx, req)
				if errors.Is(err, context.DeadlineExceeded) && hung.CompareAndSwap(false, true) {
					<-b.released // holds the line
				}
				return found, err
			}
		},
		"reply/unknown": func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				res, err := b.System.Update(ctx, req)
				if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
					err = connector.NotSent(err)
				}
				return res, err
			}
		},
		"reply/once": func(b *bent) {
			b.create = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
				res, err := b.System.Create(ctx, req)
				if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
					return b.System.Create(ctx, req)
				}
				return res, err
			}
		},
		"concurrent/calls": func(b *bent) {
			refs := make(corridor)
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				if theirs, met := refs.meet(ctx, req.Ref.ID); met {
					req.Ref.ID = theirs // kept in a field of the connector, say
				}
				return b.System.Update(ctx, req)
			}
		},
		"concurrent/creates": func(b *bent) {
			line := make(corridor)
			b.create = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
				own, err := b.System.Find(ctx, connector.FindRequest{ExternalID: req.ExternalID})
				if err != nil || len(own) > 0 {
					return b.System.Create(ctx, req)
				}
				if !line.pass(ctx) {
					return b.System.Create(ctx, req)
				}
				a := connector.Account{Ref: connector.Ref{Name: req.Name}, ExternalID: req.ExternalID, Active: true, Attributes: req.Attributes}
				return connector.Result{Outcome: connector.Applied, Account: b.Put(a)}, nil
			}
		},
		"concurrent/grants": func(b *bent) {
			members := make(corridor)
			b.grant = func(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
				if _, met := members.meet(ctx, req.Ref.ID); met {
					a, _ := b.by(req.Ref.ID) // the other one writes the list of members it read before
					return connector.Result{Outcome: connector.Applied, Account: a}, nil
				}
				return b.System.Grant(ctx, req)
			}
		},
	}
}
