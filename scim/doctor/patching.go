package doctor

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
)

func patchOf(operations ...object) object {
	return object{"schemas": []string{patchSchema}, "Operations": operations}
}

// try is a change by PATCH.
type try struct {
	code, what string
	custom     string // who sends this, if the standard does not ask for it
	trait      string // what the failure means, in terms of profiles
	operations []object
	took       func(user object) bool
}

func replace(path string, value any) object {
	return object{"op": "replace", "path": path, "value": value}
}

// patching changes the subject in the ways that clients use.
func (v *visit) patching(ctx context.Context) {
	tries := v.plainTries()
	if v.user.email != "" {
		tries = append(tries, v.emailTries()...)
	}
	if v.user.department != "" {
		tries = append(tries, v.extensionTries()...)
	}
	attr := v.plain()
	tries = append(tries, try{
		code: "patch.remove", what: "an operation that removes", operations: []object{{"op": "remove", "path": attr}},
		took: func(u object) bool { return u.text(attr) == "" },
	})
	for i, t := range tries {
		took := v.try(ctx, t)
		if i > 0 {
			continue
		}
		if v.traits["update.noPatch"] == "true" {
			return
		}
		if !took { // then nothing can be concluded from what else does not work
			for i := range tries {
				tries[i].trait = ""
			}
		}
	}
	if v.traits["update.noValuePaths"] == "true" && !v.emailsCanBeReplaced(ctx) {
		delete(v.traits, "update.noValuePaths") // it is not the path
	}
}

func (v *visit) emailsCanBeReplaced(ctx context.Context) bool {
	mail := "whole-" + v.user.email
	v.hide(mail, "another email")
	return v.try(ctx, try{
		code: "patch.wholeEmails", what: "all of emails at once",
		operations: []object{replace("emails", []object{{"type": "work", "value": mail, "primary": true}})},
		took:       func(u object) bool { return u.email("work") == mail },
	})
}

// plain names a simple attribute of the subject.
func (v *visit) plain() string {
	if v.user.title != "" {
		return "title"
	}
	return "displayName" // where titles are not kept
}

func (v *visit) plainTries() []try {
	attr := v.plain()
	now := func(want string) func(object) bool { return func(u object) bool { return u.text(attr) == want } }
	return []try{
		{code: "patch.path", what: "an operation with a path", operations: []object{replace(attr, "One")}, took: now("One")},
		{
			code: "patch.capitals", what: "an operation named Replace", custom: "as Entra ID names them",
			operations: []object{{"op": "Replace", "path": attr, "value": "Two"}}, took: now("Two"),
		},
		{
			code: "patch.noPath", what: "an operation without a path",
			operations: []object{{"op": "replace", "value": object{attr: "Three"}}}, took: now("Three"),
		},
		{
			code: "patch.several", what: "several operations at once", trait: "update.oneOperation",
			operations: []object{replace(attr, "Four"), replace(attr, "Five")}, took: now("Five"),
		},
		{
			code: "patch.dotted", what: "a dotted name without a path", custom: "as Entra ID sends it",
			operations: []object{{"op": "replace", "value": object{"name.familyName": "Off"}}},
			took:       func(u object) bool { return u.object("name").text("familyName") == "Off" },
		},
		{
			code: "patch.textBooleans", what: `active as the text "True"`, custom: "as Entra ID sends it",
			operations: []object{replace("active", "True")},
			took:       func(u object) bool { is, told := truth(u.get("active")); return is && told },
		},
	}
}

func (v *visit) emailTries() []try {
	work, home := "moved-"+v.user.email, "home-"+v.user.email
	return []try{
		{
			code: "patch.valuePath", what: `the path emails[type eq "work"].value`, trait: "update.noValuePaths",
			operations: []object{replace(`emails[type eq "work"].value`, work)},
			took:       func(u object) bool { return u.email("work") == work },
		},
		{
			code: "patch.createByPath", what: `the path emails[type eq "home"].value where there is none yet`, custom: "as Entra ID expects",
			operations: []object{{"op": "add", "path": `emails[type eq "home"].value`, "value": home}},
			took:       func(u object) bool { return u.email("home") == home },
		},
	}
}

