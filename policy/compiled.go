package policy

import (
	"slices"
	"sync"
)

// Policy is a policy that has been checked and compiled. It implements
// [Evaluator], never changes and is safe for concurrent use. [Load] and
// [Compile] make one; the zero Policy gives nobody anything and has no version.
type Policy struct {
	doc     Document
	source  []byte
	version string
	texts   []*sourceFile // that it was loaded from, as they were read

	attributes     map[string]Attribute
	conditionReads []string // attributes, sorted
	templateReads  []string
	roles          map[string]*role
	special        map[string]bool // roles that matter beside what they give
	governs        map[Entitlement]EntitlementInfo
	governsMany    byPrefix[EntitlementInfo]
	rules          []rule
	denies         []deny
	exceptions     []exception
	separations    []separation
	boundaries     []bound // of windows, of which until is the day after
	overlapDays    []int   // that rules have
	aheads         []int   // days that accounts are made ahead
	bridgeDays     int
	accounts       map[string]account
	suspending     []suspension // by system
	readsOwn       bool
	readsManager   bool
	readsApprovals bool

	index    *index    // nil if every condition is asked
	sights   sync.Pool // of *sight
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
