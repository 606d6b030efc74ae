package scim

import (
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// operations returns what turns user into one with all the wanted values, each
// operation with a path. Values that are as wanted cause none. What is missing
// is added and what is there replaced, since some servers refuse to replace what
// they do not have.
func operations(user object, wanted []change) []any {
	var ops []any
	added := map[string]object{} // complex attributes not there before, by path
	for _, c := range wanted {
		if c.value.Equal(c.read(user)) {
			continue
		}
		switch {
		case c.kind != "":
			ops = append(ops, c.patchElement(user))
		case c.sub != "" && !c.value.IsNull() && c.home(user).object(c.key) == nil:
			// All parts of one that is missing go into one operation.
			whole := c.parent()
			if added[whole] == nil {
				added[whole] = object{}
				ops = append(ops, operation(patch.Add, whole, added[whole]))
			}
			added[whole][c.sub] = c.encoded()
		case c.name == "manager" && c.value.IsNull():
			ops = append(ops, operation(patch.Remove, c.parent(), nil))
		case c.name == "manager":
			// As a whole: what else it says is of another manager, and some servers
			// do not find its parts.
			ops = append(ops, operation(patch.Replace, c.parent(), object{c.sub: c.encoded()}))
		case c.value.IsNull():
			ops = append(ops, operation(patch.Remove, c.path(), nil))
		case c.read(user).IsNull():
			ops = append(ops, operation(patch.Add, c.path(), c.encoded()))
		default:
			ops = append(ops, operation(patch.Replace, c.path(), c.encoded()))
		}
	}
	return ops
}

func (c change) patchElement(user object) any {
	element := c.element(user)
	if element == nil {
		return operation(patch.Add, c.key, []any{c.fresh(user)})
	}
	selected := c.key + "[type eq " + filter.Quote(c.kind) + "]"
	if c.value.IsNull() {
		return operation(patch.Remove, selected, nil)
	}
	same := 0
	for _, one := range user.list(c.key) {
		if strings.EqualFold(one.text("type"), c.kind) {
			same++
		}
	}
	if same > 1 { // only the one that is meant
		selected = c.key + "[type eq " + filter.Quote(c.kind) + " and value eq " + filter.Quote(element.text("value")) + "]"
	}
	return operation(patch.Replace, selected+"."+c.sub, c.encoded())
}

// parent is the path of the attribute without its sub-attribute.
func (a attribute) parent() string { return filter.Path{Schema: a.schema, Attr: a.key}.String() }

func (a attribute) path() string {
	return filter.Path{Schema: a.schema, Attr: a.key, Sub: a.sub}.String()
}

func operation(verb patch.Verb, path string, value any) object {
	op := object{"op": string(verb), "path": path}
	if value != nil {
		op["value"] = value
	}
	return op
}

func patchBody(ops ...any) object {
	return object{"schemas": []any{patch.MessageSchema}, "Operations": ops}
}
