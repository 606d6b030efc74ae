package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
	"github.com/joinery-iam/joinery/scim"
)

const (
	tenantName = "default"
	sourceName = "people"
)

// errUsage is met when a flag has a value that cannot be used.
var errUsage = errors.New("wrong flag")

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %w", errUsage, fmt.Errorf(format, args...))
}

// setup is everything that a run needs.
type setup struct {
	tenant *provisioning.Tenant
	system string // what the policy calls the server
	closes []io.Closer
}

func (s *setup) close() {
	for i := range s.closes {
		_ = s.closes[len(s.closes)-1-i].Close() // all of it was committed before
	}
}

// open puts the parts together. In a plan without a database there is one in
// memory, so that not even a file is made.
func open(ctx context.Context, o options, out io.Writer) (s *setup, err error) {
	s = &setup{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	rules, err := policy.LoadFile(o.policy)
	if err != nil {
		return s, fmt.Errorf("-policy: %w", err)
	}
	cfg := provisioning.TenantConfig{Policy: rules}
	if cfg.Systems, err = o.systems(ctx, rules.Systems()); err != nil {
		return s, err
	}
	for s.system = range cfg.Systems {
	}
	if cfg.Zone, err = hrsource.LoadZone(o.zone); err != nil {
		return s, wrong("-zone: %w", err)
	}
	source, err := o.source()
	if err != nil {
		return s, err
	}
	cfg.Sources = []provisioning.Source{{Source: source, Current: true, EndMissingAfter: o.endMissing}}
	if o.auditLog != "" && !o.looks() {
		sink, err := audit.OpenJSONLines(o.auditLog)
		if err != nil {
			return s, err
		}
		s.closes, cfg.Sinks = append(s.closes, sink), append(cfg.Sinks, sink)
	}
	store, err := o.store(ctx)
	if err != nil {
		return s, err
	}
	s.closes = append(s.closes, store)
	engine := provisioning.Config{
		Store: store, Lease: 20 * time.Second,
		Retry:  provisioning.Retry{Max: 30 * time.Second},
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) { return cfg, nil },
	}
	if o.keyFile != "" && !o.looks() {
		if engine.Signer, err = signer(o.keyFile, out); err != nil {
			return s, err
		}
	}
	e, err := provisioning.New(engine)
	if err != nil {
		return s, err
	}
	s.tenant, err = e.Tenant(ctx, tenantName)
	return s, err
}

// source reads the people file.
func (o options) source() (hrsource.Source, error) {
	source, err := csvfile.New(csvfile.Config{
		Name: sourceName, Path: o.people, DateFormats: []string{o.dateFormat}, Evidence: csvfile.Evidence(o.evidence),
		Custom: strings.FieldsFunc(o.custom, func(r rune) bool { return r == ',' }), Columns: o.columns,
	})
	if err != nil {
		return nil, wrong("-people, -dates, -custom, -columns or -evidence: %w", err)
	}
	return source, nil
}

// systems connects the server under the name that the policy uses.
func (o options) systems(ctx context.Context, named []string) (map[string]provisioning.System, error) {
	name := o.system
	if name == "" {
		if len(named) != 1 {
			return nil, fmt.Errorf("policy %s names the systems %s: say with -system which of them -url is", o.policy, strings.Join(named, ", "))
		}
		name = named[0]
	}
	if !slices.Contains(named, name) {
		return nil, wrong("-system %s: the policy names %s", name, strings.Join(named, ", "))
	}
	if _, err := o.token(ctx); err != nil {
		return nil, err // the same every time, so there is no use in waiting
	}
	target, err := scim.New(scim.Config{BaseURL: o.url, Token: o.token, Profile: o.profile})
	if err != nil {
		return nil, wrong("-url: %w", err)
	}
	return map[string]provisioning.System{name: {Connector: target, Mode: provisioning.Managed}}, nil
}

// token reads the token whenever one is sent, so that it can be replaced while
// this runs.
func (o options) token(context.Context) (string, error) {
	content, err := os.ReadFile(o.tokenFile)
	token := strings.TrimSpace(string(content))
	if err == nil && token == "" {
		err = fmt.Errorf("%s is empty", o.tokenFile)
	}
	if err != nil {
		return "", fmt.Errorf("-token-file: %w", err)
	}
	return token, nil
}

// store opens the database. A look at one that is not there makes none: a plan
// starts from nothing then, and anything else has nothing to look at.
func (o options) store(ctx context.Context) (*sqlstore.Store, error) {
	_, err := os.Stat(o.db)
	switch {
	case !o.looks() || err == nil:
		return sqlite.Open(ctx, o.db)
	case o.plan && errors.Is(err, fs.ErrNotExist):
		return sqlite.Open(ctx, ":memory:")
	}
	return nil, fmt.Errorf("-db: %w", err)
}

// signer reads the key that signs the audit log, or makes one.
func signer(file string, out io.Writer) (translog.Signer, error) {
	private, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		made, public, err := translog.GenerateKey("joinery-csv-to-scim")
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, []byte(made), 0o600); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file+".pub", []byte(public), 0o600); err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "made the key %s; keep it apart from the database, and %s.pub to verify with\n", file, file)
		private = []byte(made)
	} else if err != nil {
		return nil, err
	}
	return translog.NewSigner(strings.TrimSpace(string(private)))
}
