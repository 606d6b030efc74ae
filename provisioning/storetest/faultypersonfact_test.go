package storetest

import (
	"slices"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func personFactFaults() []mutant {
	return []mutant{
		{fault: "when a fact was recorded is forgotten", fails: []string{"fact", "fact_once", "fact_withdraw", "fact_give"}, tx: func(tx state.Tx) state.Tx { return timeless{tx} }},
		{fault: "a fact that is there is passed over", fails: []string{"fact_once"}, tx: func(tx state.Tx) state.Tx { return lenientFacts{tx} }},
		{fault: "a fact counts at the instant of its end", fails: []string{"fact_list"}, tx: func(tx state.Tx) state.Tx { return lastingFacts{tx} }},
		{fault: "facts of a kind come backwards", fails: []string{"fact_kind"}, tx: func(tx state.Tx) state.Tx { return backwardFacts{tx} }},
		{fault: "what was withdrawn is withdrawn again", fails: []string{"fact_withdraw"}, tx: func(tx state.Tx) state.Tx { return laterWithdrawal{tx} }},
		{fault: "who is given a fact gets it for the employment that it was told in", fails: []string{"fact_give"}, tx: func(tx state.Tx) state.Tx { return sameSpell{tx} }},
		{fault: "what was withdrawn is not erased", fails: []string{"fact_erase"}, tx: func(tx state.Tx) state.Tx { return keepsWithdrawn{tx} }},
		{fault: "cases are found of who has a longer name", fails: []string{"case_open_of"}, tx: func(tx state.Tx) state.Tx { return prefixCases{tx} }},
	}
}

type timeless struct{ state.Tx }

func (t timeless) AddFact(f state.Fact) error {
	f.RecordedAt = time.Time{}
	return t.Tx.AddFact(f)
}

type lenientFacts struct{ state.Tx }

func (t lenientFacts) AddFact(f state.Fact) error {
	if _, err := t.Fact(f.ID); err == nil {
		return nil
	}
	return t.Tx.AddFact(f)
}

type lastingFacts struct{ state.Tx }

func (t lastingFacts) FactsOf(person string, when time.Time) ([]state.Fact, error) {
	if !when.IsZero() {
		when = when.Add(-time.Microsecond)
	}
	return t.Tx.FactsOf(person, when)
}

type backwardFacts struct{ state.Tx }

func (t backwardFacts) FactsOfKind(kind string, when time.Time) ([]state.Fact, error) {
	facts, err := t.Tx.FactsOfKind(kind, when)
	slices.Reverse(facts)
	return facts, err
}

// laterWithdrawal keeps the last instant at which a fact was withdrawn, and returns that.
type laterWithdrawal struct{ state.Tx }

func (t laterWithdrawal) Fact(id string) (state.Fact, error) {
	f, err := t.Tx.Fact(id)
	if again, failed := t.Tx.Fact(id + "'"); failed == nil {
		f.WithdrawnAt = again.WithdrawnAt
	}
	return f, err
}

func (t laterWithdrawal) WithdrawFact(id string, when time.Time) error {
	if f, err := t.Tx.Fact(id); err == nil && !f.WithdrawnAt.IsZero() {
		return t.AddFact(state.Fact{ID: id + "'", WithdrawnAt: when})
	}
	return t.Tx.WithdrawFact(id, when)
}

type sameSpell struct{ state.Tx }

func (t sameSpell) GiveFact(id, person string, spell int64) error {
	if f, err := t.Fact(id); err == nil {
		spell = f.Spell
	}
	return t.Tx.GiveFact(id, person, spell)
}

// keepsWithdrawn adds what was withdrawn anew after it was erased.
type keepsWithdrawn struct{ state.Tx }

func (t keepsWithdrawn) EraseFacts(person string, when time.Time) (int, error) {
	facts, err := t.FactsOf(person, time.Time{})
	if err != nil {
		return 0, err
	}
	n, err := t.Tx.EraseFacts(person, when)
	for _, f := range facts {
		if !f.WithdrawnAt.IsZero() && err == nil {
			err = t.AddFact(f)
			n--
		}
	}
	return n, err
}

type prefixCases struct{ state.Tx }

func (t prefixCases) OpenCasesOf(kind, person string) ([]state.Case, error) {
	all, err := t.Cases(false)
	return slices.DeleteFunc(all, func(c state.Case) bool {
		return c.Kind != kind || len(c.Subject) <= len(person) || c.Subject[:len(person)] != person
	}), err
}
