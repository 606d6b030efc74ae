package provisioning

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Fact is something that was recorded about a person, beside what HR tells of them. It is
// never altered; it can be withdrawn.
type Fact struct {
	// ID is unique in the tenant.
	ID   string   `json:"id"`
	Kind FactKind `json:"kind"`
	// Person is whom it is about, after any [Tenant.Merge] and [Tenant.Split].
	Person string `json:"person"`
	// Entitlement, Role with the values of its parameters, or Separation is what was asked
	// for, approved or refused.
	Entitlement policy.Entitlement `json:"entitlement,omitzero"`
	Role        string             `json:"role,omitempty"`
	With        map[string]string  `json:"with,omitempty"`
	Separation  string             `json:"separation,omitempty"`
	// Ways are what led to it when it was refused, such as "request REQ-1": whatever else
	// leads to it is asked about anew.
	Ways []string `json:"ways,omitempty"`
	// From and Until bound the time in which it counts, in business time: from From on,
	// until before Until. A zero From means always, a zero Until never ends.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Actor is who asked, approved, refused or locked out, and Note says why.
	Actor Actor  `json:"actor"`
	Note  string `json:"note,omitempty"`
	// Origin and Evidence are those of the request or approval.
	Origin   string `json:"origin,omitempty"`
	Evidence string `json:"evidence,omitempty"`
	// RecordedAt is when it was told, and WithdrawnAt when it was withdrawn; zero if it was
	// not.
	RecordedAt  time.Time `json:"recordedAt,omitzero"`
	WithdrawnAt time.Time `json:"withdrawnAt,omitzero"`
}

// FactKind is what kind of [Fact] something is.
type FactKind string

// The kinds of [Fact]. A refusal is what becomes of a [CaseApproval] that was refused.
const (
	FactRequest  FactKind = "request"
	FactApproval FactKind = "approval"
	FactRefusal  FactKind = "refusal"
	FactLockout  FactKind = "lockout"
)

// Lockout is a fact: nobody is to sign in as the person, whatever HR and policy say and
// even if policy has no answer. While it counts, every account of theirs is disabled and
// its sessions are ended, as urgently as in an immediate termination; none is made,
// enabled or deleted, and nothing is granted. What they hold stays, unless policy takes
// it away. When it ends or is withdrawn, the next look enables what policy wants. Modes
// ([System.Mode]), protected accounts and the guard's limit of what is urgent hold.
type Lockout struct {
	// ID identifies it; made if empty.
	ID string
	// From and Until bound its time, as those of a [Fact].
	From, Until time.Time
}

// fact returns what is to be recorded.
func (r RecordRequest) fact() (f Fact, err error) {
	var given int
	if q := r.Request; q != nil {
		given++
		f = Fact{ID: q.ID, Kind: FactRequest, Entitlement: q.Entitlement, Role: q.Role, With: q.With, From: q.From, Until: q.Until, Origin: q.Origin, Evidence: q.Evidence}
	}
	if a := r.Approval; a != nil {
		given++
		f = Fact{ID: a.ID, Kind: FactApproval, Entitlement: a.Entitlement, Role: a.Role, Separation: a.Separation, From: a.From, Until: a.Until, Origin: a.Origin, Evidence: a.Evidence}
	}
	if l := r.Lockout; l != nil {
		given++
		f = Fact{ID: l.ID, Kind: FactLockout, From: l.From, Until: l.Until}
	}
	if given != 1 {
		return f, fmt.Errorf("%d things to be recorded: want a request, an approval or a lockout", given)
	}
	f.Person, f.Actor, f.Note = r.Person, r.Actor, r.Note
	f.From, f.Until = stored(f.From), stored(f.Until)
	return f, f.check()
}

