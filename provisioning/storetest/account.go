package storetest

import "github.com/joinery-iam/joinery/provisioning/internal/state"

func accountCases() []testCase {
	return []testCase{
		{name: "account", clause: "an account's row is kept and replaced whole, but for its lease", check: accountKept},
		{name: "account_lease", clause: "PutAccount leaves the lease alone", check: accountLease},
		{name: "account_list", clause: "AccountsOf returns a person's accounts by system", check: accountList},
		{name: "account_in", clause: "AccountsIn returns the accounts of a system that have an identifier, by it, in pages", check: accountIn},
		{name: "account_holders", clause: "Holders returns, sorted, those who hold a grant in an active account and whom nothing but what waits would make lose it", check: accountHolders},
		{name: "account_remote", clause: "AccountByRemote finds an account by the target's identifier, which no two have in a system", check: accountRemote},
	}
}

func accountKept(f *fixture) {
	full := state.Account{
		Person: "p", System: "s", RemoteID: "x", Name: "n", Exists: true, Active: true, Origin: "created", Observed: []byte("{}"), Holds: []string{"group/a", "group/b"}, Former: []string{"b", "a"}, ETag: "e",
		SeenAt: day(1),
	}
	f.update(func(tx state.Tx) {
		_, err := tx.Account("p", "s")
		is("an unknown account", err, state.ErrNotFound)
		for _, a := range []state.Account{full, {Person: "p", System: "s"}, full} {
			ok(tx.PutAccount(a))
			same("account", must(tx.Account("p", "s")), a)
		}
	})
}

func accountLease(f *fixture) {
	f.putQueue(due("p", 1))
	held := f.claimOne(claim("node", 1, 2)).Account
	changed := state.Account{Person: "p", System: "s", Name: "n", Owner: "thief", Epoch: 99, LeaseUntil: day(99)}
	f.update(func(tx state.Tx) {
		ok(tx.PutAccount(changed))
		got := must(tx.Account("p", "s"))
		same("name", got.Name, "n")
		same("lease", []any{got.Owner, got.Epoch, got.LeaseUntil}, []any{held.Owner, held.Epoch, held.LeaseUntil})
		must(tx.Lock("p", "s", "node", held.Epoch))
	})
}

func accountList(f *fixture) {
	f.update(func(tx state.Tx) {
		for _, a := range []state.Account{{Person: "p", System: "b"}, {Person: "p", System: "a"}, {Person: "q", System: "a"}} {
			ok(tx.PutAccount(a))
		}
		same("accounts", must(tx.AccountsOf("p")), []state.Account{{Person: "p", System: "a"}, {Person: "p", System: "b"}})
		same("accounts of nobody", must(tx.AccountsOf("r")), []state.Account{})
	})
}

func accountIn(f *fixture) {
	f.update(func(tx state.Tx) {
		for person, remote := range map[string]string{"p": "30", "q": "1", "r": "", "s": "2"} {
			ok(tx.PutAccount(state.Account{Person: person, System: "a", RemoteID: remote}))
			ok(tx.PutAccount(state.Account{Person: person, System: "b", RemoteID: remote + "0"}))
		}
		ids := func(after string, limit int) (ids []string) {
			for _, a := range must(tx.AccountsIn("a", after, limit)) {
				ids = append(ids, a.RemoteID)
			}
			return ids
		}
		same("first page", ids("", 2), []string{"1", "2"})
		same("second page", ids("2", 2), []string{"30"})
		same("after the last", ids("30", 2), nil)
	})
}

func accountHolders(f *fixture) {
	type holder struct {
		person        string
		active        bool
		known, wanted string // of the grant
		state         state.ItemState
		goal          string // of the account
		goalState     state.ItemState
	}
	const held, absent = "held", "absent"
	settled, due, waiting := state.ItemSettled, state.ItemDue, state.ItemWaiting
	for _, h := range []holder{
		{"e", true, held, held, settled, "active", settled},
		{"b", true, held, absent, waiting, "disabled", waiting},
		{"losing the grant", true, held, absent, due, "active", settled},
		{"losing sign-in", true, held, held, settled, "disabled", due},
		{"inactive", false, held, held, settled, "active", settled},
		{"to get it", true, absent, held, due, "active", settled},
		{"c", true, held, held, settled, "active", due},
	} {
		f.update(func(tx state.Tx) {
			ok(tx.PutAccount(state.Account{Person: h.person, System: "s", Exists: true, Active: h.active}))
			ok(tx.PutItem(state.Item{Person: h.person, System: "s", Kind: state.ItemAccount, Desired: h.goal, State: h.goalState}))
			ok(tx.PutItem(state.Item{Person: h.person, System: "s", Kind: state.ItemGrant, Key: "group/a", Known: h.known, Desired: h.wanted, State: h.state}))
		})
	}
	f.view(func(tx state.Tx) {
		same("holders", must(tx.Holders("s", "group/a", 9)), []string{"b", "c", "e"})
		same("the first two", must(tx.Holders("s", "group/a", 2)), []string{"b", "c"})
		same("holders of another", must(tx.Holders("s", "group/b", 9)), []string{})
		same("holders elsewhere", must(tx.Holders("t", "group/a", 9)), []string{})
	})
}

func accountRemote(f *fixture) {
	put := func(person, system, remote string) error {
		return f.try(func(tx state.Tx) { ok(tx.PutAccount(state.Account{Person: person, System: system, RemoteID: remote})) })
	}
	ok(put("p", "a", "1"))
	ok(put("p", "b", "1"))
	ok(put("q", "a", ""))
	ok(put("r", "a", ""))
	refused("another account with the same identifier", put("q", "a", "1"))
	f.view(func(tx state.Tx) {
		same("account", must(tx.AccountByRemote("a", "1")).Person, "p")
		_, err := tx.AccountByRemote("a", "2")
		is("an unknown identifier", err, state.ErrNotFound)
		_, err = tx.AccountByRemote("a", "")
		is("no identifier", err, state.ErrNotFound)
	})
	ok(put("p", "a", "2"))
	ok(put("q", "a", "1"))
}
