package scimtest_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/profile"
)

// values are some attributes of RFC 7643, each with a value.
var values = map[string]string{
	"title": `"T"`, "nickName": `"N"`, "profileUrl": `"https://example.com"`, "userType": `"U"`, "preferredLanguage": `"en"`,
	"locale": `"en-GB"`, "password": `"secret"`, "name": `{"givenName":"G"}`,
	"emails": `[{"value":"e@example.com"}]`, "phoneNumbers": `[{"value":"1"}]`, "ims": `[{"value":"i"}]`,
	"photos": `[{"value":"https://example.com/p"}]`, "addresses": `[{"locality":"L"}]`,
	"entitlements": `[{"value":"e"}]`, "x509Certificates": `[{"value":"AAAA"}]`,
}

func attributeQuirks() []quirk {
	return []quirk{{
		name: "attributes.unknown",
		want: func(p profile.Profile) string {
			return each(slices.Sorted(maps.Keys(values)), func(attr string) string { return or400(!known(p, attr)) })
		},
		got: func(s *site) string {
			return each(slices.Sorted(maps.Keys(values)), func(attr string) string {
				return s.ask("POST", "/Users", fmt.Sprintf(`{"userName":%q,%q:%s}`, attr, attr, values[attr])).verdict()
			})
		},
	}, {
		name: "attributes.single",
		want: func(p profile.Profile) string { return or400(p.Attributes.Single) },
		got: func(s *site) string {
			return s.ask("POST", "/Users", `{"userName":"amy","roles":[{"value":"a"},{"value":"b"}]}`).verdict()
		},
	}, {
		name: "attributes.entitlements",
		want: func(p profile.Profile) string {
			attrs := []string{"roles"}
			for _, attr := range p.Attributes.Entitlements {
				attrs = append(attrs, attr)
			}
			slices.Sort(attrs)
			return strings.Join(slices.DeleteFunc(slices.Compact(attrs), func(a string) bool { return a == "entitlements" }), " ")
		},
		got: func(s *site) string {
			var held []string
			for _, attr := range []string{"licences", "roles"} {
				r := s.ask("POST", "/Users", fmt.Sprintf(`{"userName":%q,%q:[{"value":"x"}]}`, attr, attr))
				if list, _ := r.body[attr].([]any); len(list) == 1 {
					held = append(held, attr)
				}
			}
			return strings.Join(held, " ")
		},
	}}
}

