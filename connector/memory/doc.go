// Package memory is a target system that lives in memory: a directory with
// accounts, attributes, sign-in, sessions, entitlements and things that accounts own,
// which offers every capability a connector can have. It is meant for unit tests,
// examples and simulations of whoever uses connectors, and it passes the kit in
// connectortest like any other.
//
//	directory := memory.New(memory.Config{})
//	apply := connector.Apply(directory)
//
// # Looking at it
//
// Besides the methods of the contract, through which a caller works, a [System]
// has a back door for tests: [System.Accounts] tells what is really there,
// [System.SignIn] whether somebody could sign in, [Session.Use] whether whoever did
// by [System.Open] is still in, and [System.Log], [System.Calls] and [System.Writes]
// what was asked of the system. [System.Put] and [System.Remove] change accounts the
// way an administrator would who knows nothing of us. The back door is not counted,
// not logged and meets no faults.
//
// Accounts own what [System.Own] gives them, and [System.Owner] and [System.Owned] tell.
// It is lost with the account, so it is to be handed over before that is deleted.
//
// # Making it fail
//
// A [Fault] is a value which says what goes wrong, for which calls, and how
// often. Faults strike by count, never by chance or by the clock, so a test that
// fails once fails again:
//
//	directory.Fault(memory.Fault{
//		Kinds: []connector.Kind{connector.Create},
//		Times: 1,
//		Do:    memory.LoseReply,
//	})
//
// Now the next account is made, but its maker is told of a broken connection.
package memory
