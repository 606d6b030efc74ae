package provisioning

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// protectedMark begins the problem of an item that waits because its account is
// protected.
const protectedMark = "protected: "

// The grounds on which an account is protected.
const groundLogin = "its login name is named"

func groundHolds(key string) string { return "it holds " + key }
func groundLast(key string) string  { return "nobody else is known to hold " + key }

// protects reports whether anything is protected in a system.
func (s System) protects() bool { return len(s.Protected)+len(s.ProtectedEntitlements) > 0 }

func (s System) protectsLogin(name string) bool {
	return slices.ContainsFunc(s.Protected, func(p string) bool { return strings.EqualFold(p, name) })
}

// protectedOf returns the protected entitlements that an account was seen to hold,
// sorted; none if it does not show what it holds.
func (s System) protectedOf(seen connector.Account) []string {
	var keys []string
	for _, e := range seen.Entitlements {
		if seen.EntitlementsKnown && slices.Contains(s.ProtectedEntitlements, e.String()) {
			keys = append(keys, e.String())
		}
	}
	slices.Sort(keys)
	return keys
}

// grounds returns why only a person may let an item act, none if there is no reason.
// What is added to a protected account is nobody's danger. items gives the person's
// items if they are needed.
func (t *Tenant) grounds(tx state.Tx, account state.Account, it state.Item, items func() ([]state.Item, error)) ([]string, error) {
	system := t.cfg.Systems[it.System]
	kind := kindOf(account, it)
	if !system.protects() || !slices.Contains([]connector.Kind{connector.Disable, connector.Revoke, connector.Update, connector.Rename, connector.Delete}, kind) {
		return nil, nil
	}
	var grounds, keys []string
	if system.protectsLogin(account.Name) {
		grounds = append(grounds, groundLogin)
	}
	switch kind {
	case connector.Revoke:
		keys = []string{it.Key}
	case connector.Disable, connector.Delete:
		all, err := items()
		if err != nil {
			return nil, err
		}
		keys = slices.Clone(account.Holds)
		for _, other := range all {
			if other.System == it.System && other.Kind == state.ItemGrant && other.Known == held {
				keys = append(keys, other.Key)
			}
		}
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if !slices.Contains(system.ProtectedEntitlements, key) {
			continue
		}
		last, err := isLast(tx, account, key)
		switch {
		case err != nil:
			return nil, err
		case last:
			grounds = append(grounds, groundLast(key))
		default:
			grounds = append(grounds, groundHolds(key))
		}
	}
	return grounds, nil
}

// isLast reports whether an active account is the last that is known to hold an
// entitlement.
func isLast(tx state.Tx, account state.Account, key string) (bool, error) {
	if !account.Active {
		return false, nil
	}
	holders, err := tx.Holders(account.System, key, 2)
	return !slices.ContainsFunc(holders, func(person string) bool { return person != account.Person }), err
}

// cleared returns the grounds in spite of which a person let an item pass. That holds
// for what was asked, and not for ever.
func (t *Tenant) cleared(tx state.Tx, it state.Item) ([]string, error) {
	if it.Cleared == "" {
		return nil, nil
	}
	c, err := tx.Case(it.Cleared)
	if err != nil || !t.now().Before(c.Expires) {
		return nil, err
	}
	var asked protectedAccount
	if err := json.Unmarshal(c.Body, &asked); err != nil {
		return nil, err
	}
	for _, one := range asked.Items {
		if one.is(it) {
			return one.Grounds, nil
		}
	}
	return nil, nil
}

// remaining returns the grounds that were not cleared. Who let the last holder go
// would have let one of several go.
func remaining(grounds, cleared []string) []string {
	return slices.DeleteFunc(slices.Clone(grounds), func(g string) bool {
		key, holds := strings.CutPrefix(g, groundHolds(""))
		return slices.Contains(cleared, g) || holds && slices.Contains(cleared, groundLast(key))
	})
}

// keptBack returns why an item has to wait for a person, "" if it has not.
func (t *Tenant) keptBack(tx state.Tx, account state.Account, it state.Item, items func() ([]state.Item, error)) (string, error) {
	grounds, err := t.grounds(tx, account, it, items)
	if err != nil || len(grounds) == 0 {
		return "", err
	}
	cleared, err := t.cleared(tx, it)
	if err != nil || len(remaining(grounds, cleared)) == 0 {
		return "", err
	}
	return protectedMark + strings.Join(grounds, "; "), nil
}

// isKeptBack reports whether an item waits because its account is protected.
func isKeptBack(it state.Item) bool {
	return it.State == state.ItemWaiting && strings.HasPrefix(it.Problem, protectedMark)
}

// protectedAccount is what a case about a protected account is about.
type protectedAccount struct {
	Person string          `json:"person"`
	System string          `json:"system"`
	Login  string          `json:"login"`
	Items  []protectedItem `json:"items"`
}

// protectedItem is one thing that waits.
type protectedItem struct {
	Kind     state.ItemKind `json:"kind"`
	Key      string         `json:"key,omitempty"`
	Revision int64          `json:"revision"`
	What     string         `json:"what"` // would happen to the account
	Grounds  []string       `json:"grounds"`
}

