package scimtest_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/joinery-iam/joinery/scim/profile"
)

// refs writes members as JSON has them.
func refs(ids ...string) string {
	return `[{"value":"` + strings.Join(ids, `"},{"value":"`) + `"}]`
}

// places says where a member can be seen.
func (s *site) places() string {
	amy := s.user("amy", "")
	eng := s.group("eng", amy)
	s.group("ops")
	var places []string
	if members, _ := s.ask("GET", "/Groups/"+eng, "").body["members"].([]any); len(members) > 0 {
		places = append(places, "group")
	}
	if groups, _ := s.ask("GET", "/Users/"+amy, "").body["groups"].([]any); len(groups) > 0 {
		places = append(places, "user")
	}
	if s.comes("/Groups", fmt.Sprintf("id eq %q and members eq %q", eng, amy), eng) == "works" {
		places = append(places, "filter")
	}
	return strings.Join(places, " ")
}

func groupQuirks() []quirk {
	return []quirk{{
		name: "groups.absent",
		want: func(p profile.Profile) string { return map[bool]string{true: "404", false: "yes"}[p.Groups.Absent] },
		got:  func(s *site) string { return s.ask("GET", "/Groups", "").verdict() },
	}, {
		name: "groups.members", applies: hasGroups,
		want: func(p profile.Profile) string {
			open := len(p.Filter.Groups) == 0 && (p.Filter.MaxNodes == 0 || p.Filter.MaxNodes > 1)
			switch p.Groups.Members {
			case profile.InBoth:
				return strings.TrimSpace("group user " + map[bool]string{true: "filter"}[open])
			case profile.InGroup:
				return strings.TrimSpace("group " + map[bool]string{true: "filter"}[open])
			case profile.InUser, profile.ByFilter:
				return string(p.Groups.Members)
			default:
				return ""
			}
		},
		got: (*site).places,
	}, {
		name: "groups.maxChanges", applies: patchesGroups,
		want: func(p profile.Profile) string { return "yes, " + or400(p.Groups.MaxChanges > 0) },
		got: func(s *site) string {
			most := s.is.Groups.MaxChanges
			if most == 0 {
				most = 150
			}
			var ids []string
			for i := range most + 1 {
				ids = append(ids, s.user(fmt.Sprint("u", i), ""))
			}
			add := func(name string, ids []string) string {
				return s.patch("/Groups/"+s.group(name), s.op("add", "members", refs(ids...))).verdict()
			}
			return add("eng", ids[:most]) + ", " + add("ops", ids)
		},
	}, {
		name: "groups.maxBytes", applies: patchesGroups,
		want: func(p profile.Profile) string {
			return map[bool]string{true: "yes, 413", false: "yes, yes"}[p.Groups.MaxBytes > 0]
		},
		got: func(s *site) string {
			most := s.is.Groups.MaxBytes
			if most == 0 {
				most = 1 << 20
			}
			eng, body := s.group("eng"), patchOf(s.op("add", "members", refs(s.user("amy", ""))))
			long := func(n int) string {
				return s.ask("PATCH", "/Groups/"+eng, body+strings.Repeat(" ", n-len(body))).verdict()
			}
			return long(most) + ", " + long(most+1)
		},
	}, {
		name: "groups.replaceMembers", applies: func(p profile.Profile) bool { return hasGroups(p) && !patches(p) },
		want: func(p profile.Profile) string { return or400(!p.Groups.ReplaceMembers) },
		got: func(s *site) string {
			r := s.ask("PUT", "/Groups/"+s.group("eng"), `{"displayName":"eng","members":`+refs(s.user("amy", ""))+`}`)
			if got := len(s.server.Groups()[0].Members) == 1; got != (r.status == http.StatusOK) {
				return "not as answered"
			}
			return r.verdict()
		},
	}, {
		name: "groups.removeByValue", applies: patchesGroups,
		want: func(p profile.Profile) string { return "yes, " + or400(p.Groups.RemoveByValue) },
		got: func(s *site) string {
			amy, bob := s.user("amy", ""), s.user("bob", "")
			eng := "/Groups/" + s.group("eng", amy, bob)
			byValue := s.patch(eng, s.op("remove", "members", refs(amy))).verdict()
			if left := s.server.Groups()[0].Members; len(left) != 1 {
				return fmt.Sprintf("%s are left", left)
			}
			return byValue + ", " + s.patch(eng, s.op("remove", fmt.Sprintf("members[value eq %q]", bob), "")).verdict()
		},
	}, {
		name: "groups.dropsUnknown", applies: patchesGroups,
		want: func(p profile.Profile) string { return or400(!p.Groups.DropsUnknown) },
		got: func(s *site) string {
			r := s.patch("/Groups/"+s.group("eng"), s.op("add", "members", refs("nobody")))
			if left := s.server.Groups()[0].Members; len(left) != 0 {
				return fmt.Sprintf("%s are members", left)
			}
			return r.verdict()
		},
	}}
}
