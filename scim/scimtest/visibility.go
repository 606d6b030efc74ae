package scimtest

import (
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

// conceal makes a resource that was just made invisible for as long as the server
// takes to show it.
func (q *quirks) conceal(r *record) {
	if r.hidden.Store(int64(q.hiddenReads)); q.hiddenReads == 0 && q.Lag > 0 {
		r.shownAt = q.now().Add(q.Lag)
	}
}

// late reports whether a request comes too early to see a resource, and counts it.
func (q *quirks) late(r *record) bool {
	for left := r.hidden.Load(); left > 0; left = r.hidden.Load() {
		if r.hidden.CompareAndSwap(left, left-1) {
			return true
		}
	}
	return r.shownAt != (time.Time{}) && q.now().Before(r.shownAt)
}

// hides reports whether a resource is not shown to a request.
func (q *quirks) hides(r *record) bool {
	return q.Disable.Hides && !active(r) || q.late(r)
}

// showsGroups reports whether users name their groups.
func (q *quirks) showsGroups() bool {
	return q.Groups.Members == profile.InBoth || q.Groups.Members == profile.InUser
}

// showsMembers reports whether groups name their members.
func (q *quirks) showsMembers() bool {
	return q.Groups.Members == profile.InBoth || q.Groups.Members == profile.InGroup
}

// present returns a resource as this server shows it.
func (s *Server) present(t *table, r *record, v view) map[string]any {
	shown := s.directory.show(t, r, v)
	_, groups := shown["groups"]
	_, members := shown["members"]
	switch {
	case groups && s.quirks.Groups.Absent:
		delete(shown, "groups")
	case groups && !s.quirks.showsGroups():
		shown["groups"] = []any{}
	case members && !s.quirks.showsMembers():
		shown["members"] = []any{}
	}
	if meta, ok := shown["meta"].(map[string]any); ok && s.quirks.untrusted() {
		meta["version"] = s.quirks.version()
	}
	return shown
}
