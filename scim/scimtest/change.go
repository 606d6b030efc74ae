package scimtest

import (
	"errors"
	"net/http"
	"strings"
)

// change finds the resource, checks the precondition, and lets do change it.
func (s *Server) change(t *table, do func(t *table, r *record, v view, body []byte) (answer, error)) handler {
	return func(r *http.Request, body []byte) (answer, error) {
		v, err := s.view(t, r)
		if err != nil {
			return answer{}, err
		}
		s.directory.mu.Lock()
		defer s.directory.mu.Unlock()
		found := t.byID[r.PathValue("id")]
		if found == nil {
			return answer{}, notFound(r.PathValue("id"))
		}
		if err := errors.Join(s.quirks.methodRefused(r.Method, t.uniqueName()), s.quirks.fits(t, body)); err != nil {
			return answer{}, err
		}
		if condition := r.Header.Get("If-Match"); s.config.ETag && !s.quirks.untrusted() && condition != "" && !matches(condition, found.etag()) {
			return answer{}, &problem{http.StatusPreconditionFailed, "", "the resource has changed"}
		}
		a, err := do(t, found, v, body)
		if err != nil {
			return answer{}, err
		}
		return s.settled(t, found, a), nil
	}
}

func matches(condition, etag string) bool {
	for tag := range strings.SplitSeq(condition, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

func (s *Server) replace(t *table, r *record, v view, body []byte) (answer, error) {
	data, members, err := parse(t, body)
	if err != nil {
		return answer{}, err
	}
	edit := &memberEdit{d: s.directory, group: r.id}
	if t == s.directory.groups {
		err = errors.Join(edit.set(members), s.quirks.replaces(edit))
	}
	changed := false
	if err == nil {
		changed, err = t.settle(r, data)
	}
	if err != nil {
		edit.rollback()
		return answer{}, err
	}
	if len(edit.undo) > 0 && !changed {
		r.touch()
	}
	a := s.shown(http.StatusOK, t, r, v)
	a.committed = changed || len(edit.undo) > 0
	return a, nil
}

// patch answers with the resource, but for a group without a body, unless
// attributes were asked for: its members may be many. RFC 7644, section 3.5.2,
// allows both.
func (s *Server) patch(t *table, r *record, v view, body []byte) (answer, error) {
	if s.config.NoPatch {
		return answer{}, &problem{http.StatusNotImplemented, "", "PATCH is not supported"}
	}
	ops, err := s.operations(t, body)
	if err != nil {
		return answer{}, err
	}
	var changed bool
	if t == s.directory.groups {
		changed, err = s.directory.patchGroup(r, ops)
	} else {
		changed, err = t.patchUser(r, ops)
	}
	if err != nil {
		return answer{}, err
	}
	if t == s.directory.groups && len(v.only) == 0 {
		return answer{status: http.StatusNoContent, id: r.id, committed: changed}, nil
	}
	a := s.shown(http.StatusOK, t, r, v)
	a.committed = changed
	return a, nil
}

func (s *Server) remove(t *table, r *record, _ view, _ []byte) (answer, error) {
	if t == s.directory.groups {
		s.directory.deleteGroup(r)
		return answer{status: http.StatusNoContent, id: r.id, committed: true}, nil
	}
	changed, err := s.removeUser(r)
	return answer{status: http.StatusNoContent, id: r.id, committed: changed}, err
}
