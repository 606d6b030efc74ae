package oracle

import (
	"fmt"
	"slices"
	"time"
)

// Surplus is what somebody has who must not have it, as HR has told.
type Surplus struct {
	Human  *Human
	System string
	What   string    // "sign-in", "sessions" or an entitlement as kind/name
	Since  time.Time // when it was seen first
}

func (s Surplus) String() string {
	return fmt.Sprintf("%s (badge %s) keeps %s in %s since %s", s.Human.Key, s.Human.Badge, s.What, s.System, s.Since.Format(time.DateTime))
}

// claim is what somebody has.
type claim struct{ badge, system, what string }

// Overdue returns what somebody has had for longer than a time after HR told that they must
// not, as far as it was seen each time in between.
func (o *Oracle) Overdue(s Scene, after time.Duration) (all []Surplus) {
	still := map[claim]time.Time{}
	has := func(h *Human, system, what string) {
		c := claim{h.Badge, system, what}
		since, known := o.surplus[c]
		if !known {
			since = s.At
		}
		if still[c] = since; s.At.Sub(since) > after {
			all = append(all, Surplus{h, system, what, since})
		}
	}
	for system, accounts := range s.Accounts {
		for _, a := range accounts {
			h := o.ofBadge[Badge(a)]
			if h == nil {
				continue
			}
			told := h.told(s.At, s.Wide)
			may := told.in(system)
			if a.Active && !may {
				has(h, system, "sign-in")
			}
			for _, e := range a.Entitlements {
				if !may || system == Directory && !slices.Contains(told.Groups, e.Name) {
					has(h, system, e.String())
				}
			}
			if system == Directory && s.SignedIn[h.Badge] && !told.Live {
				has(h, system, "sessions")
			}
		}
	}
	o.surplus = still
	return all
}
