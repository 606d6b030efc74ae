package scim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// selector says which value of a multi-valued attribute is meant: the one of a
// type, or the primary one.
type selector struct{ attr, value string }

// String returns the selector as a value filter.
func (s selector) String() string {
	if s.attr == primary {
		return primary + " eq true"
	}
	return s.attr + " eq " + filter.Quote(s.value)
}

func (s selector) selects(one object) bool {
	if s.attr == primary {
		return isPrimary(one)
	}
	return strings.EqualFold(one.text(s.attr), s.value)
}

const primary = "primary"

func isPrimary(one object) bool {
	is, _ := truth(one.get(primary))
	return is
}

// plural are the multi-valued attributes of RFC 7643, section 4.1.2, that a value
// path may select from, with their simple parts.
var plural = map[string][]string{
	"addresses":    {"country", "formatted", "locality", "postalCode", "region", "streetAddress"},
	"emails":       {"value"},
	"ims":          {"value"},
	"phoneNumbers": {"value"},
	"photos":       {"value"},
}

// selected reads a name such as emails[type eq "home"].value.
func selected(name string, path filter.Path) (attribute, bool) {
	compare, ok := path.Filter.(filter.Compare)
	if !ok || path.Schema != "" || compare.Op != filter.Equal || compare.Path.String() != compare.Path.Attr {
		return attribute{}, false
	}
	s := selector{attr: compare.Path.Attr, value: compare.Value.Text}
	byType := s.attr == "type" && compare.Value.Kind == filter.StringLiteral && s.value != ""
	byRank := s.attr == primary && compare.Value.Kind == filter.BoolLiteral && s.value == "true"
	if !byType && !byRank || !slices.Contains(plural[path.Attr], path.Sub) {
		return attribute{}, false
	}
	if hasShortName(path.Attr, s) {
		return attribute{}, false
	}
	return attribute{name: name, key: path.Attr, selector: s, sub: path.Sub}, true
}

// hasShortName reports whether policies call a value by a name of its own: there
// is one way to say a thing.
func hasShortName(key string, s selector) bool {
	return slices.ContainsFunc(table, func(a attribute) bool { return a.key == key && a.selector == s })
}

// elements returns the names of everything in a user's multi-valued attributes
// that selected knows.
func elements(user object) []attribute {
	var all []attribute
	for key, subs := range plural {
		for _, one := range user.list(key) {
			var by []selector
			if kind := one.text("type"); kind != "" {
				by = append(by, selector{"type", kind})
			}
			if isPrimary(one) {
				by = append(by, selector{primary, "true"})
			}
			for _, s := range by {
				for _, sub := range subs {
					if !hasShortName(key, s) {
						all = append(all, attribute{name: fmt.Sprintf("%s[%s].%s", key, s, sub), key: key, selector: s, sub: sub})
					}
				}
			}
		}
	}
	return all
}

// element returns the value of a multi-valued attribute that is meant: one that
// is selected, and rather the primary one.
func (a attribute) element(user object) object {
	var found object
	for _, one := range user.list(a.key) {
		if !a.selector.selects(one) {
			continue
		}
		if isPrimary(one) {
			return one
		}
		if found == nil {
			found = one
		}
	}
	return found
}

func (c change) writeElement(user object) {
	element := c.element(user)
	switch {
	case element != nil && !c.value.IsNull():
		element.set(c.sub, c.encoded())
		return
	case element != nil && c.sub != "value":
		element.remove(c.sub)
		return
	}
	all, _ := user.get(c.key).([]any)
	var list []any
	for _, v := range all {
		if !c.single && !c.selector.selects(asObject(v)) {
			list = append(list, v)
		}
	}
	switch {
	case !c.value.IsNull():
		list = append(list, c.fresh(user))
	case element == nil:
		return // what is not there need not go
	}
	if len(list) == 0 {
		user.remove(c.key)
		return
	}
	user.set(c.key, list)
}

// fresh returns a new value of a multi-valued attribute. Mail is primary unless
// another one is.
func (c change) fresh(user object) object {
	one := object{c.selector.attr: c.selector.value, c.sub: c.encoded()}
	if c.selector.attr == primary || c.key == "emails" && (c.single || !slices.ContainsFunc(user.list(c.key), isPrimary)) {
		one[primary] = true
	}
	return one
}
