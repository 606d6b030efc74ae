package storetest

import (
	"sync"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func leaseFaults() []mutant {
	var last lastClaim
	return []mutant{
		{fault: "two who claim at once get the same", fails: []string{"lease_exclusive"}, fresh: true, tx: func(tx state.Tx) state.Tx { return sharedClaim{tx, &last} }},
		{fault: "the owner's name is enough, whatever the epoch", fails: []string{"lease_fenced"}, tx: func(tx state.Tx) state.Tx { return anyEpoch{tx} }},
		{fault: "epochs do not rise", fails: []string{"lease_epoch", "lease_fenced", "lease_begun", "lease_ended"}, tx: func(tx state.Tx) state.Tx { return oneEpoch{tx} }},
		{fault: "a page of accounts begins with the last of the page before", fails: []string{"account_in"}, tx: func(tx state.Tx) state.Tx { return overlapping{tx} }},
		{fault: "writing an account ends its lease", fails: []string{"account_lease", "lease_lock"}, tx: func(tx state.Tx) state.Tx { return leaseless{tx} }},
		{fault: "a lease is begun when it is given", fails: []string{"lease_begun"}, tx: func(tx state.Tx) state.Tx { return hastyLease{tx} }},
		{fault: "nobody ever begins with what they have", fails: []string{"lease_begun"}, tx: func(tx state.Tx) state.Tx { return idle{tx} }},
		{fault: "whoever lost a lease ends the next one", fails: []string{"lease_ended"}, tx: func(tx state.Tx) state.Tx { return endsAny{tx} }},
		{fault: "a lease ends when it is given", fails: []string{
			"claim_lane", "claim_urgent", "claim_limit", "claim_system", "claim_beyond", "next_retry",
			"lease_exclusive", "lease_until", "lease_begun", "claim_probe",
		}, tx: func(tx state.Tx) state.Tx { return shortLease{tx} }},
	}
}

// lastClaim is what was given last, as a store would remember that looks for
// work outside the transaction that takes it.
type lastClaim struct {
	mu    sync.Mutex
	claim state.Claim
	given []state.Claimed
}

type sharedClaim struct {
	state.Tx
	last *lastClaim
}

func (t sharedClaim) Claim(c state.Claim) ([]state.Claimed, error) {
	t.last.mu.Lock()
	defer t.last.mu.Unlock()
	same := t.last.claim
	same.Owner = c.Owner
	if same == c && t.last.claim.Owner != c.Owner {
		return t.last.given, nil
	}
	given, err := t.Tx.Claim(c)
	t.last.claim, t.last.given = c, given
	return given, err
}

type anyEpoch struct{ state.Tx }

func (t anyEpoch) Lock(person, system, owner string, _ int64) (state.Account, error) {
	a, err := t.Account(person, system)
	if err != nil || a.Owner != owner || owner == "" {
		return state.Account{}, state.ErrFenced
	}
	return t.Tx.Lock(person, system, owner, a.Epoch)
}

type oneEpoch struct{ state.Tx }

func (t oneEpoch) Claim(c state.Claim) ([]state.Claimed, error) {
	claimed, err := t.Tx.Claim(c)
	for i := range claimed {
		claimed[i].Account.Epoch = 1
	}
	return claimed, err
}

func (t oneEpoch) Account(person, system string) (state.Account, error) {
	a, err := t.Tx.Account(person, system)
	a.Epoch = min(a.Epoch, 1)
	return a, err
}

func (t oneEpoch) Lock(person, system, owner string, epoch int64) (state.Account, error) {
	a, err := t.Tx.Account(person, system)
	if err != nil || epoch != 1 {
		return state.Account{}, state.ErrFenced
	}
	a, err = t.Tx.Lock(person, system, owner, a.Epoch)
	a.Epoch = min(a.Epoch, 1)
	return a, err
}

func (t oneEpoch) Unclaim(person, system, owner string, _ int64) error {
	a, err := t.Tx.Account(person, system)
	if err != nil {
		return err
	}
	return t.Tx.Unclaim(person, system, owner, a.Epoch)
}

type leaseless struct{ state.Tx }

func (t leaseless) PutAccount(a state.Account) error {
	if err := t.Tx.PutAccount(a); err != nil {
		return err
	}
	now, err := t.Account(a.Person, a.System)
	if err != nil {
		return err
	}
	return t.Unclaim(a.Person, a.System, now.Owner, now.Epoch)
}

type endsAny struct{ state.Tx }

func (t endsAny) Unclaim(person, system, _ string, _ int64) error {
	now, err := t.Account(person, system)
	if err != nil {
		return err
	}
	return t.Tx.Unclaim(person, system, now.Owner, now.Epoch)
}

type shortLease struct{ state.Tx }

func (t shortLease) Claim(c state.Claim) ([]state.Claimed, error) {
	c.Until = c.Wall
	return t.Tx.Claim(c)
}

type overlapping struct{ state.Tx }

func (t overlapping) AccountsIn(system, after string, limit int) ([]state.Account, error) {
	page, err := t.Tx.AccountsIn(system, after, limit)
	if last, missing := t.AccountByRemote(system, after); missing == nil {
		page = append([]state.Account{last}, page...)
	}
	return page, err
}

type hastyLease struct{ state.Tx }

func (t hastyLease) Claim(c state.Claim) ([]state.Claimed, error) {
	claimed, err := t.Tx.Claim(c)
	for _, one := range claimed {
		if _, err := t.Lock(one.Account.Person, c.System, one.Account.Owner, one.Account.Epoch); err != nil {
			return nil, err
		}
	}
	return claimed, err
}

type idle struct{ state.Tx }

func (t idle) Lock(person, system, owner string, epoch int64) (state.Account, error) {
	a, err := t.Account(person, system)
	if err != nil || a.Owner != owner || a.Epoch != epoch || owner == "" {
		return state.Account{}, state.ErrFenced
	}
	return a, nil
}
