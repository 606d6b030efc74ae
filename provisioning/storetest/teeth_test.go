package storetest

import (
	"context"
	"database/sql"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// mutant is a store with one fault.
type mutant struct {
	fault string
	// fails are the cases that must find it, in the order of cases. All others
	// must pass.
	fails []string
	// tx makes the fault in a transaction, backend in the store.
	tx      func(state.Tx) state.Tx
	backend func(state.Backend) state.Backend
	// file is set if the fault needs transactions beside each other.
	file bool
	// fresh is set if the fault does not tell tenants apart, so that each case
	// needs a store of its own.
	fresh bool
}

// TestTeeth proves for each planted fault that exactly the cases about the clause
// it breaks find it.
func TestTeeth(t *testing.T) {
	t.Parallel()
	for _, m := range slices.Concat(factFaults(), personFactFaults(), peopleFaults(), policyFaults(), workFaults(), leaseFaults(), breakerFaults(), journalFaults(), storeFaults()) {
		t.Run(m.fault, func(t *testing.T) {
			t.Parallel()
			found := []string{}
			shared := m.instance(t)
			for _, c := range cases() {
				if (raced || testing.Short()) && !slices.Contains(m.fails, c.name) {
					continue // that the others pass is the longer half of the proof
				}
				f := newFixture(t.Context(), shared, t)
				f.tenant = "acme: " + c.name
				if c.whole || m.fresh {
					f = newFixture(t.Context(), m.instance(t), t)
				}
				if c.unable(f) == "" && c.prove(f) != nil {
					found = append(found, c.name)
				}
			}
			require.Equal(t, m.fails, found)
		})
	}
}

// TestNoFault proves that the store under the faults has none.
func TestNoFault(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		require.NoError(t, c.prove(newFixture(t.Context(), mutant{file: true}.instance(t), t)), c.name)
		require.NoError(t, c.prove(newFixture(t.Context(), mutant{}.instance(t), t)), c.name)
	}
}

// TestNothingLeftOut proves that each method of a transaction is part of the data
// set by which tenants and rollbacks are checked.
func TestNothingLeftOut(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, p := range probes() {
		used[p.method] = true
	}
	for _, w := range append(writes(), endings()...) {
		used[w.method] = true
	}
	methods := reflect.TypeFor[state.Tx]()
	for m := range methods.Methods() {
		require.True(t, used[m.Name], m.Name)
		delete(used, m.Name)
	}
	require.Empty(t, used)
}

// TestCasesAreNamed proves that a name stands for one case.
func TestCasesAreNamed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range cases() {
		require.NotEmpty(t, c.clause, c.name)
		require.False(t, seen[c.name], c.name)
		seen[c.name] = true
	}
}

func (m mutant) instance(t *testing.T) Instance {
	var (
		in   Instance
		path = filepath.Join(t.TempDir(), "joinery.db")
	)
	if m.file {
		store, err := sqlite.Open(t.Context(), path)
		require.NoError(t, err)
		in.Store = m.infect(store)
		in.DB, err = sql.Open("sqlite", path)
		require.NoError(t, err)
		t.Cleanup(func() {
			require.NoError(t, store.Close())
			require.NoError(t, in.DB.Close())
		})
		in.Reopen = func(t *testing.T) provisioning.Store {
			require.NoError(t, store.Close())
			again, err := sqlite.Open(t.Context(), path)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, again.Close()) })
			return m.infect(again)
		}
		return in
	}
	db, err := sql.Open("sqlite", sqlite.Memory)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	store, err := sqlstore.New(t.Context(), sqlstore.Config{DB: db, Dialect: sqlite.Dialect{}, Owned: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	in.Store, in.DB = m.infect(store), db
	in.Reopen = func(*testing.T) provisioning.Store { return in.Store } // what is in memory cannot be closed
	return in
}

func (m mutant) infect(store *sqlstore.Store) provisioning.Store {
	b := store.Backend()
	if m.backend != nil {
		b = m.backend(b)
	}
	if m.tx != nil {
		b = faultyTxs{b, m.tx}
	}
	return faultyStore{store, b}
}

type faultyStore struct {
	*sqlstore.Store
	backend state.Backend
}

func (s faultyStore) Backend() state.Backend { return s.backend }

// faultyTxs is a backend whose transactions have a fault.
type faultyTxs struct {
	state.Backend
	infect func(state.Tx) state.Tx
}

func (b faultyTxs) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(b.infect(tx)) })
}

func (b faultyTxs) View(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	return b.Backend.View(ctx, tenant, func(tx state.Tx) error { return fn(b.infect(tx)) })
}

func (b faultyTxs) Rehearse(ctx context.Context, fn func(state.Backend) error) error {
	return b.Backend.Rehearse(ctx, func(inner state.Backend) error { return fn(faultyTxs{inner, b.infect}) })
}

func (b faultyTxs) Join(ctx context.Context, tx *sql.Tx, tenant string) (state.Tx, error) {
	joined, err := b.Backend.Join(ctx, tx, tenant)
	if err != nil {
		return nil, err
	}
	return b.infect(joined), nil
}
