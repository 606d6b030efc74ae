package scim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/profile"
)

// listing is what is walked.
type listing struct {
	path     string
	filter   filter.Expr // nil for everything
	bare     bool        // groups without their members
	thorough bool        // see everything, and know whether that was so
}

// maxWalks is how often a thorough walk that was disturbed is begun at most.
const maxWalks = 3

// walk calls yield for each resource of a listing, once, and stops at its first
// error.
func (t *Target) walk(ctx context.Context, l listing, yield func(object) error) (connector.Proof, error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Proof{}, err
	}
	yielded := map[string]bool{}
	once := func(r object) error {
		if id := r.text("id"); !yielded[id] {
			yielded[id] = true
			return yield(r)
		}
		return nil
	}
	var before map[string]bool
	for n := 1; ; n++ {
		w, err := t.walkOnce(ctx, found, l, once)
		if err != nil {
			return connector.Proof{}, err
		}
		proof := w.proof()
		if proof.Complete && found.Paging.Shifts && !maps.Equal(before, w.seen) {
			// A deletion makes the next resource slip by, and an addition hides that
			// from the total: only two walks in a row that saw the same prove anything.
			proof.Complete, proof.Basis = false, fmt.Sprintf("%d seen, but not the same as before", proof.Count)
		}
		if proof.Complete || !l.thorough || w.repeated || n == maxWalks {
			return proof, nil
		}
		before = w.seen
	}
}

// walkOnce goes through all pages. It advances by what came, since servers send
// fewer than they were asked for, and ends where nothing new comes, since some
// ignore startIndex. Unless it is thorough, it believes totalResults and saves the
// last request.
func (t *Target) walkOnce(ctx context.Context, found facts, l listing, yield func(object) error) (*evidence, error) {
	w := &evidence{seen: map[string]bool{}, steady: true}
	for at, more := (position{start: 1, byCursor: found.cursors}), true; more; {
		p, err := t.page(ctx, found, l, at, t.config.PageSize)
		if err != nil {
			return nil, err
		}
		fresh := w.fresh(p, at)
		for _, r := range fresh {
			if err := yield(r); err != nil {
				return nil, err
			}
		}
		at, more = w.next(found, l, at, p, len(fresh) > 0)
	}
	if w.startedOver && !w.repeated {
		// Beyond the end, some servers begin again. They can be told from those
		// that ignore startIndex by asking for the second resource alone.
		p, err := t.page(ctx, found, l, position{start: 2}, 1)
		if err != nil {
			return nil, err
		}
		w.repeated = len(p.resources) != 1 || p.resources[0].text("id") != w.second
	}
	return w, nil
}

// position is where a page begins.
type position struct {
	start    int // RFC 7644, section 3.4.2.4
	byCursor bool
	cursor   string // RFC 9865; the first is empty
	after    string // only ids greater than this one
}

// page is one answer to a query.
type page struct {
	resources []object
	length    int    // of the list as sent
	total     int    // -1 if not told
	cursor    string // of the next page
}

// page asks for a part of a list.
func (t *Target) page(ctx context.Context, found facts, l listing, at position, count int) (page, error) {
	answer, err := t.do(ctx, call{method: http.MethodGet, path: l.path, query: query(found, l, at, count)})
	if err != nil {
		return page{}, err
	}
	p := page{total: -1, cursor: answer.text("nextCursor")}
	if n, ok := answer.get("totalResults").(json.Number); ok {
		if total, err := strconv.Atoi(n.String()); err == nil && total >= 0 {
			p.total = total
		}
	}
	raw, listed := answer.get("Resources").([]any)
	if !listed && p.total != 0 {
		return page{}, connector.RetryAfter(0, fmt.Errorf("get %s: the answer is no list", l.path))
	}
	p.resources, p.length = answer.list("Resources"), len(raw)
	for _, r := range p.resources {
		if r.text("id") == "" {
			return page{}, connector.RetryAfter(0, fmt.Errorf("get %s: a resource without an id", l.path))
		}
	}
	return p, nil
}

// query returns the parameters for a page.
func query(found facts, l listing, at position, count int) url.Values {
	q := url.Values{}
	wanted := l.filter
	if at.after != "" {
		rest := filter.Expr(compare("id", filter.Greater, at.after))
		if wanted != nil {
			rest = filter.And{Left: wanted, Right: rest}
		}
		wanted = rest
	}
	if wanted != nil {
		q.Set("filter", wanted.String())
	}
	if l.bare && l.path == groupsPath && !found.Filter.NoProjection {
		q.Set("excludedAttributes", "members")
	}
	if found.Paging.Method == profile.AtOnce {
		return q
	}
	q.Set("count", strconv.Itoa(count))
	switch {
	case at.byCursor:
		q.Set("cursor", at.cursor)
	case found.Paging.Method == profile.ByID:
		q.Set("sortBy", "id")
	default:
		q.Set("startIndex", strconv.Itoa(at.start))
	}
	return q
}

func compare(attr string, op filter.Operator, text string) filter.Compare {
	return filter.Compare{Path: filter.Path{Attr: attr}, Op: op, Value: filter.Literal{Kind: filter.StringLiteral, Text: text}}
}

func equal(attr, text string) filter.Expr { return compare(attr, filter.Equal, text) }
