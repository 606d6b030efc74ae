package oracle

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// Compare holds all accounts against what HR means, once everything has come to rest.
func (o *Oracle) Compare(s Scene) error {
	accounts, err := o.sort(s)
	if err != nil {
		return err
	}
	for _, h := range o.Humans {
		if err := o.holds(h, s, accounts); err != nil {
			return err
		}
	}
	return o.owned(s, accounts)
}

// holdings are accounts by system and badge.
type holdings map[string]map[string]connector.Account

// sort finds out whose the accounts are. There is none that is nobody's, but for those
// that were made by hand, and nobody has two: HR's key, or the address and an answer, tell
// that a human is the one who was here before.
func (o *Oracle) sort(s Scene) (holdings, error) {
	accounts, left := holdings{}, len(o.strangers)
	for system, all := range s.Accounts {
		accounts[system] = map[string]connector.Account{}
		persons := map[string]bool{}
		for _, a := range all {
			if was, by := o.strangers[place{system, a.ID}]; by {
				if left--; !reflect.DeepEqual(was, a) {
					return nil, fmt.Errorf("account %s in %s is nobody's, and was changed from %+v to %+v", a.ID, system, was, a)
				}
				continue
			}
			h := o.ofBadge[Badge(a)]
			switch {
			case h == nil || a.ExternalID == "":
				return nil, fmt.Errorf("account %s in %s (%s, for %q) belongs to nobody: badge %q", a.ID, system, a.Name, a.ExternalID, Badge(a))
			case accounts[system][h.Badge].ID != "":
				return nil, wrong(h, "has two accounts in %s: %s and %s", system, accounts[system][h.Badge].Name, a.Name)
			case persons[a.ExternalID]:
				return nil, wrong(h, "has an account in %s with somebody else's external id", system)
			}
			persons[a.ExternalID] = true
			accounts[system][h.Badge] = a
		}
	}
	if left > 0 {
		return nil, fmt.Errorf("%d accounts that are nobody's are gone", left)
	}
	return accounts, nil
}

// holds compares the accounts of one human with the truth.
func (o *Oracle) holds(h *Human, s Scene, accounts holdings) error {
	truth := h.Truth(s.At, s.Wide)
	if !truth.Live && s.SignedIn[h.Badge] {
		return wrong(h, "has left, and is still signed in to directory")
	}
	for system := range s.Accounts {
		a, want := accounts[system][h.Badge], truth.in(system)
		if a.Active != want {
			return wrong(h, "(account %q): active in %s is %t; want %t", a.Name, system, a.Active, want)
		}
		if system != Directory && (len(a.Entitlements) == 1) != want {
			return wrong(h, "holds %v in %s", a.Entitlements, system)
		}
	}
	d := accounts[Directory][h.Badge]
	var have []string
	for _, e := range d.Entitlements {
		have = append(have, e.Name)
	}
	slices.Sort(have)
	if !slices.Equal(have, truth.Groups) {
		return wrong(h, "is in %q; want %q", have, truth.Groups)
	}
	if !truth.Live {
		return nil
	}
	return named(h, d, accounts[Mail][h.Badge], accounts[Git][h.Badge])
}

// named makes sure that the names of somebody who works here follow from each other, and
// the first of them from what HR says.
func named(h *Human, directory, mail, git connector.Account) error {
	number, ok := strings.CutPrefix(directory.Name, strings.ToLower(h.Given))
	if !ok || strings.Trim(number, "0123456789") != "" {
		return wrong(h, "is called %s, and signs in as %s", h.Given, directory.Name)
	}
	if shown := directory.Attributes["displayName"].Text(); shown != h.Given+" "+h.Family {
		return wrong(h, "is called %s %s, and shown as %q", h.Given, h.Family, shown)
	}
	if mail.Name != directory.Name+"@example.com" {
		return wrong(h, "signs in as %s, and has the address %s", directory.Name, mail.Name)
	}
	if !git.Active {
		return nil
	}
	if git.Name != directory.Name {
		return wrong(h, "signs in as %s, and is %s in git", directory.Name, git.Name)
	}
	if shown := git.Attributes["mail"].Text(); shown != mail.Name {
		return wrong(h, "has the address %s, and git shows %q", mail.Name, shown)
	}
	return nil
}
