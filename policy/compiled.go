package policy

import (
	"slices"
	"sync"
	"time"
)

// Policy is a policy that has been checked and compiled. It implements
// [Evaluator], never changes and is safe for concurrent use. [Load] and
// [Compile] make one; the zero Policy gives nobody anything and has no version.
type Policy struct {
	doc     Document
	source  []byte
	version string

	attributes     map[string]Attribute
	conditionReads []string // attributes, sorted
	templateReads  []string
	rules          []rule
	boundaries     []boundary
	overlapDays    []int // that rules have
	aheads         []int // days that accounts are made ahead
	bridgeDays     int
	accounts       map[string]account
	readsOwn       bool
	readsManager   bool

	machines sync.Pool // of *vm.VM, which are not safe for concurrent use and worth reusing
}

var (
	_ Evaluator     = (*Policy)(nil)
	_ AccountReader = (*Policy)(nil)
)

// Version returns the first 128 bits of a SHA-256 over the document, as 32
// hexadecimal digits. Comments and layout do not count; everything else does.
func (p *Policy) Version() string { return p.version }

// Source returns the text that the policy was loaded from or, if it was
// compiled, its document as JSON. [Load] makes the same policy of it.
func (p *Policy) Source() []byte { return slices.Clone(p.source) }

// Document returns what the policy was compiled from.
func (p *Policy) Document() Document { return p.doc.clone() }

// ReadsAccounts reports whether decisions can depend on [Subject.Accounts] and
// on [Subject.ManagerAccounts]. What is not read need not be fetched.
func (p *Policy) ReadsAccounts() (own, manager bool) { return p.readsOwn, p.readsManager }

// boundary is the start of the day that is days after day.
type boundary struct {
	day  string
	days int
}

func (p *Policy) addBoundaries(r Rule) {
	for _, b := range []boundary{{r.From, 0}, {r.Until, 1}} {
		if b.day != "" {
			p.boundaries = append(p.boundaries, b)
		}
	}
}

// inWindow reports whether the rule is in force at an instant in a zone.
func (r *rule) inWindow(at time.Time, zone *time.Location) bool {
	return (r.from == "" || !at.Before(dayStart(r.from, 0, zone))) && (r.until == "" || at.Before(dayStart(r.until, 1, zone)))
}
