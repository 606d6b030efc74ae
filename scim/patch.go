package scim

import (
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// operations returns what turns user into one with all the wanted values, each
// operation with a path. Values that are as wanted cause none. What is missing
// is added and what is there replaced, since some servers refuse to replace what
// they do not have.
func (f facts) operations(user object, wanted []change) []object {
	wanted = slices.DeleteFunc(slices.Clone(wanted), func(c change) bool { return c.value.Equal(c.read(user)) })
	if f.Update.NoPath {
		return f.merge(user, wanted)
	}
	var ops []object
	added := map[string]object{} // complex attributes not there before, by path
	done := map[string]bool{}    // multi-valued ones that are dealt with
	after := object(patch.Clone(user))
	for _, c := range wanted {
		c.write(after)
	}
	for _, c := range wanted {
		switch {
		case c.selector.attr != "" && (f.Update.NoValuePaths || c.single && c.element(user) == nil):
			if done[c.key] {
				continue
			}
			done[c.key] = true
			ops = append(ops, f.assign(user, c.key, after.get(c.key)))
		case c.selector.attr != "" && c.element(user) == nil:
			// All parts of one that is missing go into one operation, here and below.
			if one := c.key + "[" + c.selector.String() + "]"; !done[one] {
				done[one] = true
				ops = append(ops, operation(patch.Add, c.key, []any{c.element(after)}))
			}
		case c.selector.attr != "":
			ops = append(ops, c.patchElement(user))
		case c.sub != "" && !c.value.IsNull() && c.home(user).object(c.key) == nil:
			whole := c.parent()
			if added[whole] == nil {
				added[whole] = object{}
				ops = append(ops, operation(patch.Add, whole, added[whole]))
			}
			added[whole][c.sub] = c.encoded()
		case c.name == managerName && c.value.IsNull():
			ops = append(ops, operation(patch.Remove, c.parent(), nil))
		case c.name == managerName:
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

// merge returns one operation without a path, whose value holds every attribute
// that changes, whole. RFC 7644, section 3.5.2.3; null takes a value away.
func (f facts) merge(user object, wanted []change) []object {
	if len(wanted) == 0 {
		return nil
	}
	after := object(patch.Clone(user))
	values := object{}
	for _, c := range wanted {
		c.write(after)
	}
	for _, c := range wanted {
		into := values
		if c.schema != "" {
			if into = values.object(c.schema); into == nil {
				into = object{}
				values[c.schema] = into
			}
		}
		whole := c.home(after).get(c.key)
		if parts := asObject(whole); parts != nil && c.sub != "" && c.value.IsNull() {
			parts.set(c.sub, nil) // what is merged would stay if it were only left out
		}
		into[c.key] = whole
	}
	return []object{{"op": string(patch.Replace), "value": values}}
}

// patchElement changes the value of a multi-valued attribute that is there.
func (c change) patchElement(user object) object {
	selected := c.key + "[" + c.selector.String() + "]"
	same := 0
	for _, one := range user.list(c.key) {
		if c.selector.selects(one) {
			same++
		}
	}
	gone := c.value.IsNull() && c.sub == "value"                                  // all of that kind, or another one takes its place
	if value := c.element(user).text("value"); same > 1 && value != "" && !gone { // only the one that is meant
		selected = c.key + "[" + c.selector.String() + " and value eq " + filter.Quote(value) + "]"
	}
	switch {
	case !c.value.IsNull():
		return operation(patch.Replace, selected+"."+c.sub, c.encoded())
	case gone:
		return operation(patch.Remove, selected, nil)
	default:
		return operation(patch.Remove, selected+"."+c.sub, nil)
	}
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

// assign returns the operation that gives a user's attribute a value, whole, and
// takes it away if that is nil.
func (f facts) assign(user object, key string, value any) object {
	switch {
	case f.Update.NoPath:
		return object{"op": string(patch.Replace), "value": object{key: value}}
	case value == nil:
		return operation(patch.Remove, key, nil)
	case user.get(key) == nil:
		return operation(patch.Add, key, value)
	default:
		return operation(patch.Replace, key, value)
	}
}

// bodies returns the PATCH requests that carry the operations, in the server's
// own spelling.
func (f facts) bodies(ops ...object) []object {
	each := len(ops)
	if f.Update.OneOperation {
		each = 1
	}
	var bodies []object
	for some := range slices.Chunk(ops, max(each, 1)) {
		spelt := make([]any, len(some))
		for i, op := range some {
			spelt[i] = f.spell(op)
		}
		bodies = append(bodies, object{"schemas": []any{patch.MessageSchema}, "Operations": spelt})
	}
	return bodies
}

func (f facts) spell(op object) object {
	op = maps.Clone(op)
	if verb := op.text("op"); f.Update.Capitals {
		op["op"] = strings.ToUpper(verb[:1]) + verb[1:]
	}
	if f.Update.TextBooleans {
		op["value"] = textual(op["value"])
		if op["value"] == nil {
			delete(op, "value")
		}
	}
	return op
}

// textual returns a value with its booleans as "True" and "False".
func textual(v any) any {
	switch v := v.(type) {
	case bool:
		return map[bool]string{true: "True", false: "False"}[v]
	case object:
		return textualMap(v)
	case map[string]any:
		return textualMap(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = textual(v[i])
		}
		return out
	default:
		return v
	}
}

func textualMap(m map[string]any) object {
	out := make(object, len(m))
	for key, v := range m {
		out[key] = textual(v)
	}
	return out
}
