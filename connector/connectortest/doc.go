// Package connectortest tells whether a connector keeps the contract of package
// connector. Whoever writes a connector calls [Run] in a test:
//
//	func TestConformance(t *testing.T) {
//		connectortest.Run(t, connectortest.Harness{
//			New: func(t *testing.T) connector.Connector { return acme.New(freshServer(t)) },
//			Account: func(n int) connector.CreateRequest { … },
//			Change:  func(n int) map[string]connector.Value { … },
//		})
//	}
//
// Every case of the kit is a sentence of the contract, which it names when it
// fails. [Cases] returns them, to be printed or read. Each works on a system of
// its own.
//
// # What is tested
//
// What a connector can do is found by looking at its methods, as a caller would
// find it, narrowed by what it describes; it is not declared. An ability that
// answers "unsupported" fails. What needs the help of the system behind the
// connector, such as losing a reply, is a field of [Harness]; without it the
// cases that need it are skipped.
//
// Nothing is left out in silence: a case that is skipped says what it needs, and
// the last line that Run logs lists what was proved and what was not. It is meant
// to be pasted into the connector's documentation.
//
// # Reading a failure
//
// A case fails if the sentence it names is broken. If it never came to that,
// since something went wrong on the way which another case is there to judge, its
// error is [ErrSetup] and the failure says "not judged": look at the other
// failures first.
//
// The kit imports the standard library and package connector only.
package connectortest
