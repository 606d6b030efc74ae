package policy

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// LintOptions say what [Policy.Lint] may look at beside the policy.
type LintOptions struct {
	// At is the instant by which windows are judged. Zero judges none.
	At time.Time
	// People are those whom the policy is for: with them it is told what nobody, almost
	// nobody or not everybody has. Nil looks at nobody. It is called once.
	People iter.Seq[Subject]
}

// Lint looks for what may not be meant, and for what could be simpler or safer:
// [Checks] lists it. Each finding says where it is, why it matters and what to do.
//
// What Lint says of conditions is proven: a rule of which it says that it never
// matches does not match anybody, and one that it says is superfluous can go without
// anybody losing anything. It does not find all there is. The work is bounded; if the
// bound is met, a finding says so.
//
// The findings are sorted by place, and the same for the same policy and people. The
// error is that of ctx.
func (p *Policy) Lint(ctx context.Context, o LintOptions) ([]Finding, error) {
	l := newLinting(p)
	for _, look := range []func(){
		l.conditions, func() { l.windows(o.At) }, l.superfluous, l.deniedRules, l.unused, l.roleSizes, l.similarRoles, l.privilege, l.admins, l.signIns,
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		look()
	}
	if err := l.apart(ctx); err != nil {
		return nil, err
	}
	if err := l.people(ctx, o.People); err != nil {
		return nil, err
	}
	if l.steps <= 0 || l.cut {
		l.add("incomplete", "", "do not take what was not found for proof", "there is more to compare than the analysis takes the time for")
	}
	at := p.places()
	for i := range l.found {
		f := &l.found[i]
		f.File, f.Line, f.Column = at.of(f.Path)
	}
	slices.SortFunc(l.found, compareFindings)
	return slices.Compact(l.found), nil
}

const (
	lintSteps = 200_000

	// maxOffered and maxReached bound what is remembered of what rules offer and of what
	// roles reach, all together.
	maxOffered = 1_000_000
	maxReached = 500_000

	manyStandardRoles = 30
	largeAddOn        = 10
	largeBaseline     = 20
	fewPeople         = 3
)

// linting is one look at a policy.
type linting struct {
	*Policy
	space      *logic.Space
	steps      logic.Steps
	severities map[string]Severity
	found      []Finding
	expanded   map[string][]given
	offered    map[string]offer
	reached    map[string]reach
	room       int  // for more of what roles reach
	cut        bool // something was left out, as it would have been too much
}

func newLinting(p *Policy) *linting {
	l := &linting{
		Policy: p, space: p.space(), steps: lintSteps, severities: map[string]Severity{}, room: maxReached,
		expanded: map[string][]given{}, offered: map[string]offer{}, reached: map[string]reach{},
	}
	for _, c := range Checks() {
		l.severities[c.ID] = c.Severity
	}
	return l
}

// space returns what reasons about the policy's conditions.
func (p *Policy) space() *logic.Space {
	attributes := map[string]logic.Attribute{}
	for name, a := range p.attributes {
		attributes[name] = logic.Attribute{Kind: logic.Kind(a.Type), Values: a.Values}
	}
	return logic.NewSpace(attributes)
}

func (l *linting) add(check, path, fix, format string, args ...any) {
	l.found = append(l.found, Finding{Check: check, Severity: l.severities[check], Path: path, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// formula returns a condition as a formula; none holds always.
func (l *linting) formula(when string) *logic.Formula {
	if when == "" {
		return logic.And()
	}
	f, err := l.space.Parse(when)
	if err != nil {
		return logic.Unknown(when) // of a policy that compiled in another way
	}
	return f
}

// count writes a number with what is counted.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// some quotes the first few of a list.
func some(list []string) string {
	const most = 5
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	return strings.Join(list, ", ")
}
