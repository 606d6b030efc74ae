package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
	"github.com/joinery-iam/joinery/scim/profile"
)

// MembersRequest says who is to be in a group.
type MembersRequest struct {
	// Group is the displayName of one group, letter for letter.
	Group string
	// Members are the ids of all users who are to be in it. An empty list empties
	// the group only if Empty is set, so that a list that could not be read takes
	// nothing away.
	Members []string
	Empty   bool
}

// MembersReport says what was done.
type MembersReport struct {
	Added, Removed int
}

// SetMembers lets a group have exactly these users as members: it reads the group,
// adds who is missing and then removes who is too many, in requests no larger than
// the server takes, and never replaces the list. Members that are groups stay.
//
// An engine does not need it, which changes one membership at a time; it is for
// who has a whole list. With an error, the report says what was sent before. On a
// server that does not show members the error is errors.ErrUnsupported.
func (t *Target) SetMembers(ctx context.Context, req MembersRequest) (MembersReport, error) {
	report, err := t.setMembers(ctx, req)
	if err != nil {
		return report, fmt.Errorf("setting the members of %q: %w", req.Group, err)
	}
	return report, nil
}

func (t *Target) setMembers(ctx context.Context, req MembersRequest) (report MembersReport, err error) {
	if len(req.Members) == 0 && !req.Empty {
		return report, fmt.Errorf("no members, and Empty is not set: %w", connector.ErrInvalid)
	}
	if slices.Contains(req.Members, "") {
		return report, fmt.Errorf("a member without an id: %w", connector.ErrInvalid)
	}
	found, err := t.discovered(ctx)
	if err != nil {
		return report, err
	}
	if where := found.Groups.Members; !found.patch || where != profile.InBoth && where != profile.InGroup {
		return report, fmt.Errorf("the server shows no members, or has no PATCH: %w", errors.ErrUnsupported)
	}
	id, err := t.group(ctx, req.Group)
	if err != nil {
		return report, err
	}
	g, err := t.resource(ctx, groupsPath, id, nil)
	if err != nil {
		return report, err
	}
	wanted, held := map[string]bool{}, map[string]bool{}
	for _, member := range req.Members {
		wanted[member] = true
	}
	var surplus []string
	for _, m := range g.list("members") {
		member := m.text("value")
		held[member] = true
		if kind := m.text("type"); !wanted[member] && kind != "Group" {
			surplus = append(surplus, member)
		}
	}
	missing := slices.DeleteFunc(slices.Sorted(maps.Keys(wanted)), func(member string) bool { return held[member] })
	slices.Sort(surplus)
	for _, part := range found.chunks(missing, false) {
		if err := t.changeMembers(ctx, found, id, part, nil); err != nil {
			return report, err
		}
		report.Added += len(part)
	}
	for _, part := range found.chunks(surplus, true) {
		if err := t.changeMembers(ctx, found, id, nil, part); err != nil {
			return report, err
		}
		report.Removed += len(part)
	}
	return report, nil
}

// The most members in one request, and its greatest size in bytes, where the
// server is not known to have limits of its own.
const (
	maxChanges = 1000
	maxRequest = 256 << 10
)

// chunks divides members into those of one request each.
func (f facts) chunks(members []string, remove bool) [][]string {
	most, size := maxChanges, maxRequest
	if limit := f.Groups.MaxChanges; limit > 0 {
		most = limit
	}
	if limit := f.Groups.MaxBytes; limit > 0 {
		size = limit
	}
	if f.Update.OneOperation && remove && !f.Groups.RemoveByValue {
		most = 1
	}
	var chunks [][]string
	for len(members) > 0 {
		n := min(most, len(members))
		for n > 1 && f.size(members[:n], remove) > size {
			n = (n + 1) / 2
		}
		chunks = append(chunks, members[:n])
		members = members[n:]
	}
	return chunks
}

// size returns how long a request would be.
func (f facts) size(members []string, remove bool) int {
	total := 0
	for _, body := range f.bodies(f.memberOperations(members, remove)...) {
		encoded, err := json.Marshal(body)
		if err != nil {
			return 0 // strings always have a JSON form
		}
		total = max(total, len(encoded))
	}
	return total
}

// memberOperations returns what adds or removes members. The path of a removal
// names them one by one, or there is a list of values, as the server wants it.
func (f facts) memberOperations(members []string, remove bool) []object {
	values := make([]any, len(members))
	for i, member := range members {
		values[i] = object{"value": member}
	}
	switch {
	case !remove:
		return []object{operation(patch.Add, "members", values)}
	case f.Groups.RemoveByValue:
		return []object{operation(patch.Remove, "members", values)}
	}
	ops := make([]object, len(members))
	for i, member := range members {
		ops[i] = operation(patch.Remove, "members[value eq "+filter.Quote(member)+"]", nil)
	}
	return ops
}

// changeMembers sends one change of a group's members.
func (t *Target) changeMembers(ctx context.Context, found facts, group string, add, remove []string) error {
	var ops []object
	if len(add) > 0 {
		ops = append(ops, found.memberOperations(add, false)...)
	}
	if len(remove) > 0 {
		ops = append(ops, found.memberOperations(remove, true)...)
	}
	_, err := t.patch(ctx, found, call{method: http.MethodPatch, path: groupsPath + "/" + url.PathEscape(group)}, ops...)
	return err
}
