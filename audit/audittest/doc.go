// Package audittest tells whether an [audit.Sink] keeps what it is given, and
// whether an export of an audit log and its verifier find tampering.
//
// [RunSink] is for whoever writes a sink. It plays the engine: it delivers
// batches, repeats what failed in a longer batch, and then demands that each entry
// is there, in order, at least once.
//
// [Tampering] is for whoever exports a log. It takes a good bundle, as
// translog.BundleWriter writes it, and changes, drops, inserts and swaps entries,
// with and without leaf numbers, the way somebody would who knows the format: leaf
// numbers and digests are put right where that needs no key. Each of these
// forgeries has to be found.
//
// The kit imports the standard library and package audit only.
package audittest
