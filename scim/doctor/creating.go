package doctor

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// creating makes the subject, and reports whether there is one.
func (v *visit) creating(ctx context.Context) bool {
	v.tag = "joinery-doctor-" + strings.ToLower(rand.Text()[:10])
	body := v.newUser("one")
	a := v.post(ctx, "/Users", body)
	for _, without := range [][]string{{"title", enterpriseSchema, "externalId"}, {"emails", "displayName"}, {"name", "active"}} {
		if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
			break
		}
		v.note(Deviation, "create.refused", "A user with ordinary attributes is refused", "status 201 (RFC 7644, section 3.3)", a)
		for _, name := range without {
			delete(body, name)
		}
		body["schemas"] = []string{userSchema}
		a = v.post(ctx, "/Users", body)
	}
	if !a.ok() || a.text("id") == "" {
		v.note(Danger, "create.failed", "No throw-away user could be made: nothing that follows from one was tried",
			"status 201 and the user with an id (RFC 7644, section 3.3)", a)
		return false
	}
	v.good(a.status == http.StatusCreated, "create.status", "A new user is answered with status 201",
		fmt.Sprintf("A new user is answered with status %d", a.status), "status 201 (RFC 7644, section 3.3)", a)
	v.good(a.header.Get("Location") != "", "create.location", "A new user comes with a Location header", "A new user comes without a Location header",
		"Location (RFC 7644, section 3.3)", a)
	path := "/Users/" + escape(a.text("id"))
	seen, waited := v.appear(ctx, path)
	if !seen.ok() {
		v.note(Danger, "create.unseen", "A new user cannot be read", "the user (RFC 7644, section 3.4.1)", seen)
		return false
	}
	v.good(waited == 0, "create.lag", "A new user can be read at once", fmt.Sprintf("A new user could be read after %s only", waited.Round(time.Millisecond)),
		"to be read at once; a profile can tell a client to be patient", seen)
	v.saw("lag", waited > 0)
	v.about(seen.object)
	v.kept(body, seen)
	v.again(ctx, body)
	return true
}

// newUser returns a user who cannot be mistaken for somebody.
func (v *visit) newUser(name string) object {
	mail := v.tag + "-" + name + "@" + v.config.Domain
	return object{
		"schemas": []string{userSchema, enterpriseSchema}, "userName": mail, "externalId": v.tag + "-" + name, "active": true,
		"displayName": "Throw-away of joinery-doctor", "title": "Throw-away",
		"name":           object{"givenName": "Throw", "familyName": "Away"},
		"emails":         []object{{"type": "work", "value": mail, "primary": true}},
		enterpriseSchema: object{"department": "Throw-away"},
	}
}

// companion makes a second user, who has no more than a userName.
func (v *visit) companion(ctx context.Context) {
	body := v.newUser("two")
	for _, name := range []string{"emails", "title", enterpriseSchema} {
		delete(body, name)
	}
	body["schemas"] = []string{userSchema}
	a := v.post(ctx, "/Users", body)
	if !a.ok() {
		v.note(Deviation, "create.bare", "A user without an e-mail address is refused", "status 201 (RFC 7643, section 8.1)", a)
		if a = v.post(ctx, "/Users", v.newUser("two")); !a.ok() {
			return
		}
	}
	v.second = a.text("id")
	v.appear(ctx, "/Users/"+escape(v.second))
}

// appear reads a path until there is something, and returns how long that took.
func (v *visit) appear(ctx context.Context, path string) (answer, time.Duration) {
	start := time.Now()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		asked := time.Now()
		a := v.get(ctx, path)
		if !a.missing() {
			if asked.Sub(start) < 50*time.Millisecond {
				return a, 0
			}
			return a, asked.Sub(start)
		}
		if time.Since(start)+wait > v.config.Patience || !pause(ctx, wait) {
			return a, time.Since(start)
		}
	}
}

// kept compares what was sent with what is there.
func (v *visit) kept(body object, seen answer) {
	var dropped []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if name == "schemas" {
			continue
		}
		have := seen.get(name)
		switch want := body[name].(type) {
		case string:
			if text, _ := have.(string); !strings.EqualFold(text, want) {
				dropped = append(dropped, name)
			}
		case bool:
			if is, told := truth(have); !told || is != want {
				dropped = append(dropped, name)
			}
		default:
			if have == nil {
				dropped = append(dropped, name)
			}
		}
	}
	for i, name := range dropped {
		if name == enterpriseSchema {
			dropped[i] = enterpriseSchema + ":department"
		}
		if name == "active" || name == "userName" || name == "externalId" {
			v.note(Danger, "create.altered", "A new user has another "+name+" than was sent", "what was sent, or an error", seen)
		}
	}
	for _, name := range sent() {
		key := strings.TrimSuffix(name, ":department")
		if _, sent := body[key]; sent { // what was refused together with others is not known
			v.saw("attributes.unknown "+name, slices.Contains(dropped, name))
		}
	}
	v.good(len(dropped) == 0, "create.kept", "What was sent is there", "Of a new user is missing or different: "+strings.Join(dropped, ", "),
		"what was sent, or an error (RFC 7644, section 3.3)", seen)
	if active, told := truth(seen.get("active")); told {
		if _, proper := seen.get("active").(bool); !proper {
			v.note(Deviation, "create.activeText", "active is text", strconv.FormatBool(active)+" as a boolean (RFC 7643, section 4.1.1)", seen)
		}
	}
}

// again tries to make the same user a second time.
func (v *visit) again(ctx context.Context, body object) {
	for _, s := range []struct{ code, name, what string }{
		{"create.twice", fmt.Sprint(body["userName"]), "the same userName"},
		{"create.twiceCase", otherCase(fmt.Sprint(body["userName"])), "the same userName in other letter case"},
	} {
		copied := maps.Clone(body)
		copied["userName"] = s.name
		copied["externalId"] = v.tag + "-twin-" + s.code
		a := v.post(ctx, "/Users", copied)
		v.hide(s.name, "userName")
		switch {
		case a.status == http.StatusConflict:
			v.note(Good, s.code, "A second user of "+s.what+" is refused", "", a)
			if s.code == "create.twice" {
				v.good(strings.HasPrefix(a.problem, "uniqueness"), "create.uniqueness", "The refusal says that it is for uniqueness",
					"The refusal does not say that it is for uniqueness", "scimType uniqueness (RFC 7644, section 3.3)", a)
			}
		case a.ok() && a.text("id") == v.user.id:
			v.note(Deviation, s.code, "A second user of "+s.what+" is taken for the first", "status 409 (RFC 7644, section 3.3)", a)
			v.made = v.made[:len(v.made)-1]
		case a.ok():
			v.note(Danger, s.code, "A second user of "+s.what+" is made", "status 409 (RFC 7644, section 3.3)", a)
			v.discard(ctx, "/Users/"+escape(a.text("id")))
		case a.refused():
			v.note(Deviation, s.code, fmt.Sprintf("A second user of %s is refused with status %d", s.what, a.status), "status 409 (RFC 7644, section 3.3)", a)
		default:
			v.unclear(s.code, "what comes of a second user of "+s.what, a)
		}
	}
}

// discard deletes what was made, if that is possible.
func (v *visit) discard(ctx context.Context, path string) {
	if a := v.send(ctx, http.MethodDelete, path, nil, nil); a.ok() {
		v.made = slices.DeleteFunc(v.made, func(made string) bool { return made == path })
	}
}