func updateQuirks() []quirk {
	// form is a quirk of the operations that a user's PATCH may have.
	form := func(name, attr string, refused func(u profile.Update) bool, ops func(s *site) []string) quirk {
		return quirk{
			name: name, applies: changes(attr),
			want: func(p profile.Profile) string { return or400(refused(p.Update)) },
			got: func(s *site) string {
				amy := s.user("amy", "")
				return s.patch("/Users/"+amy, ops(s)...).verdict()
			},
		}
	}
	raw := func(ops ...string) func(*site) []string { return func(*site) []string { return ops } }
	return []quirk{{
		name: "update.method",
		want: func(p profile.Profile) string {
			return map[profile.Writing]string{"": "patch and put", profile.PatchAlone: "patch", profile.PutAlone: "put"}[p.Update.Method]
		},
		got: func(s *site) string {
			var served []string
			amy := s.user("amy", "")
			if r := s.patch("/Users/"+amy, s.op("replace", "active", "true")); r.status != 501 && r.status != 405 {
				served = append(served, "patch")
			}
			if r := s.ask("PUT", "/Users/"+amy, `{"userName":"amy"}`); r.status != 501 && r.status != 405 {
				served = append(served, "put")
			}
			return strings.Join(served, " and ")
		},
	}, {
		name: "update.patchOnly", applies: func(p profile.Profile) bool { return patches(p) && known(p, "title") },
		want: func(p profile.Profile) string {
			return or400(!patchable(p, "active")) + ", " + or400(!patchable(p, "title"))
		},
		got: func(s *site) string {
			amy := s.user("amy", "")
			return s.patch("/Users/"+amy, s.op("replace", "active", "true")).verdict() + ", " + s.patch("/Users/"+amy, s.op("add", "title", `"T"`)).verdict()
		},
	}, {
		name: "update.noValuePaths", applies: func(p profile.Profile) bool { return changes("emails")(p) && !p.Update.NoPath },
		want: func(p profile.Profile) string { return or400(p.Update.NoValuePaths) },
		got: func(s *site) string {
			amy := s.user("amy", `"emails":[{"type":"work","value":"a@example.com"}]`)
			return s.patch("/Users/"+amy, s.op("replace", `emails[type eq "work"].value`, `"b@example.com"`)).verdict()
		},
	},
		form("update.noPath: a path", "title", func(u profile.Update) bool { return u.NoPath }, func(s *site) []string {
			return []string{strings.Replace(s.op("add", "members", `"T"`), "members", "title", 1)}
		}),
		form("update.oneOperation", "title", func(u profile.Update) bool { return u.OneOperation }, func(s *site) []string {
			return []string{s.op("add", "title", `"T"`), s.op("add", "title", `"U"`)}
		}),
		form("update.capitals", "active", func(u profile.Update) bool { return u.Capitals },
			func(s *site) []string {
				return []string{strings.Replace(s.op("replace", "active", "true"), "Replace", "replace", 1)}
			}),
		form("update.textBooleans: JSON", "active", func(u profile.Update) bool { return u.TextBooleans },
			raw(`{"op":"Replace","value":{"active":true}}`)),
		form("update.textBooleans: text", "active", func(u profile.Update) bool { return !u.TextBooleans },
			raw(`{"op":"Replace","value":{"active":"True"}}`)),
	}
}

// state says what has become of a user, as stored and as shown.
func (s *site) state(id string) string {
	var said []string
	for _, u := range s.server.Users() {
		if u.ID == id {
			said = append(said, map[bool]string{true: "active", false: "inactive"}[u.Active])
		}
	}
	if s.ask("GET", "/Users/"+id, "").status == 200 {
		said = append(said, "shown")
	}
	return strings.Join(said, " ")
}

func userQuirks() []quirk {
	return []quirk{{
		name: "disable",
		// Where neither method can set it, nobody can be disabled.
		applies: func(p profile.Profile) bool {
			return patches(p) && patchable(p, "active") || p.Update.Method != profile.PatchAlone
		},
		want: func(p profile.Profile) string {
			switch {
			case p.Disable.Deletes:
				return "204: "
			case p.Disable.Hides:
				return "200: inactive"
			default:
				return "200: inactive shown"
			}
		},
		got: func(s *site) string {
			s.user("bob", "")
			amy := s.user("amy", "")
			r := s.set(amy, "active", "false")
			for _, id := range s.ask("GET", "/Users", "").ids() {
				if id == amy && s.ask("GET", "/Users/"+id, "").status == 404 {
					return "listed and not shown"
				}
			}
			return fmt.Sprintf("%d: %s", r.status, s.state(amy))
		},
	}, {
		name: "disable.notAtCreation",
		want: func(p profile.Profile) string {
			switch {
			case p.Disable.Deletes:
				return "400: "
			case p.Disable.NotAtCreation:
				return "201: active"
			default:
				return "201: inactive"
			}
		},
		got: func(s *site) string {
			r := s.ask("POST", "/Users", `{"userName":"amy","active":false}`)
			id, _ := r.body["id"].(string)
			return fmt.Sprintf("%d: %s", r.status, strings.TrimSuffix(s.state(id), " shown"))
		},
	}, {
		name: "delete",
		want: func(p profile.Profile) string {
			switch {
			case p.Delete.Refused:
				return "405: active shown"
			case p.Delete.Disables:
				return "204: inactive shown"
			default:
				return "204: "
			}
		},
		got: func(s *site) string {
			amy := s.user("amy", "")
			r := s.ask("DELETE", "/Users/"+amy, "")
			return fmt.Sprintf("%d: %s", r.status, s.state(amy))
		},
	}}
}
