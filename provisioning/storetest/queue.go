package storetest

import (
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func queueCases() []testCase {
	return []testCase{
		{name: "claim_states", clause: "Claim gives what is due or sending, and nothing else", check: claimStates},
		{name: "claim_released", clause: "Claim gives items of released runs alone, and those released by themselves", check: claimReleased},
		{name: "claim_retry", clause: "Claim gives no item whose RetryAt is after wall", check: claimRetry},
		{name: "claim_lane", clause: "Claim gives the most urgent lane first, then the oldest decision", check: claimLane},
		{name: "claim_urgent", clause: "Claim gives the immediate lane alone if Urgent is set", check: claimUrgent},
		{name: "urgent_items", clause: "UrgentItems gives the items of an account that an urgent claim would give, whoever has it", check: urgentItems},
		{name: "claim_limit", clause: "Claim gives up to Limit accounts, each with all its items that can be acted on, by lane", check: claimLimit},
		{name: "claim_system", clause: "Claim gives accounts of its system, known or not", check: claimSystem},
		{name: "claim_beyond", clause: "Claim reaches past any number of accounts that somebody has", check: claimBeyond},
		{name: "next_retry", clause: "NextRetry is the earliest end of a back-off or lease of an item that can be acted on", check: nextRetry},
	}
}

// due returns an account item in system s that is due, decided on a day, of a run
// that putQueue releases.
func due(person string, decided int) state.Item {
	return state.Item{
		Person: person, System: "s", Kind: state.ItemAccount, State: state.ItemDue, Lane: state.LaneNormal, Run: "released", DecidedAt: day(decided),
	}
}

func (f *fixture) putQueue(items ...state.Item) {
	f.putRuns(state.Run{ID: "released", State: state.RunReleased})
	f.putItems(items...)
}

// claim asks for work in system s on one day, with a lease until another.
func claim(owner string, wall, until int) state.Claim {
	return state.Claim{System: "s", Owner: owner, Wall: day(wall), Until: day(until), Limit: 100}
}

func (f *fixture) claim(c state.Claim) (claimed []state.Claimed) {
	f.update(func(tx state.Tx) { claimed = must(tx.Claim(c)) })
	return claimed
}

// claimOne is claim for who expects something.
func (f *fixture) claimOne(c state.Claim) state.Claimed {
	return nth("claimed accounts", f.claim(c), 0)
}

// claimedKeys names the accounts and items of a claim.
func claimedKeys(claimed []state.Claimed) []string {
	out := []string{}
	for _, c := range claimed {
		for _, it := range c.Items {
			out = append(out, fmt.Sprintf("%s:%s/%s", c.Account.Person, it.Kind, it.Key))
		}
	}
	return out
}

func claimStates(f *fixture) {
	var items []state.Item
	for _, in := range []state.ItemState{state.ItemSettled, state.ItemDue, state.ItemSending, state.ItemWaiting, state.ItemParked} {
		it := due(string(in), 1)
		it.State = in
		items = append(items, it)
	}
	f.putQueue(items...)
	same("claimed", claimedKeys(f.claim(claim("n", 5, 6))), []string{"due:account/", "sending:account/"})
	items[1].State, items[3].State = state.ItemParked, state.ItemDue
	f.putItems(items...)
	same("claimed after the states changed", claimedKeys(f.claim(claim("n", 7, 8))), []string{"sending:account/", "waiting:account/"})
}

func claimReleased(f *fixture) {
	of := func(person, run string) state.Item {
		it := due(person, 1)
		it.Run = run
		return it
	}
	alone := of("alone", "held")
	alone.Released = true
	for _, in := range []state.RunState{state.RunReading, state.RunDeciding, state.RunHeld, state.RunRefused} {
		f.putRuns(state.Run{ID: string(in), State: in})
	}
	batched := of("i", "held")
	batched.State = state.ItemBatched
	f.putItems(batched)
	f.putItems(of("a", "reading"), of("b", "deciding"), of("c", "held"), of("d", "refused"), of("e", "unknown"), of("f", ""), alone, of("g", "held"))
	same("claimed while no run is released", claimedKeys(f.claim(claim("n", 1, 2))), []string{"alone:account/"})
	f.update(func(tx state.Tx) { ok(tx.Release([]state.Item{of("c", "held")})) })
	same("claimed after Release", claimedKeys(f.claim(claim("n", 3, 4))), []string{"alone:account/", "c:account/"})
	f.putRuns(state.Run{ID: "held", State: state.RunReleased}, state.Run{ID: "deciding", State: state.RunReleased})
	same("claimed after runs were released", claimedKeys(f.claim(claim("n", 5, 6))), []string{"alone:account/", "b:account/", "c:account/", "g:account/"})
	f.putRuns(state.Run{ID: "held", State: state.RunHeld})
	f.putItems(of("h", "deciding"))
	same("claimed after one was held again", claimedKeys(f.claim(claim("n", 7, 8))), []string{"alone:account/", "b:account/", "c:account/", "h:account/"})
}

func claimRetry(f *fixture) {
	later, now := due("later", 1), due("now", 1)
	later.RetryAt, now.RetryAt = day(5).Add(time.Microsecond), day(5)
	f.putQueue(later, now)
	same("claimed before", claimedKeys(f.claim(claim("n", 4, 5))), []string{})
	same("claimed at the instant", claimedKeys(f.claim(claim("n", 5, 6))), []string{"now:account/"})
	same("claimed after", claimedKeys(f.claim(claim("n", 7, 8))), []string{"later:account/", "now:account/"})
}

func claimLane(f *fixture) {
	lane := func(person string, decided int, l state.Lane) state.Item {
		it := due(person, decided)
		it.Lane = l
		return it
	}
	second := lane("a", 9, state.LaneImmediate)
	second.Kind = state.ItemGrant
	f.putQueue(lane("a", 1, state.LaneBatch), lane("b", 1, state.LaneNormal), lane("c", 5, state.LaneImmediate), lane("d", 2, state.LaneNormal),
		lane("e", 0, state.LaneBatch), second)
	for _, want := range []string{"c", "a", "b", "d", "e"} {
		c := claim("n", 20, 30)
		c.Limit = 1
		got := f.claim(c)
		same("accounts claimed", len(got), 1)
		same("account claimed next", got[0].Account.Person, want)
	}
}

func claimUrgent(f *fixture) {
	urgent, other := due("b", 2), due("b", 1)
	urgent.Lane, other.Kind = state.LaneImmediate, state.ItemProfile
	f.putQueue(due("a", 1), urgent, other)
	c := claim("n", 3, 4)
	c.Urgent = true
	same("claimed", claimedKeys(f.claim(c)), []string{"b:account/"})
	same("claimed again", claimedKeys(f.claim(c)), []string{})
}

func urgentItems(f *fixture) {
	of := func(key string, lane state.Lane, alter func(*state.Item)) state.Item {
		it := due("a", 1)
		it.Kind, it.Key, it.Lane = state.ItemGrant, key, lane
		if alter != nil {
			alter(&it)
		}
		return it
	}
	f.putQueue(
		of("due", state.LaneImmediate, nil), of("ordinary", state.LaneNormal, nil),
		of("sending", state.LaneImmediate, func(it *state.Item) { it.State = state.ItemSending }),
		of("settled", state.LaneImmediate, func(it *state.Item) { it.State = state.ItemSettled }),
		of("held", state.LaneImmediate, func(it *state.Item) { it.Run = "held" }),
		of("alone", state.LaneImmediate, func(it *state.Item) { it.Run, it.Released = "held", true }),
		of("later", state.LaneImmediate, func(it *state.Item) { it.RetryAt = day(4) }),
		of("elsewhere", state.LaneImmediate, func(it *state.Item) { it.System = "t" }),
		of("somebody else's", state.LaneImmediate, func(it *state.Item) { it.Person = "b" }),
	)
	look := func(wall int) (keys []string) {
		f.view(func(tx state.Tx) {
			for _, it := range must(tx.UrgentItems("a", "s", day(wall))) {
				keys = append(keys, it.Key)
			}
		})
		return keys
	}
	same("urgent", look(3), []string{"alone", "due", "sending"})
	f.claim(claim("n", 3, 9))
	same("urgent under a lease", look(4), []string{"alone", "due", "later", "sending"})
}

func claimLimit(f *fixture) {
	const people, grants = 6, 12
	f.putRuns(state.Run{ID: "released", State: state.RunReleased})
	for p := range people {
		for g := range grants {
			it := due(fmt.Sprint("p", p), 1)
			it.Kind, it.Key = state.ItemGrant, fmt.Sprintf("g%02d", g)
			if g == grants-1 {
				it.Lane = state.LaneImmediate
			}
			f.putItems(it)
		}
	}
	c := claim("n", 3, 4)
	c.Limit = 4
	got := f.claim(c)
	same("accounts", len(got), 4)
	for i, one := range got {
		same("account", one.Account.Person, fmt.Sprint("p", i))
		same("items of an account", len(one.Items), grants)
		same("the most urgent item", one.Items[0].Lane, state.LaneImmediate)
		same("the next item", one.Items[1], must(f.item(one.Items[1])))
	}
	same("accounts left", len(f.claim(c)), people-4)
	c.Limit, c.Wall, c.Until = 0, day(8), day(9)
	same("accounts of a claim without limit", len(f.claim(c)), 0)
}

// item returns an item as it is stored.
func (f *fixture) item(it state.Item) (got state.Item, err error) {
	f.view(func(tx state.Tx) { got, err = tx.Item(it.Person, it.System, it.Kind, it.Key) })
	return got, err
}

func claimSystem(f *fixture) {
	elsewhere := due("a", 1)
	elsewhere.System = "t"
	known := state.Account{Person: "b", System: "s", RemoteID: "x", Name: "n", Exists: true, Observed: []byte("{}"), SeenAt: day(1)}
	f.putQueue(elsewhere, due("b", 1), due("c", 2))
	f.update(func(tx state.Tx) { ok(tx.PutAccount(known)) })
	got := f.claim(claim("n", 3, 4))
	same("accounts", len(got), 2)
	known.Owner, known.Epoch, known.LeaseUntil = "n", got[0].Account.Epoch, day(4)
	same("a known account", got[0].Account, known)
	same("an account that nobody has seen", got[1].Account, state.Account{Person: "c", System: "s", Owner: "n", Epoch: got[1].Account.Epoch, LeaseUntil: day(4)})
	f.view(func(tx state.Tx) {
		for _, c := range got {
			same("the account as it is stored", must(tx.Account(c.Account.Person, "s")), c.Account)
		}
	})
}

func claimBeyond(f *fixture) {
	const people = 60
	var items []state.Item
	for p := range people {
		items = append(items, due(fmt.Sprintf("p%02d", p), 1))
	}
	f.putQueue(items...)
	c := claim("n", 3, 4)
	c.Limit = people - 1
	same("accounts of the first", len(f.claim(c)), people-1)
	c.Limit = 1
	same("account of the next", f.claimOne(c).Account.Person, fmt.Sprintf("p%02d", people-1))
}

func nextRetry(f *fixture) {
	next := func() (at time.Time) {
		f.view(func(tx state.Tx) { at = must(tx.NextRetry()) })
		return at
	}
	same("of nothing", next(), time.Time{})
	held := due("held", 1)
	held.Run, held.RetryAt = "unknown", day(2)
	parked := due("parked", 1)
	parked.State, parked.RetryAt = state.ItemParked, day(2)
	f.putQueue(due("free", 1), held, parked)
	same("of items that wait for nothing, or cannot be acted on", next(), time.Time{})
	late, soon := due("late", 1), due("soon", 1)
	late.RetryAt, soon.RetryAt = day(9), day(7)
	f.putItems(late, soon)
	same("of back-offs", next(), day(7))
	c := claim("n", 1, 5)
	same("claimed", claimedKeys(f.claim(c)), []string{"free:account/"})
	same("of a lease that ends before the back-offs", next(), day(5))
	c.Wall, c.Until = day(8), day(20)
	f.claim(c)
	same("of a back-off under no lease", next(), day(9))
}
