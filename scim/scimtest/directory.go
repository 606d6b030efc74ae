package scimtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// directory is all there is, with its indexes. Callers hold mu. What a record
// points at as data is never changed in place, so it may be read without mu.
type directory struct {
	mu     sync.RWMutex
	quirks *quirks
	seq    int
	users  *table
	groups *table
	// members holds, by id of the group, the order in which each user joined.
	members map[string]map[string]int
	// memberOf holds, by id of the user, the groups.
	memberOf map[string]map[string]struct{}
}

func newDirectory(users, groups *catalogue, q *quirks) *directory {
	return &directory{
		quirks: q,
		users:  newTable("User", "userName", users), groups: newTable("Group", "displayName", groups),
		members: map[string]map[string]int{}, memberOf: map[string]map[string]struct{}{},
	}
}

// table holds the resources of one type.
type table struct {
	resourceType string
	nameAttr     string
	rules        *catalogue
	ordered      []*record // by seq
	byID         map[string]*record
	byName       map[string][]*record // folded
	byExternalID map[string][]*record
	// sharing lets several resources have the same externalId.
	sharing bool
}

// record is one resource. data lacks id, meta, schemas and memberships.
type record struct {
	id       string
	seq      int
	data     map[string]any
	version  int
	created  time.Time
	modified time.Time
	// A server that is slow does not show it yet: to so many requests, or until then.
	hidden  atomic.Int64
	shownAt time.Time
}

func newTable(resourceType, nameAttr string, rules *catalogue) *table {
	return &table{
		resourceType: resourceType, nameAttr: nameAttr, rules: rules,
		byID: map[string]*record{}, byName: map[string][]*record{}, byExternalID: map[string][]*record{},
	}
}

func (t *table) uniqueName() bool { return t.nameAttr == "userName" }

func text(data map[string]any, attr string) string {
	s, _ := data[attr].(string)
	return s
}

// fold makes names comparable without regard to case.
func fold(name string) string { return strings.ToLower(name) }

// free reports whether data could be stored as self, which is nil for a new one.
func (t *table) free(data map[string]any, self *record) error {
	name := text(data, t.nameAttr)
	if name == "" {
		return badRequest("invalidValue", "%s is required", t.nameAttr)
	}
	if t.uniqueName() {
		for _, other := range t.byName[fold(name)] {
			if other != self {
				return taken(t.nameAttr, name)
			}
		}
	}
	externalID := text(data, "externalId")
	for _, other := range t.byExternalID[externalID] {
		if other != self && !t.sharing {
			return taken("externalId", externalID)
		}
	}
	return nil
}

// insert stores a new resource. Ids look like u1 and g2, and are never reused.
func (d *directory) insert(t *table, data map[string]any) (*record, error) {
	if err := t.free(data, nil); err != nil {
		return nil, err
	}
	d.seq++
	now := time.Now().UTC()
	r := &record{seq: d.seq, data: data, version: 1, created: now, modified: now}
	r.id = fmt.Sprintf("%s%d", strings.ToLower(t.resourceType[:1]), r.seq)
	t.ordered = append(t.ordered, r)
	t.byID[r.id] = r
	t.index(r)
	return r, nil
}

// update stores new data for r.
func (t *table) update(r *record, data map[string]any) error {
	if err := t.free(data, r); err != nil {
		return err
	}
	t.unindex(r)
	r.data = data
	t.index(r)
	r.touch()
	return nil
}

func (r *record) touch() {
	r.version++
	r.modified = time.Now().UTC()
}

func (t *table) remove(r *record) {
	t.unindex(r)
	delete(t.byID, r.id)
	if i, ok := slices.BinarySearchFunc(t.ordered, r.seq, func(x *record, seq int) int { return x.seq - seq }); ok {
		t.ordered = slices.Delete(t.ordered, i, i+1)
	}
}

func (t *table) index(r *record) {
	name := fold(text(r.data, t.nameAttr))
	t.byName[name] = append(t.byName[name], r)
	if externalID := text(r.data, "externalId"); externalID != "" {
		t.byExternalID[externalID] = append(t.byExternalID[externalID], r)
	}
}

func (t *table) unindex(r *record) {
	drop(t.byName, fold(text(r.data, t.nameAttr)), r)
	drop(t.byExternalID, text(r.data, "externalId"), r)
}

func drop(index map[string][]*record, key string, r *record) {
	left := slices.DeleteFunc(index[key], func(x *record) bool { return x == r })
	if len(left) == 0 {
		delete(index, key)
	} else {
		index[key] = left
	}
}

// join makes the user a member, and reports whether he was none before.
func (d *directory) join(group, user string) (bool, error) {
	switch r := d.users.byID[user]; {
	case r == nil && d.quirks.Groups.DropsUnknown:
		return false, nil
	case r == nil:
		return false, notUser(user)
	case d.quirks.late(r):
		return false, notFound(user)
	}
	if _, already := d.members[group][user]; already {
		return false, nil
	}
	if d.members[group] == nil {
		d.members[group] = map[string]int{}
	}
	if d.memberOf[user] == nil {
		d.memberOf[user] = map[string]struct{}{}
	}
	d.seq++
	d.members[group][user] = d.seq
	d.memberOf[user][group] = struct{}{}
	return true, nil
}

// leave ends a membership, and reports whether there was one.
func (d *directory) leave(group, user string) bool {
	if _, is := d.members[group][user]; !is {
		return false
	}
	delete(d.members[group], user)
	delete(d.memberOf[user], group)
	return true
}

func (d *directory) deleteUser(r *record) {
	for group := range d.memberOf[r.id] {
		delete(d.members[group], r.id)
		d.groups.byID[group].touch()
	}
	delete(d.memberOf, r.id)
	d.users.remove(r)
}

func (d *directory) deleteGroup(r *record) {
	for user := range d.members[r.id] {
		delete(d.memberOf[user], r.id)
	}
	delete(d.members, r.id)
	d.groups.remove(r)
}

// memberIDs returns the members in the order in which they joined.
func (d *directory) memberIDs(group string) []string {
	joined := d.members[group]
	ids := make([]string, 0, len(joined))
	for id := range joined {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return joined[a] - joined[b] })
	return ids
}

// groupsOf returns the groups of a user, oldest group first.
func (d *directory) groupsOf(user string) []*record {
	groups := make([]*record, 0, len(d.memberOf[user]))
	for id := range d.memberOf[user] {
		groups = append(groups, d.groups.byID[id])
	}
	slices.SortFunc(groups, func(a, b *record) int { return a.seq - b.seq })
	return groups
}
