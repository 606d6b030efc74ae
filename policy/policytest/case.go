package policytest

import (
	"cmp"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// DefaultAt returns the instant of cases that name none: noon on 1 January 2026,
// UTC.
func DefaultAt() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// Case is one person with one work relationship, and what is expected of the
// decision about them. Only what a case says is checked, which has to be something.
type Case struct {
	// Name names the subtest.
	Name string
	// At is the instant of the decision; zero means [DefaultAt].
	At time.Time
	// Person and Relationship are what exceptions call the person and the
	// relationship; empty means "person" and "relationship".
	Person, Relationship string
	// Attributes are those of the relationship that have one value, Lists those
	// that have several.
	Attributes map[string]string
	Lists      map[string][]string
	// Start and End bound the time in which the relationship is live: from Start
	// on, until before End. Zero means no bound.
	Start, End time.Time
	// Zone is where the days of the relationship begin; nil means UTC.
	Zone *time.Location
	// Accounts and ManagerAccounts are what has been observed, by system.
	Accounts, ManagerAccounts map[string]policy.Account

	// Requests and Approvals are facts about the person. Held is what they hold now;
	// nil means that it is not known.
	Requests  []policy.Request
	Approvals []policy.Approval
	Held      []policy.Holding

	// Want are entitlements that must be granted, as system:kind/name.
	Want []string
	// WantNot are entitlements that must not be granted. A * at the end stands
	// for any text, and what Want lists is exempt: "*" alone means nothing else.
	// Only what ends in * may be something that the policy grants to nobody.
	WantNot []string
	// WantDenied are entitlements that must be denied: policy leads to them, and yet
	// they are not granted.
	WantDenied []string
	// WantViolations are the names of separations of duties that must be violated, all
	// of them: what came of it is told by Want and WantDenied. Nil is not checked.
	WantViolations []string
	// WantAccounts holds, by system, what is expected of accounts. A system with
	// the zero Account only has to be there.
	WantAccounts map[string]Account
	// WantNoAccounts are systems in which there must be none.
	WantNoAccounts []string
	// WantNextChange is when the decision can change next; zero is not checked.
	WantNextChange time.Time
	// WantError is a part of the error that is expected instead of a decision.
	WantError string
}

// Account is what is expected of one account. Only what it says is checked.
type Account struct {
	// Candidates are the login names in order. Nil is not checked; an empty list
	// means that there is none yet.
	Candidates []string
	// Attributes must have exactly these values; an empty list means cleared.
	Attributes map[string][]string
	// Absent are attributes that must not be listed: nobody's business, or
	// waiting.
	Absent []string
	// Waiting are the inputs that are not known yet. Nil is not checked.
	Waiting []string
}

// Run checks each case in a subtest of its own.
func Run(t *testing.T, e policy.Evaluator, cases []Case) {
	t.Helper()
	if len(cases) == 0 {
		t.Error("there are no cases")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if err := Check(t.Context(), e, c); err != nil {
				t.Error(err)
			}
		})
	}
}

// expectsNothing reports whether the case would pass whatever is decided.
func (c Case) expectsNothing() bool {
	return len(c.Want)+len(c.WantNot)+len(c.WantDenied)+len(c.WantAccounts)+len(c.WantNoAccounts) == 0 &&
		c.WantViolations == nil && c.WantNextChange.IsZero() && c.WantError == ""
}

// subject returns the person of the case.
func (c Case) subject() policy.Subject {
	at := c.At
	if at.IsZero() {
		at = DefaultAt()
	}
	attributes := policy.Attributes{}
	for name, value := range c.Attributes {
		attributes[name] = []string{value}
	}
	for name, values := range c.Lists {
		attributes[name] = append([]string(nil), values...)
	}
	return policy.Subject{
		At: at, Person: cmp.Or(c.Person, "person"), Accounts: c.Accounts, ManagerAccounts: c.ManagerAccounts,
		Requests: c.Requests, Approvals: c.Approvals, Held: c.Held, HeldKnown: c.Held != nil,
		Relationships: []policy.Relationship{{
			ID: cmp.Or(c.Relationship, "relationship"), Primary: true, Start: c.Start, End: c.End, Zone: c.Zone,
			Spans: []policy.Span{{From: c.Start, Attributes: attributes}},
		}},
	}
}
