package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// Call is a call that somebody made, whatever became of it.
type Call struct {
	// Number counts all calls of the system, from 1.
	Number int
	Kind   connector.Kind
	// Key is the operation's key, and Attempt how many calls had that key by then,
	// this one included. Both are zero if the call has no key.
	Key     string
	Attempt int
	// Ref is the account concerned, as the caller named it. For Create it is the
	// account that was made or found, if there is one.
	Ref connector.Ref
	// To is the account to which Transfer was to hand over, as the caller named it.
	To connector.Ref
	// ExternalID is what Create or Find was asked for.
	ExternalID  string
	Entitlement connector.Entitlement
	// Outcome is what the system did, even if the reply was lost. It is empty if
	// the call changes nothing, failed, or is not finished.
	Outcome connector.Outcome
	// Faults are the effects of the faults that it met, in order.
	Faults []Effect
}

// Log returns the calls so far, in the order in which they came.
func (s *System) Log() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := slices.Clone(s.log)
	for i := range log {
		log[i].Faults = slices.Clone(log[i].Faults)
	}
	return log
}

// Calls returns how many calls of a kind there have been, whatever became of
// them.
func (s *System) Calls(k connector.Kind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for i := range s.log {
		if s.log[i].Kind == k {
			n++
		}
	}
	return n
}

// Writes returns how many calls there have been that were meant to change
// something, whatever became of them.
func (s *System) Writes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for i := range s.log {
		if writes(s.log[i].Kind) {
			n++
		}
	}
	return n
}

// visit is what a call meets on its way in.
type visit struct {
	number  int
	slow    []time.Duration
	delay   *Fault
	decided *Fault
}

// enter logs a call, lets it meet the faults, and waits for as long as they say.
// With an error, the call is over.
func (s *System) enter(ctx context.Context, call Call) (visit, error) {
	v, err := s.meet(ctx, call)
	if err != nil {
		return v, err
	}
	for _, d := range v.slow {
		if err := wait(ctx, d); err != nil {
			return v, fmt.Errorf("memory: no answer: %w", err)
		}
	}
	if f := v.decided; f != nil && f.Do != LoseReply && f.Do != PartialPage {
		return v, f.error()
	}
	return v, nil
}

func (s *System) meet(ctx context.Context, call Call) (visit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call.Number = len(s.log) + 1
	if call.Key != "" {
		s.attempts[call.Key]++
		call.Attempt = s.attempts[call.Key]
	}
	v := visit{number: call.Number}
	s.log = append(s.log, call)
	if slices.Contains(s.config.Without, call.Kind) {
		return v, fmt.Errorf("memory: %s: %w", call.Kind, errors.ErrUnsupported)
	}
	if err := ctx.Err(); err != nil {
		return v, connector.NotSent(fmt.Errorf("memory: %w", err))
	}
	logged := &s.log[len(s.log)-1]
	for _, f := range s.faults {
		if !f.strikes(call.Kind) {
			continue
		}
		logged.Faults = append(logged.Faults, f.Do)
		switch f.Do {
		case Slow:
			v.slow = append(v.slow, f.Wait)
		case Delay:
			v.delay = &f.Fault
		default:
			v.decided = &f.Fault
			return v, nil
		}
	}
	return v, nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// write carries out a call that changes something: change runs alone.
func (s *System) write(ctx context.Context, call Call, change func(v visit) (connector.Result, error)) (connector.Result, error) {
	v, err := s.enter(ctx, call)
	if err != nil {
		return connector.Result{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	res, err := change(v)
	logged := &s.log[v.number-1]
	logged.Outcome = res.Outcome
	if call.Kind == connector.Create && res.Account.ID != "" {
		logged.Ref = res.Account.Ref
	}
	if v.decided != nil {
		return connector.Result{}, v.decided.error()
	}
	if err != nil {
		return connector.Result{}, fmt.Errorf("memory: %w", err)
	}
	return res, nil
}
