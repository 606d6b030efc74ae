// Package audit records what was changed, why, who approved it and how it
// ended, in a form that shows tampering.
//
// An [Entry] is one step: a decision, an operation's intent or outcome, an
// answer to a question, an erasure. Entries are written in the transaction of
// the step that they tell of. They never hold a secret.
//
// # Proof
//
// [Entry.Seal] turns an entry into a [Sealed] one: its body, a random salt and the
// digest of both. Digests are the leaves of one Merkle tree for each tenant, the
// construction of RFC 6962, whose roots are signed as checkpoints. So a changed,
// dropped, inserted or swapped entry is found by anyone who has the log and a
// checkpoint, without the system that wrote it: see package translog below.
// Salt and body can be erased, when a person asks for it, and the proof of
// everything else still holds: [Sealed.Check] then says [ErrErased], and the
// digest keeps its place in the tree.
//
// An entry gets its leaf number a little later than it is written. Until then a
// [Witness], written with it, vouches for it.
//
// # Sinks
//
// A [Sink] gets the stored log in order, at least once, from where it stopped
// the last time. A slow sink delays nothing and loses nothing. [JSONLines] keeps
// whole entries in a file, [Slog] tells a logger what happened.
package audit
