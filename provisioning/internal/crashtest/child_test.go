package crashtest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
	"github.com/joinery-iam/joinery/scim"
)

const childEnv = "JOINERY_CRASH_CHILD"

// order is what a child is told.
type order struct {
	People, Policy, URL, Token, DB, Key string
	Now                                 time.Time
	Concurrency                         int
	// KillAt is the journal write at which the child kills itself, from 1; 0 means
	// never. Before says whether it does so before the write is committed.
	KillAt int64
	Before bool
	// Export is where the child writes the audit log once it is done.
	Export string
}

func TestMain(m *testing.M) {
	if text := os.Getenv(childEnv); text != "" {
		var o order
		err := json.Unmarshal([]byte(text), &o)
		if err == nil {
			err = o.run(context.Background())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// run provisions until nothing is left to be done.
func (o order) run(ctx context.Context) error {
	tenant, closeStore, err := o.tenant(ctx)
	if err != nil {
		return err
	}
	defer closeStore()
	if _, err := tenant.Read(ctx, "hr"); err != nil {
		return err
	}
	for {
		next, err := tenant.Drain(ctx)
		if err != nil {
			return err
		}
		wait := next.Sub(o.Now)
		if next.IsZero() || wait > time.Hour {
			break // the next thing to do is the end of somebody's employment
		}
		time.Sleep(max(wait, time.Millisecond)) //nolint:forbidigo // the child waits for back-off and leases like any host
	}
	f, err := os.Create(o.Export)
	if err != nil {
		return err
	}
	defer f.Close()
	return tenant.ExportAudit(ctx, f)
}

func (o order) tenant(ctx context.Context) (*provisioning.Tenant, func() error, error) {
	rules, err := policy.LoadFile(o.Policy)
	if err != nil {
		return nil, nil, err
	}
	source, err := csvfile.New(csvfile.Config{Name: "hr", Path: o.People})
	if err != nil {
		return nil, nil, err
	}
	target, err := scim.New(scim.Config{BaseURL: o.URL, Token: func(context.Context) (string, error) { return o.Token, nil }})
	if err != nil {
		return nil, nil, err
	}
	signer, err := translog.NewSigner(o.Key)
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlite.Open(ctx, o.DB)
	if err != nil {
		return nil, nil, err
	}
	engine, err := provisioning.New(provisioning.Config{
		Store:  mortal{store, &killer{Backend: store.Backend(), at: o.KillAt, before: o.Before}},
		Now:    func() time.Time { return o.Now },
		Signer: signer,
		Lease:  400 * time.Millisecond,
		Retry:  provisioning.Retry{First: 5 * time.Millisecond, Max: 100 * time.Millisecond},
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
			return provisioning.TenantConfig{
				Policy:  rules,
				Sources: []provisioning.Source{{Source: source}},
				Guard:   provisioning.Guard{Percent: 100},
				Systems: map[string]provisioning.System{"directory": {
					Connector: target, Mode: provisioning.Managed, Timeout: 300 * time.Millisecond, Concurrency: o.Concurrency,
				}},
			}, nil
		},
	})
	if err != nil {
		return nil, nil, err
	}
	tenant, err := engine.Tenant(ctx, "crash")
	return tenant, store.Close, err
}

// mortal is a store whose backend kills the process.
type mortal struct {
	provisioning.Store
	killer *killer
}

func (m mortal) Backend() state.Backend { return m.killer }

// killer kills the process at a journal write.
type killer struct {
	state.Backend
	at     int64
	before bool
	writes atomic.Int64
}

func (k *killer) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	err := k.Backend.Update(ctx, tenant, func(tx state.Tx) error { return fn(journalTx{tx, k}) })
	if err == nil && !k.before && k.at > 0 && k.writes.Load() >= k.at {
		die()
	}
	return err
}

// journalTx counts journal writes.
type journalTx struct {
	state.Tx
	killer *killer
}

func (t journalTx) Write(entry audit.Sealed, subject string) error {
	n := t.killer.writes.Add(1)
	err := t.Tx.Write(entry, subject)
	if t.killer.before && n == t.killer.at {
		die()
	}
	return err
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
