package provisioning

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Impact is what one person gains and loses.
type Impact struct {
	Person string `json:"person"`
	Name   string `json:"name,omitempty"`
	// At is when, for a forecast.
	At time.Time `json:"at,omitzero"`
	// What is joiner, mover, leaver or prehire.
	What string `json:"what"`
	// Gains and Losses are sorted by system, sign-in first.
	Gains  []Entitled `json:"gains,omitempty"`
	Losses []Entitled `json:"losses,omitempty"`
	// Updates are the attributes that change of accounts which stay, by system.
	Updates []Updated `json:"updates,omitempty"`
	// Problem says why there is no answer; then nothing is gained or lost.
	Problem string `json:"problem,omitempty"`
}

// Entitled is something that somebody is to have in a system.
type Entitled struct {
	System string `json:"system"`
	// What is "sign-in", "account" for one that is disabled, or an entitlement as
	// kind/name.
	What    string          `json:"what"`
	Reasons []policy.Reason `json:"reasons,omitempty"`
}

// Updated is what changes of an account.
type Updated struct {
	System     string   `json:"system"`
	Attributes []string `json:"attributes"` // by name, sorted
}

// none reports whether nothing changes.
func (i Impact) none() bool { return len(i.Gains)+len(i.Losses)+len(i.Updates) == 0 }

// String returns the impact for people: a line for each gain, loss and update.
func (i Impact) String() string {
	var b strings.Builder
	prefix := fmt.Sprintf("%-7s %-18s", i.What, cmp.Or(i.Name, i.Person))
	if !i.At.IsZero() {
		prefix = i.At.Format("2006-01-02 15:04") + "  " + prefix
	}
	if i.Problem != "" {
		return prefix + " ? " + i.Problem
	}
	line := func(sign string, e Entitled) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		text := fmt.Sprintf("%s %s %-10s %-20s", prefix, sign, e.System, e.What)
		words := make([]string, 0, len(e.Reasons))
		for _, r := range e.Reasons {
			words = append(words, r.String())
		}
		b.WriteString(strings.TrimRight(text+" "+strings.Join(words, "; "), " "))
	}
	for _, e := range i.Losses {
		line("-", e)
	}
	for _, u := range i.Updates {
		line("~", Entitled{System: u.System, What: strings.Join(u.Attributes, ", ")})
	}
	for _, e := range i.Gains {
		line("+", e)
	}
	return b.String()
}

// impact compares two decisions about a person.
func impact(before, after policy.Decision) Impact {
	was, is := entitled(before), entitled(after)
	i := Impact{What: "mover", Gains: beyond(is, was), Losses: beyond(was, is), Updates: updated(before, after)}
	switch {
	case after.Live && !before.Live:
		i.What = "joiner"
	case before.Live && !after.Live:
		i.What = "leaver"
	case !after.Live && len(after.Accounts) > 0:
		i.What = "prehire"
	}
	return i
}

// entitled returns everything that a decision gives.
func entitled(d policy.Decision) []Entitled {
	var all []Entitled
	for _, a := range d.Accounts {
		what := "sign-in"
		if a.Disabled != policy.Enabled {
			what = "account"
		}
		all = append(all, Entitled{a.System, what, a.Reasons})
	}
	for _, g := range d.Grants {
		all = append(all, Entitled{g.Entitlement.System, g.Entitlement.Kind + "/" + g.Entitlement.Name, g.Reasons})
	}
	slices.SortStableFunc(all, func(a, b Entitled) int {
		plain := map[bool]int{false: 0, true: 1}
		return cmp.Or(cmp.Compare(a.System, b.System), cmp.Compare(plain[strings.Contains(a.What, "/")], plain[strings.Contains(b.What, "/")]), cmp.Compare(a.What, b.What))
	})
	return all
}

// updated returns what changes of the accounts that both decisions want.
func updated(before, after policy.Decision) (all []Updated) {
	was := map[string]policy.DesiredAccount{}
	for _, a := range before.Accounts {
		was[a.System] = a
	}
	for _, a := range after.Accounts {
		old, there := was[a.System]
		if !there {
			continue
		}
		names := slices.Collect(maps.Keys(a.Attributes))
		for name := range old.Attributes {
			if _, both := a.Attributes[name]; !both {
				names = append(names, name)
			}
		}
		names = slices.DeleteFunc(names, func(name string) bool {
			return name == a.NameAttribute || slices.Equal(old.Attributes[name], a.Attributes[name])
		})
		if len(names) > 0 {
			slices.Sort(names)
			all = append(all, Updated{a.System, names})
		}
	}
	slices.SortFunc(all, func(a, b Updated) int { return cmp.Compare(a.System, b.System) })
	return all
}

// beyond returns what is in all and not in some. A disabled account is no loss to who
// is going to sign in.
func beyond(all, some []Entitled) (out []Entitled) {
	for _, e := range all {
		if !slices.ContainsFunc(some, func(o Entitled) bool {
			return o.System == e.System && (o.What == e.What || e.What == "account" && o.What == "sign-in")
		}) {
			out = append(out, e)
		}
	}
	return out
}

// subjectNow gathers what a decision about a person depends on, with what they are
// called.
func (t *Tenant) subjectNow(tx state.Tx, person string) (subject, string, error) {
	accounts, err := accountsOf(tx, person)
	if err != nil {
		return subject{}, "", err
	}
	items, err := tx.ItemsOf(person)
	if err != nil {
		return subject{}, "", err
	}
	name, err := nameOf(tx, person)
	if err != nil {
		return subject{}, "", err
	}
	s, err := t.subjectOf(tx, person, t.now(), accounts, items, loginNames(items))
	return s, name, err
}

// loginNames returns the attribute that holds the login name, by system.
func loginNames(items []state.Item) map[string]string {
	names := map[string]string{}
	for _, it := range items {
		if it.Kind == state.ItemProfile {
			names[it.System] = profileOf(it.Desired).NameAttribute
		}
	}
	return names
}

// eachPerson calls fn for everybody, some at a time in one view of the store.
func (t *Tenant) eachPerson(ctx context.Context, backend state.Backend, fn func(tx state.Tx, person string) error) error {
	for after, more := "", true; more; {
		err := backend.View(ctx, t.id, func(tx state.Tx) error {
			people, err := tx.PeopleAfter(after, batch)
			if err != nil {
				return err
			}
			for _, p := range people {
				if err := fn(tx, p.ID); err != nil {
					return err
				}
				after = p.ID
			}
			more = len(people) == batch
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
