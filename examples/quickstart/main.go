// Quickstart lives through a year of a small company: people join, move, leave
// and come back, as CSV files from HR tell it, and two SCIM servers follow.
// It needs nothing but Go: the servers run in this process and are spoken to over
// HTTP, the clock is a virtual one, the database a real file.
package main

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

//go:embed company
var company embed.FS

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "joinery-quickstart-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	clock := &clock{at("2026-01-01T00:00:00Z")}
	people := filepath.Join(dir, "people.csv")
	text, err := company.Open("company/policy.yaml")
	if err != nil {
		return err
	}
	rules, err := policy.Load("policy.yaml", text)
	if err != nil {
		return err
	}
	source, err := csvfile.New(csvfile.Config{Name: "hr", Path: people, Evidence: csvfile.Trailer})
	if err != nil {
		return err
	}
	directory, stopDirectory, err := startServer("staff", "engineering", "sales", "office-move")
	if err != nil {
		return err
	}
	defer stopDirectory() //nolint:errcheck // it ends with the process
	code, stopCode, err := startServer("developers")
	if err != nil {
		return err
	}
	defer stopCode() //nolint:errcheck // it ends with the process
	store, err := sqlite.Open(ctx, filepath.Join(dir, "joinery.db"))
	if err != nil {
		return err
	}
	defer store.Close()
	private, public, err := translog.GenerateKey("quickstart")
	if err != nil {
		return err
	}
	signer, err := translog.NewSigner(private)
	if err != nil {
		return err
	}

	timeline := &timeline{out: out}
	engine, err := provisioning.New(provisioning.Config{
		Store: store, Now: clock.Now, Signer: signer,
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
			return provisioning.TenantConfig{
				Policy:  rules,
				Sources: []provisioning.Source{{Source: source}},
				Systems: map[string]provisioning.System{
					"directory": {Connector: directory, Mode: provisioning.Managed},
					"code":      {Connector: code, Mode: provisioning.Managed},
				},
				Sinks: timeline.sinks(),
			}, nil
		},
	})
	if err != nil {
		return err
	}
	tenant, err := engine.Tenant(ctx, "example")
	if err != nil {
		return err
	}
	timeline.tenant = tenant

	files, err := fs.Glob(company, "company/*.csv")
	if err != nil {
		return err
	}
	for _, name := range files {
		arrives := at(strings.TrimSuffix(filepath.Base(name), ".csv") + "T09:30:00Z")
		if err := passTime(ctx, tenant, clock, arrives); err != nil {
			return err
		}
		if err := deliver(ctx, tenant, name, people, timeline); err != nil {
			return err
		}
	}
	if err := passTime(ctx, tenant, clock, at("2027-01-01T00:00:00Z")); err != nil {
		return err
	}
	return verify(ctx, tenant, public, out)
}

// passTime moves the clock from one instant at which something is due to the
// next, as far as until, and does it.
func passTime(ctx context.Context, tenant *provisioning.Tenant, clock *clock, until time.Time) error {
	for {
		next, err := tenant.Drain(ctx)
		if err != nil {
			return err
		}
		if next.IsZero() || next.After(until) {
			clock.set(until)
			return nil
		}
		clock.set(next)
	}
}

// deliver puts a file where HR puts it, and lets the engine read it.
func deliver(ctx context.Context, tenant *provisioning.Tenant, name, people string, timeline *timeline) error {
	body, err := company.ReadFile(name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(people, body, 0o600); err != nil {
		return err
	}
	timeline.heading("HR delivers %s", filepath.Base(name))
	if name == "company/2026-07-14.csv" {
		if err := timeline.plan(ctx, "the plan, before anything is done"); err != nil {
			return err
		}
	}
	_, err = tenant.Read(ctx, "hr")
	if shrunk, ok := errors.AsType[*hrsource.ShrunkError](err); ok {
		timeline.say("REFUSED: %v", shrunk)
	} else if err != nil {
		return err
	}
	if _, err := tenant.Drain(ctx); err != nil {
		return err
	}
	return timeline.answer(ctx)
}
