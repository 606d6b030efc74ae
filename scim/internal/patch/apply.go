package patch

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// MaxSteps is how much work [Apply] does: values that filters look at, and values
// of lists compared with others.
const MaxSteps = 20_000_000

// Rules tells what only a schema knows.
type Rules interface {
	filter.Rules
	// Resolve returns the path as stored: spelt as in the schema, with an empty
	// Schema for core attributes. The name of an extension alone becomes a path
	// with an empty Attr. An unknown attribute is an error.
	Resolve(path filter.Path) (filter.Path, error)
	// MultiValued reports whether an attribute holds a list.
	MultiValued(schema, attr string) bool
	// Fixed reports whether a client may not change what path leads to.
	Fixed(path filter.Path) bool
}

// Apply returns the resource as it is after all operations. The resource itself
// is left alone. If one operation is refused, none has happened, and the error
// is of type [*Error].
func Apply(resource map[string]any, ops []Operation, rules Rules) (map[string]any, error) {
	return ApplyWithin(&filter.Budget{Limit: MaxSteps}, resource, ops, rules)
}

// ApplyWithin does what [Apply] does within a budget of steps. When that is used
// up, the type of the error is tooMany.
func ApplyWithin(budget *filter.Budget, resource map[string]any, ops []Operation, rules Rules) (map[string]any, error) {
	e := engine{out: Clone(resource), rules: rules, budget: budget}
	for _, op := range ops {
		if err := e.operation(op); err != nil {
			return nil, err
		}
	}
	return e.out, nil
}

// Clone returns a deep copy of a decoded JSON object.
func Clone(object map[string]any) map[string]any {
	out := make(map[string]any, len(object))
	for key, v := range object {
		out[key] = cloneValue(v)
	}
	return out
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return Clone(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = cloneValue(v[i])
		}
		return out
	default:
		return v
	}
}

type engine struct {
	out    map[string]any
	rules  Rules
	budget *filter.Budget
}

func (e engine) operation(op Operation) error {
	if op.Path != nil {
		return e.at(*op.Path, op.Verb, cloneValue(op.Value))
	}
	fields, ok := op.Value.(map[string]any)
	switch {
	case op.Verb == Remove:
		return refuse("noTarget", "remove needs a path")
	case !ok:
		return refuse("invalidValue", "%s without a path needs an object", op.Verb)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if strings.EqualFold(key, "schemas") {
			continue
		}
		path, err := filter.ParsePath(key)
		if err != nil {
			return refuse("invalidPath", "%v", err)
		}
		if strings.EqualFold(key, "id") && fields[key] == e.out["id"] {
			continue // widespread clients repeat the id
		}
		if err := e.at(path, op.Verb, cloneValue(fields[key])); err != nil {
			return err
		}
	}
	return nil
}

// at applies one verb at one path. Replacing by null clears: RFC 7643, section 2.5.
func (e engine) at(path filter.Path, verb Verb, value any) error {
	path, err := e.rules.Resolve(path)
	if err != nil {
		return refuse("invalidPath", "%v", err)
	}
	if path.Attr == "" {
		return e.extension(path.Schema, verb, value)
	}
	if e.rules.Fixed(path) {
		return refuse("mutability", "%s cannot be changed", path)
	}
	if verb != Remove && value == nil {
		verb = Remove
	}
	root, err := e.root(path.Schema, verb)
	if err != nil {
		return err
	}
	switch {
	case root == nil: // nothing there to be removed
	case path.Filter != nil:
		err = e.elements(root, path, verb, value)
	case path.Sub != "":
		err = e.sub(root, path, verb, value)
	default:
		err = e.whole(root, path, verb, value)
	}
	if path.Schema != "" && len(root) == 0 {
		delete(e.out, path.Schema)
	}
	return err
}

// root returns the object that holds a schema's attributes, nil if it is absent
// and not needed.
func (e engine) root(schema string, verb Verb) (map[string]any, error) {
	if schema == "" {
		return e.out, nil
	}
	switch v := e.out[schema].(type) {
	case map[string]any:
		return v, nil
	case nil:
		if verb == Remove {
			return nil, nil
		}
		object := map[string]any{}
		e.out[schema] = object
		return object, nil
	default:
		return nil, refuse("invalidValue", "%s is no object", schema)
	}
}

