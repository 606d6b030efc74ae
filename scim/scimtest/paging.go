package scimtest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/profile"
)

// portion is the part of a list that is asked for.
type portion struct {
	start    int // by index, from 1
	count    int
	byCursor bool
	after    int // by cursor: the seq of the resource before
	whole    bool
	sorted   bool   // by id
	list     string // which list it is, with its filter
}

// portion reads what is asked for, as far as the server knows such things.
func (s *Server) portion(path string, query url.Values) (portion, error) {
	p := portion{start: 1, count: s.config.MaxResults, list: path + "?" + query.Get("filter")}
	method := s.quirks.Paging.Method
	if method == profile.AtOnce {
		p.whole = true
		return p, nil
	}
	var err error
	if p.start, err = number(query, "startIndex", 1); err != nil {
		return p, err
	}
	if p.count, err = number(query, "count", s.config.MaxResults); err != nil {
		return p, err
	}
	if method == profile.ByCursor {
		return s.quirks.byCursor(p, query, s.config.MaxResults)
	}
	p.start, p.count = max(p.start, 1), min(max(p.count, 0), s.config.MaxResults)
	if limit := s.quirks.Paging.MaxStart; limit > 0 && p.start > limit {
		return p, badRequest("invalidValue", "startIndex is greater than %d", limit)
	}
	p.sorted = method == profile.ByID && strings.EqualFold(query.Get("sortBy"), "id")
	return p, nil
}

// byCursor reads what RFC 9865 says.
func (q *quirks) byCursor(p portion, query url.Values, most int) (portion, error) {
	switch {
	case query.Has("startIndex"):
		return p, badRequest("invalidValue", "this server pages by cursor")
	case p.count < 1:
		return p, badRequest("invalidCount", "count must be at least 1")
	}
	p.byCursor, p.count = true, min(p.count, most)
	if cursor := query.Get("cursor"); cursor != "" {
		plain, err := base64.RawURLEncoding.DecodeString(cursor)
		var seq int
		var list uint32
		if err == nil {
			_, err = fmt.Sscanf(string(plain), "%d/%x", &seq, &list)
		}
		if err != nil || list != fingerprint(p.list) {
			return p, badRequest("invalidCursor", "the cursor is not of this list")
		}
		p.after = seq
	}
	return p, nil
}

func fingerprint(list string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(list)) // a hash takes everything
	return h.Sum32()
}

// cut returns a part of a list, and the rest of the answer it goes into.
func (q *quirks) cut(found []*record, p portion) ([]*record, map[string]any) {
	if p.sorted {
		found = slices.Clone(found)
		slices.SortFunc(found, func(a, b *record) int { return cmp.Compare(a.id, b.id) })
	}
	switch {
	case p.whole:
		return found, listResponse(len(found), 1)
	case !p.byCursor:
		from := min(p.start-1, len(found))
		return found[from:min(from+p.count, len(found))], listResponse(q.total(p, len(found)), p.start)
	}
	found = slices.DeleteFunc(slices.Clone(found), func(r *record) bool { return r.seq <= p.after })
	page := found[:min(p.count, len(found))]
	answer := listResponse(0, 0)
	delete(answer, "totalResults")
	delete(answer, "startIndex")
	if len(page) < len(found) {
		next := fmt.Sprintf("%d/%x", page[len(page)-1].seq, fingerprint(p.list))
		answer["nextCursor"] = base64.RawURLEncoding.EncodeToString([]byte(next))
	}
	return page, answer
}

// total returns what totalResults says. Where pages shift it says for the whole walk
// what was so at its beginning.
func (q *quirks) total(p portion, now int) int {
	if !q.Paging.Shifts {
		return now
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if before, walked := q.totals[p.list]; walked && p.start > 1 {
		return before
	}
	q.totals[p.list] = now
	return now
}

// phantom is who is in a list of what is not there.
func phantom(t *table) map[string]any {
	return map[string]any{"schemas": []any{t.rules.core.ID}, "id": "synthetic", t.nameAttr: "synthetic"}
}

// list answers with a part of all resources that a filter finds.
func (s *Server) list(t *table) handler {
	return func(r *http.Request, _ []byte) (answer, error) {
		query := r.URL.Query()
		v, err := s.view(t, r)
		if err != nil {
			return answer{}, err
		}
		p, err := s.portion(r.URL.Path, query)
		if err != nil {
			return answer{}, err
		}
		e, comes, err := s.selection(t, query.Get("filter"))
		if err != nil {
			return answer{}, err
		}
		if comes == everything && s.quirks.Paging.Synthetic {
			body := listResponse(1, 1)
			return answer{status: http.StatusOK, body: fill(body, []any{phantom(t)})}, nil
		}
		s.directory.mu.RLock()
		defer s.directory.mu.RUnlock()
		var found []*record
		if comes != nobody {
			found = slices.DeleteFunc(s.directory.search(t, e), s.quirks.hides)
		}
		page, body := s.quirks.cut(found, p)
		resources := make([]any, len(page))
		for i, one := range page {
			resources[i] = s.present(t, one, v)
		}
		return answer{status: http.StatusOK, body: fill(body, resources)}, nil
	}
}

func listResponse(total, start int) map[string]any {
	return map[string]any{
		"schemas":      []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": total, "startIndex": start,
	}
}

func fill(response map[string]any, resources []any) map[string]any {
	response["itemsPerPage"], response["Resources"] = len(resources), resources
	return response
}
