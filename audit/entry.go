package audit

import (
	"context"
	"encoding/json"
	"time"
)

// Event names the kind of step an entry tells of. Other values may be added.
type Event string

// The events of a provisioning engine.
const (
	EventFact       Event = "fact"       // facts about a worker or a person were recorded, or withdrawn
	EventQuarantine Event = "quarantine" // something unreadable was set aside
	EventLink       Event = "link"       // a work relationship was joined to a person
	EventDecision   Event = "decision"   // what a person should have was decided anew
	EventRun        Event = "run"        // a run was opened, released, held or refused
	EventIntent     Event = "intent"     // an operation is about to be tried
	EventOutcome    Event = "outcome"    // an operation ended, or was found to have ended
	EventCase       Event = "case"       // a question was opened, answered or closed
	EventPolicy     Event = "policy"     // another policy was put in force
	EventDrift      Event = "drift"      // what others changed was taken over as it is
	EventSystem     Event = "system"     // nothing works in a system any more, or something again
	EventErasure    Event = "erasure"    // a person's entries were erased
)

// Entry is one step. Fields that do not apply are empty. All instants are UTC.
type Entry struct {
	// ID is unique and ordered by time within a tenant.
	ID     string    `json:"id"`
	Tenant string    `json:"tenant"`
	At     time.Time `json:"at"` // business time of the step
	Event  Event     `json:"event"`

	// What changed.
	Person      string `json:"person,omitempty"`
	System      string `json:"system,omitempty"`
	Operation   string `json:"operation,omitempty"` // create, disable, grant …
	Entitlement string `json:"entitlement,omitempty"`
	Account     string `json:"account,omitempty"` // the target's identifier
	Before      string `json:"before,omitempty"`  // compact JSON; never a secret
	After       string `json:"after,omitempty"`

	// Why.
	Trigger Trigger  `json:"trigger,omitzero"`
	Policy  string   `json:"policy,omitempty"` // version of the policy
	Reasons []string `json:"reasons,omitempty"`
	Actor   string   `json:"actor,omitempty"` // the person who approved or asked; empty for the engine
	Note    string   `json:"note,omitempty"`

	// How it went.
	Key     string `json:"key,omitempty"`     // the operation's key
	Attempt int    `json:"attempt,omitempty"` // from 1
	Outcome string `json:"outcome,omitempty"`
	Error   string `json:"error,omitempty"`

	Run  string `json:"run,omitempty"`
	Case string `json:"case,omitempty"`
}

// Trigger is the fact that set something off.
type Trigger struct {
	Source    string    `json:"source,omitempty"`   // the HR source, or timer, policy, answer
	Event     string    `json:"event,omitempty"`    // in words: "worker 1007 changed"
	Effective time.Time `json:"effective,omitzero"` // when it took effect
	Recorded  time.Time `json:"recorded,omitzero"`  // when we were told
}

// Sealed is an entry as it is stored: the exact bytes of its body, the salt, and
// the digest of both.
type Sealed struct {
	ID     string `json:"id"`
	Digest Digest `json:"digest"`
	// Salt and Body are empty once the entry was erased.
	Salt []byte          `json:"salt,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
	// Leaf is the entry's number in the tree, from 0; -1 while it has none.
	Leaf int64 `json:"leaf"`
}

// Sink receives the log in order. Write gets a batch of entries with rising leaf
// numbers; it must keep all of them or return an error, after which the same
// batch, or a longer one, comes again. So a sink sees each entry at least once.
// It gets the entries of all tenants, each with its own leaf numbers, and erased
// ones without salt and body. It must not keep the slice after it returned.
// It is called by one goroutine at a time. The kit in package audittest proves
// these sentences.
type Sink interface {
	// Name is constant and unique among a tenant's sinks: it names the cursor.
	Name() string
	Write(ctx context.Context, tenant string, entries []Sealed) error
}
