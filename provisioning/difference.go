package provisioning

import (
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// differences are between the policy in force and those that others of its kind were
// decided by, by their versions with the configuration. What cannot be told is nil.
type differences struct {
	mu     sync.Mutex
	before map[string]*policy.Difference
}

// unconcerned reports whether a person, who was made due with everybody else since there
// is another policy, would get the same decision from it. Then they are left as they
// were: nothing of theirs is read but who they are, and nothing is compared.
func (t *Tenant) unconcerned(tx state.Tx, p *state.Person) (bool, error) {
	if !p.Resting || !p.RestsUntil.IsZero() && !p.RestsUntil.After(t.now()) {
		return false, nil
	}
	d, err := t.rules.Load().since(tx, p.Policy)
	if err != nil || d == nil {
		return false, err
	}
	s, err := t.relationshipsOf(tx, p.ID, t.now())
	if err != nil || d.Concerns(s.Subject) {
		return false, nil //nolint:nilerr // whoever decides about them tells what is wrong
	}
	p.DueAt, p.Run, p.Event, p.EventAt, p.ReceivedAt = p.RestsUntil, "", "", time.Time{}, time.Time{}
	p.Resting, p.RestsUntil = false, time.Time{}
	p.Policy = t.version()
	return true, tx.PutPerson(*p)
}

// since returns what differs from what was in force as a version, nil if that cannot be
// told: one of the two is not a [policy.Policy], or something else was configured.
func (r *rules) since(tx state.Tx, version string) (*policy.Difference, error) {
	after, ok := r.policy.(*policy.Policy)
	if !ok {
		return nil, nil
	}
	r.differences.mu.Lock()
	defer r.differences.mu.Unlock()
	if d, ok := r.differences.before[version]; ok {
		return d, nil
	}
	var d *policy.Difference
	// A version begins with that of the policy; the rest is the configuration.
	if own, same := strings.CutSuffix(version, strings.TrimPrefix(r.version, after.Version())); same {
		source, err := tx.PolicySource(own)
		if err != nil && !errors.Is(err, state.ErrNotFound) {
			return nil, err
		}
		if before, err := keptPolicy(own, source); err == nil {
			d = policy.Compare(before, after)
		}
	}
	if r.differences.before == nil {
		r.differences.before = map[string]*policy.Difference{}
	}
	r.differences.before[version] = d
	return d, nil
}