func (v *visit) extensionTries() []try {
	manager := enterpriseSchema + ":manager"
	return []try{
		{
			code: "patch.extension", what: "the path of an attribute of the enterprise extension",
			operations: []object{replace(enterpriseSchema+":department", "Elsewhere")},
			took:       func(u object) bool { return u.object(enterpriseSchema).text("department") == "Elsewhere" },
		},
		{
			code: "patch.manager", what: "the path of a manager's value where there is none yet",
			operations: []object{replace(manager+".value", v.second)}, took: v.managed,
		},
		{
			code: "patch.managerBare", what: "a bare id for a manager", custom: "as Entra ID sends it",
			operations: []object{replace(manager, v.second)}, took: v.managed,
		},
	}
}

func (v *visit) managed(u object) bool {
	return u.object(enterpriseSchema).object("manager").text("value") == v.second
}

// try sends a change, looks for its effect, and reports whether it had one.
func (v *visit) try(ctx context.Context, t try) bool {
	a := v.send(ctx, http.MethodPatch, v.user.path(), nil, patchOf(t.operations...))
	const expected = "the change (RFC 7644, section 3.5.2)"
	if a.unsupported() && t.code == "patch.path" {
		v.saw("update.noPatch", true)
		v.note(Deviation, "patch.none", "There is no PATCH", "PATCH is optional; PUT has to do (RFC 7644, section 3.5)", a)
		return false
	}
	if a.refused() || a.unsupported() {
		v.sawTrait(t.trait, true)
		if t.custom != "" {
			v.note(Note, t.code, "PATCH does not take "+t.what, "nothing by the standard: "+t.custom, a)
		} else {
			v.note(Deviation, t.code, "PATCH does not take "+t.what, expected, a)
		}
		return false
	}
	if !a.ok() {
		v.unclear(t.code, "whether PATCH takes "+t.what, a)
		return false
	}
	if t.code == "patch.path" {
		v.saw("update.noPatch", false)
	}
	now := v.get(ctx, v.user.path())
	if !now.ok() {
		v.unclear(t.code, "whether PATCH with "+t.what+" has an effect", a, now)
		return false
	}
	took := t.took(now.object)
	v.sawTrait(t.trait, !took)
	if took {
		v.note(Good, t.code, "PATCH takes "+t.what, "", a)
	} else {
		v.note(Danger, t.code, "PATCH accepts "+t.what+" and changes nothing", expected+", or an error", a, now)
	}
	return took
}

func (v *visit) sawTrait(trait string, is bool) {
	if trait != "" {
		v.saw(trait, is)
	}
}

// replacing sends the subject back as a whole, with one change.
func (v *visit) replacing(ctx context.Context) {
	now := v.get(ctx, v.user.path())
	if !now.ok() {
		return
	}
	body := maps.Clone(now.object)
	delete(body, "meta")
	body["displayName"] = "Replaced by joinery-doctor"
	a := v.send(ctx, http.MethodPut, v.user.path(), nil, body)
	switch {
	case a.unsupported() || a.refused():
		v.saw("update.noPut", true)
		v.note(Deviation, "put.refused", "PUT of the whole user is refused", "the change (RFC 7644, section 3.5.1)", a)
		return
	case !a.ok():
		v.unclear("put.works", "whether PUT works", a)
		return
	}
	v.saw("update.noPut", false)
	after := v.get(ctx, v.user.path())
	var lost []string
	for _, name := range []string{"name", "emails", "externalId", enterpriseSchema} {
		if body[name] != nil && after.get(name) == nil {
			lost = append(lost, name)
		}
	}
	v.good(after.ok() && after.text("displayName") == "Replaced by joinery-doctor", "put.works", "PUT replaces a user",
		"PUT is accepted and changes nothing", "the change (RFC 7644, section 3.5.1)", a)
	if len(lost) > 0 {
		v.note(Danger, "put.loses", fmt.Sprintf("PUT loses what was sent: %s", strings.Join(lost, ", ")), "all that was sent (RFC 7644, section 3.5.1)", a)
	}
}