func (e engine) extension(schema string, verb Verb, value any) error {
	if verb == Remove || value == nil {
		delete(e.out, schema)
		return nil
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return refuse("invalidValue", "%s needs an object", schema)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if err := e.at(filter.Path{Schema: schema, Attr: key}, verb, fields[key]); err != nil {
			return err
		}
	}
	return nil
}

// whole adds, replaces or removes an attribute as a whole.
func (e engine) whole(root map[string]any, path filter.Path, verb Verb, value any) error {
	if e.rules.MultiValued(path.Schema, path.Attr) {
		return e.list(root, path, verb, value)
	}
	if verb == Remove {
		delete(root, path.Attr)
		return nil
	}
	// A complex attribute keeps the sub-attributes that are not named.
	old, oldOK := root[path.Attr].(map[string]any)
	fields, ok := value.(map[string]any)
	if ok && oldOK {
		merge(old, fields)
		return nil
	}
	root[path.Attr] = value
	return nil
}

func (e engine) list(root map[string]any, path filter.Path, verb Verb, value any) error {
	given, ok := value.([]any)
	if !ok && value != nil {
		given = []any{value}
	}
	old, _ := root[path.Attr].([]any)
	if !e.budget.Spend(len(given) * (len(given) + len(old))) { // each is compared with each
		return refuse("tooMany", "%s: %d values for a list of %d are too many at once", path, len(given), len(old))
	}
	switch {
	case verb == Remove && len(given) > 0: // by value, as widespread clients do
		old = slices.DeleteFunc(old, func(v any) bool {
			return slices.ContainsFunc(given, func(g any) bool { return sameElement(g, v) })
		})
	case verb == Remove:
		old = nil
	case verb == Replace:
		old = nil
		fallthrough
	default:
		for _, v := range given {
			old = appendElement(old, v)
		}
	}
	put(root, path.Attr, old)
	return nil
}

// sub sets or removes a sub-attribute without a filter.
func (e engine) sub(root map[string]any, path filter.Path, verb Verb, value any) error {
	switch v := root[path.Attr].(type) {
	case map[string]any:
		setSub(v, path.Sub, verb, value)
		if len(v) == 0 {
			delete(root, path.Attr)
		}
		return nil
	case []any:
		return e.elements(root, path, verb, value)
	}
	switch {
	case verb == Remove:
		return nil
	case e.rules.MultiValued(path.Schema, path.Attr):
		return refuse("noTarget", "%s has no values", path.Attr)
	}
	root[path.Attr] = map[string]any{path.Sub: value}
	return nil
}

// elements changes the values that a filter selects, or all.
func (e engine) elements(root map[string]any, path filter.Path, verb Verb, value any) error {
	list, _ := root[path.Attr].([]any)
	found, primary := false, -1
	var kept []any
	for _, element := range list {
		selected, err := filter.Selects(path, element, e.rules, e.budget)
		if err != nil {
			return refuse("tooMany", "%s: %v", path, err)
		}
		if !selected {
			kept = append(kept, element)
			continue
		}
		found = true
		fields, ok := element.(map[string]any)
		switch {
		case path.Sub != "" && ok:
			setSub(fields, path.Sub, verb, value)
			element = fields
		case path.Sub != "":
			return refuse("invalidPath", "%s has no sub-attributes", path.Attr)
		case verb == Remove:
			continue
		default:
			given, isObject := value.(map[string]any)
			if isObject != ok {
				return refuse("invalidValue", "%s: the value is of another type", path)
			}
			if !ok {
				element = value
			} else {
				merge(fields, given)
			}
		}
		if !ok || len(fields) > 0 {
			kept = append(kept, element)
			if isPrimary(element) {
				primary = len(kept) - 1
			}
		}
	}
	if primary >= 0 {
		demote(kept, primary)
	}
	if !found && verb != Remove {
		return refuse("noTarget", "%s selects nothing", path)
	}
	put(root, path.Attr, kept)
	return nil
}

// AsError returns err as an [*Error], nil if it is none.
func AsError(err error) *Error {
	refused, _ := errors.AsType[*Error](err)
	return refused
}
