// Embed shows the library inside a program that has a database of its own: the
// host's row and the fact that follows from it are committed together, or not at
// all. It needs nothing but Go.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

const rules = `
version: 1
rules:
  - {name: everybody, when: "true", grants: [directory:group/staff]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
    attributes: {department: "{department}"}
`

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "joinery-embed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	// The host's own database, opened by the host, with a table of the host's.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "host.db")+"?_pragma=busy_timeout(5000)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "CREATE TABLE employee (id TEXT PRIMARY KEY, name TEXT, department TEXT)"); err != nil {
		return err
	}

	store, err := sqlstore.New(ctx, sqlstore.Config{DB: db, Dialect: sqlite.Dialect{}})
	if err != nil {
		return err
	}
	defer store.Close()
	decides, err := policy.Load("rules", strings.NewReader(rules))
	if err != nil {
		return err
	}
	directory := memory.New(memory.Config{})
	engine, err := provisioning.New(provisioning.Config{
		Store: store,
		Tenant: func(context.Context, string) (provisioning.TenantConfig, error) {
			return provisioning.TenantConfig{
				Policy:  decides,
				Systems: map[string]provisioning.System{"directory": {Connector: directory, Mode: provisioning.Managed}},
			}, nil
		},
	})
	if err != nil {
		return err
	}
	customer, err := engine.Tenant(ctx, "customer-1")
	if err != nil {
		return err
	}

	if err := hire(ctx, db, customer, "1", "Alice", true); err != nil {
		return err
	}
	if err := hire(ctx, db, customer, "2", "Bob", false); err != nil {
		return err
	}
	if _, err := engine.Drain(ctx); err != nil {
		return err
	}
	for _, account := range directory.Accounts() {
		fmt.Fprintf(out, "account %s of person %s, active: %t\n", account.Name, account.ExternalID, account.Active)
	}
	fmt.Fprintln(out, "Bob's transaction was rolled back, and nobody has heard of him")
	return nil
}

// hire writes the host's row and tells the engine, in one transaction.
func hire(ctx context.Context, db *sql.DB, customer *provisioning.Tenant, id, name string, commit bool) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	if _, err := tx.ExecContext(ctx, "INSERT INTO employee (id, name, department) VALUES (?, ?, 'Sales')", id, name); err != nil {
		return err
	}
	worker := hrsource.Worker{
		Key:         hrsource.WorkerKey{Source: "app", ID: id},
		Name:        hrsource.Name{Given: name},
		Assignments: []hrsource.Assignment{{Department: "Sales"}},
	}
	if _, err := customer.IngestTx(ctx, tx, hrsource.Record{Worker: worker}); err != nil {
		return err
	}
	if !commit {
		return nil
	}
	return tx.Commit()
}
