package scimtest

import (
	"maps"
	"net/http"
)

// creation prepares what a new user is stored as.
func (q *quirks) creation(t *table, data map[string]any) error {
	if !t.uniqueName() || data["active"] != false {
		return nil
	}
	if q.Disable.Deletes {
		return badRequest("invalidValue", "nobody here is inactive")
	}
	if q.Disable.NotAtCreation {
		data["active"] = true
	}
	return nil
}

// settled gives the answer to a change that went well, and deletes who was set to
// inactive where that is what it does. The directory is locked.
func (s *Server) settled(t *table, r *record, a answer) answer {
	if !t.uniqueName() || !s.quirks.Disable.Deletes || active(r) || t.byID[r.id] == nil {
		return a
	}
	s.directory.deleteUser(r)
	return answer{status: http.StatusNoContent, id: r.id, committed: true}
}

// removeUser deletes a user, or disables one where that is what DELETE does, and
// reports whether that changed anything.
func (s *Server) removeUser(r *record) (bool, error) {
	if !s.quirks.Delete.Disables {
		s.directory.deleteUser(r)
		return true, nil
	}
	data := maps.Clone(r.data)
	data["active"] = false
	return s.directory.users.settle(r, data)
}
