package scimtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// spelt is one operation of a PATCH as it was sent. What it means is for package
// patch to say.
type spelt struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// operations reads a PATCH in the way that this server wants it.
func (s *Server) operations(t *table, body []byte) ([]patch.Operation, error) {
	ops, err := patch.Parse(body)
	if err != nil {
		return nil, err
	}
	var sent struct {
		Operations []spelt
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		return nil, badRequest("invalidSyntax", "the body is no PATCH")
	}
	if s.quirks.Update.OneOperation && len(sent.Operations) > 1 {
		return nil, badRequest("invalidSyntax", "a request holds one operation")
	}
	for i, op := range sent.Operations {
		if err := s.quirks.spells(t, op); err != nil {
			return nil, err
		}
		if s.quirks.Update.TextBooleans {
			if ops[i].Value, err = t.rules.untext(ops[i].Path, ops[i].Value); err != nil {
				return nil, err
			}
		}
	}
	if t.uniqueName() {
		return ops, nil
	}
	return ops, s.quirks.fewMembers(ops)
}

// spells refuses an operation of a form that the server does not take.
func (q *quirks) spells(t *table, op spelt) error {
	valuePath := strings.Contains(op.Path, "[")
	switch users := t.uniqueName(); {
	case q.Update.Capitals && !slices.Contains([]string{"Add", "Replace", "Remove"}, op.Op):
		return badRequest("invalidSyntax", "operations are Add, Replace and Remove")
	case !users && q.Groups.RemoveByValue && valuePath:
		return badRequest("invalidPath", "members are removed by a list of values")
	case users && q.Update.NoPath && op.Path != "":
		return badRequest("invalidPath", "operations have no path")
	case users && q.Update.NoValuePaths && valuePath:
		return badRequest("invalidPath", "values cannot be selected")
	case users && len(q.Update.PatchOnly) > 0 && slices.ContainsFunc(op.touches(), q.unpatchable):
		return badRequest("mutability", "only %s can be changed", strings.Join(q.Update.PatchOnly, ", "))
	default:
		return nil
	}
}

func (q *quirks) unpatchable(attr string) bool {
	return !slices.ContainsFunc(q.Update.PatchOnly, func(one string) bool { return strings.EqualFold(one, attr) })
}

// touches returns the attributes that an operation changes.
func (op spelt) touches() []string {
	if op.Path != "" {
		if path, err := filter.ParsePath(op.Path); err == nil {
			return []string{path.Attr}
		}
		return []string{op.Path}
	}
	var values map[string]any
	if json.Unmarshal(op.Value, &values) != nil {
		return []string{""}
	}
	var attrs []string
	for name := range values {
		attrs = append(attrs, name)
	}
	return attrs
}

// fewMembers refuses a change of more members than a request may name.
func (q *quirks) fewMembers(ops []patch.Operation) error {
	named := 0
	for _, op := range ops {
		if !touchesMembers(op) {
			continue
		}
		switch value := op.Value.(type) {
		case []any:
			named += len(value)
		case map[string]any:
			list, _ := filter.Field(value, "members").([]any)
			named += max(1, len(list))
		default:
			named++
		}
	}
	return q.fewChanges(named)
}

func (q *quirks) fewChanges(n int) error {
	if limit := q.Groups.MaxChanges; limit > 0 && n > limit {
		return badRequest("tooMany", "a request changes at most %d members", limit)
	}
	return nil
}

// fits refuses a request for a group that is too long.
func (q *quirks) fits(t *table, body []byte) error {
	if limit := q.Groups.MaxBytes; !t.uniqueName() && limit > 0 && len(body) > limit {
		return &problem{http.StatusRequestEntityTooLarge, "", "the request is too long"}
	}
	return nil
}

// untext returns a value with booleans for the texts that stand for them, at a path
// or, without one, in an object of attributes. JSON's own are refused.
func (c *catalogue) untext(path *filter.Path, value any) (any, error) {
	var at filter.Path
	if path != nil {
		if resolved, err := c.Resolve(*path); err == nil { // package patch will refuse others
			at = resolved
		}
	}
	switch v := value.(type) {
	case bool:
		return nil, badRequest("invalidValue", "booleans are sent as text")
	case string:
		if c.isBoolean(at) && slices.Contains([]string{"True", "False"}, v) {
			return v == "True", nil
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			var err error
			if out[i], err = c.untext(path, v[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			below := filter.Path{Schema: at.Schema, Attr: at.Attr, Sub: name}
			if at.Attr == "" {
				below = filter.Path{Schema: at.Schema, Attr: name}
			}
			var err error
			if out[name], err = c.untext(&below, inner); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return value, nil
}

// isBoolean reports whether a path leads to a boolean.
func (c *catalogue) isBoolean(path filter.Path) bool {
	attribute, ok := c.attribute(path.Schema, path.Attr)
	if ok && path.Sub != "" {
		attribute, ok = attribute.SubAttributes().ContainsAttribute(path.Sub)
	}
	return ok && attribute.AttributeType() == "boolean"
}
