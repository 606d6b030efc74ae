// Package simulation lives through years of a company by a seed: people join, move, are
// called otherwise, leave and come back, HR makes mistakes and takes them back, systems
// fail in every way the fake knows, somebody changes and makes accounts by hand, two nodes
// share a store, and now and then one of them dies or is put to sleep in the middle of a
// call.
//
// Every few days everything is mended and the engine is let finish. Then an oracle, which
// knows what HR means and nothing of the engine, says what every account must be, and what
// the systems log of calls is held against the entries of the audit log. In between, the
// guard is watched: of what HR did not mean, no more may come true than its limit; and so
// is the time: nobody keeps for longer than a day what HR told they must not have, unless
// the engine says what that waits for.
//
// At the end another engine is told the same facts in another order, and must come to the
// same.
//
// That the simulation would find an error is shown by planting errors, one at a time,
// in the engine: see the test. Errors that engines like this one have had are among them: a
// wake-up is lost; an account is deleted for its owner's earlier life; the guard judges each
// claim by itself; something is given by a call that wakes after its lease; people are taken
// for one by their address alone; a listing that was cut off counts as whole; a feed that
// knows only today erases what is to come. One is not, that the place in the log is taken
// before its row is locked: SQLite lets one writer in at a time (sqlite/dialect.go), so that
// here the order makes no difference. Package storetest has a store with that error, and
// finds it.
package simulation
