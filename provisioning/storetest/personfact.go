package storetest

import (
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func personFactCases() []testCase {
	return []testCase{
		{name: "fact", clause: "a fact's row is kept; ErrNotFound before", check: factKept},
		{name: "fact_once", clause: "AddFact fails if there is a fact with its ID", check: factOnce},
		{name: "fact_list", clause: "FactsOf returns a person's facts that count at an instant or later, or all, by ID", check: factList},
		{name: "fact_kind", clause: "FactsOfKind returns the facts of a kind, about anybody, that count at an instant or later, by ID", check: factKind},
		{name: "fact_withdraw", clause: "what was withdrawn counts no more, and is not withdrawn again", check: factWithdraw},
		{name: "fact_give", clause: "GiveFact alters whom one fact is about, and nothing else", check: factGive},
		{name: "fact_erase", clause: "EraseFacts deletes what counts neither at an instant nor later, and nothing else", check: factErase},
	}
}

func dataFact(mark string) state.Fact {
	return state.Fact{
		ID: "f1", Person: "p1", Kind: "request", Spell: 2, Body: []byte(`{"role":"r` + mark + `"}`), RecordedAt: day(1), EndsAt: day(9),
	}
}

// fact returns a row with little in it, that ends after some days, 0 for never.
func fact(id, person, kind string, ends int) state.Fact {
	f := state.Fact{ID: id, Person: person, Kind: kind, RecordedAt: day(0)}
	if ends > 0 {
		f.EndsAt = day(ends)
	}
	return f
}

func (f *fixture) addFacts(facts ...state.Fact) {
	f.update(func(tx state.Tx) {
		for _, one := range facts {
			ok(tx.AddFact(one))
		}
	})
}

// factIDs returns the ID of each fact.
func factIDs(facts []state.Fact) []string {
	out := []string{}
	for _, one := range facts {
		out = append(out, one.ID)
	}
	return out
}

func factKept(f *fixture) {
	withdrawn := dataFact("")
	withdrawn.ID, withdrawn.WithdrawnAt = "f2", day(3)
	f.update(func(tx state.Tx) {
		_, err := tx.Fact("f1")
		is("an unknown fact", err, state.ErrNotFound)
		for _, one := range []state.Fact{dataFact(""), withdrawn, {ID: "f3"}} {
			ok(tx.AddFact(one))
			same("fact", must(tx.Fact(one.ID)), one)
		}
		_, err = tx.Fact("F1")
		is("a fact in other letters", err, state.ErrNotFound)
	})
}

func factOnce(f *fixture) {
	f.addFacts(dataFact(""))
	other := dataFact(" again")
	other.Person = "p2"
	refused("a second fact with one ID", f.try(func(tx state.Tx) { ok(tx.AddFact(other)) }))
	f.view(func(tx state.Tx) { same("fact", must(tx.Fact("f1")), dataFact("")) })
}

func factList(f *fixture) {
	gone := fact("d", "p", "k", 0)
	gone.WithdrawnAt = day(1)
	f.addFacts(fact("c", "p", "k", 0), fact("a", "p", "l", 3), gone, fact("b", "p", "k", 5), fact("e", "q", "k", 0))
	f.view(func(tx state.Tx) {
		same("all", factIDs(must(tx.FactsOf("p", time.Time{}))), []string{"a", "b", "c", "d"})
		same("of nobody", must(tx.FactsOf("r", time.Time{})), []state.Fact{})
		for when, want := range map[time.Time][]string{
			day(0):                        {"a", "b", "c"},
			day(3).Add(-time.Microsecond): {"a", "b", "c"},
			day(3):                        {"b", "c"},
			day(5):                        {"c"},
		} {
			same("those that count", factIDs(must(tx.FactsOf("p", when))), want)
		}
	})
}

func factKind(f *fixture) {
	gone := fact("d", "p", "k", 0)
	gone.WithdrawnAt = day(1)
	f.addFacts(fact("c", "p", "k", 0), fact("a", "q", "k", 3), gone, fact("b", "p", "l", 0))
	f.view(func(tx state.Tx) {
		same("those that count", factIDs(must(tx.FactsOfKind("k", day(0)))), []string{"a", "c"})
		same("at the end of one", factIDs(must(tx.FactsOfKind("k", day(3)))), []string{"c"})
		same("of no kind", must(tx.FactsOfKind("K", day(0))), []state.Fact{})
	})
}

func factWithdraw(f *fixture) {
	f.addFacts(fact("a", "p", "k", 0), fact("b", "p", "k", 0))
	f.update(func(tx state.Tx) {
		ok(tx.WithdrawFact("a", day(1)))
		ok(tx.WithdrawFact("a", day(2)))
		ok(tx.WithdrawFact("nothing", day(2)))
		want := fact("a", "p", "k", 0)
		want.WithdrawnAt = day(1)
		same("fact", must(tx.Fact("a")), want)
		same("those that count", factIDs(must(tx.FactsOf("p", day(0)))), []string{"b"})
	})
}

func factGive(f *fixture) {
	f.addFacts(dataFact(""), fact("f2", "p1", "k", 0))
	f.update(func(tx state.Tx) {
		ok(tx.GiveFact("f1", "p2", 7))
		want := dataFact("")
		want.Person, want.Spell = "p2", 7
		same("fact", must(tx.Fact("f1")), want)
		same("of whom it was about", factIDs(must(tx.FactsOf("p1", time.Time{}))), []string{"f2"})
		same("of whom it is about", factIDs(must(tx.FactsOf("p2", time.Time{}))), []string{"f1"})
	})
}

func factErase(f *fixture) {
	gone := fact("d", "p", "k", 0)
	gone.WithdrawnAt = day(9)
	f.addFacts(fact("a", "p", "k", 3), fact("b", "p", "k", 4), fact("c", "p", "k", 0), gone, fact("e", "q", "k", 1))
	f.update(func(tx state.Tx) {
		same("erased", must(tx.EraseFacts("p", day(3))), 2)
		same("erased again", must(tx.EraseFacts("p", day(3))), 0)
		same("what is left", factIDs(must(tx.FactsOf("p", time.Time{}))), []string{"b", "c"})
		same("of somebody else", factIDs(must(tx.FactsOf("q", time.Time{}))), []string{"e"})
	})
}
