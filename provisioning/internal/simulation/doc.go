// Package simulation lives through years of a company by a seed: people join, move, are
// called otherwise, leave and come back, HR makes mistakes and takes them back, systems
// fail in every way the fake knows, somebody changes and makes accounts by hand, two nodes
// share a store, and now and then one of them dies or is put to sleep in the middle of a
// call.
//
// Every few days everything is mended and the engine is let finish. Then an oracle, which
// knows what HR means and nothing of the engine, says what every account must be, and what
// the systems log of calls is held against the entries of the audit log. In between, the
// guard is watched: of what HR did not mean, no more may come true than its limit.
//
// That the simulation would find an error is shown by planting errors, one at a time,
// in the engine: see the test.
package simulation
