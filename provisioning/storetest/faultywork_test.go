package storetest

import (
	"slices"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func workFaults() []mutant {
	return []mutant{
		{fault: "a run's open items are those of all runs", fails: []string{"item_open"}, tx: func(tx state.Tx) state.Tx { return anyRun{tx} }},
		{fault: "who is about to lose a grant still holds it", fails: []string{"account_holders"}, tx: func(tx state.Tx) state.Tx { return lastingHolders{tx} }},
		{fault: "what was decided anew is released too", fails: []string{"item_release"}, tx: func(tx state.Tx) state.Tx { return anyRevision{tx} }},
		{fault: "items act while their run is being decided", fails: []string{"claim_released"}, tx: func(tx state.Tx) state.Tx { return hasty{tx} }},
		{fault: "what was sent is left alone for ever", fails: []string{"claim_states"}, tx: func(tx state.Tx) state.Tx { return forgetsSent{tx} }},
		{fault: "a back-off is kept only after an attempt", fails: []string{"claim_retry", "urgent_items", "next_retry", "claim_probe", "next_retry_breaker"}, tx: func(tx state.Tx) state.Tx { return noBackoff{tx} }},
		{fault: "the oldest decision comes first whatever its lane", fails: []string{"claim_lane", "claim_probe"}, tx: func(tx state.Tx) state.Tx { return laneBlind{tx} }},
		{fault: "urgent claims get everything", fails: []string{"claim_urgent", "lease_begun"}, tx: func(tx state.Tx) state.Tx { return neverUrgent{tx} }},
		{fault: "what is held is as urgent as the rest", fails: []string{"urgent_items"}, tx: func(tx state.Tx) state.Tx { return impatient{tx} }},
		{fault: "an account comes with its first item alone", fails: []string{"claim_limit"}, tx: func(tx state.Tx) state.Tx { return oneItem{tx} }},
		{fault: "the next retry is a moment late", fails: []string{"next_retry", "next_retry_breaker"}, tx: func(tx state.Tx) state.Tx { return lateRetry{tx} }},
	}
}

type anyRun struct{ state.Tx }

func (t anyRun) OpenItems(_ string, after state.Item, limit int) ([]state.Item, error) {
	return t.Tx.OpenItems("", after, limit)
}

type lastingHolders struct{ state.Tx }

func (t lastingHolders) Holders(system, key string, limit int) ([]string, error) {
	holders, err := t.Tx.Holders(system, key, limit)
	if err != nil || len(holders) == limit {
		return holders, err
	}
	people := []string{}
	items, err := t.OpenItems("", state.Item{}, 1000)
	for _, it := range items {
		if it.System == system && it.Key == key && it.Known == "held" && !slices.Contains(holders, it.Person) {
			people = append(people, it.Person)
		}
	}
	people = append(people, holders...)
	slices.Sort(people)
	return people, err
}

type anyRevision struct{ state.Tx }

func (t anyRevision) Release(items []state.Item) error {
	for _, it := range items {
		if now, err := t.Item(it.Person, it.System, it.Kind, it.Key); err == nil {
			if err := t.Tx.Release([]state.Item{now}); err != nil {
				return err
			}
		}
	}
	return nil
}

type hasty struct{ state.Tx }

func (t hasty) PutItem(it state.Item) error {
	if err := t.Tx.PutItem(it); err != nil {
		return err
	}
	if run, err := t.Run(it.Run); err == nil && run.State == state.RunDeciding {
		return t.Release([]state.Item{it})
	}
	return nil
}

type forgetsSent struct{ state.Tx }

func (t forgetsSent) Claim(c state.Claim) ([]state.Claimed, error) {
	claimed, err := t.Tx.Claim(c)
	return slices.DeleteFunc(claimed, func(c state.Claimed) bool {
		return !slices.ContainsFunc(c.Items, func(it state.Item) bool { return it.State == state.ItemDue })
	}), err
}

type noBackoff struct{ state.Tx }

func (t noBackoff) PutItem(it state.Item) error {
	if it.Attempts == 0 {
		it.RetryAt = time.Time{}
	}
	return t.Tx.PutItem(it)
}

type laneBlind struct{ state.Tx }

func (t laneBlind) Claim(c state.Claim) ([]state.Claimed, error) {
	if c.Limit != 1 {
		return t.Tx.Claim(c)
	}
	c.Limit = 1000
	all, err := t.Tx.Claim(c)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b state.Claimed) int { return a.Items[0].DecidedAt.Compare(b.Items[0].DecidedAt) })
	for _, rest := range all[min(1, len(all)):] {
		if err := t.Unclaim(rest.Account.Person, c.System, c.Owner, rest.Account.Epoch); err != nil {
			return nil, err
		}
	}
	return all[:min(1, len(all))], nil
}

type neverUrgent struct{ state.Tx }

func (t neverUrgent) Claim(c state.Claim) ([]state.Claimed, error) {
	c.Urgent = false
	return t.Tx.Claim(c)
}

type impatient struct{ state.Tx }

func (t impatient) UrgentItems(person, system string, wall time.Time) ([]state.Item, error) {
	items, err := t.ItemsOf(person)
	return slices.DeleteFunc(items, func(it state.Item) bool {
		return it.System != system || it.Lane != state.LaneImmediate || it.RetryAt.After(wall) || it.State != state.ItemDue && it.State != state.ItemSending
	}), err
}

type oneItem struct{ state.Tx }

func (t oneItem) Claim(c state.Claim) ([]state.Claimed, error) {
	claimed, err := t.Tx.Claim(c)
	for i := range claimed {
		claimed[i].Items = claimed[i].Items[:1]
	}
	return claimed, err
}

type lateRetry struct{ state.Tx }

func (t lateRetry) NextRetry() (time.Time, error) {
	at, err := t.Tx.NextRetry()
	if !at.IsZero() {
		at = at.Add(time.Microsecond)
	}
	return at, err
}
