package oracle

import (
	"fmt"
)

// Look notes who works here as far as HR has told, and whose the accounts are. An account
// is never given to somebody else, and one that is gone was deleted: that happens in git and
// wiki alone, and not before it was kept for long enough since its human was last told to
// work here.
func (o *Oracle) Look(s Scene) error {
	for _, h := range o.Humans {
		if h.told(s.At, s.Wide).Live {
			h.seen = s.At
		}
	}
	there := map[place]string{}
	for system, all := range s.Accounts {
		for _, a := range all {
			at := place{system, a.ID}
			there[at] = Badge(a)
			if was := o.whose[at]; was != "" && was != Badge(a) {
				return wrong(o.ofBadge[was], "had account %s in %s, which is that of badge %s now", a.ID, system, Badge(a))
			}
		}
	}
	for at, badge := range o.whose {
		if _, still := there[at]; still {
			continue
		}
		h := o.ofBadge[badge]
		switch {
		case h == nil:
			return fmt.Errorf("account %s in %s, which was made by hand, is gone", at.id, at.system)
		case at.system != Git && at.system != Wiki:
			return wrong(h, "has lost account %s in %s, where none is deleted", at.id, at.system)
		case s.At.Sub(h.seen) < o.KeptFor:
			return wrong(h, "had account %s in %s, which was deleted %s after they were told to work here; want %s", at.id, at.system, s.At.Sub(h.seen), o.KeptFor)
		}
	}
	o.whose = there
	return nil
}

// owned makes sure that nothing is lost that anybody made, and that who has left for good
// owns nothing any more if there is a manager to get it, whichever job counts.
func (o *Oracle) owned(s Scene, accounts holdings) error {
	owners := map[string]*Human{}
	for badge, a := range accounts[Git] {
		owners[a.ID] = o.ofBadge[badge]
	}
	for thing, id := range s.Owners {
		h := owners[id]
		switch {
		case id == "":
			return fmt.Errorf("%s is lost with its owner", thing)
		case h != nil && h.gone(s.At) && o.managed(h, accounts):
			return wrong(h, "has left, and owns %s", thing)
		}
	}
	return nil
}

// managed reports whether every job of a human has a manager with an active account.
func (o *Oracle) managed(h *Human, accounts holdings) bool {
	for _, j := range h.Jobs {
		boss := o.ofJob[j.Current.Assignments[0].Manager]
		if boss == nil || !accounts[Git][boss.Badge].Active {
			return false
		}
	}
	return true
}
