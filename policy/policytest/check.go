package policytest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// Check evaluates one case and returns an error that tells, line by line,
// everything that is not as expected. It evaluates twice, to see that the same
// person gives the same decision. [Run] is Check in subtests.
//
// Below what is missing, indented lines tell what keeps it back, if e is a
// [policy.Policy].
//
// A case that expects nothing is wrong. If e is a [policy.Policy], so is one that names
// an attribute or a system which the policy does not know, or in WantNot an entitlement
// that it grants to nobody.
func Check(ctx context.Context, e policy.Evaluator, c Case) error {
	if c.expectsNothing() {
		return errors.New("the case is wrong: it expects nothing, and would always pass; say what is wanted, or not")
	}
	if err := misspelled(e, c).err(); err != nil {
		return err
	}
	d, err := e.Evaluate(ctx, c.subject())
	again, errAgain := e.Evaluate(ctx, c.subject())
	switch {
	case (err == nil) != (errAgain == nil) || !reflect.DeepEqual(d, again):
		return errors.New("evaluating twice gives different decisions")
	case err == nil && c.WantError != "":
		return fmt.Errorf("there is a decision; want an error with %q", c.WantError)
	case err != nil && c.WantError == "":
		return fmt.Errorf("there is no decision: %w", err)
	case err != nil && !strings.Contains(err.Error(), c.WantError):
		return fmt.Errorf("want an error with %q, got: %w", c.WantError, err)
	case err != nil:
		return nil //nolint:nilerr // the error that was wanted
	}
	var diff report
	diff.grants(ctx, e, c, d)
	diff.denied(c, d)
	diff.violations(c, d)
	diff.accounts(ctx, e, c, d)
	if !c.WantNextChange.IsZero() && !c.WantNextChange.Equal(d.NextChange) {
		diff.add("next change: want %s, got %s", instant(c.WantNextChange), instant(d.NextChange))
	}
	if len(diff) > 0 && !d.Live {
		diff.add("(the relationship is not live at %s)", instant(c.subject().At))
	}
	return diff.err()
}

// report is a list of differences, one a line.
type report []string

func (r *report) add(format string, args ...any) { *r = append(*r, fmt.Sprintf(format, args...)) }

func (r *report) grants(ctx context.Context, e policy.Evaluator, c Case, d policy.Decision) {
	held := map[string]policy.Grant{}
	for _, g := range d.Grants {
		held[g.Entitlement.String()] = g
	}
	for _, want := range c.Want {
		wanted, err := policy.ParseEntitlement(want)
		if err != nil {
			r.add("the case is wrong: %v", err)
			continue
		}
		if _, ok := held[want]; ok {
			continue
		}
		denied := deniedBy(want, d)
		r.add("missing: %s%s", want, denied)
		if p, ok := e.(*policy.Policy); ok && denied == "" && d.Live {
			r.why(p.Explain(ctx, c.subject(), wanted))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(held)) {
		if slices.Contains(c.Want, name) {
			continue
		}
		if slices.ContainsFunc(c.WantNot, func(pattern string) bool { return matches(pattern, name) }) {
			r.add("not wanted: %s, by %s", name, reasons(held[name].Reasons))
		}
	}
}

// denied compares what is denied.
func (r *report) denied(c Case, d policy.Decision) {
	for _, want := range c.WantDenied {
		if deniedBy(want, d) == "" {
			r.add("not denied: %s", want)
		}
	}
}

// violations compares the separations of duties that are violated.
func (r *report) violations(c Case, d policy.Decision) {
	var have []string
	for _, v := range d.Violations {
		have = append(have, v.Separation)
	}
	if want := slices.Sorted(slices.Values(c.WantViolations)); c.WantViolations != nil && !slices.Equal(want, have) {
		r.add("violated: want %s, got %s", list(want), list(have))
	}
}

// deniedBy tells why something is denied, if it is.
func deniedBy(name string, d policy.Decision) string {
	for _, x := range d.Denied {
		if x.Entitlement.String() != name {
			continue
		}
		causes := make([]string, len(x.Causes))
		for i, cause := range x.Causes {
			causes[i] = cause.String()
		}
		return ", which is denied by " + strings.Join(causes, " and ")
	}
	return ""
}

func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

func (r *report) accounts(ctx context.Context, e policy.Evaluator, c Case, d policy.Decision) {
	have := map[string]policy.DesiredAccount{}
	for _, a := range d.Accounts {
		have[a.System] = a
	}
	for _, system := range c.WantNoAccounts {
		if a, ok := have[system]; ok {
			r.add("not wanted: an account in %s, by %s", system, reasons(a.Reasons))
		}
	}
	for _, system := range slices.Sorted(maps.Keys(c.WantAccounts)) {
		a, ok := have[system]
		if !ok {
			r.add("missing: an account in %s", system)
			if p, ok := e.(*policy.Policy); ok && d.Live {
				r.why(p.ExplainAccount(ctx, c.subject(), system))
			}
			continue
		}
		r.account(c.WantAccounts[system], a)
	}
}

func (r *report) account(want Account, have policy.DesiredAccount) {
	if want.Candidates != nil && !slices.Equal(want.Candidates, have.Candidates) {
		r.add("%s candidates: want %s, got %s", have.System, list(want.Candidates), list(have.Candidates))
	}
	for _, name := range slices.Sorted(maps.Keys(want.Attributes)) {
		values, ok := have.Attributes[name]
		switch {
		case !ok:
			r.add("%s %s: want %s, but it is not listed%s", have.System, name, list(want.Attributes[name]), waiting(have))
		case !slices.Equal(want.Attributes[name], values):
			r.add("%s %s: want %s, got %s", have.System, name, list(want.Attributes[name]), list(values))
		}
	}
	for _, name := range want.Absent {
		if values, ok := have.Attributes[name]; ok {
			r.add("%s %s: want it not listed, got %s", have.System, name, list(values))
		}
	}
	if want.Waiting != nil && !slices.Equal(want.Waiting, have.Waiting) {
		r.add("%s waiting: want %s, got %s", have.System, list(want.Waiting), list(have.Waiting))
	}
}

func waiting(a policy.DesiredAccount) string {
	if len(a.Waiting) == 0 {
		return ""
	}
	return "; the account waits for " + strings.Join(a.Waiting, ", ")
}

// list writes values so that none, one that is empty and several look different.
func list(values []string) string {
	if len(values) == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%q", values)
}

func instant(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func reasons(list []policy.Reason) string {
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.String()
	}
	return strings.Join(slices.Compact(out), " and ")
}
