package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	"github.com/joinery-iam/joinery/provisioning/sqlstore"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// A program of one process needs a path, and nothing else.
func ExampleOpen() {
	store, err := sqlite.Open(context.Background(), sqlite.Memory)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	fmt.Println("give it to provisioning.New")
	// Output: give it to provisioning.New
}

// A host with a database of its own keeps the engine's tables in it, so that its
// rows and the engine's are committed together.
func ExampleDialect() {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)

	for _, step := range sqlstore.Migrations(sqlite.Dialect{}) {
		if _, err := db.Exec(step.SQL); err != nil { // or by the host's own tool
			log.Fatal(err)
		}
		fmt.Println("applied", step.Version, step.Name)
	}
	store, err := sqlstore.New(context.Background(), sqlstore.Config{DB: db, Dialect: sqlite.Dialect{}, SkipMigration: true})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	// Output: applied 1 initial
}
