// Package provisioningtest gives a test everything that provisioning needs, in
// memory and in one line: an engine, a clock that is moved by hand, an HR source,
// a target system and an audit sink.
//
//	func TestLeaverIsLockedOut(t *testing.T) {
//		b := provisioningtest.New(t, provisioningtest.Config{Policy: policyText})
//		b.HR.Put(provisioningtest.Worker("1001", "Ada", "Engineering", "2026-03-01"))
//		b.GoTo("2026-03-02")
//		b.HR.End("1001", "2026-06-30")
//		b.GoTo("2026-07-01")
//		if b.Target("directory").SignIn("aada") == nil {
//			t.Error("still able to sign in")
//		}
//	}
//
// The engine, the store's SQL, policy and connectors are the real ones; the
// database is SQLite in memory, and the systems are [memory.System] values, into
// which faults can be put.
//
// [memory.System]: https://pkg.go.dev/github.com/joinery-iam/joinery/connector/memory#System
package provisioningtest
