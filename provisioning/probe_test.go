package provisioning_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func TestLeaverIsDisabledByTheFirstProbeThatWorks(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d, Concurrency: 1})
		staff(t, b, 60)
		pass(t, b, time.Minute)
		d.Fault(memory.Fault{Do: memory.Fail})
		changeAll(t, b, 60)
		pass(t, b, 2*time.Hour) // by now others are tried every quarter of an hour
		before := len(d.Log())
		terminate(t, b, "42")
		pass(t, b, time.Hour)
		tried := len(d.Log()) - before
		require.LessOrEqual(t, tried, 2*(60*4/3+6), "a look each time, or a write and a look, each minute less the jitter")
		require.GreaterOrEqual(t, tried, 60)
		require.NoError(t, d.SignIn("p042"))

		d.Clear()
		before = len(d.Log())
		for d.SignIn("p042") == nil {
			next, err := b.Drain(t.Context())
			require.NoError(t, err)
			waitUntil(next)
		}
		var writes []string
		for _, c := range d.Log()[before:] {
			if c.Kind != memory.Find { // it was looked whether the last attempt arrived
				writes = append(writes, string(c.Kind)+" "+c.Ref.Name)
			}
		}
		// The probe of somebody else may happen to come just before.
		require.Contains(t, writes[:min(len(writes), 2)], "disable p042")
	})
}

// picky fails to let anybody into one group.
type picky struct {
	*memory.System
	group string
}

func (p *picky) Grant(ctx context.Context, r connector.GrantRequest) (connector.Result, error) {
	if r.Entitlement.Name == p.group {
		return connector.Result{}, errors.New("500: internal error")
	}
	return p.System.Grant(ctx, r)
}

// Where many wait for one thing that never works, it looks like an outage. Others must
// get through all the same.
func TestWhatFailsForEverybodyKeepsNothingElseOut(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		p := &picky{memory.New(memory.Config{}), "club"}
		b := outage(t, provisioningtest.Config{Policy: strings.Replace(plain, "accounts:", `  - name: club
    when: jobTitle == "Singer"
    grants: [directory:group/club]
accounts:`, 1)}, provisioning.System{Connector: p})
		staff(t, b, 60)
		pass(t, b, time.Minute)
		for i := range 60 {
			b.HR.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Singer" })
		}
		_, err := b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		pass(t, b, time.Hour)
		require.NotEmpty(t, statusOf(t, b).Outages)
		for i := range 3 {
			b.HR.Put(provisioningtest.Worker(fmt.Sprint("new", i), fmt.Sprint("New", i), "Eng", "1999-01-01"))
		}
		_, err = b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		pass(t, b, 20*time.Minute)
		for i := range 3 {
			require.NoError(t, p.SignIn(fmt.Sprint("new", i)))
		}
	})
}

// A probe that cannot work must not keep all others out for ever.
func TestBrokenAccountsDoNotKeepAnOutageGoing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := &broken{memory.New(memory.Config{}), ""}
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		staff(t, b, 20)
		pass(t, b, time.Minute)
		first := slices.MinFunc(d.Accounts(), func(a, b connector.Account) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
		d.name = first.Name // whose turn it is when all have waited as long
		d.Fault(memory.Fault{Do: memory.Down})
		changeAll(t, b, 20)
		pass(t, b, 5*time.Hour)
		d.Clear()
		pass(t, b, 31*time.Minute)
		require.Equal(t, 59, statusOf(t, b).Systems["directory"]["settled"])
	})
}

// What cannot be done for somebody urgent must not take the others' probes.
func TestUrgentProbesTakeNobodyElses(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := &broken{memory.New(memory.Config{}), "p007"}
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		staff(t, b, 20)
		pass(t, b, time.Minute)
		d.Fault(memory.Fault{Do: memory.Down})
		changeAll(t, b, 20)
		pass(t, b, 2*time.Hour)
		terminate(t, b, "7")
		pass(t, b, time.Hour)
		d.Clear()
		d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Revoke}, Do: memory.Down})
		pass(t, b, 16*time.Minute)
		require.Empty(t, statusOf(t, b).Outages)
		require.Equal(t, 19, inSales(d.System))
	})
}

// changeAll moves everybody to another department.
func changeAll(t *testing.T, b *provisioningtest.Bench, people int) {
	t.Helper()
	for i := range people {
		b.HR.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Assignments[0].Department = "Sales" })
	}
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.NoError(t, err)
}

// inSales counts the accounts that show it.
func inSales(d *memory.System) (n int) {
	for _, a := range d.Accounts() {
		if a.Attributes["department"].Equal(connector.String("Sales")) {
			n++
		}
	}
	return n
}

// nextProbe waits until the next probe may begin, and returns how many calls were made
// by then.
func nextProbe(t *testing.T, b *provisioningtest.Bench, d *memory.System) int {
	t.Helper()
	s := statusOf(t, b)
	require.Len(t, s.Outages, 1)
	waitUntil(s.Outages[0].NextProbe)
	return len(d.Log())
}

// Whoever's turn it is may need no call any more.
func TestProbeThatNeedsNoCallIsNotLost(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := memory.New(memory.Config{})
		policy := strings.Replace(plain, `"{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"`, `"{jobTitle|ascii|lower}"`, 1)
		b := outage(t, provisioningtest.Config{Policy: policy}, provisioning.System{Connector: d})
		d.Fault(memory.Fault{Do: memory.Down})
		titled := func(id, title string) {
			w := provisioningtest.Worker(id, "P", "Eng", "1999-01-01")
			w.Assignments[0].JobTitle = title
			b.HR.Put(w)
		}
		for i := range 10 {
			titled(fmt.Sprint(i), fmt.Sprint("t", i))
		}
		_, err := b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		pass(t, b, 5*time.Hour)
		titled("late", "t0") // the only name there is for them is somebody else's
		_, err = b.Read(t.Context(), provisioningtest.SourceName)
		require.NoError(t, err)
		sent := nextProbe(t, b, d)
		pass(t, b, time.Second)
		require.Equal(t, 1, statusOf(t, b).Systems["directory"]["parked"])
		require.Len(t, d.Log(), sent+1, "somebody else's turn came at once")
	})
}

// absentee says of one account that it is not there.
type absentee struct {
	*memory.System
	name string
}

func (a *absentee) Update(ctx context.Context, r connector.UpdateRequest) (connector.Result, error) {
	if r.Ref.Name == a.name {
		return connector.Result{}, connector.ErrNotFound
	}
	return a.System.Update(ctx, r)
}

func (a *absentee) Find(ctx context.Context, r connector.FindRequest) ([]connector.Account, error) {
	found, err := a.System.Find(ctx, r)
	return slices.DeleteFunc(found, func(f connector.Account) bool { return f.Name == a.name }), err
}

func TestProbeThatTellsNothingIsFollowedByAnother(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		d := &absentee{memory.New(memory.Config{}), ""}
		b := outage(t, provisioningtest.Config{}, provisioning.System{Connector: d})
		staff(t, b, 20)
		pass(t, b, time.Minute)
		d.Fault(memory.Fault{Do: memory.Down})
		changeAll(t, b, 20)
		pass(t, b, 8*time.Hour) // everybody has been tried
		last := d.Log()[len(d.Log())-20:]
		d.name = last[0].Ref.Name // who was tried longest ago
		nextProbe(t, b, d.System)
		d.Clear()
		pass(t, b, 10*time.Second)
		require.Empty(t, statusOf(t, b).Outages)
		require.Equal(t, 19, inSales(d.System))
	})
}
