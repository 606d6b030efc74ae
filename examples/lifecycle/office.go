package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

//go:embed policy.yaml
var rules string

// setting says where an office is. The zero value is one with everything of its own.
type setting struct {
	directory, code string // servers to use
	db              string // database to use
	dies            bool   // this process is the first of two
}

// office is a small company with an engine. The first error ends what can be done in
// it, and is kept.
type office struct {
	setting
	ctx    context.Context
	out    io.Writer
	now    time.Time
	hr     *hr
	asleep bool // until the restart: another process does all this
	wrong  int  // checks that failed
	err    error

	dir     string
	servers []*scimtest.Server
	systems map[string]*scim.Target
	store   *sqlstore.Store
	log     *audit.JSONLines // the audit log, as a file beside the database
	tenant  *provisioning.Tenant
	public  string                             // the key that verifies the audit log
	quiet   bool                               // the plan has told already
	alter   func(c *provisioning.TenantConfig) // what is configured otherwise in a scenario
	fatal   atomic.Value                       // the method and system of the call that ends this process
}

func openOffice(ctx context.Context, where setting, out io.Writer) (o *office, err error) {
	o = &office{setting: where, ctx: ctx, out: out, now: instant("2026-01-05 09:00"), hr: &hr{map[string]hrsource.Worker{}}}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close())
		}
	}()
	if o.db == "" {
		if o.dir, err = os.MkdirTemp("", "joinery-lifecycle-"); err != nil {
			return o, err
		}
		o.db = filepath.Join(o.dir, "joinery.db")
	}
	o.systems = map[string]*scim.Target{}
	for name, url := range map[string]*string{"directory": &o.directory, "code": &o.code} {
		if *url == "" {
			server, address, err := startServer()
			if err != nil {
				return o, err
			}
			o.servers, *url = append(o.servers, server), address
		}
		client := &http.Client{Transport: &deadly{office: o, system: name}}
		if o.systems[name], err = scim.New(scim.Config{BaseURL: *url, Client: client}); err != nil {
			return o, err
		}
	}
	return o, o.start()
}

// startServer starts a SCIM server with the groups of the policy.
func startServer() (*scimtest.Server, string, error) {
	server, err := scimtest.New(scimtest.Config{Extensions: []scimtest.Extension{
		{URN: "urn:example:params:scim:schemas:extension:mail:2.0:User", Lists: []string{"aliases"}},
	}})
	if err != nil {
		return nil, "", err
	}
	for _, name := range []string{"staff", "engineering", "sales", "ledgers", "vienna", "austin", "developers"} {
		if _, err := server.AddGroup(scimtest.Group{DisplayName: name}); err != nil {
			return nil, "", err
		}
	}
	url, err := server.Start()
	return server, url + scimtest.BasePath, err
}

// start starts the engine, as a process does.
func (o *office) start() (err error) {
	p, err := policy.Load("policy.yaml", strings.NewReader(rules))
	if err != nil {
		return err
	}
	if o.store, err = sqlite.Open(o.ctx, o.db); err != nil {
		return err
	}
	if o.log, err = audit.OpenJSONLines(o.db + ".log"); err != nil {
		return err
	}
	signer, err := o.signer()
	if err != nil {
		return err
	}
	engine, err := provisioning.New(provisioning.Config{
		Store: o.store, Signer: signer, Lease: lease, Now: func() time.Time { return o.now },
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) { return o.config(), nil },
	})
	if err != nil {
		return err
	}
	if o.tenant, err = engine.Tenant(o.ctx, "example"); err != nil {
		return err
	}
	// Which policy is in force is kept in the database, from the first start on.
	if all, err := o.tenant.Activations(o.ctx); err != nil || len(all) > 0 {
		return err
	}
	_, err = o.tenant.ActivatePolicy(o.ctx, provisioning.ActivateRequest{Policy: p, Actor: "iam-desk"})
	return err
}

// config is what the engine is to know.
func (o *office) config() provisioning.TenantConfig {
	c := provisioning.TenantConfig{
		Sources: []provisioning.Source{{Source: o.hr, EndMissingAfter: 72 * time.Hour}},
		Systems: map[string]provisioning.System{},
		Sinks:   []audit.Sink{&timeline{office: o}, o.log},
	}
	for name, target := range o.systems {
		c.Systems[name] = provisioning.System{Connector: target, Mode: provisioning.Managed, Timeout: lease / 2}
	}
	if o.alter != nil {
		o.alter(&c)
	}
	return c
}

// configure configures the engine otherwise, as a host does when it starts it.
func (o *office) configure(what string, alter func(c *provisioning.TenantConfig)) {
	o.say("   (the engine is told to %s)", what)
	o.alter = alter
	if o.err == nil {
		o.err = o.stop()
	}
	if o.err == nil {
		o.err = o.start()
	}
}

// directory is a change of what is configured about the directory.
func directory(alter func(s *provisioning.System)) func(c *provisioning.TenantConfig) {
	return func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		alter(&s)
		c.Systems["directory"] = s
	}
}

// stop ends what start began.
func (o *office) stop() error {
	var errs []error
	if o.log != nil {
		errs = append(errs, o.log.Close())
	}
	if o.store != nil {
		errs = append(errs, o.store.Close())
	}
	o.log, o.store = nil, nil
	return errors.Join(errs...)
}

// signer reads the key that signs the audit log, or makes it at the first start.
func (o *office) signer() (translog.Signer, error) {
	file := o.db + ".key"
	private, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		var made string
		if made, o.public, err = translog.GenerateKey("lifecycle"); err != nil {
			return nil, err
		}
		private = []byte(made)
		if err := os.WriteFile(file+".pub", []byte(o.public), 0o600); err != nil {
			return nil, err
		}
		err = os.WriteFile(file, private, 0o600)
	}
	if err != nil {
		return nil, err
	}
	public, err := os.ReadFile(file + ".pub")
	if err != nil {
		return nil, err
	}
	o.public = string(public)
	return translog.NewSigner(string(private))
}

func (o *office) close() error {
	var errs []error
	errs = append(errs, o.stop())
	for _, s := range o.servers {
		errs = append(errs, s.Close())
	}
	if o.dir != "" {
		errs = append(errs, os.RemoveAll(o.dir))
	}
	return errors.Join(errs...)
}

// say prints a line.
func (o *office) say(format string, args ...any) {
	if o.asleep || o.err != nil {
		return
	}
	_, o.err = fmt.Fprintf(o.out, format+"\n", args...)
}
