// Package simulation lives through years of a company by a seed: people join, move,
// leave and come back, HR makes mistakes and takes them back, systems fail in every
// way the fake knows, somebody changes accounts by hand, two nodes share a store, and
// now and then one of them dies or is put to sleep in the middle of a call.
//
// Every few days everything is mended and the engine is let finish. Then an oracle,
// which knows HR's last word and nothing of the engine, says what every account must
// be. In between, the guard is watched: of what HR did not mean, no more may come true
// than its limit.
//
// That the simulation would find an error is shown by planting errors, one at a time,
// in the engine: see the test.
package simulation
