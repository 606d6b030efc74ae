package scim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/filter"
)

const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

const managerName = "manager"

// attribute is where a user resource holds one of our values: at
// schema:key.sub, or at key[selector].sub if there is a selector.
type attribute struct {
	name     string
	schema   string // empty for the core
	key      string
	selector selector
	sub      string
	list     bool // may hold several values
}

// table is the documented list of attributes, sorted by name.
var table = []attribute{
	{name: "costCenter", schema: enterpriseSchema, key: "costCenter"},
	{name: "department", schema: enterpriseSchema, key: "department"},
	{name: "displayName", key: "displayName"},
	{name: "division", schema: enterpriseSchema, key: "division"},
	{name: "email", key: "emails", selector: selector{"type", "work"}, sub: "value"},
	{name: "employeeNumber", schema: enterpriseSchema, key: "employeeNumber"},
	{name: "externalId", key: "externalId"},
	{name: "locale", key: "locale"},
	{name: managerName, schema: enterpriseSchema, key: "manager", sub: "value"},
	{name: "name.familyName", key: "name", sub: "familyName"},
	{name: "name.formatted", key: "name", sub: "formatted"},
	{name: "name.givenName", key: "name", sub: "givenName"},
	{name: "name.middleName", key: "name", sub: "middleName"},
	{name: "nickName", key: "nickName"},
	{name: "organization", schema: enterpriseSchema, key: "organization"},
	{name: "phone", key: "phoneNumbers", selector: selector{"type", "work"}, sub: "value"},
	{name: "preferredLanguage", key: "preferredLanguage"},
	{name: "timezone", key: "timezone"},
	{name: "title", key: "title"},
	{name: "userName", key: "userName"},
	{name: "userType", key: "userType"},
}

// lookup finds an attribute by the name that policies use.
func lookup(name string) (attribute, error) {
	for _, a := range table {
		if a.name == name {
			return a, nil
		}
	}
	path, err := filter.ParsePath(name)
	if a, ok := selected(name, path); ok && err == nil {
		return a, nil
	}
	if !strings.HasPrefix(name, "urn:") {
		return attribute{}, fmt.Errorf("attribute %.80q: unknown: %w", name, connector.ErrInvalid)
	}
	if err != nil || path.Filter != nil || path.Schema == "" || path.Schema == "urn" {
		return attribute{}, fmt.Errorf("attribute %.80q: want urn:schema:attribute: %w", name, connector.ErrInvalid)
	}
	for _, known := range []string{userSchema, enterpriseSchema} {
		if strings.EqualFold(path.Schema, known) {
			return attribute{}, fmt.Errorf("attribute %.80q: use its short name: %w", name, connector.ErrInvalid)
		}
	}
	return attribute{name: name, schema: path.Schema, key: path.Attr, sub: path.Sub, list: path.Sub == ""}, nil
}

// change is a value that an attribute is to have.
type change struct {
	attribute
	value connector.Value
	// jsonType is the type of RFC 7643, section 2.3, that the server declares for
	// an attribute of an extension; empty means a string.
	jsonType string
	// single says that the server holds one value where others hold several.
	single bool
}

// changes checks names and values and sorts them by name, so that the same
// request always has the same bytes.
func changes(values map[string]connector.Value) ([]change, error) {
	list := make([]change, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		a, err := lookup(name)
		if err != nil {
			return nil, err
		}
		v := values[name]
		if len(v.All()) > 1 && !a.list {
			return nil, fmt.Errorf("attribute %s: takes one value: %w", name, connector.ErrInvalid)
		}
		if a.name == "userName" && v.Text() == "" {
			return nil, fmt.Errorf("attribute userName: cannot be cleared: %w", connector.ErrInvalid)
		}
		list = append(list, change{attribute: a, value: v})
	}
	return list, nil
}

// home returns the object that the attribute's key is in, nil if there is none.
func (a attribute) home(user object) object {
	if a.schema == "" {
		return user
	}
	return user.object(a.schema)
}

// read returns the attribute's value in a user, Null if it has none.
func (a attribute) read(user object) connector.Value {
	var v any
	switch {
	case a.selector.attr != "":
		v = a.element(user).get(a.sub)
	case a.sub != "":
		v = a.home(user).object(a.key).get(a.sub)
		if _, bare := a.home(user).get(a.key).(string); bare && a.name == managerName {
			v = a.home(user).get(a.key) // some servers show the id alone
		}
	default:
		v = a.home(user).get(a.key)
	}
	found, _ := value(v)
	return found
}

// encoded returns the value as JSON wants it.
func (c change) encoded() any {
	if c.value.IsList() {
		list := []any{}
		for _, s := range c.value.All() {
			list = append(list, s)
		}
		return list
	}
	return typed(c.value.Text(), c.jsonType)
}

// write puts the value into a user that is sent as a whole.
func (c change) write(user object) {
	home := c.home(user)
	if home == nil {
		if c.value.IsNull() {
			return
		}
		home = object{}
		user.set(c.schema, home)
	}
	switch {
	case c.selector.attr != "":
		c.writeElement(user)
	case c.sub == "" && c.value.IsNull():
		home.remove(c.key)
	case c.sub == "":
		home.set(c.key, c.encoded())
	default:
		inner := home.object(c.key)
		if inner == nil || c.name == managerName { // what else it says is of another one
			inner = object{}
		}
		if c.value.IsNull() {
			inner.remove(c.sub)
		} else {
			inner.set(c.sub, c.encoded())
		}
		if len(inner) == 0 {
			home.remove(c.key)
		} else {
			home.set(c.key, inner)
		}
	}
}
