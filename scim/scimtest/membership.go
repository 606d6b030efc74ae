package scimtest

import (
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
	"github.com/joinery-iam/joinery/scim/profile"
)

// memberEdit changes the members of one group and can take everything back. Its
// cost is that of the changes, whatever the size of the group.
type memberEdit struct {
	d     *directory
	group string
	undo  []func()
}

func (e *memberEdit) join(user string) error {
	joined, err := e.d.join(e.group, user)
	if joined {
		e.undo = append(e.undo, func() { e.d.leave(e.group, user) })
	}
	return err
}

func (e *memberEdit) leave(user string) {
	since := e.d.members[e.group][user]
	if e.d.leave(e.group, user) {
		e.undo = append(e.undo, func() {
			e.d.members[e.group][user] = since
			e.d.memberOf[user][e.group] = struct{}{}
		})
	}
}

// set makes users the members, and nobody else.
func (e *memberEdit) set(users []string) error {
	wanted := make(map[string]bool, len(users))
	for _, id := range users {
		wanted[id] = true
	}
	for _, id := range e.d.memberIDs(e.group) {
		if !wanted[id] {
			e.leave(id)
		}
	}
	for _, id := range users {
		if err := e.join(id); err != nil {
			return err
		}
	}
	return nil
}

func (e *memberEdit) rollback() {
	for _, undo := range slices.Backward(e.undo) {
		undo()
	}
	e.undo = nil
}

// replaces refuses a change of members by PUT where that does not work.
func (q *quirks) replaces(e *memberEdit) error {
	if len(e.undo) > 0 && q.Update.Method == profile.PutAlone && !q.Groups.ReplaceMembers {
		return badRequest("mutability", "members cannot be replaced")
	}
	return q.fewChanges(len(e.undo))
}

// apply carries out the operation if it adds members, or removes one by its
// value, and reports whether it was one of those. They are by far the most
// frequent, and need no look at the other members.
func (e *memberEdit) apply(op patch.Operation) (bool, error) {
	if op.Path == nil || !isMembers(op.Path.Attr) || op.Path.Sub != "" {
		return false, nil
	}
	switch {
	case op.Verb == patch.Add && op.Path.Filter == nil:
		users, err := memberValues(op.Value)
		for _, user := range users {
			if err == nil {
				err = e.join(user)
			}
		}
		return true, err
	case op.Verb == patch.Remove:
		if user, ok := byValue(op.Path.Filter); ok {
			e.leave(user)
			return true, nil
		}
	}
	return false, nil
}

func isMembers(attr string) bool { return strings.EqualFold(attr, "members") }

// touchesMembers reports whether the operation may change the members.
func touchesMembers(op patch.Operation) bool {
	if op.Path != nil {
		return isMembers(op.Path.Attr)
	}
	fields, _ := op.Value.(map[string]any)
	return slices.ContainsFunc(slices.Collect(maps.Keys(fields)), isMembers)
}

// byValue returns the id of a filter such as value eq "u1".
func byValue(e filter.Expr) (string, bool) {
	c, ok := e.(filter.Compare)
	if !ok || !strings.EqualFold(c.Path.Attr, "value") || c.Op != filter.Equal || c.Value.Kind != filter.StringLiteral {
		return "", false
	}
	return c.Value.Text, true
}

// memberValues reads [{"value": id}, …], or one such object.
func memberValues(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok && value != nil {
		list = []any{value}
	}
	var ids []string
	for _, element := range list {
		fields, _ := element.(map[string]any)
		id, ok := filter.Field(fields, "value").(string)
		if !ok || id == "" {
			return nil, badRequest("invalidValue", "a member needs a value")
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// memberList returns the members as JSON has them.
func (d *directory) memberList(group string) []any {
	ids := d.memberIDs(group)
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = map[string]any{"value": id, "type": "User"}
	}
	return list
}

// patchGroup applies all operations or none, and reports whether that changed
// anything.
func (d *directory) patchGroup(r *record, ops []patch.Operation) (bool, error) {
	edit := &memberEdit{d: d, group: r.id}
	data := r.data
	err := func() (err error) {
		for _, op := range ops {
			done, err := edit.apply(op)
			if !done && err == nil {
				data, err = d.patchGroupWhole(r, data, op, edit)
			}
			if err != nil {
				return err
			}
		}
		data, err = d.groups.rules.check(data)
		return err
	}()
	changed := false
	if err == nil {
		changed, err = d.groups.settle(r, data)
	}
	if err != nil {
		edit.rollback()
		return false, err
	}
	if len(edit.undo) > 0 && !changed {
		r.touch()
	}
	return changed || len(edit.undo) > 0, nil
}

// patchGroupWhole applies an operation of any other form.
func (d *directory) patchGroupWhole(r *record, data map[string]any, op patch.Operation, edit *memberEdit) (map[string]any, error) {
	whole := maps.Clone(data)
	whole["id"] = r.id
	members := touchesMembers(op)
	if members {
		whole["members"] = d.memberList(r.id)
	}
	whole, err := patch.Apply(whole, []patch.Operation{op}, d.groups.rules)
	if err != nil || !members {
		return whole, err
	}
	users, err := memberValues(whole["members"])
	if err != nil {
		return nil, err
	}
	delete(whole, "members")
	return whole, edit.set(users)
}
