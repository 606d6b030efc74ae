package storetest

import (
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func leaseCases() []testCase {
	return []testCase{
		{name: "lease_exclusive", clause: "of many who claim at once one gets an account", check: leaseExclusive},
		{name: "lease_until", clause: "an account is nobody else's until the lease has ended", check: leaseUntil},
		{name: "lease_epoch", clause: "a lease that is taken over has a higher epoch", check: leaseEpoch},
		{name: "lease_fenced", clause: "Lock fails with ErrFenced unless owner and epoch are those of the lease", check: leaseFenced},
		{name: "lease_begun", clause: "an urgent claim takes over the lease of who has not begun, and no other", check: leaseBegun},
		{name: "lease_ended", clause: "Unclaim ends a lease, and does nothing to one that was lost", check: leaseEnded},
		{name: "lease_lock", clause: "Lock returns the account and makes sure that nobody takes it over before the commit", check: leaseLock},
	}
}

func leaseExclusive(f *fixture) {
	const claimers, people = 32, 20
	var items []state.Item
	for p := range people {
		it := due(fmt.Sprintf("p%02d", p), 1)
		grant := it
		grant.Kind, grant.Key = state.ItemGrant, "g"
		items = append(items, it, grant)
	}
	f.putQueue(items...)
	claimed := make([][]state.Claimed, claimers)
	f.parallel(claimers, func(i int) {
		c := claim(fmt.Sprintf("node%02d", i), 1, 2)
		c.Limit = 3
		claimed[i] = f.claim(c)
	})
	owner := map[string]string{}
	for i, list := range claimed {
		for _, c := range list {
			if other, taken := owner[c.Account.Person]; taken {
				fail("%s was given to %s and to node%02d", c.Account.Person, other, i)
			}
			owner[c.Account.Person] = c.Account.Owner
		}
	}
	for _, c := range f.claim(claim("last", 1, 2)) { // what no lock let through
		owner[c.Account.Person] = "last"
	}
	same("accounts given", len(owner), people)
	f.view(func(tx state.Tx) {
		for person, who := range owner {
			same("stored owner of "+person, must(tx.Account(person, "s")).Owner, who)
		}
	})
}

func leaseUntil(f *fixture) {
	f.putQueue(due("p", 1))
	until := claim("a", 1, 2)
	same("claimed", len(f.claim(until)), 1)
	same("claimed by the owner again", len(f.claim(until)), 0)
	early := claim("b", 1, 3)
	early.Wall = day(2).Add(-time.Microsecond)
	same("claimed before the end", len(f.claim(early)), 0)
	same("claimed at the end", len(f.claim(claim("b", 2, 3))), 1)
}

func leaseEpoch(f *fixture) {
	f.putQueue(due("p", 1))
	last := int64(0)
	for n := range 5 {
		got := f.claim(claim(fmt.Sprint("node", n%2), n, n+1))
		same("accounts", len(got), 1)
		if got[0].Account.Epoch <= last {
			fail("epoch %d after %d", got[0].Account.Epoch, last)
		}
		last = got[0].Account.Epoch
		if n == 2 { // ended in order: the epoch rises all the same
			f.update(func(tx state.Tx) { ok(tx.Unclaim("p", "s", "node0", last)) })
		}
	}
}

func leaseFenced(f *fixture) {
	f.putQueue(due("p", 1))
	first := f.claimOne(claim("a", 1, 2)).Account
	second := f.claimOne(claim("a", 3, 4)).Account
	for what, try := range map[string]func(tx state.Tx) (state.Account, error){
		"the epoch that was lost": func(tx state.Tx) (state.Account, error) { return tx.Lock("p", "s", "a", first.Epoch) },
		"another owner":           func(tx state.Tx) (state.Account, error) { return tx.Lock("p", "s", "b", second.Epoch) },
		"a later epoch":           func(tx state.Tx) (state.Account, error) { return tx.Lock("p", "s", "a", second.Epoch+1) },
		"another account":         func(tx state.Tx) (state.Account, error) { return tx.Lock("q", "s", "a", second.Epoch) },
	} {
		is(what, f.try(func(tx state.Tx) {
			ok(tx.PutPerson(state.Person{ID: "lost"}))
			must(try(tx))
		}), state.ErrFenced)
	}
	f.update(func(tx state.Tx) {
		same("the account", must(tx.Lock("p", "s", "a", second.Epoch)), second)
		same("people written by who was fenced off", must(tx.PeopleAfter("", 9)), []state.Person{})
	})
}

func leaseBegun(f *fixture) {
	urgent := due("p", 1)
	urgent.Lane = state.LaneImmediate
	f.putQueue(urgent)
	hurried := func(owner string, wall int) state.Claim {
		c := claim(owner, wall, 9)
		c.Urgent = true
		return c
	}
	first := f.claimOne(claim("a", 1, 9)).Account
	same("claimed by somebody in no hurry", len(f.claim(claim("b", 2, 9))), 0)
	second := f.claimOne(hurried("b", 2)).Account
	if second.Owner != "b" || second.Epoch <= first.Epoch {
		fail("owner %s, epoch %d, after epoch %d of who had not begun", second.Owner, second.Epoch, first.Epoch)
	}
	is("the lease that was lost", f.lock("a", first.Epoch), state.ErrFenced)
	same("claimed of what is urgent already", len(f.claim(hurried("c", 3))), 0)
	f.update(func(tx state.Tx) { ok(tx.Unclaim("p", "s", "b", second.Epoch)) })

	third := f.claimOne(claim("a", 3, 9)).Account
	ok(f.lock("a", third.Epoch))
	same("claimed of what is begun", len(f.claim(hurried("b", 4))), 0)
	f.update(func(tx state.Tx) { ok(tx.Unclaim("p", "s", "a", third.Epoch)) })
	probe := claim("a", 5, 6)
	probe.Probe = true
	same("claimed for a probe", len(f.claim(probe)), 1)
	same("claimed of what is probed", len(f.claim(hurried("b", 5))), 0)
	same("claimed when the lease is over", len(f.claim(claim("a", 6, 9))), 1)
	same("claimed of what is to be begun anew", len(f.claim(hurried("b", 6))), 1)
}

func leaseEnded(f *fixture) {
	f.putQueue(due("p", 1))
	first := f.claimOne(claim("a", 1, 2)).Account
	second := f.claimOne(claim("b", 3, 9)).Account
	f.update(func(tx state.Tx) {
		ok(tx.Unclaim("p", "s", "a", first.Epoch))
		ok(tx.Unclaim("p", "s", "b", first.Epoch))
		ok(tx.Unclaim("p", "s", "a", second.Epoch))
		same("the account after leases that were lost ended", must(tx.Lock("p", "s", "b", second.Epoch)), second)
		ok(tx.Unclaim("p", "s", "b", second.Epoch))
	})
	err := f.lock("b", second.Epoch)
	is("the lease that was ended", err, state.ErrFenced)
	err = f.lock("", second.Epoch)
	is("no lease", err, state.ErrFenced)
	same("claimed after the end", len(f.claim(claim("c", 4, 5))), 1)
}

func (f *fixture) lock(owner string, epoch int64) error {
	return f.try(func(tx state.Tx) { must(tx.Lock("p", "s", owner, epoch)) })
}

// leaseLock lets many take the account over while its owners finish: whoever had
// the lock when it wrote must still be the one whose epoch is stored beside it.
func leaseLock(f *fixture) {
	const nodes, times = 8, 5
	f.putQueue(due("p", 1))
	f.parallel(nodes, func(i int) {
		for n := range times {
			node := fmt.Sprint("node", i)
			claimed := f.claim(claim(node, 1, 0)) // ended before it begins: everybody may take it over
			if len(claimed) == 0 {
				continue // somebody has the row just now
			}
			err := f.try(func(tx state.Tx) {
				account := must(tx.Lock("p", "s", node, claimed[0].Account.Epoch))
				account.Name = fmt.Sprintf("%s epoch %d write %d", node, account.Epoch, n)
				ok(tx.PutAccount(account))
				stored := must(tx.Account("p", "s"))
				same("owner and epoch under the lock", []any{stored.Owner, stored.Epoch}, []any{node, account.Epoch})
			})
			if err != nil {
				is("the error of who lost the lease", err, state.ErrFenced)
			}
		}
	})
}
