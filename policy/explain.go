package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/policy/internal/logic"
)

// Explain says why a person has an entitlement at s.At, or why not. It agrees with
// [Policy.Evaluate], by which every change that it proposes has been decided. The
// work is bounded. It returns an error if there is no decision about the person, since
// an attribute has a value that does not fit its type, and that of ctx.
func (p *Policy) Explain(ctx context.Context, s Subject, e Entitlement) (Explanation, error) {
	return p.explain(ctx, s, target{entitlement: e})
}

// ExplainAccount says the same of the account in a system, which somebody has who has
// any entitlement there, or is about to.
func (p *Policy) ExplainAccount(ctx context.Context, s Subject, system string) (Explanation, error) {
	return p.explain(ctx, s, target{system: system})
}

// target is what is explained: one entitlement, or an account in a system.
type target struct {
	entitlement Entitlement
	system      string
}

func (t target) matches(e Entitlement) bool {
	if t.system != "" {
		return e.System == t.system
	}
	return e == t.entitlement
}

// explaining is the work on one explanation.
type explaining struct {
	*Policy
	target target
	space  *logic.Space
	out    Explanation
}

func (p *Policy) explain(ctx context.Context, s Subject, t target) (Explanation, error) {
	x := &explaining{Policy: p, target: t, space: p.space()}
	x.out = Explanation{Person: s.Person, At: s.At, Entitlement: t.entitlement, System: t.system}
	d, err := p.Evaluate(ctx, s)
	if err != nil {
		if ctx.Err() != nil {
			return Explanation{}, err
		}
		return Explanation{}, fmt.Errorf("there is no decision about the person, so nothing to explain: %w", err)
	}
	x.decided(d)
	return x.out, nil
}

// decided notes what a decision gives, and why.
func (x *explaining) decided(d Decision) {
	for _, g := range d.Grants {
		if !x.target.matches(g.Entitlement) {
			continue
		}
		x.out.Given = true
		for _, why := range g.Reasons {
			one := Lead{Reason: why, Given: true}
			if x.target.system != "" {
				one.Entitlement = g.Entitlement
			} else {
				x.out.Approval, x.out.Lifted = g.Approval, slices.Clone(g.Lifted)
			}
			x.out.Leads = append(x.out.Leads, one)
		}
	}
}
