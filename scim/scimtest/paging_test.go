package scimtest_test

import (
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/scim/profile"
)

// people stores n users and returns their ids, in the order in which they are listed.
func (s *site) people(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, s.user(fmt.Sprintf("user%d", i), ""))
	}
	return ids
}

func lists(p profile.Profile) bool { return !p.Paging.Synthetic }

// byIndex reports whether pages begin at an index.
func byIndex(p profile.Profile) bool {
	return lists(p) && (p.Paging.Method == profile.ByIndex || p.Paging.Method == profile.ByID)
}

// method finds out how lists are walked.
func (s *site) method() string {
	ids := s.people(12)
	first := s.ask("GET", "/Users?count=5", "")
	switch next, byCursor := first.body["nextCursor"].(string); {
	case len(first.resources()) == 12:
		return "none"
	case byCursor:
		return s.cursors(first, next, ids)
	case !slices.Equal(s.ask("GET", "/Users?startIndex=3&count=2", "").ids(), ids[2:4]):
		return "unknown"
	case slices.IsSorted(s.ask("GET", "/Users?sortBy=id&count=12", "").ids()):
		return "id"
	default:
		return "index"
	}
}

// cursors goes through a list by RFC 9865, while who was seen is removed.
func (s *site) cursors(r reply, next string, ids []string) string {
	walked := r.ids()
	for next != "" {
		if err := s.server.RemoveUser(walked[len(walked)-1]); err != nil {
			return err.Error()
		}
		for _, wrong := range []string{"cursor=nonsense", "cursor=" + next + "&filter=userName eq \"amy\"", "cursor=" + next + "&startIndex=1", "cursor=&count=0"} {
			if refused := s.ask("GET", "/Users?count=5&"+wrong, ""); refused.status != 400 && wrong != "cursor=&count=0" {
				return wrong + " is answered"
			} else if wrong == "cursor=nonsense" && refused.body["scimType"] != "invalidCursor" {
				return "a cursor of nobody's is " + fmt.Sprint(refused.body["scimType"])
			}
		}
		r = s.ask("GET", "/Users?count=5&cursor="+next, "")
		walked = append(walked, r.ids()...)
		if _, told := r.body["totalResults"]; told {
			return "the total is told"
		}
		next, _ = r.body["nextCursor"].(string)
	}
	if !slices.Equal(walked, ids) {
		return fmt.Sprintf("walked %s", walked)
	}
	return "cursor"
}

func pagingQuirks() []quirk {
	return []quirk{{
		name: "paging.method", applies: lists,
		want: func(p profile.Profile) string {
			if p.Paging.Method == profile.ByIndex {
				return "index"
			}
			return string(p.Paging.Method)
		},
		got: (*site).method,
	}, {
		name: "paging.maxResults", applies: lists,
		want: func(p profile.Profile) string {
			switch {
			case p.Paging.Method == profile.AtOnce:
				return "205"
			case p.Paging.MaxResults > 0:
				return fmt.Sprint(p.Paging.MaxResults)
			default:
				return "200"
			}
		},
		got: func(s *site) string {
			s.people(max(s.is.Paging.MaxResults, 200) + 5)
			return fmt.Sprint(len(s.ask("GET", "/Users?count=5000", "").resources()))
		},
	}, {
		name: "paging.maxStart", applies: byIndex,
		want: func(p profile.Profile) string { return "yes, " + or400(p.Paging.MaxStart > 0) },
		got: func(s *site) string {
			most := max(s.is.Paging.MaxStart, 1)
			from := func(start int) string {
				return s.ask("GET", fmt.Sprintf("/Users?startIndex=%d", start), "").verdict()
			}
			return from(most) + ", " + from(max(most+1, 100_000))
		},
	}, {
		name: "paging.shifts", applies: byIndex,
		want: func(p profile.Profile) string {
			return map[bool]string{true: "3 of 4, the total says 4", false: "3 of 4, the total says 3"}[p.Paging.Shifts]
		},
		got: func(s *site) string {
			ids := s.people(4)
			seen := s.ask("GET", "/Users?startIndex=1&count=2", "").ids()
			if err := s.server.RemoveUser(ids[0]); err != nil {
				return err.Error()
			}
			rest := s.ask("GET", "/Users?startIndex=3&count=2", "")
			again := s.ask("GET", "/Users?startIndex=1&count=2", "")
			if again.body["totalResults"] != 3.0 {
				return "the next walk is told a total that is not true"
			}
			return fmt.Sprintf("%d of 4, the total says %v", len(seen)+len(rest.resources()), rest.body["totalResults"])
		},
	}, {
		name: "paging.synthetic",
		want: func(p profile.Profile) string { return yes(p.Paging.Synthetic) },
		got: func(s *site) string {
			s.user("amy", "")
			ids := s.ask("GET", "/Users", "").ids()
			return yes(len(ids) == 1 && s.ask("GET", "/Users/"+ids[0], "").status == 404)
		},
	}}
}
