package memory

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// The kinds of call that change nothing, beside the kinds of operation of package
// connector, for [Fault] and [Call].
const (
	Find    connector.Kind = "find"
	List    connector.Kind = "list"
	Catalog connector.Kind = "catalog" // Entitlements
	Check   connector.Kind = "check"
)

// Effect is what a [Fault] does to a call.
type Effect string

// The effects of faults.
const (
	// Fail answers with an error that tells nothing, as a server's status 500
	// does. The call has no effect, but its caller cannot know. It is what the
	// zero Effect means.
	Fail Effect = "fail"
	// LoseReply lets a write have its effect, and answers as Fail does.
	LoseReply Effect = "loseReply"
	// Throttle answers that the caller should come again after Fault.Wait.
	Throttle Effect = "throttle"
	// Down answers as if no connection could be made: nothing was sent.
	Down Effect = "down"
	// Deny answers with connector.ErrDenied.
	Deny Effect = "deny"
	// Refuse answers with connector.ErrInvalid, as a system does whose schema was
	// changed.
	Refuse Effect = "refuse"
	// Conflict answers a write with connector.ErrConflict.
	Conflict Effect = "conflict"
	// Slow makes a call wait for Fault.Wait before it begins, or until its context
	// is done, which then is the error, without effect. A Wait of 0 waits for the
	// context alone. Further faults may strike the same call.
	Slow Effect = "slow"
	// Delay hides what a write changed from Find and List, for Fault.Reads calls
	// of them. The write itself succeeds and shows the new state; so do writes
	// that follow. Further faults may strike the same call.
	Delay Effect = "delay"
	// PartialPage ends a listing after Fault.Accounts accounts, without error and
	// without proof.
	PartialPage Effect = "partialPage"
)

// Fault is something that goes wrong. The zero Fault makes every call fail.
//
// A call meets the faults in the order in which they were added, until one decides
// it; what is behind that one does not see it. Conflict, LoseReply and Delay
// concern writes alone, and PartialPage concerns List alone, whatever Kinds says.
type Fault struct {
	// Kinds are the kinds of call that it strikes: those of package connector, and
	// Find, List, Catalog and Check. Empty means all.
	Kinds []connector.Kind
	// After is how many of these calls pass unharmed before it strikes.
	After int
	// Times is how many calls it strikes. 0 means all, until [System.Clear].
	Times int
	// Do is what happens. An effect that does not exist makes the call answer with
	// connector.ErrInvalid.
	Do Effect
	// Wait is for Throttle and Slow.
	Wait time.Duration
	// Reads is for Delay: how many calls of Find and List do not see the change
	// yet. 0 means all, until [System.Reveal].
	Reads int
	// Accounts is for PartialPage: how many accounts still come.
	Accounts int
}

// Fault adds a fault. It strikes calls that begin from now on.
func (s *System) Fault(f Fault) {
	f.Kinds = slices.Clone(f.Kinds)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &armedFault{Fault: f})
}

// Clear removes all faults. What a [Delay] hides stays hidden until it was read
// often enough or [System.Reveal] is called.
func (s *System) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// armedFault is a fault that counts.
type armedFault struct {
	Fault
	seen int // calls it could have struck
}

// strikes counts a call and reports whether it is struck.
func (f *armedFault) strikes(k connector.Kind) bool {
	switch f.Do {
	case LoseReply, Conflict, Delay:
		if !writes(k) {
			return false
		}
	case PartialPage:
		if k != List {
			return false
		}
	}
	if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, k) {
		return false
	}
	if f.Times > 0 && f.seen >= f.After+f.Times {
		return false
	}
	f.seen++
	return f.seen > f.After
}

// error returns what the caller is told, if the fault decides the call.
func (f Fault) error() error {
	switch f.Do {
	case Fail, "":
		return errors.New("memory: internal error")
	case LoseReply:
		return errors.New("memory: connection lost before the reply came")
	case Throttle:
		return connector.RetryAfter(f.Wait, errors.New("memory: too many requests"))
	case Down:
		return connector.NotSent(errors.New("memory: connection refused"))
	case Deny:
		return fmt.Errorf("memory: %w", connector.ErrDenied)
	case Conflict:
		return fmt.Errorf("memory: %w", connector.ErrConflict)
	case Refuse:
		return fmt.Errorf("memory: %w", connector.ErrInvalid)
	default:
		return fmt.Errorf("memory: fault %q: %w", f.Do, connector.ErrInvalid)
	}
}

func writes(k connector.Kind) bool {
	switch k {
	case Find, List, Catalog, Check:
		return false
	}
	return true
}
