// Package connector is the contract between whoever decides that an account
// should change and the system that holds the account.
//
// # Writing a connector
//
// Implement the three methods of [Connector], then those of the capabilities
// below that the system really has. A missing capability is not a defect: it is
// shown in plans as unsupported. There are no stubs that fail and no list of
// features that could disagree with the code.
//
//   - [Suspender] switches sign-in off and on
//   - [SessionEnder] ends the sessions and tokens of an account
//   - [Transferrer] hands over what an account owns
//   - [Deleter] removes an account for good
//   - [Renamer] gives an account another login name
//   - [Entitler] grants and revokes entitlements
//   - [Lister] walks all accounts
//   - [Catalog] lists the entitlements there are
//   - [Checker] looks whether the system can be used at all
//   - [Describer] narrows what the type promises and states limits
//   - [io.Closer] releases what the connector holds
//
// Then run connectortest against it: every sentence below that says must or
// may is a case there. Package memory holds a system that has every capability
// but Closer, for tests of whoever uses connectors.
//
// # Reading before believing
//
// A success code proves nothing and an error code means something else on each
// server. So a connector reads, compares, writes, and reads again on anything
// that looks like a conflict; it reports [Applied] or [AlreadyInState] and the
// account as observed.
//
// # Errors
//
// An error says by its verdict whether the operation may have had an effect:
// see [VerdictOf]. An error without a verdict, a cancelled context included,
// means that the outcome is unknown, and the caller reads back before it does
// anything else. A connector never repeats a call by itself, keeps no cache,
// logs nothing and decides nothing.
//
// # Operations are data
//
// A caller does not call these methods one by one. It makes an [Operation],
// which can be printed, stored, compared and approved, and hands it to [Apply].
// What cuts across all operations, such as rate limits or tracing, is an
// [Interceptor]. Connectors are never wrapped: a wrapper would hide what the
// connector can do.
package connector
