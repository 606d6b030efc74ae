package scimtest

import (
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// settle stores data for r if it differs, and reports whether it did.
func (t *table) settle(r *record, data map[string]any) (bool, error) {
	if reflect.DeepEqual(r.data, data) {
		return false, nil
	}
	return true, t.update(r, data)
}

// patchUser applies all operations or none, and reports whether that changed
// anything.
func (t *table) patchUser(r *record, ops []patch.Operation) (bool, error) {
	whole := maps.Clone(r.data)
	whole["id"] = r.id
	whole, err := patch.Apply(whole, ops, t.rules)
	if err != nil {
		return false, err
	}
	data, err := t.rules.check(whole)
	if err != nil {
		return false, err
	}
	return t.settle(r, data)
}

func (r *record) etag() string { return fmt.Sprintf(`W/"%d"`, r.version) }

// view says which parts of a resource are wanted.
type view struct {
	root    string // URL of the SCIM endpoints
	etag    bool
	only    []filter.Path // attributes
	without []filter.Path // excludedAttributes
}

func newView(rules *catalogue, query url.Values) (view, error) {
	var v view
	var err error
	if v.only, err = attributeList(rules, query.Get("attributes")); err != nil {
		return v, err
	}
	v.without, err = attributeList(rules, query.Get("excludedAttributes"))
	return v, err
}

func attributeList(rules *catalogue, list string) ([]filter.Path, error) {
	var paths []filter.Path
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		path, err := filter.ParsePath(name)
		if err != nil {
			return nil, badRequest("invalidPath", "attribute %.80q: %v", name, err)
		}
		if path, err = rules.Resolve(path); err == nil { // unknown ones are ignored
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// wants reports whether an attribute of the top level is to be shown. Asking for
// a sub-attribute shows the whole attribute.
func (v view) wants(attr string) bool {
	if attr == "id" || attr == "schemas" {
		return true
	}
	named := func(p filter.Path) bool { return p.Schema == "" && p.Attr == attr || p.Schema == attr }
	if len(v.only) > 0 {
		return slices.ContainsFunc(v.only, named)
	}
	return !slices.ContainsFunc(v.without, func(p filter.Path) bool {
		return named(p) && p.Sub == "" && (p.Schema == "" || p.Attr == "")
	})
}

// show returns the resource as a client sees it.
func (d *directory) show(t *table, r *record, v view) map[string]any {
	schemas := []any{t.rules.core.ID}
	out := map[string]any{"id": r.id}
	for key, value := range r.data {
		if _, extension := t.rules.schema(key); extension {
			schemas = append(schemas, key)
		}
		if v.wants(key) {
			out[key] = value
		}
	}
	out["schemas"] = schemas
	if v.wants("meta") {
		meta := map[string]any{
			"resourceType": t.resourceType,
			"location":     v.location(t, r),
			"created":      r.created.Format(time.RFC3339Nano),
			"lastModified": r.modified.Format(time.RFC3339Nano),
		}
		if v.etag {
			meta["version"] = r.etag()
		}
		out["meta"] = meta
	}
	if t == d.users && v.wants("groups") {
		groups := []any{}
		for _, g := range d.groupsOf(r.id) {
			groups = append(groups, map[string]any{
				"value": g.id, "display": text(g.data, "displayName"), "type": "direct", "$ref": v.location(d.groups, g),
			})
		}
		out["groups"] = groups
	}
	if t == d.groups && v.wants("members") {
		out["members"] = d.memberList(r.id)
	}
	return out
}

func (v view) location(t *table, r *record) string {
	return v.root + "/" + t.resourceType + "s/" + r.id
}

// search returns the resources that satisfy e, which may be nil, oldest first.
func (d *directory) search(t *table, e filter.Expr) []*record {
	if e == nil {
		return slices.Clone(t.ordered)
	}
	candidates, indexed := d.candidates(t, e)
	if !indexed {
		candidates = t.ordered
	}
	v := view{etag: true, without: []filter.Path{{Attr: "members"}}}
	if mentions(e, "members") {
		v.without = nil
	}
	var found []*record
	for _, r := range candidates {
		if filter.Match(e, d.show(t, r, v), t.rules) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *record) int { return a.seq - b.seq })
	return found
}

func mentions(e filter.Expr, attr string) bool {
	found := false
	_, _ = filter.Rewrite(e, func(p filter.Path) (filter.Path, error) {
		found = found || p.Attr == attr
		return p, nil
	})
	return found
}

// candidates returns a superset of what satisfies e, if an index can tell it.
func (d *directory) candidates(t *table, e filter.Expr) ([]*record, bool) {
	switch e := e.(type) {
	case filter.And:
		if found, ok := d.candidates(t, e.Left); ok {
			return found, true
		}
		return d.candidates(t, e.Right)
	case filter.Has:
		if id, ok := byValue(e.Path.Filter); ok && e.Path.Attr == "members" {
			return d.groupsOf(id), true
		}
	case filter.Compare:
		if e.Op != filter.Equal || e.Value.Kind != filter.StringLiteral || e.Path.Schema != "" || e.Path.Filter != nil {
			return nil, false
		}
		var one *record
		switch e.Path.Attr {
		case "id":
			one = t.byID[e.Value.Text]
		case "externalId":
			return t.byExternalID[e.Value.Text], true
		case t.nameAttr:
			return t.byName[fold(e.Value.Text)], true
		case "members":
			return d.groupsOf(e.Value.Text), e.Path.Sub == "" || e.Path.Sub == "value"
		default:
			return nil, false
		}
		if one == nil {
			return nil, true
		}
		return []*record{one}, true
	}
	return nil, false
}
