// Package sqlstore keeps everything an engine knows in a SQL database: the facts
// of HR, people and when to look at them, runs, accounts, what is to be done to
// them, questions, and the audit log.
//
// It is one body of logic over database/sql. What differs between databases is
// in a [Dialect], which a package of its own below this one gives: sqlite, which
// also opens a database by itself, so that most programs need no more than
//
//	store, err := sqlite.Open(ctx, "joinery.db")
//
// # In a database of your own
//
// [New] uses a *sql.DB that the host has opened, so that facts can be committed
// together with rows of the host's own. All tables have the prefix joinery_ and
// begin with the tenant. New brings the schema up to date by itself, unless
// [Config.SkipMigration] is set: then the host applies [Migrations] with its own
// tools, and New only makes sure that the schema is the one it knows.
//
// # Transactions
//
// Every transaction is of one tenant, and no statement reads or writes rows of
// another. Transactions are short: nobody calls over a network inside one. No
// statement asks the database for the time. After the first statement that
// fails, a transaction does nothing any more and cannot be committed, whatever
// became of the error: some databases would go on without it.
//
// # Instants
//
// Instants are kept as integer microseconds since the year 1 in UTC, which makes
// the zero time 0 and mistakes no real instant for it.
package sqlstore
