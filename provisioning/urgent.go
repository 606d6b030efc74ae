package provisioning

import (
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// hurry notes what it is urgent to take away: what policy says, or everything from who has
// left abruptly.
func (d *decision) hurry(abrupt bool) {
	d.abrupt, d.urgent = abrupt, map[itemKey]bool{}
	for _, system := range d.Urgent.Accounts {
		d.urgent[itemKey{system, state.ItemAccount, ""}] = true
		d.urgent[itemKey{system, state.ItemSessions, ""}] = true
	}
	for _, e := range d.Urgent.Grants {
		d.urgent[itemKey{e.System, state.ItemGrant, e.Kind + "/" + e.Name}] = true
	}
}

// isUrgent reports whether taking away what an item is about is urgent. A deletion never
// is: nobody can sign in before it.
func (d *decision) isUrgent(it state.Item) bool {
	return it.Kind != state.ItemDeletion && (d.abrupt || d.urgent[keyOf(it)])
}

// kindUrgent counts, in the guard's window, people whose urgent removals were
// let through by themselves: of the tenant under no system's name, and under those of
// systems with a guard of their own.
const kindUrgent = "urgent"

// passUrgent releases the urgent removals of a run one by one, as far as their
// own limit goes, and returns the counts of what is left to be judged.
func (t *Tenant) passUrgent(tx state.Tx, run state.Run, counts []state.Count) ([]state.Count, error) {
	urgent := 0
	for _, c := range counts {
		if c.Lane == state.LaneImmediate {
			urgent += c.N
		}
	}
	if urgent == 0 {
		return counts, nil
	}
	before, err := t.windowsAt(tx, run.SealedAt)
	if err != nil {
		return nil, err
	}
	var (
		pass, mine []state.Item // mine are of one person: half a termination would help nobody
		people     = map[string]int{}
	)
	take := func() {
		systems := map[string]bool{"": true}
		for _, it := range mine {
			if t.cfg.Systems[it.System].Guard != nil {
				systems[it.System] = true
			}
		}
		for system := range systems {
			guards := t.guardsOf(system)
			passed := before[guards[len(guards)-1].Window][counted{system, kindUrgent, ""}]
			if people[system]+passed >= t.urgentLimit(system) {
				mine = nil
				return
			}
		}
		if len(mine) > 0 {
			for system := range systems {
				people[system]++
			}
		}
		pass, mine = append(pass, mine...), nil
	}
	err = eachOpenItem(tx, run.ID, func(it state.Item) error {
		if len(mine) > 0 && mine[0].Person != it.Person {
			take()
		}
		if it.Lane == state.LaneImmediate && it.Removes != "" && !it.Released && it.State != state.ItemWaiting {
			mine = append(mine, it)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	take()
	if len(pass) == 0 {
		return counts, nil
	}
	if err := tx.Release(pass); err != nil {
		return nil, err
	}
	reserve := t.weigh(pass)
	for system, n := range people {
		reserve = append(reserve, state.Count{System: system, Kind: kindUrgent, Lane: state.LaneImmediate, N: n})
	}
	if err := tx.Reserve(run.ID, run.SealedAt, reserve); err != nil {
		return nil, err
	}
	return t.counts(tx, run.ID)
}

// urgentLimit is how many people's urgent removals pass by themselves in a system with
// a guard of its own, or in all together.
func (t *Tenant) urgentLimit(system string) int {
	limit := t.cfg.Guard.Urgent
	if own := t.cfg.Systems[system].Guard; own != nil && own.Max > 0 {
		limit = min(limit, own.Max)
	}
	return limit
}

// eachOpenItem calls fn for the items of a run that are not settled, or of all
// runs.
func eachOpenItem(tx state.Tx, run string, fn func(state.Item) error) error {
	const page = 500
	var after state.Item
	for {
		items, err := tx.OpenItems(run, after, page)
		if err != nil {
			return err
		}
		for _, it := range items {
			if err := fn(it); err != nil {
				return err
			}
		}
		if len(items) < page {
			return nil
		}
		after = items[len(items)-1]
	}
}
