package provisioning

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// byLockout is why an account is disabled that policy wants.
const byLockout policy.Disabled = "lockedOut"

// lockout returns why nobody is to sign in as a person at s.At, "" if somebody may.
func (s subject) lockout() string {
	var words []string
	for _, f := range s.lockouts {
		if f.inForce(s.At) {
			words = append(words, strings.TrimSuffix("locked out by "+string(f.Actor)+": "+strings.Join(strings.Fields(f.Note), " "), ": "))
		}
	}
	return shorten(strings.Join(words, "; "))
}

// lockoutChange returns when the next lockout begins or ends, zero if none does.
func (s subject) lockoutChange() (next time.Time) {
	for _, f := range s.lockouts {
		for _, at := range []time.Time{f.From, f.Until} {
			if at.After(s.At) {
				next = sooner(next, at)
			}
		}
	}
	return next
}

// ask asks policy about a person. Whoever is locked out is to have nothing but the
// accounts that are there, disabled, whatever it says; what they hold stays.
func (s subject) ask(ctx context.Context, e policy.Evaluator) (policy.Decision, error) {
	d, err := e.Evaluate(ctx, s.Subject)
	if err != nil || len(s.lockouts) == 0 {
		return d, err
	}
	d.NextChange = sooner(d.NextChange, s.lockoutChange())
	if s.lockout() == "" {
		return d, nil
	}
	var there []policy.DesiredAccount
	for _, a := range d.Accounts {
		if _, ok := s.Accounts[a.System]; ok {
			a.Disabled = byLockout
			there = append(there, a)
		}
	}
	d.Accounts = there
	return d, nil
}

// lockoutOf returns why nobody is to sign in as a person now, "" if somebody may.
func (t *Tenant) lockoutOf(tx state.Tx, person string) (string, error) {
	s := subject{Subject: policy.Subject{Person: person, At: t.now()}}
	err := s.recall(tx)
	return s.lockout(), err
}

// lockoutsNow returns all lockouts in force.
func (t *Tenant) lockoutsNow(tx state.Tx) ([]Fact, error) {
	rows, err := tx.FactsOfKind(string(FactLockout), t.now())
	if err != nil {
		return nil, err
	}
	all, err := decodeFacts(rows)
	return slices.DeleteFunc(all, func(f Fact) bool { return !f.inForce(t.now()) }), err
}

// contain locks somebody out about whom policy has no answer: what is known of their
// accounts suffices. All else stays as it is.
func (d *decision) contain(s subject) error {
	d.Live = d.was.Live // as far as is known
	for _, key := range slices.SortedFunc(maps.Keys(d.items), compareKeys) {
		if key.kind != state.ItemAccount {
			continue
		}
		if err := d.compareSessions(key.system, true); err != nil {
			return err
		}
		if err := d.compareDeletion(key.system, true); err != nil {
			return err
		}
		if err := d.want(key.system, key.kind, "", disabled, nil, ""); err != nil {
			return err
		}
	}
	if err := d.askKept(); err != nil {
		return err
	}
	if len(d.changed) == 0 {
		return nil
	}
	return d.write(d.tx, d.entry(s))
}
