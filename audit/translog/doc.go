// Package translog proves that an audit log is whole: a Merkle tree over the
// digests of its entries, signed checkpoints of that tree, proofs, and a verifier
// that needs nothing but an export and a public key.
//
// # Tree
//
// The tree is that of RFC 6962, section 2.1; leaf i is the hash of the digest of
// the entry with leaf number i. Its hashes are stored in one dense sequence, so a
// table with the columns index and hash is all a store needs: [Append] says which
// hashes new leaves add, [Root] computes the root of any earlier size from them.
// The computations are those of golang.org/x/mod/sumdb/tlog.
//
// # Checkpoints
//
// A [Checkpoint] names a log, a size and a root. Signed with [Sign] it is a note
// in the format of C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint), which
// witnesses and other people's tools understand. Given to somebody outside, it is
// what a log can be held to: whoever owns the database and the key could
// otherwise write another log and sign that.
//
// # Proofs
//
// [ProveInclusion] shows that a checkpoint covers an entry, [ProveConsistency]
// that a later checkpoint only added to an earlier one. Both are checked without
// the log.
//
// # Bundles
//
// A [BundleWriter] writes a tenant's whole log as JSON lines and [Verify] checks
// it offline: each entry against its digest, all entries against the tree, the
// tree against each checkpoint, and entries and witnesses against each other.
package translog
