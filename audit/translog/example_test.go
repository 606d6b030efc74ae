package translog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
)

// A log of three entries is signed, exported and verified with the public key
// alone; then somebody changes one entry.
func Example() {
	ctx := context.Background()
	private, public, err := translog.GenerateKey("example.com/audit/acme")
	check(err)
	signer, err := translog.NewSigner(private)
	check(err)

	// The engine's side: entries, their leaves, the tree's hashes, a checkpoint.
	var log []audit.Sealed
	var leaves []audit.Digest
	for i, operation := range []string{"create", "grant", "disable"} {
		sealed, err := audit.Entry{
			ID:        fmt.Sprintf("01h8-%d", i),
			Tenant:    "acme",
			At:        time.Date(2026, 3, 1, 9, i, 0, 0, time.UTC),
			Event:     audit.EventOutcome,
			Operation: operation,
		}.Seal()
		check(err)
		sealed.Leaf = int64(i)
		log = append(log, sealed)
		leaves = append(leaves, sealed.Digest)
	}
	var stored translog.MemoryHashes
	hashes, err := translog.Append(ctx, 0, leaves, stored)
	check(err)
	stored = append(stored, hashes...)
	root, err := translog.Root(ctx, 3, stored)
	check(err)
	signed, err := translog.Sign(translog.Checkpoint{Origin: "example.com/audit/acme", Size: 3, Root: root}, signer)
	check(err)

	// The auditor's side.
	verifier, err := translog.NewVerifier(public)
	check(err)
	verify := func() {
		report, err := translog.Verify(export(log, signed), verifier, translog.VerifyOptions{Origin: "example.com/audit/acme"})
		fmt.Printf("%d entries, %d signed, tampered with: %t\n", report.Entries, report.Latest.Size, errors.Is(err, translog.ErrTampered))
		for _, p := range report.Problems {
			fmt.Println(" ", p)
		}
	}
	verify()
	log[1].Body = bytes.Replace(log[1].Body, []byte("grant"), []byte("revoke"), 1)
	verify()
	// Output:
	// 3 entries, 3 signed, tampered with: false
	// 3 entries, 3 signed, tampered with: true
	//   line 5: entry "01h8-1": entry does not match its digest: salt or body differ
}

func export(log []audit.Sealed, signed []byte) *bytes.Buffer {
	var out bytes.Buffer
	bundle, err := translog.NewBundleWriter(&out, translog.BundleHeader{Tenant: "acme", Origin: "example.com/audit/acme"})
	check(err)
	check(bundle.Checkpoint(signed))
	for i, sealed := range log {
		check(bundle.Entry(sealed))
		check(bundle.Witness(audit.Witness{Seq: int64(i + 1), Entry: sealed.ID, Digest: sealed.Digest}))
	}
	check(bundle.Close())
	return &out
}

// One entry is proven to be in the log, without showing any other.
func ExampleVerifyInclusion() {
	ctx := context.Background()
	sealed, err := audit.Entry{ID: "01h8", Tenant: "acme", Event: audit.EventOutcome}.Seal()
	check(err)
	sealed.Leaf = 1
	var stored translog.MemoryHashes
	stored, err = translog.Append(ctx, 0, []audit.Digest{{1}, sealed.Digest, {3}, {4}}, stored)
	check(err)
	root, err := translog.Root(ctx, 4, stored)
	check(err)
	checkpoint := translog.Checkpoint{Origin: "example.com/audit/acme", Size: 4, Root: root}

	proof, err := translog.ProveInclusion(ctx, checkpoint.Size, sealed.Leaf, stored)
	check(err)
	fmt.Println("hashes in the proof:", len(proof.Hashes))
	fmt.Println("in the log:", translog.VerifyInclusion(sealed, proof, checkpoint) == nil)

	sealed.Digest[0] ^= 1
	fmt.Println("changed:", errors.Is(translog.VerifyInclusion(sealed, proof, checkpoint), translog.ErrTampered))
	// Output:
	// hashes in the proof: 2
	// in the log: true
	// changed: true
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
