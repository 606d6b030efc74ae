// Package provisioning makes connected systems agree with what policy says
// about the people HR tells of, and proves afterwards what it did and why.
//
// # One idea
//
// An HR event never says "create this account". It says: look at this person.
// An [Engine] computes what should be true from facts, policy and the clock,
// compares it with what is known to be true, and closes the difference:
//
//	facts ─▶ decide ─▶ guard ─▶ act ─▶ target systems
//
// Doing it again finds nothing to do, so duplicates, retries and crashes are
// harmless. The state is the queue: a row carries the instant at which it is
// due, and a new fact, a timer or a retry only moves it.
//
// # Using it
//
// [New] takes a [Config] with a [Store] and the configuration of each tenant:
// its policy, its sources and its systems. Then
//
//   - [Tenant.Read] takes over what an HR source tells; [Tenant.Ingest] and
//     [Tenant.IngestTx] are the same door for a host that has the facts at hand
//   - [Tenant.Record] tells what HR does not know of a person: what they asked for, what
//     somebody approved, and that nobody is to sign in as them now ([Lockout])
//   - [Tenant.Plan] shows what would happen, and changes nothing
//   - [Tenant.Drain] does everything that is due; [Engine.Run] does so for ever
//   - [Tenant.Apply] lets a reviewed plan through, line by line
//   - [Tenant.Cases] and [Tenant.Answer] are the door for people
//   - [Tenant.Explain] and [Tenant.AsOf] answer what, why and since when, and
//     [Tenant.ExplainEntitlement] why not
//
// # What a run is
//
// Whatever one cause touches is a run: a read, a new policy, what came due by
// the clock. Nothing of a run acts before everyone it touches is decided and the
// [Guard] has judged all of it. Over a limit nothing of it acts until a named
// person releases it.
//
// # Doing nothing is safe
//
// A policy that cannot be evaluated, a source that fails, a file that shrank, an
// unknown answer of a server: each changes nothing, says so, and is tried or
// asked again. Leaving means disabling and revoking; nothing is deleted.
//
// # Operations
//
// Before each call the intent is journaled, after it the outcome, each in one
// transaction with its audit entry. A call whose outcome is unknown is read back
// before anything else is tried, so a lost reply or a crash makes no second
// account. An item that fails, waits or is held never delays another.
//
// All methods of [Engine] and [Tenant] are safe for concurrent use, by any
// number of goroutines and, on a store that several processes share, processes.
package provisioning
