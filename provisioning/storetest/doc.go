// Package storetest proves that a [provisioning.Store] keeps its contract: the
// comments of the transaction that an engine uses. Each case names the clause it
// proves and runs on an empty store of its own. It is meant for dialects of
// package sqlstore, and for the drivers and servers they are used with:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) storetest.Instance {
//			store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "joinery.db"))
//			if err != nil {
//				t.Fatal(err)
//			}
//			t.Cleanup(func() { store.Close() })
//			return storetest.Instance{Store: store}
//		})
//	}
//
// Cases about concurrency run as many transactions at a time as the store
// allows; they say nothing about time. What only a kill or a power failure can
// show is not proven here.
package storetest
