package scim

import (
	"context"
	"slices"
	"sync"

	"github.com/joinery-iam/joinery/scim/profile"
)

// judgement is what is known of filtering by an attribute.
type judgement int

const (
	unproven judgement = iota
	working            // it has found somebody who is there
	broken             // it is refused, or does not find those who are there
)

// filters remembers what filters are worth, by collection and attribute. Some
// servers answer a filter that they do not know with nobody, which must not be
// taken for "not there": a second account would be made.
type filters struct {
	listed map[string][]string // by the profile

	mu    sync.Mutex // guards what is below
	known map[[2]string]judgement
	hits  map[[2]string]string // a value that somebody has
}

func newFilters(p profile.Filter) *filters {
	return &filters{
		listed: map[string][]string{usersPath: p.Users, groupsPath: p.Groups},
		known:  map[[2]string]judgement{}, hits: map[[2]string]string{},
	}
}

// judged returns what is known. What a profile lists works, and nothing else does.
func (f *filters) judged(path, attr string) judgement {
	f.mu.Lock()
	defer f.mu.Unlock()
	if j := f.known[[2]string{path, attr}]; j != unproven {
		return j
	}
	switch listed := f.listed[path]; {
	case len(listed) == 0:
		return unproven
	case slices.Contains(listed, attr):
		return working
	default:
		return broken
	}
}

func (f *filters) judge(path, attr string, j judgement) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[[2]string{path, attr}] = j
}

// hit returns a value that somebody is known to have, empty for none.
func (f *filters) hit(path, attr string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hits[[2]string{path, attr}]
}

// remember keeps a value that somebody has, to try a filter with.
func (f *filters) remember(path, attr, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hits[[2]string{path, attr}] = value
}

// probe reports whether nobody has the attribute that a filter found nobody by: it
// is so if the filter finds those who are known to have it. If nobody is known to,
// the first page of all is looked at for somebody; if that page is all there is,
// it settles the question, too.
func (t *Target) probe(ctx context.Context, path, attr string) (absent bool, err error) {
	if t.filters.judged(path, attr) == working {
		return true, nil
	}
	if hit := t.filters.hit(path, attr); hit != "" {
		if found, err := t.finds(ctx, path, attr, hit); err != nil || found {
			return found, err
		}
	}
	value, whole, err := t.sample(ctx, path, attr)
	if err != nil || value == "" {
		return whole, err
	}
	found, err := t.finds(ctx, path, attr, value)
	if err == nil && !found {
		t.filters.judge(path, attr, broken)
	}
	return found, err
}

// finds reports whether a filter finds who has a value.
func (t *Target) finds(ctx context.Context, path, attr, value string) (found bool, err error) {
	_, err = t.walk(ctx, listing{path: path, filter: equal(attr, value), bare: true}, func(r object) error {
		found = found || r.text(attr) == value
		return nil
	})
	if err == nil && found {
		t.filters.judge(path, attr, working)
	}
	return found, err
}

// sample returns a value of an attribute that somebody on the first page has, and
// whether that page is everything.
func (t *Target) sample(ctx context.Context, path, attr string) (value string, whole bool, err error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return "", false, err
	}
	p, err := t.page(ctx, found, listing{path: path, bare: true}, position{start: 1, byCursor: found.cursors}, t.config.PageSize)
	if err != nil {
		return "", false, err
	}
	for _, r := range p.resources {
		if text := r.text(attr); text != "" {
			return text, false, nil
		}
	}
	return "", p.cursor == "" && p.total == p.length && !found.Paging.Synthetic, nil
}
