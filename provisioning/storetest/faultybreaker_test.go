package storetest

import (
	"context"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func breakerFaults() []mutant {
	return []mutant{
		{fault: "a breaker that is closed keeps its error", fails: []string{"breaker", "breaker_list"}, tx: func(tx state.Tx) state.Tx { return resentful{tx} }},
		{fault: "breakers come by their failures", fails: []string{"breaker_list"}, tx: func(tx state.Tx) state.Tx { return byFailures{tx} }},
		{fault: "who waits for a breaker gets it as it was before", fails: []string{"breaker_lock"}, backend: func(b state.Backend) state.Backend { return unlocked{b} }},
		{fault: "a probe takes whose turn it is", fails: []string{"lease_begun", "claim_probe"}, tx: func(tx state.Tx) state.Tx { return noProbe{tx} }},
		{fault: "a probe takes the oldest decision", fails: []string{"claim_probe"}, tx: func(tx state.Tx) state.Tx { return oldestProbe{tx} }},
		{fault: "what is urgent waits for the breaker like others", fails: []string{"next_retry_breaker"}, tx: func(tx state.Tx) state.Tx { return patient{tx} }},
		{fault: "a breaker holds after it was closed", fails: []string{"next_retry_breaker"}, tx: func(tx state.Tx) state.Tx { return everOpen{tx} }},
	}
}

type resentful struct{ state.Tx }

func (t resentful) PutBreaker(b state.Breaker) error {
	if b.Error == "" {
		b.Error = "no answer"
	}
	return t.Tx.PutBreaker(b)
}

type byFailures struct{ state.Tx }

func (t byFailures) Breakers() ([]state.Breaker, error) {
	all, err := t.Tx.Breakers()
	slices.SortStableFunc(all, func(a, b state.Breaker) int { return a.Failures - b.Failures })
	return all, err
}

// unlocked reads the breaker before it waits for its turn.
type unlocked struct{ state.Backend }

func (b unlocked) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	var before []state.Breaker
	err := b.View(ctx, tenant, func(tx state.Tx) (err error) {
		before, err = tx.Breakers()
		return err
	})
	if err != nil {
		return b.Backend.Update(ctx, tenant, fn)
	}
	return b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(unlockedTx{tx, before}) })
}

type unlockedTx struct {
	state.Tx
	before []state.Breaker
}

func (t unlockedTx) LockBreaker(system string) (state.Breaker, error) {
	for _, b := range t.before {
		if b.System == system {
			return b, nil
		}
	}
	return t.Tx.LockBreaker(system)
}

type noProbe struct{ state.Tx }

func (t noProbe) Claim(c state.Claim) ([]state.Claimed, error) {
	c.Probe = false
	return t.Tx.Claim(c)
}

// oldestProbe takes, of two that were never tried, the one that was decided first.
type oldestProbe struct{ state.Tx }

func (t oldestProbe) PutItem(it state.Item) error {
	if err := t.Tx.PutItem(it); err != nil || it.System != "s" || it.Person != "f" {
		return err
	}
	it.DecidedAt = it.DecidedAt.AddDate(1, 0, 0)
	return t.Tx.PutItem(it)
}

type patient struct{ state.Tx }

func (t patient) PutBreaker(b state.Breaker) error {
	if b.System == "s" {
		b.UrgentAt = b.ProbeAt
	}
	return t.Tx.PutBreaker(b)
}

type everOpen struct{ state.Tx }

func (t everOpen) PutBreaker(b state.Breaker) error {
	if b.System == "s" && b.OpenedAt.IsZero() && !b.ProbeAt.IsZero() {
		b.OpenedAt = time.Unix(1, 0)
	}
	return t.Tx.PutBreaker(b)
}
