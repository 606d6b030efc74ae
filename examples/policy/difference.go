package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/policy"
)

// difference is what two policies decide differently.
type difference struct {
	People    int               `json:"people"`
	Undecided int               `json:"undecided"`
	Systems   map[string]*tally `json:"systems"`
	Changes   []change          `json:"changes"`
	Skipped   []problem         `json:"skipped,omitempty"`
}

// tally is how much changes in a system.
type tally struct {
	Gains          int `json:"gains"`
	Losses         int `json:"losses"`
	GainedAccounts int `json:"gainedAccounts"`
	LostAccounts   int `json:"lostAccounts"`
	OtherAccounts  int `json:"otherAccounts"`
}

func (t tally) none() bool { return t == tally{} }

// change is what changes for one person.
type change struct {
	Person         string       `json:"person"`
	Name           string       `json:"name,omitempty"`
	Error          string       `json:"error,omitempty"`
	Gains          []grant      `json:"gains,omitempty"`
	Losses         []grant      `json:"losses,omitempty"`
	GainedAccounts []account    `json:"gainedAccounts,omitempty"`
	LostAccounts   []account    `json:"lostAccounts,omitempty"`
	OtherAccounts  []appearance `json:"otherAccounts,omitempty"`
}

func (c change) none() bool {
	return c.Error == "" && len(c.Gains)+len(c.Losses)+len(c.GainedAccounts)+len(c.LostAccounts)+len(c.OtherAccounts) == 0
}

// grant is an entitlement that is gained or lost. DeniedBy is why it is lost, if the
// new policy leads to it as well.
type grant struct {
	Entitlement policy.Entitlement `json:"entitlement"`
	Reasons     []policy.Reason    `json:"reasons"`
	DeniedBy    []policy.Cause     `json:"deniedBy,omitempty"`
}

// account is one that is gained or lost.
type account struct {
	System   string          `json:"system"`
	Disabled policy.Disabled `json:"disabled,omitempty"`
	Reasons  []policy.Reason `json:"reasons"`
}

// appearance is an account that looks different. Null is an attribute that a policy
// leaves alone, and an empty list one that it clears.
type appearance struct {
	System    string   `json:"system"`
	Attribute string   `json:"attribute"`
	Before    []string `json:"before"`
	After     []string `json:"after"`
}

// fill notes what changes for a person about whom both policies decide.
func (c *change) fill(ctx context.Context, i policy.Impact, before, after *policy.Policy, s policy.Subject) error {
	was, err := before.Evaluate(ctx, s)
	if err != nil {
		return err
	}
	is, err := after.Evaluate(ctx, s)
	if err != nil {
		return err
	}
	for _, g := range i.Gains {
		c.Gains = append(c.Gains, grant{Entitlement: g.Entitlement, Reasons: g.Reasons})
	}
	for _, g := range i.Losses {
		lost := grant{Entitlement: g.Entitlement, Reasons: g.Reasons}
		for _, d := range is.Denied {
			if d.Entitlement == g.Entitlement {
				lost.DeniedBy = d.Causes
			}
		}
		c.Losses = append(c.Losses, lost)
	}
	for _, a := range i.GainedAccounts {
		c.GainedAccounts = append(c.GainedAccounts, account{a.System, a.Disabled, a.Reasons})
	}
	for _, a := range i.LostAccounts {
		c.LostAccounts = append(c.LostAccounts, account{a.System, a.Disabled, a.Reasons})
	}
	for _, a := range was.Accounts {
		for _, b := range is.Accounts {
			if a.System == b.System {
				c.OtherAccounts = append(c.OtherAccounts, appearances(a, b)...)
			}
		}
	}
	return nil
}

// appearances compares what an account looks like.
func appearances(a, b policy.DesiredAccount) (out []appearance) {
	x, y := maps.Clone(a.Attributes), maps.Clone(b.Attributes)
	if x == nil {
		x = policy.Attributes{}
	}
	if y == nil {
		y = policy.Attributes{}
	}
	x[a.NameAttribute], y[b.NameAttribute] = a.Candidates, b.Candidates
	names := slices.Sorted(maps.Keys(x))
	names = slices.AppendSeq(names, maps.Keys(y))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		was, is := listed(x, name), listed(y, name)
		if (was == nil) != (is == nil) || !slices.Equal(was, is) {
			out = append(out, appearance{a.System, name, was, is})
		}
	}
	return out
}

