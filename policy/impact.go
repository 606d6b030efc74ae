package policy

import (
	"context"
	"iter"
	"slices"
)

// Impact is what one person gains and loses when one policy takes the place of
// another.
type Impact struct {
	Person string
	// Gains and Losses are entitlements with the reasons of the policy that gives
	// them, sorted: each names its system.
	Gains, Losses []Grant
	// GainedAccounts and LostAccounts are those that one of the policies wants and
	// the other does not, sorted by system. One that is disabled for one of them
	// alone is among them.
	GainedAccounts, LostAccounts []DesiredAccount
	// Err says why one of the policies, or both, have no answer. Nothing else is
	// known then, and nothing is gained or lost.
	Err error
}

// Impacts compares two policies over people, one after the other, and yields an
// impact for each who gains or loses something or about whom there is no answer.
// It keeps nobody in memory. If both are a [Policy], people whom [Difference] does
// not concern are not decided about: nothing changes for them, nor whether there is
// an answer. An error of people or of ctx is yielded last.
func Impacts(ctx context.Context, before, after Evaluator, people iter.Seq2[Subject, error]) iter.Seq2[Impact, error] {
	var d *Difference
	a, known := before.(*Policy)
	if b, ok := after.(*Policy); ok && known {
		d = Compare(a, b)
	}
	return func(yield func(Impact, error) bool) {
		for s, err := range people {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Impact{}, err)
				return
			}
			if d != nil && !d.Concerns(s) {
				continue
			}
			i := impact(ctx, before, after, s)
			if err := ctx.Err(); err != nil {
				yield(Impact{}, err)
				return
			}
			if !i.none() && !yield(i, nil) {
				return
			}
		}
	}
}

func impact(ctx context.Context, before, after Evaluator, s Subject) Impact {
	i := Impact{Person: s.Person}
	was, err := before.Evaluate(ctx, s)
	if err != nil {
		i.Err = err
		return i
	}
	is, err := after.Evaluate(ctx, s)
	if err != nil {
		i.Err = err
		return i
	}
	i.Gains, i.Losses = grantsBeyond(is.Grants, was.Grants), grantsBeyond(was.Grants, is.Grants)
	i.GainedAccounts, i.LostAccounts = accountsBeyond(is.Accounts, was.Accounts), accountsBeyond(was.Accounts, is.Accounts)
	return i
}

func (i Impact) none() bool {
	return i.Err == nil && len(i.Gains)+len(i.Losses)+len(i.GainedAccounts)+len(i.LostAccounts) == 0
}

// grantsBeyond returns the grants of which the entitlement is not in others. Both
// are sorted.
func grantsBeyond(list, others []Grant) (out []Grant) {
	for _, g := range list {
		_, found := slices.BinarySearchFunc(others, g.Entitlement, func(o Grant, e Entitlement) int { return o.Entitlement.Compare(e) })
		if !found {
			out = append(out, g)
		}
	}
	return out
}

// accountsBeyond returns the accounts that are not in others in the same state.
func accountsBeyond(list, others []DesiredAccount) (out []DesiredAccount) {
	for _, a := range list {
		if !slices.ContainsFunc(others, func(o DesiredAccount) bool { return o.System == a.System && o.Disabled == a.Disabled }) {
			out = append(out, a)
		}
	}
	return out
}
