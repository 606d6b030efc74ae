package memory

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/joinery-iam/joinery/connector"
)

// record is an account as it is. It is never changed, only replaced, so whoever
// has one may keep it.
type record struct {
	connector.Account
	number int // in order of creation
}

// clone returns a copy which may be changed and then put in place of r.
func (r *record) clone() *record {
	c := *r
	c.Account = r.account(true)
	return &c
}

// account returns a copy for whoever asked, with what it holds or without.
func (r *record) account(entitlements bool) connector.Account {
	a := r.Account
	a.Attributes = maps.Clone(r.Attributes)
	a.Entitlements, a.EntitlementsKnown = nil, entitlements
	if entitlements {
		a.Entitlements = slices.Clone(r.Entitlements)
	}
	return a
}

// table holds the records, and finds them fast by what a request may name.
type table struct {
	fold       func(string) string
	byID       map[string]*record
	byExternal map[string][]*record
	byName     map[string][]*record
	last       int // number of the last record
}

func newTable(fold func(string) string) table {
	return table{
		fold: fold, byID: map[string]*record{},
		byExternal: map[string][]*record{}, byName: map[string][]*record{},
	}
}

// add gives a record a number, and an id if it has none, and puts it.
func (t *table) add(r *record) {
	t.last++
	r.number = t.last
	for r.ID == "" || t.byID[r.ID] != nil {
		r.ID = strconv.Itoa(t.last)
		if t.byID[r.ID] != nil {
			t.last++
		}
	}
	t.put(r)
}

// put makes r the record of its id.
func (t *table) put(r *record) {
	t.remove(r.ID)
	t.byID[r.ID] = r
	if r.ExternalID != "" {
		t.byExternal[r.ExternalID] = append(t.byExternal[r.ExternalID], r)
	}
	name := t.fold(r.Name)
	t.byName[name] = append(t.byName[name], r)
}

func (t *table) remove(id string) {
	r := t.byID[id]
	if r == nil {
		return
	}
	delete(t.byID, id)
	drop(t.byExternal, r.ExternalID, r)
	drop(t.byName, t.fold(r.Name), r)
}

func drop(index map[string][]*record, key string, r *record) {
	left := slices.DeleteFunc(index[key], func(other *record) bool { return other == r })
	if len(left) == 0 {
		delete(index, key)
		return
	}
	index[key] = left
}

// all returns the records in order of creation.
func (t *table) all() []*record { return sorted(slices.Collect(maps.Values(t.byID))) }

// candidates returns a superset of the records that match, in no order.
func (t *table) candidates(req connector.FindRequest) []*record {
	switch {
	case req.ID != "":
		if r := t.byID[req.ID]; r != nil {
			return []*record{r}
		}
		return nil
	case req.ExternalID != "":
		return slices.Clone(t.byExternal[req.ExternalID])
	default:
		return slices.Clone(t.byName[t.fold(req.Name)])
	}
}

func (t *table) matches(r *record, req connector.FindRequest) bool {
	return (req.ID == "" || r.ID == req.ID) &&
		(req.ExternalID == "" || r.ExternalID == req.ExternalID) &&
		(req.Name == "" || t.fold(r.Name) == t.fold(req.Name))
}

func sorted(records []*record) []*record {
	slices.SortFunc(records, func(a, b *record) int { return cmp.Compare(a.number, b.number) })
	return records
}
