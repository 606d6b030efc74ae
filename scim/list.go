package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// page is one answer to a query.
type page struct {
	resources []object
	length    int // of the list as sent
	total     int // -1 if not told
}

// page asks for a part of a list.
func (t *Target) page(ctx context.Context, path string, query url.Values, start, count int) (page, error) {
	query = maps.Clone(query)
	if query == nil {
		query = url.Values{}
	}
	query.Set("startIndex", strconv.Itoa(start))
	query.Set("count", strconv.Itoa(count))
	answer, err := t.do(ctx, call{method: http.MethodGet, path: path, query: query})
	if err != nil {
		return page{}, err
	}
	p := page{total: -1}
	if n, ok := answer.get("totalResults").(json.Number); ok {
		if total, err := strconv.Atoi(n.String()); err == nil && total >= 0 {
			p.total = total
		}
	}
	raw, listed := answer.get("Resources").([]any)
	if !listed && p.total != 0 {
		return page{}, connector.RetryAfter(0, fmt.Errorf("get %s: the answer is no list", path))
	}
	p.resources, p.length = answer.list("Resources"), len(raw)
	for _, r := range p.resources {
		if r.text("id") == "" {
			return page{}, connector.RetryAfter(0, fmt.Errorf("get %s: a resource without an id", path))
		}
	}
	return p, nil
}

// walk calls yield for each resource that a query returns, once, and stops at
// its first error. It advances by what came, since servers send fewer than they
// were asked for, and ends where nothing new comes, since some ignore
// startIndex. Unless it is thorough, it believes totalResults and saves the last
// request.
func (t *Target) walk(ctx context.Context, path string, query url.Values, thorough bool, yield func(object) error) (connector.Proof, error) {
	w := evidence{seen: map[string]bool{}, steady: true}
	for start := 1; ; {
		p, err := t.page(ctx, path, query, start, t.config.PageSize)
		if err != nil {
			return connector.Proof{}, err
		}
		before := len(w.seen)
		for _, r := range w.fresh(p, start) {
			if err := yield(r); err != nil {
				return connector.Proof{}, err
			}
		}
		start += p.length
		if len(w.seen) == before || !thorough && p.total >= 0 && start > p.total {
			break
		}
	}
	if w.startedOver && !w.repeated {
		// Beyond the end, some servers begin again. They can be told from those
		// that ignore startIndex by asking for the second resource alone.
		p, err := t.page(ctx, path, query, 2, 1)
		if err != nil {
			return connector.Proof{}, err
		}
		w.repeated = len(p.resources) != 1 || p.resources[0].text("id") != w.second
	}
	return w.proof(), nil
}

// evidence is what a walk noticed.
type evidence struct {
	seen        map[string]bool
	second      string // the id that came second
	total       int    // of the first page
	steady      bool   // total was the same on every page
	repeated    bool   // an id came twice
	startedOver bool   // an id came twice, but only beyond the total
}

// fresh takes note of the page at start and returns what is new on it.
func (w *evidence) fresh(p page, start int) []object {
	if start == 1 {
		w.total = p.total
	} else if p.total != w.total {
		w.steady = false
	}
	beyond := start > w.total && len(w.seen) == w.total
	var fresh []object
	for _, r := range p.resources {
		id := r.text("id")
		switch {
		case !w.seen[id]:
			fresh = append(fresh, r)
			w.seen[id] = true
			if len(w.seen) == 2 {
				w.second = id
			}
		case beyond:
			w.startedOver = true
		default:
			w.repeated = true
		}
	}
	return fresh
}

func (w *evidence) proof() connector.Proof {
	n := len(w.seen)
	proof := connector.Proof{Count: n}
	switch {
	case w.repeated:
		proof.Basis = fmt.Sprintf("%d seen, but the server repeated some: its paging cannot be relied on", n)
	case !w.steady:
		proof.Basis = fmt.Sprintf("%d seen, but totalResults changed on the way", n)
	case w.total != n:
		proof.Basis = fmt.Sprintf("%d seen, but totalResults said %d", n, w.total)
	default:
		proof.Complete = true
		proof.Basis = fmt.Sprintf("totalResults said %d on every page, and as many different ids were seen", n)
	}
	return proof
}

// List walks all users. The walk counts as complete if totalResults was the same
// on every page and agrees with the number of ids seen, none of them twice. The
// accounts have EntitlementsKnown if the server shows the groups of users.
func (t *Target) List(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Proof{}, fmt.Errorf("listing: %w", err)
	}
	var stopped error
	proof, err := t.walk(ctx, usersPath, nil, true, func(user object) error {
		stopped = yield(found.account(user))
		return stopped
	})
	if stopped != nil {
		return connector.Proof{}, stopped
	}
	if err != nil {
		return connector.Proof{}, fmt.Errorf("listing: %w", err)
	}
	return proof, nil
}

// Entitlements lists the groups by name. Groups of the same name are listed
// once, and cannot be granted.
func (t *Target) Entitlements(ctx context.Context) ([]connector.Entitlement, error) {
	var all []connector.Entitlement
	_, err := t.walk(ctx, "/Groups", url.Values{"excludedAttributes": {"members"}}, true, func(group object) error {
		if name := group.text("displayName"); name != "" {
			all = append(all, connector.Entitlement{Kind: GroupKind, Name: name})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing groups: %w", withoutGroups(err))
	}
	slices.SortFunc(all, func(a, b connector.Entitlement) int { return strings.Compare(a.Name, b.Name) })
	return slices.Compact(all), nil
}

// withoutGroups turns "no such endpoint" into what it means: ErrNotFound is for
// accounts.
func withoutGroups(err error) error {
	if errors.Is(err, connector.ErrNotFound) {
		return fmt.Errorf("the server has no groups: %w", errors.ErrUnsupported)
	}
	return err
}
