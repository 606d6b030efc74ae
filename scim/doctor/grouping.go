package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// groups looks whether there are groups.
func (v *visit) groups(ctx context.Context) {
	a := v.get(ctx, "/Groups", "startIndex", "1", "count", "2")
	absent := a.unsupported()
	if a.ok() || absent {
		v.saw("groups.absent", absent)
	}
	v.good(a.ok(), "groups.list", "Groups can be listed", "Groups cannot be listed", "a list (RFC 7644, section 3.4.2)", a)
}

// grouping makes a group, and changes its members.
func (v *visit) grouping(ctx context.Context) {
	if v.traits["groups.absent"] != "false" {
		return
	}
	a := v.post(ctx, "/Groups", object{"schemas": []string{groupSchema}, "displayName": v.tag + "-group"})
	if !a.ok() || a.text("id") == "" {
		v.note(Deviation, "groups.create", "A group cannot be made", "status 201 (RFC 7644, section 3.3)", a)
		return
	}
	v.note(Good, "groups.create", "A group can be made", "", a)
	group := "/Groups/" + escape(a.text("id"))
	v.appear(ctx, group)
	member := object{"value": v.user.id}
	added := v.send(ctx, http.MethodPatch, group, nil, patchOf(object{"op": "add", "path": "members", "value": []object{member}}))
	if !added.ok() {
		v.note(Deviation, "groups.add", "A member cannot be added by PATCH", "the change (RFC 7644, section 3.5.2.1)", added)
		return
	}
	v.membership(ctx, group, a.text("id"), added)
	v.removal(ctx, group)
	v.strangers(ctx, group)
	v.sharedName(ctx)
}

// membership looks where it can be seen who is a member.
func (v *visit) membership(ctx context.Context, group, id string, added answer) {
	g, u := v.get(ctx, group), v.get(ctx, v.user.path())
	inGroup, inUser := isMember(g.object, v.user.id), isListed(u.object, "groups", id)
	filter := "id eq " + strconv.Quote(id) + " and members eq " + strconv.Quote(v.user.id)
	f := v.get(ctx, "/Groups", "filter", filter)
	byFilter := f.ok() && len(f.resources()) == 1 && f.resources()[0].text("id") == id
	place := map[[2]bool]string{{true, true}: "both", {true, false}: "group", {false, true}: "user"}[[2]bool{inGroup, inUser}]
	if place == "" && byFilter {
		place = "filter"
	}
	switch place {
	case "":
		v.traits["groups.members"] = "none"
		v.note(Danger, "groups.members", "A member was added, and can be seen nowhere", "members of the group (RFC 7643, section 4.2)", added, g, u, f)
		return
	case "both", "group":
		v.note(Good, "groups.members", "Members can be seen in the group", "", g)
	case "user":
		v.note(Deviation, "groups.members", "Members can be seen only in the user", "members of the group (RFC 7643, section 4.2)", g, u)
	default:
		v.note(Deviation, "groups.members", "Members can be seen only by a filter", "members of the group (RFC 7643, section 4.2)", g, u, f)
	}
	if place == "group" {
		v.note(Deviation, "groups.ofUser", "groups of the user does not show its groups", "the groups of a user (RFC 7643, section 4.1.2)", u)
	}
	v.traits["groups.members"] = place
	if byFilter {
		v.note(Good, "groups.byMember", "Groups are found by their members", "", f)
	} else if f.ok() {
		v.note(Deviation, "groups.byMember", "A search of groups by id and member finds nothing, and no error says why",
			"that group, or status 400 (RFC 7644, section 3.4.2.2)", f)
	}
}

func isMember(group object, id string) bool { return isListed(group, "members", id) }

func isListed(o object, name, id string) bool {
	return slices.ContainsFunc(o.list(name), func(one object) bool { return one.text("value") == id })
}

