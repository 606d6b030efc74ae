package doctor

import (
	"context"
	"net/http"
)

// disabling sets active to false, and back.
func (v *visit) disabling(ctx context.Context) {
	set := func(to bool) answer {
		a := v.send(ctx, http.MethodPatch, v.user.path(), nil, patchOf(object{"op": "replace", "path": "active", "value": to}))
		if !a.unsupported() || a.missing() {
			return a
		}
		now := v.get(ctx, v.user.path())
		if !now.ok() {
			return a
		}
		delete(now.object, "meta")
		now.object["active"] = to
		return v.send(ctx, http.MethodPut, v.user.path(), nil, now.object)
	}
	off := set(false)
	if !off.ok() {
		v.note(Deviation, "disable.refused", "A user cannot be disabled", "active: false (RFC 7643, section 4.1.1)", off)
		return
	}
	seen := v.get(ctx, v.user.path())
	if seen.missing() {
		back := set(true)
		if back.missing() {
			v.saw("disable.deletes", true)
			v.note(Danger, "disable.deletes", "active: false deletes the user", "a user who is disabled, and can be enabled again (RFC 7643, section 4.1.1)", off, seen, back)
			return
		}
		v.saw("disable.hides", true)
		v.note(Deviation, "disable.hides", "A disabled user can no longer be read", "the user, with active: false", off, seen)
		return
	}
	v.saw("disable.deletes", false)
	active, told := truth(seen.get("active"))
	if !v.good(seen.ok() && told && !active, "disable.works", "A user can be disabled, and read then",
		"active: false is accepted, and the user is not shown as disabled", "active: false (RFC 7643, section 4.1.1)", off, seen) {
		return
	}
	if v.traits["filter.users userName"] == "true" {
		result, a := v.search(ctx, `userName eq "`+v.user.userName+`"`)
		v.saw("disable.hides", result == nobody)
		switch result {
		case nobody:
			v.note(Danger, "disable.hides", "A disabled user is not found by a search: who trusts it makes a second one", "the user, with active: false", a)
		case found:
			v.note(Good, "disable.found", "A disabled user is still found", "", a)
		default:
			v.unclear("disable.found", "whether a disabled user is found by a search", a)
		}
	}
	on := set(true)
	again := v.get(ctx, v.user.path())
	active, _ = truth(again.get("active"))
	v.good(on.ok() && again.ok() && active, "disable.enable", "A disabled user can be enabled again",
		"A disabled user cannot be enabled again", "active: true (RFC 7643, section 4.1.1)", on, again)
}

// deleting removes the subject, and tries to have the name again.
func (v *visit) deleting(ctx context.Context) {
	path := v.user.path()
	if v.traits["disable.deletes"] == "true" {
		return
	}
	a := v.send(ctx, http.MethodDelete, path, nil, nil)
	if !a.ok() {
		v.saw("delete.refused", a.refused())
		v.note(Deviation, "delete.refused", "A user cannot be deleted", "status 204 (RFC 7644, section 3.6)", a)
		return
	}
	v.saw("delete.refused", false)
	seen := v.get(ctx, path)
	if active, told := truth(seen.get("active")); seen.ok() && told && !active {
		v.saw("delete.disables", true)
		v.note(Deviation, "delete.disables", "A deleted user is there, and disabled", "status 404 (RFC 7644, section 3.6)", a, seen)
		return
	}
	v.saw("delete.disables", false)
	if !v.good(seen.missing(), "delete.works", "A deleted user is gone", "A deleted user can still be read", "status 404 (RFC 7644, section 3.6)", a, seen) {
		return
	}
	again := v.send(ctx, http.MethodDelete, path, nil, nil)
	v.good(again.missing(), "delete.twice", "To delete it again finds nothing", "To delete it again is not answered with status 404",
		"status 404 (RFC 7644, section 3.6)", again)
	reborn := v.post(ctx, "/Users", v.newUser("one"))
	v.good(reborn.ok(), "delete.reuse", "The userName of a deleted user can be had again", "The userName of a deleted user cannot be had again",
		"status 201 (RFC 7644, section 3.3)", reborn)
}
