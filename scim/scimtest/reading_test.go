package scimtest_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/profile"
)

func discoveryQuirks() []quirk {
	all := []quirk{{
		name: "discovery.absent",
		want: func(p profile.Profile) string { return map[bool]string{true: "404", false: "yes"}[p.Discovery.Absent] },
		got: func(s *site) string {
			one := s.ask("GET", "/ServiceProviderConfig", "").verdict()
			for _, path := range []string{"/Schemas", "/ResourceTypes"} {
				if other := s.ask("GET", path, "").verdict(); other != one {
					return path + " differs"
				}
			}
			return one
		},
	}}
	truths := map[string]func(s *site) bool{
		"patch": func(s *site) bool { return s.patch("/Users/"+s.user("amy", "")).status != 501 },
		"bulk":  func(s *site) bool { return s.ask("POST", "/Bulk", "{}").status != 404 },
		"filter": func(s *site) bool {
			if users := s.is.Filter.Users; len(users) > 0 && !slices.Contains(users, "userName") {
				return s.comes("/Users", `title eq "T"`, s.user("amy", `"title":"T"`)) == "works"
			}
			return s.comes("/Users", `userName eq "amy"`, s.user("amy", "")) == "works"
		},
		"sort": func(s *site) bool {
			a, b := s.user("b", ""), s.user("a", "")
			return slices.Equal(s.ask("GET", "/Users?sortBy=userName", "").ids(), []string{b, a})
		},
		"etag": func(s *site) bool {
			return s.ask("DELETE", "/Users/"+s.user("amy", ""), "", "If-Match", `W/"none"`).status == 412
		},
	}
	for feature, truth := range truths {
		all = append(all, quirk{
			name:    "discovery.distrust: " + feature,
			applies: func(p profile.Profile) bool { return !p.Discovery.Absent },
			want: func(p profile.Profile) string {
				lies := slices.Contains(p.Discovery.Distrust, feature) || feature == "etag" && p.ETag == profile.Untrusted
				return map[bool]string{true: "wrong", false: "right"}[lies]
			},
			got: func(s *site) string {
				says, _ := s.ask("GET", "/ServiceProviderConfig", "").body[feature].(map[string]any)
				return map[bool]string{true: "right", false: "wrong"}[says["supported"] == truth(s)]
			},
		})
	}
	return all
}

// each says something of each of some attributes.
func each(attrs []string, say func(attr string) string) string {
	var all []string
	for _, attr := range attrs {
		all = append(all, attr+" "+say(attr))
	}
	return strings.Join(all, ", ")
}

// comes names what comes of a filter that should find one of two.
func (s *site) comes(collection, filter, id string) string {
	switch r := s.find(collection, filter); {
	case r.status != 200:
		return fmt.Sprint(r.status, r.body["scimType"])
	case len(r.resources()) == 0:
		return "nobody"
	case slices.Equal(r.ids(), []string{id}):
		return "works"
	default:
		return "everybody"
	}
}

// comesOfOthers is what should come of a filter that is not supported.
func comesOfOthers(p profile.Profile) string {
	return map[profile.Answer]string{profile.Refused: "400invalidFilter", profile.Empty: "nobody", profile.Ignored: "everybody"}[p.Filter.Unsupported]
}

func filterQuirks() []quirk {
	var all []quirk
	add := func(name string, works func(p profile.Profile) bool, got func(s *site) string) {
		all = append(all, quirk{name: name, applies: nil, got: got, want: func(p profile.Profile) string {
			if works(p) {
				return "works"
			}
			return comesOfOthers(p)
		}})
	}
	listed := func(list []string, attr string) bool { return len(list) == 0 || slices.Contains(list, attr) }
	attrs := []string{"userName", "externalId", "displayName", "id", "title"}
	all = append(all, quirk{
		name: "filter.users",
		want: func(p profile.Profile) string {
			return each(attrs, func(attr string) string {
				if listed(p.Filter.Users, attr) && known(p, attr) {
					return "works"
				}
				return comesOfOthers(p)
			})
		},
		got: func(s *site) string {
			more := `"displayName":"Amy"`
			if known(s.is, "title") {
				more += `,"title":"T"`
			}
			amy := s.user("amy", more)
			s.user("bob", "")
			values := map[string]string{"userName": "amy", "externalId": "ext-amy", "displayName": "Amy", "id": amy, "title": "T"}
			return each(attrs, func(attr string) string {
				return s.comes("/Users", fmt.Sprintf("%s eq %q", attr, values[attr]), amy)
			})
		},
	})
	add("filter.users: another operator", func(p profile.Profile) bool { return len(p.Filter.Users) == 0 }, func(s *site) string {
		s.user("bob", "")
		return s.comes("/Users", `userName sw "am"`, s.user("amy", ""))
	})
	add("filter.unsupported", func(profile.Profile) bool { return false }, func(s *site) string {
		s.user("bob", "")
		s.user("amy", "")
		return s.comes("/Users", `shoe eq "42"`, "")
	})
	attributes := []string{"displayName", "externalId", "members.value"}
	all = append(all, quirk{
		name: "filter.groups", applies: hasGroups,
		want: func(p profile.Profile) string {
			unseen := p.Groups.Members == profile.InUser || p.Groups.Members == profile.Invisible
			return each(attributes, func(attr string) string {
				if listed(p.Filter.Groups, attr) && (attr != "members.value" || !unseen) {
					return "works"
				}
				return comesOfOthers(p)
			})
		},
		got: func(s *site) string {
			amy := s.user("amy", "")
			s.group("ops")
			eng := s.group("eng", amy)
			values := map[string]string{"displayName": "eng", "externalId": "ext-eng", "members.value": amy}
			return each(attributes, func(attr string) string {
				return s.comes("/Groups", fmt.Sprintf("%s eq %q", attr, values[attr]), eng)
			})
		},
	})
	return append(all, quirk{
		name: "filter.maxNodes", applies: func(p profile.Profile) bool { return listed(p.Filter.Users, "userName") },
		want: func(p profile.Profile) string {
			if p.Filter.MaxNodes == 0 {
				return "200, 200"
			}
			return "200, 400"
		},
		got: func(s *site) string {
			s.user("amy", "")
			most := s.is.Filter.MaxNodes
			if most == 0 {
				most = 50
			}
			clause := ` and userName eq "amy"`
			status := func(n int) int {
				return s.find("/Users", strings.TrimPrefix(strings.Repeat(clause, n), " and ")).status
			}
			return fmt.Sprintf("%d, %d", status(most), status(most+1))
		},
	}, quirk{
		name: "filter.noProjection",
		want: func(p profile.Profile) string { return or400(p.Filter.NoProjection) },
		got: func(s *site) string {
			amy := s.user("amy", `"displayName":"Amy"`)
			for _, query := range []string{"?attributes=userName", "?excludedAttributes=displayName"} {
				r := s.ask("GET", "/Users/"+amy+query, "")
				if r.status != 200 || r.body["displayName"] != nil {
					return r.verdict()
				}
			}
			return "yes"
		},
	})
}