// removal takes members out, in two ways.
func (v *visit) removal(ctx context.Context, group string) {
	byPath := patchOf(object{"op": "remove", "path": "members[value eq " + strconv.Quote(v.user.id) + "]"})
	byValue := patchOf(object{"op": "remove", "path": "members", "value": []object{{"value": v.user.id}}})
	works := map[string]bool{}
	for _, s := range []struct {
		code, what, expected string
		body                 object
	}{
		{"groups.removeByPath", "the path members[value eq …]", "the change (RFC 7644, section 3.5.2.2)", byPath},
		{"groups.removeByValue", "a list of values", "the change is not the standard's, but Entra ID asks for it", byValue},
	} {
		a := v.send(ctx, http.MethodPatch, group, nil, s.body)
		g := v.get(ctx, group)
		gone := a.ok() && g.ok() && !isMember(g.object, v.user.id)
		works[s.code] = gone
		switch {
		case v.traits["groups.members"] != "both" && v.traits["groups.members"] != "group":
			v.unclear(s.code, "whether a member is removed by "+s.what+": members cannot be seen", a)
			delete(works, s.code)
		case gone && v.second != "" && s.code == "groups.removeByValue" && !v.keepsOthers(ctx, group):
			v.note(Danger, s.code, "To remove one member by a list of values removes all of them", s.expected, a, g)
		case gone:
			v.note(Good, s.code, "A member is removed by "+s.what, "", a)
		case a.ok():
			v.note(Danger, s.code, "To remove a member by "+s.what+" is accepted and changes nothing", s.expected+", or an error", a, g)
		default:
			v.note(Deviation, s.code, "A member is not removed by "+s.what, s.expected, a)
		}
		v.send(ctx, http.MethodPatch, group, nil, patchOf(object{"op": "add", "path": "members", "value": []object{{"value": v.user.id}}}))
	}
	if len(works) == 2 {
		v.saw("groups.removeByValue", !works["groups.removeByPath"] && works["groups.removeByValue"])
	}
}

// keepsOthers removes one of two members by value, and reports whether the other
// is still there.
func (v *visit) keepsOthers(ctx context.Context, group string) bool {
	both := []object{{"value": v.user.id}, {"value": v.second}}
	added := v.send(ctx, http.MethodPatch, group, nil, patchOf(object{"op": "add", "path": "members", "value": both}))
	if g := v.get(ctx, group); !added.ok() || !isMember(g.object, v.second) || !isMember(g.object, v.user.id) {
		return true // it could not be tried
	}
	v.send(ctx, http.MethodPatch, group, nil, patchOf(object{"op": "remove", "path": "members", "value": []object{{"value": v.user.id}}}))
	g := v.get(ctx, group)
	return !g.ok() || isMember(g.object, v.second)
}

// strangers adds a member who does not exist.
func (v *visit) strangers(ctx context.Context, group string) {
	stranger := object{"value": "joinery-doctor-knows-nobody"}
	a := v.send(ctx, http.MethodPatch, group, nil, patchOf(object{"op": "add", "path": "members", "value": []object{stranger}}))
	if a.refused() {
		v.saw("groups.dropsUnknown", false)
		v.note(Good, "groups.stranger", "A member who does not exist is refused", "", a)
		return
	}
	g := v.get(ctx, group)
	switch {
	case !a.ok() || !g.ok():
		v.unclear("groups.stranger", "what comes of a member who does not exist", a)
	case isMember(g.object, "joinery-doctor-knows-nobody"):
		v.note(Deviation, "groups.stranger", "A member who does not exist becomes one", "status 400 or 404", a, g)
	default:
		v.saw("groups.dropsUnknown", true)
		v.note(Danger, "groups.stranger", "A member who does not exist is left out, and no error says so", "status 400 or 404", a, g)
	}
}

// sharedName makes a second group of the same name.
func (v *visit) sharedName(ctx context.Context) {
	a := v.post(ctx, "/Groups", object{"schemas": []string{groupSchema}, "displayName": v.tag + "-group"})
	switch {
	case a.ok():
		v.note(Note, "groups.sharedName", "Two groups can have the same displayName: names alone do not tell them apart", "", a)
		v.discard(ctx, "/Groups/"+escape(a.text("id")))
	case a.refused():
		v.note(Good, "groups.sharedName", fmt.Sprintf("A second group of the same displayName is refused with status %d", a.status), "", a)
	}
}
