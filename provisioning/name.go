package provisioning

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// errNoName says that no login name is left for an account.
var errNoName = errors.New("no login name is free")

// maxCounter is the highest number that takes the place of policy.Counter.
const maxCounter = 9999

// namespace is where the login names of a system are reserved.
func namespace(system string) string { return "login:" + system }

// reserve returns the login name for an account that is to be made or renamed: the
// last that it was to be given, or the first that is free. Names are never given to
// anybody else again, even if the account goes away. They are in lower case, since
// most systems do not tell names apart that differ in case alone.
func (t *Tenant) reserve(tx state.Tx, it state.Item, candidates []string) (string, error) {
	tried, err := t.tried(tx, it)
	if err != nil {
		return "", err
	}
	if len(tried) > 0 {
		return tried[len(tried)-1], nil
	}
	return t.reserveNext(tx, it, candidates, nil)
}

// tried returns the login names that were reserved for an item: for a new account all
// that its person has, and for a change of the name those of its candidates since it was
// decided: another one may have been decided at the same instant.
func (t *Tenant) tried(tx state.Tx, it state.Item) ([]string, error) {
	if it.Kind != state.ItemName {
		return tx.Names(namespace(it.System), it.Person, time.Time{})
	}
	names, err := tx.Names(namespace(it.System), it.Person, it.DecidedAt)
	candidates := profileOf(it.Desired).Candidates
	return slices.DeleteFunc(names, func(name string) bool { return strings.EqualFold(name, it.Known) || !among(name, candidates) }), err
}

// reserveNext reserves the first free candidate that is not one of tried.
func (t *Tenant) reserveNext(tx state.Tx, it state.Item, candidates, tried []string) (string, error) {
	for name := range series(candidates) {
		name = strings.ToLower(name)
		if slices.Contains(tried, name) {
			continue
		}
		// Names are told apart by when they were reserved: the last one counts.
		at := t.now().Add(time.Duration(len(tried)) * time.Microsecond)
		owner, err := tx.ReserveName(namespace(it.System), name, it.Person, at)
		if err != nil {
			return "", err
		}
		if owner == it.Person {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: tried %s", errNoName, strings.Join(candidates, ", "))
}

// series yields the candidates in order, those with a counter numbered.
func series(candidates []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range candidates {
			if !strings.Contains(c, policy.Counter) {
				if !yield(c) {
					return
				}
				continue
			}
			for n := 2; n <= maxCounter; n++ {
				if !yield(strings.ReplaceAll(c, policy.Counter, strconv.Itoa(n))) {
					return
				}
			}
		}
	}
}

// among reports whether a login name is one of the candidates.
func among(name string, candidates []string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(candidates, func(c string) bool {
		c = strings.ToLower(c)
		before, after, numbered := strings.Cut(c, policy.Counter)
		if !numbered || len(name) <= len(before) {
			return c == name
		}
		digits := len(before) + len(name[len(before):]) - len(strings.TrimLeft(name[len(before):], "0123456789"))
		for end := digits; end > len(before); end-- {
			n, err := strconv.Atoi(name[len(before):end])
			if err == nil && n >= 2 && n <= maxCounter && before+strconv.Itoa(n)+strings.ReplaceAll(after, policy.Counter, strconv.Itoa(n)) == name {
				return true
			}
		}
		return false
	})
}

// mostFormer is how many former login names are kept of an account: the last ones.
const mostFormer = 20

// keepFormer notes the login name that an account had before, if it is the person's own:
// one that was reserved, so that nobody else ever has it.
func (t *Tenant) keepFormer(tx state.Tx, account *state.Account, was state.Account) error {
	if !was.Exists || strings.EqualFold(was.Name, account.Name) {
		return nil
	}
	own, err := tx.Names(namespace(account.System), account.Person, time.Time{})
	if err != nil {
		return err
	}
	old, now := strings.ToLower(was.Name), strings.ToLower(account.Name)
	former := slices.DeleteFunc(slices.Clone(was.Former), func(name string) bool { return name == old || name == now })
	if slices.Contains(own, old) {
		former = append(former, old)
	}
	account.Former = former[max(0, len(former)-mostFormer):]
	return nil
}

// compareName is about the login name of an account that is there. Only of one that
// we made it is changed, and only if policy says so.
func (d *decision) compareName(system string, want policy.DesiredAccount) error {
	known := d.accounts[system]
	key := itemKey{system, state.ItemName, ""}
	it, seen := d.items[key]
	goal := ""
	if want.Rename && known.Exists && known.Origin == created && len(want.Candidates) > 0 && !among(known.Name, want.Candidates) {
		goal = profile{Candidates: want.Candidates}.String()
	}
	if !seen && goal == "" {
		return nil
	}
	if seen && it.Known != known.Name {
		it.Known = known.Name
		d.items[key] = it
	}
	if it.Origin == byOthers && goal == "" {
		it.Origin = byPolicy // there is nothing in which they were followed
		d.items[key] = it
		if err := d.tx.PutItem(it); err != nil {
			return err
		}
	}
	return d.want(system, state.ItemName, "", goal, want.Reasons, "")
}