// listed returns the values of an attribute: nil if it is left alone, none if it is
// cleared.
func listed(attributes policy.Attributes, name string) []string {
	values, ok := attributes[name]
	if ok && values == nil {
		return []string{}
	}
	return values
}

// add counts what changes for a person.
func (d *difference) add(c change) {
	if c.none() {
		return
	}
	d.Changes = append(d.Changes, c)
	if c.Error != "" {
		d.Undecided++
	}
	for _, g := range c.Gains {
		d.Systems[g.Entitlement.System].Gains++
	}
	for _, g := range c.Losses {
		d.Systems[g.Entitlement.System].Losses++
	}
	for _, a := range c.GainedAccounts {
		d.Systems[a.System].GainedAccounts++
	}
	for _, a := range c.LostAccounts {
		d.Systems[a.System].LostAccounts++
	}
	for i, a := range c.OtherAccounts {
		if i == 0 || c.OtherAccounts[i-1].System != a.System {
			d.Systems[a.System].OtherAccounts++
		}
	}
}

func (d *difference) write(out io.Writer) {
	for _, c := range d.Changes {
		c.write(out)
	}
	var sum tally
	for _, system := range slices.Sorted(maps.Keys(d.Systems)) {
		t := *d.Systems[system]
		if t.none() {
			continue
		}
		fmt.Fprintf(out, "%s: %s\n", system, t)
		sum.Gains += t.Gains
		sum.Losses += t.Losses
	}
	if len(d.Changes) == 0 {
		fmt.Fprintf(out, "nothing differs for any of %s\n", count(d.People, "person", "people"))
		return
	}
	fmt.Fprintf(out, "of %s something differs for %d: %s, %s", count(d.People, "person", "people"), len(d.Changes), count(sum.Gains, "gain", "gains"), count(sum.Losses, "loss", "losses"))
	if d.Undecided > 0 {
		fmt.Fprintf(out, "; about %d there is no decision", d.Undecided)
	}
	fmt.Fprintln(out)
}

// String returns the numbers in words.
func (t tally) String() string {
	return fmt.Sprintf("%s, %s; %s gained, %d lost, %d look different", count(t.Gains, "gain", "gains"), count(t.Losses, "loss", "losses"),
		count(t.GainedAccounts, "account", "accounts"), t.LostAccounts, t.OtherAccounts)
}

func (c change) write(out io.Writer) {
	line := func(sign, what, why string) { fmt.Fprintf(out, "  %s %-34s %s\n", sign, what, why) }
	fmt.Fprintln(out, strings.TrimSpace(c.Person+" "+c.Name))
	if c.Error != "" {
		line("!", "no decision", c.Error)
	}
	for _, g := range c.Gains {
		line("+", g.Entitlement.String(), because(g.Reasons))
	}
	for _, g := range c.Losses {
		why := "was by " + because(g.Reasons)
		if len(g.DeniedBy) > 0 {
			why += "; now denied by " + because(g.DeniedBy)
		}
		line("-", g.Entitlement.String(), why)
	}
	for _, a := range c.GainedAccounts {
		line("+", a.what(), because(a.Reasons))
	}
	for _, a := range c.LostAccounts {
		line("-", a.what(), "was by "+because(a.Reasons))
	}
	for _, a := range c.OtherAccounts {
		line("~", a.System+" "+a.Attribute, fmt.Sprintf("%s, was %s", values(a.After), values(a.Before)))
	}
}

func (a account) what() string {
	if a.Disabled != "" {
		return fmt.Sprintf("account in %s, disabled (%s)", a.System, a.Disabled)
	}
	return "account in " + a.System
}

func values(list []string) string {
	switch {
	case list == nil:
		return "left alone"
	case len(list) == 0:
		return "none"
	}
	return fmt.Sprintf("%q", list)
}

// because writes reasons, each once: those of several relationships read alike.
func because[T fmt.Stringer](list []T) string {
	var out []string
	for _, one := range list {
		if text := one.String(); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return cmp.Or(strings.Join(out, " and "), "nothing that is known")
}
