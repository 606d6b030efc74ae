package audit

// Witness is one row of the journal that vouches for one entry. It is written in
// the entry's own transaction, holds no personal data and is never erased. So an
// entry that has no leaf yet cannot be changed, dropped or inserted unseen by
// whoever can reach the entries alone.
type Witness struct {
	// Seq counts a tenant's witnesses: 1, 2, 3 and so on without a gap.
	Seq    int64  `json:"seq"`
	Entry  string `json:"entry"` // the entry's ID
	Digest Digest `json:"digest"`
}