// stored returns an instant as it is stored, so that what is due at it is not due before.
func stored(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// What a fact may be at most.
const (
	maxFactID   = 200   // bytes
	maxFactName = 1_024 // bytes of each part of an entitlement, of a role and what else is a name
	maxFactText = 2_000 // bytes of a note and of evidence
	maxFactWith = 10    // values of parameters
	maxFacts    = 500   // of a kind, about one person, that count or will
)

// check returns what is wrong with a fact that is to be recorded. An empty ID is made.
func (f Fact) check() error {
	what := 0
	for _, given := range []bool{f.Entitlement != policy.Entitlement{}, f.Role != "", f.Separation != ""} {
		if given {
			what++
		}
	}
	if what != 1 && f.Kind != FactLockout {
		return fmt.Errorf("%s: %d things: want one entitlement, role or separation", f.Kind, what)
	}
	if f.Entitlement != (policy.Entitlement{}) {
		if same, err := policy.ParseEntitlement(f.Entitlement.String()); err != nil || same != f.Entitlement {
			return fmt.Errorf("%s: entitlement %.50q: want system:kind/name", f.Kind, f.Entitlement)
		}
	}
	if len(f.With) > 0 && f.Role == "" || len(f.With) > maxFactWith {
		return fmt.Errorf("%s: With has %d values: want at most %d, of a role", f.Kind, len(f.With), maxFactWith)
	}
	years := func(at time.Time) bool { return at.Year() >= 1 && at.Year() <= 9999 }
	if !years(f.From) || !years(f.Until) || !f.Until.IsZero() && !f.Until.After(f.From) {
		return fmt.Errorf("%s: from %s until %s: want the end after the beginning, of the years 1 to 9999", f.Kind, f.From, f.Until)
	}
	return f.checkTexts()
}

// checkTexts returns what is wrong with the texts of a fact.
func (f Fact) checkTexts() error {
	if len(f.ID) > maxFactID {
		return fmt.Errorf("%s: id %.50q: want at most %d bytes", f.Kind, f.ID, maxFactID)
	}
	names := []string{f.ID, f.Entitlement.System, f.Entitlement.Kind, f.Entitlement.Name, f.Role, f.Separation, f.Origin}
	for name, value := range f.With {
		names = append(names, name, value)
	}
	for _, s := range names {
		if len(s) > maxFactName || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
			return fmt.Errorf("%s: name %.50q: want at most %d bytes of UTF-8 without control characters", f.Kind, s, maxFactName)
		}
	}
	for _, s := range []string{f.Note, f.Evidence} {
		if len(s) > maxFactText || !utf8.ValidString(s) {
			return fmt.Errorf("%s: text %.50q: want at most %d bytes of UTF-8", f.Kind, s, maxFactText)
		}
	}
	return f.Actor.check()
}

// inForce reports whether a fact that was not withdrawn counts at an instant.
func (f Fact) inForce(at time.Time) bool {
	return !at.Before(f.From) && (f.Until.IsZero() || at.Before(f.Until))
}

func (f Fact) request() policy.Request {
	return policy.Request{
		ID: f.ID, Entitlement: f.Entitlement, Role: f.Role, With: f.With, From: f.From, Until: f.Until,
		Origin: cmp.Or(f.Origin, string(f.Actor)), Evidence: cmp.Or(f.Evidence, f.Note),
	}
}

func (f Fact) approval() policy.Approval {
	return policy.Approval{
		ID: f.ID, Entitlement: f.Entitlement, Role: f.Role, Separation: f.Separation, From: f.From, Until: f.Until,
		Origin: cmp.Or(f.Origin, string(f.Actor)), Evidence: cmp.Or(f.Evidence, f.Note),
	}
}

// factOf reads a row.
func factOf(row state.Fact) (f Fact, err error) {
	if err := json.Unmarshal(row.Body, &f); err != nil {
		return f, fmt.Errorf("fact %s: %w", row.ID, err)
	}
	f.Person, f.RecordedAt, f.WithdrawnAt = row.Person, row.RecordedAt, row.WithdrawnAt
	return f, nil
}

// employment returns the spell that a fact belongs to which is told now: the one that
// lasts, or else the next.
func employment(p state.Person) int64 {
	if p.Live {
		return p.Spell
	}
	return p.Spell + 1
}

// recall reads what was recorded about a person, and who is locked out: that is so
// whatever comes of the rest.
func (s *subject) recall(tx state.Tx) error {
	var err error
	if s.recorded, err = tx.FactsOf(s.Person, s.At); err != nil {
		return err
	}
	for _, row := range s.recorded {
		if row.Kind == string(FactLockout) {
			f, err := factOf(row)
			if err != nil {
				return err
			}
			s.lockouts = append(s.lockouts, f)
		}
	}
	return nil
}

// rely adds the requests and approvals that count for this employment: what was asked for
// in one that has ended does not come back with the next. If HR took the end back, there
// was no other one.
func (s *subject) rely(tx state.Tx) error {
	if len(s.recorded) == len(s.lockouts) {
		return nil
	}
	p, err := tx.Person(s.Person)
	if err != nil {
		return err
	}
	for _, row := range s.recorded {
		if row.Spell != employment(p) && !s.unbroken(row.RecordedAt) {
			continue
		}
		f, err := factOf(row)
		if err != nil {
			return err
		}
		switch f.Kind {
		case FactRequest:
			s.Requests = append(s.Requests, f.request())
		case FactApproval:
			s.Approvals = append(s.Approvals, f.approval())
		case FactRefusal:
			s.refusals = append(s.refusals, f)
		case FactLockout: // is known
		}
	}
	return nil
}

// unbroken reports whether some relationship has given access at each instant since
// another one, as HR tells it now.
func (s *subject) unbroken(since time.Time) bool {
	for reached := since; !reached.After(s.At); {
		next := slices.IndexFunc(s.Relationships, func(r policy.Relationship) bool {
			return !r.Start.After(reached) && (r.End.IsZero() || r.End.After(reached))
		})
		switch {
		case next < 0:
			return false
		case s.Relationships[next].End.IsZero():
			return true
		}
		reached = s.Relationships[next].End
	}
	return true
}
