package storetest

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func breakerCases() []testCase {
	return []testCase{
		{name: "breaker", clause: "a breaker's row is kept and replaced whole; ErrNotFound before", check: breakerKept},
		{name: "breaker_list", clause: "Breakers returns all rows, by system", check: breakerList},
		{name: "breaker_lock", clause: "LockBreaker keeps others from changing the row: of many failures at once each is counted", check: breakerLock},
		{name: "claim_probe", clause: "Claim for a probe gives who was tried longest ago first, then the most urgent lane, then the newest decision", check: claimProbe},
		{name: "next_retry_breaker", clause: "NextRetry waits for an open breaker, until UrgentAt in the immediate lane and ProbeAt in others", check: nextRetryBreaker},
	}
}

func dataBreaker(mark string) state.Breaker {
	return state.Breaker{
		System: "ldap", Failures: 12, Denials: 2, Accounts: []string{"p1", "p2"}, OpenedAt: day(1), Probes: 3, Probing: "p3",
		ProbeAt: day(4), UrgentAt: day(3), Error: "no answer" + mark,
		Refusals: state.Refusals{Refused: 7, RefusedBy: []string{"p4"}, Refusal: "wrong" + mark, RefusedAt: day(5), TryAt: day(6), Tries: 2, Tried: "p5 grant group/x"},
	}
}

func breakerKept(f *fixture) {
	f.update(func(tx state.Tx) {
		for _, read := range []func(string) (state.Breaker, error){tx.Breaker, tx.LockBreaker} {
			_, err := read("ldap")
			is("a system that never failed", err, state.ErrNotFound)
		}
	})
	for _, b := range []state.Breaker{dataBreaker(""), {System: "ldap"}, dataBreaker(" again")} {
		f.update(func(tx state.Tx) { ok(tx.PutBreaker(b)) })
		f.update(func(tx state.Tx) {
			same("breaker", must(tx.Breaker("ldap")), b)
			same("breaker that is locked", must(tx.LockBreaker("ldap")), b)
			_, err := tx.Breaker("LDAP")
			is("another system's", err, state.ErrNotFound)
		})
	}
}

func breakerList(f *fixture) {
	all := []state.Breaker{{System: "a", Failures: 1}, {System: "b"}, dataBreaker("")}
	f.update(func(tx state.Tx) {
		same("of no system", must(tx.Breakers()), []state.Breaker{})
		for _, i := range []int{2, 0, 1} {
			ok(tx.PutBreaker(all[i]))
		}
		same("breakers", must(tx.Breakers()), all)
	})
}

func breakerLock(f *fixture) {
	const callers, times = 8, 6
	f.update(func(tx state.Tx) { ok(tx.PutBreaker(state.Breaker{System: "s"})) })
	f.parallel(callers, func(int) {
		for range times {
			f.update(func(tx state.Tx) {
				b := must(tx.LockBreaker("s"))
				b.Failures++
				ok(tx.PutBreaker(b))
			})
		}
	})
	f.view(func(tx state.Tx) { same("failures", must(tx.Breaker("s")).Failures, callers*times) })
}

func claimProbe(f *fixture) {
	tried := func(person string, at time.Time, lane state.Lane) state.Item {
		it := due(person, 1)
		it.RetryAt, it.Lane = at, lane
		return it
	}
	f.putQueue(tried("a", day(3), state.LaneImmediate), tried("b", day(2), state.LaneNormal), tried("c", time.Time{}, state.LaneNormal),
		tried("d", time.Time{}, state.LaneImmediate), tried("e", day(9), state.LaneImmediate), due("f", 0), due("g", 2))
	c := claim("n", 5, 6)
	c.Limit, c.Probe = 1, true
	for _, want := range []string{"d", "g", "c", "f", "b", "a"} {
		same("account to be tried next", f.claimOne(c).Account.Person, want)
	}
	same("accounts left", len(f.claim(c)), 0)
}

func nextRetryBreaker(f *fixture) {
	next := func() (at time.Time) {
		f.view(func(tx state.Tx) { at = must(tx.NextRetry()) })
		return at
	}
	put := func(b state.Breaker) { f.update(func(tx state.Tx) { ok(tx.PutBreaker(b)) }) }
	b := state.Breaker{System: "s", OpenedAt: day(1), ProbeAt: day(6), UrgentAt: day(4)}
	put(b)
	same("of a system with nothing to do", next(), time.Time{})
	f.putQueue(due("a", 1))
	same("of what waits for the breaker alone", next(), day(6))
	urgent := due("b", 1)
	urgent.Lane = state.LaneImmediate
	f.putItems(urgent)
	same("of something urgent", next(), day(4))
	urgent.RetryAt = day(5)
	f.putItems(urgent)
	same("of something urgent with a back-off beyond the breaker's", next(), day(5))
	urgent.RetryAt, b.OpenedAt = day(2), time.Time{}
	f.putItems(urgent)
	put(b)
	same("of a breaker that is closed", next(), day(2))
	put(state.Breaker{System: "t", OpenedAt: day(1), ProbeAt: day(20), UrgentAt: day(20)})
	same("of another system's", next(), day(2))
}
