package sqlstore

import "github.com/joinery-iam/joinery/provisioning/sqlstore/internal/dialect"

// Dialect is a kind of database. It is sealed, so that it can grow: choose the
// one of a package below this one.
type Dialect interface {
	// Definition is for this module alone.
	Definition() dialect.Definition
}

// Migration is one step of the schema, for hosts that apply it themselves.
type Migration struct {
	// Version rises by one with each step, from 1. It is what the step leaves in
	// the table joinery_schema.
	Version int
	// Name says what the step does, in a word or two.
	Name string
	// SQL holds all statements of the step, in the words of the dialect. They are
	// to be run in one transaction.
	SQL string
}

// Migrations returns the steps to the schema that this release needs, in order.
func Migrations(d Dialect) []Migration {
	steps := d.Definition().Migrations
	out := make([]Migration, len(steps))
	for i, s := range steps {
		out[i] = Migration(s)
	}
	return out
}