func (p protectedItem) is(it state.Item) bool {
	return p.Kind == it.Kind && p.Key == it.Key && p.Revision == it.Revision
}

// askProtected asks about all that waits because an account is protected, or closes
// the question if nothing does.
func (t *Tenant) askProtected(tx state.Tx, person, system string) error {
	items, err := tx.ItemsOf(person)
	if err != nil {
		return err
	}
	account, err := tx.Account(person, system)
	if err != nil && !errors.Is(err, state.ErrNotFound) {
		return err
	}
	about := protectedAccount{Person: person, System: system, Login: account.Name}
	var what, why []string
	for _, it := range items {
		if it.System != system || !isKeptBack(it) {
			continue
		}
		grounds, err := t.grounds(tx, account, it, func() ([]state.Item, error) { return items, nil })
		if err != nil {
			return err
		}
		one := protectedItem{it.Kind, it.Key, it.Revision, wouldBe(account, it), grounds}
		about.Items, what, why = append(about.Items, one), append(what, one.What), append(why, grounds...)
	}
	subject := person + " " + system
	if len(about.Items) == 0 {
		return t.close(tx, CaseProtected, subject, "nothing of it waits any more")
	}
	body, err := json.Marshal(about)
	if err != nil {
		return err
	}
	name, err := nameOf(tx, person)
	if err != nil {
		return err
	}
	slices.Sort(why)
	return t.ask(tx, state.Case{
		Kind: CaseProtected, Subject: subject, Body: body,
		Question: fmt.Sprintf("The account %s of %s in %s is protected: %s. It would %s. Let exactly this pass?",
			account.Name, name, system, strings.Join(slices.Compact(why), ", "), strings.Join(what, ", ")),
		Choices: []string{ChoiceRelease, ChoiceHold}, Default: ChoiceHold,
	})
}

// wouldBe says in words what an item would do to its account.
func wouldBe(account state.Account, it state.Item) string {
	want := profileOf(it.Desired)
	switch kindOf(account, it) {
	case connector.Disable:
		return "be disabled"
	case connector.Delete:
		return "be deleted"
	case connector.Revoke:
		return "lose " + it.Key
	case connector.Rename:
		return "be renamed to " + strings.Join(want.Candidates, " or ")
	}
	return "get another " + strings.Join(slices.Sorted(maps.Keys(difference(want.Attributes, profileOf(it.Known).Attributes))), ", ")
}

// settleProtected lets pass what was asked about, as far as it is still wanted. It
// counts in the guard's window like anything that a person lets through.
func (t *Tenant) settleProtected(tx state.Tx, c state.Case) error {
	var asked protectedAccount
	if err := json.Unmarshal(c.Body, &asked); err != nil {
		return err
	}
	var passed []state.Item
	for _, one := range asked.Items {
		it, err := tx.Item(asked.Person, asked.System, one.Kind, one.Key)
		if errors.Is(err, state.ErrNotFound) || err == nil && (!one.is(it) || !isKeptBack(it)) {
			continue
		}
		if err != nil {
			return err
		}
		passed = append(passed, it)
		it.Cleared, it.Released, it.State, it.Problem = c.ID, true, state.ItemDue, ""
		if err := tx.PutItem(it); err != nil {
			return err
		}
	}
	if len(passed) == 0 {
		return fmt.Errorf("case %s: nothing of it waits any more: %w", c.ID, ErrMoved)
	}
	return tx.Reserve(c.ID, t.now(), t.weigh(passed))
}

// verdictProtected says that an account was seen to be protected, so that nothing
// was sent.
const verdictProtected connector.Verdict = "protected"

// lookFirst looks at an account that is about to be deleted, or to be disabled where
// anything is protected: what others gave it, or called it, is known to the system alone.
// If it must not be sent, or need not, ok is true.
func (j *job) lookFirst(ctx context.Context, a attempt) (o outcome, ok bool) {
	if a.op.Kind == connector.Delete {
		return j.lookBeforeDeletion(ctx, a)
	}
	if a.op.Kind != connector.Disable || !j.target.protects() {
		return outcome{}, false
	}
	found, err := j.target.Connector.Find(ctx, connector.FindRequest{ID: a.op.Ref.ID, Entitlements: len(j.target.ProtectedEntitlements) > 0})
	switch {
	case err != nil:
		return outcome{verdict: connector.VerdictRetry, sign: signOf(err), after: connector.VerdictOf(err).After, err: fmt.Errorf("looking whether it is protected: %w", err)}, true
	case len(found) != 1:
		return outcome{}, false // the operation finds that out
	case !found[0].Active:
		return outcome{verdict: verdictDone, sign: works, how: string(connector.AlreadyInState), account: found[0]}, true
	}
	var grounds []string
	if j.target.protectsLogin(found[0].Name) {
		grounds = append(grounds, groundLogin)
	}
	for _, key := range j.target.protectedOf(found[0]) {
		grounds = append(grounds, groundHolds(key))
	}
	if grounds = remaining(grounds, a.cleared); len(grounds) == 0 {
		return outcome{}, false
	}
	return outcome{verdict: verdictProtected, sign: works, account: found[0], err: errors.New(protectedMark + strings.Join(grounds, "; "))}, true
}
