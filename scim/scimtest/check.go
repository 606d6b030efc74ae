package scimtest

import (
	"maps"
	"slices"
	"strings"

	elimity "github.com/elimity-com/scim/schema"
)

// check returns a resource as it is to be stored: attributes spelt as in the
// schema, without nulls and empty lists, without what clients cannot set. It
// refuses unknown attributes, wrong types and missing required ones.
func (c *catalogue) check(resource map[string]any) (map[string]any, error) {
	core, out := map[string]any{}, map[string]any{}
	given := map[string]map[string]any{} // by URN of the extension
	for _, key := range slices.Sorted(maps.Keys(resource)) {
		value := resource[key]
		if extension, ok := c.schema(key); ok && key != "" {
			fields, isObject := value.(map[string]any)
			if value != nil && !isObject {
				return nil, badRequest("invalidValue", "%s must be an object", key)
			}
			given[extension.ID] = fields
			continue
		}
		switch {
		case strings.EqualFold(key, "schemas"):
			if err := c.checkSchemas(value); err != nil {
				return nil, err
			}
		case strings.EqualFold(key, "externalId"):
			text, ok := value.(string)
			if value != nil && !ok {
				return nil, badRequest("invalidValue", "externalId must be a string")
			}
			if text != "" {
				out["externalId"] = text
			}
		case strings.EqualFold(key, "id"), strings.EqualFold(key, "meta"):
		default:
			core[key] = value
		}
	}
	checked, err := c.checkAgainst(c.core, core)
	if err != nil {
		return nil, err
	}
	maps.Copy(out, checked)
	for urn, fields := range given {
		schema, _ := c.schema(urn)
		if checked, err = c.checkAgainst(schema, fields); err != nil {
			return nil, err
		}
		if len(checked) > 0 {
			out[urn] = checked
		}
	}
	return out, nil
}

func (c *catalogue) checkSchemas(value any) error {
	list, ok := value.([]any)
	if !ok {
		return badRequest("invalidSyntax", "schemas must be a list")
	}
	for _, v := range list {
		if urn, ok := v.(string); !ok || !c.isSchema(urn) {
			return badRequest("invalidSyntax", "unknown schema %.80v", v)
		}
	}
	return nil
}

// checkAgainst leaves the types to elimity, which ignores what it does not know
// and takes an object for a list; both are refused here first.
func (c *catalogue) checkAgainst(schema elimity.Schema, fields map[string]any) (map[string]any, error) {
	for key, value := range fields {
		attribute, ok := schema.Attributes.ContainsAttribute(key)
		if !ok {
			return nil, badRequest("invalidSyntax", "unknown attribute %.80q", key)
		}
		if attribute.Mutability() == "readOnly" {
			continue
		}
		elements, isList := value.([]any)
		switch {
		case value == nil:
			continue
		case isList != attribute.MultiValued():
			return nil, badRequest("invalidValue", "%s: a list where there should be none, or none where there should be", key)
		case c.single && len(elements) > 1:
			return nil, badRequest("invalidValue", "%s holds one value", key)
		case !isList:
			elements = []any{value}
		}
		for _, element := range elements {
			object, ok := element.(map[string]any)
			for sub := range object {
				if _, known := attribute.SubAttributes().ContainsAttribute(sub); ok && !known {
					return nil, badRequest("invalidSyntax", "unknown attribute %.80q", key+"."+sub)
				}
			}
		}
	}
	checked, refused := schema.Validate(fields)
	if refused != nil {
		return nil, badRequest(string(refused.ScimType), "%s: %s", schema.ID, refused.Detail)
	}
	for key, value := range checked {
		attribute, _ := schema.Attributes.ContainsAttribute(key)
		list, isList := value.([]any)
		object, isObject := value.(map[string]any)
		if value == nil || attribute.Returned() == "never" || isList && len(list) == 0 || isObject && len(object) == 0 {
			delete(checked, key)
		}
	}
	return checked, nil
}
