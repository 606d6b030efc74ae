// Package sourcetest holds an implementation of [hrsource.Source] to what the
// comments of package hrsource promise of every source.
//
// A test hands in a [Harness], which makes a source and the system that it reads,
// and calls [Run]. Each [Case] is one sentence of the contract. A case that needs
// something the system cannot do is skipped with the reason.
//
//	func TestContract(t *testing.T) {
//		sourcetest.Run(t, sourcetest.Harness{
//			New: func(t *testing.T) sourcetest.System { ... },
//		})
//	}
//
// The package imports nothing but the standard library and package hrsource.
package sourcetest
