package scimtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	elimity "github.com/elimity-com/scim/schema"

	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/profile"
)

// catalogue is what one resource type may contain. It answers the questions of
// the filter and patch packages, and checks whole resources. It is never changed.
type catalogue struct {
	core       elimity.Schema
	extensions []elimity.Schema
	single     bool // no list holds more than one value
}

// commonAttributes are those of every resource: RFC 7643, section 3.1. They are
// in no schema.
var commonAttributes = map[string][]string{
	"id": nil, "externalId": nil, "schemas": nil,
	"meta": {"created", "lastModified", "location", "resourceType", "version"},
}

var (
	attributeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	schemaURN     = regexp.MustCompile(`^urn:[A-Za-z0-9][A-Za-z0-9-]*:[A-Za-z0-9:._-]*[A-Za-z0-9]$`)
)

func userCatalogue(more []Extension, limits profile.Attributes) (*catalogue, error) {
	c := &catalogue{
		core:       without(elimity.CoreUserSchema(), limits.Unknown),
		extensions: []elimity.Schema{without(elimity.ExtensionEnterpriseUser(), limits.Unknown)},
		single:     limits.Single,
	}
	c.assignable(limits.Entitlements)
	for _, extension := range more {
		if !schemaURN.MatchString(extension.URN) || c.isSchema(extension.URN) {
			return nil, fmt.Errorf("scimtest: extension %q: want a new URN", extension.URN)
		}
		schema := elimity.Schema{ID: extension.URN}
		for i, name := range slices.Concat(extension.Attributes, extension.Lists) {
			_, again := schema.Attributes.ContainsAttribute(name)
			if !attributeName.MatchString(name) || again {
				return nil, fmt.Errorf("scimtest: extension %s: attribute %q is malformed or named twice", extension.URN, name)
			}
			params := elimity.SimpleStringParams(elimity.StringParams{Name: name, MultiValued: i >= len(extension.Attributes)})
			schema.Attributes = append(schema.Attributes, elimity.SimpleCoreAttribute(params))
		}
		c.extensions = append(c.extensions, schema)
	}
	return c, nil
}

// without returns a schema that lacks attributes.
func without(s elimity.Schema, unknown []string) elimity.Schema {
	s.Attributes = slices.DeleteFunc(slices.Clone(s.Attributes), func(a elimity.CoreAttribute) bool {
		return slices.ContainsFunc(unknown, func(name string) bool { return strings.EqualFold(name, a.Name()) })
	})
	return s
}

// assignable lets users hold entitlements in attributes that RFC 7643 does not know.
func (c *catalogue) assignable(kinds map[string]string) {
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		name := kinds[kind]
		if _, known := c.core.Attributes.ContainsAttribute(name); known || !attributeName.MatchString(name) {
			continue
		}
		c.core.Attributes = append(c.core.Attributes, elimity.ComplexCoreAttribute(elimity.ComplexParams{
			Name: name, MultiValued: true,
			SubAttributes: []elimity.SimpleParams{elimity.SimpleStringParams(elimity.StringParams{Name: "value"})},
		}))
	}
}

func groupCatalogue() *catalogue { return &catalogue{core: elimity.CoreGroupSchema()} }

func (c *catalogue) isSchema(urn string) bool {
	_, ok := c.schema(urn)
	return ok || strings.EqualFold(urn, c.core.ID)
}

// schema returns an extension, or the core schema for the empty name.
func (c *catalogue) schema(urn string) (elimity.Schema, bool) {
	if urn == "" {
		return c.core, true
	}
	for _, extension := range c.extensions {
		if strings.EqualFold(extension.ID, urn) {
			return extension, true
		}
	}
	return elimity.Schema{}, false
}

func (c *catalogue) attribute(schema, attr string) (elimity.CoreAttribute, bool) {
	s, ok := c.schema(schema)
	if !ok {
		return elimity.CoreAttribute{}, false
	}
	return s.Attributes.ContainsAttribute(attr)
}

// Resolve returns the path as stored, or an error if there is no such attribute.
func (c *catalogue) Resolve(path filter.Path) (filter.Path, error) {
	if whole, ok := c.schema(path.Schema + ":" + path.Attr); ok && path.Filter == nil && path.Sub == "" {
		return filter.Path{Schema: whole.ID}, nil
	}
	if strings.EqualFold(path.Schema, c.core.ID) {
		path.Schema = ""
	}
	if path.Schema == "" {
		for name, subs := range commonAttributes {
			if strings.EqualFold(name, path.Attr) && path.Filter == nil {
				path.Attr = name
				return spellSub(path, subs)
			}
		}
	}
	schema, ok := c.schema(path.Schema)
	if !ok {
		return path, fmt.Errorf("no schema %.80q", path.Schema)
	}
	attribute, ok := schema.Attributes.ContainsAttribute(path.Attr)
	if !ok {
		return path, fmt.Errorf("no attribute %.80q", path.String())
	}
	path.Attr = attribute.Name()
	if path.Schema != "" {
		path.Schema = schema.ID
	}
	var subs []string
	for _, sub := range attribute.SubAttributes() {
		subs = append(subs, sub.Name())
	}
	if path.Filter != nil {
		var err error
		path.Filter, err = filter.Rewrite(path.Filter, func(inner filter.Path) (filter.Path, error) {
			if len(subs) == 0 {
				subs = []string{"value"} // simple values are addressed by that name
			}
			inner.Sub = inner.Attr
			spelt, err := spellSub(inner, subs)
			return filter.Path{Attr: spelt.Sub}, err
		})
		if err != nil {
			return path, err
		}
	}
	return spellSub(path, subs)
}

func spellSub(path filter.Path, subs []string) (filter.Path, error) {
	if path.Sub == "" {
		return path, nil
	}
	for _, sub := range subs {
		if strings.EqualFold(sub, path.Sub) {
			path.Sub = sub
			return path, nil
		}
	}
	return path, fmt.Errorf("no sub-attribute %.80q", path.String())
}

// MultiValued reports whether the attribute holds a list.
func (c *catalogue) MultiValued(schema, attr string) bool {
	attribute, ok := c.attribute(schema, attr)
	return ok && attribute.MultiValued()
}

// Fixed reports whether clients may not change what path leads to. The members
// of a group are fixed once added: what is refused is changing them in place.
func (c *catalogue) Fixed(path filter.Path) bool {
	if path.Schema == "" && slices.Contains([]string{"id", "schemas", "meta"}, path.Attr) {
		return true
	}
	attribute, ok := c.attribute(path.Schema, path.Attr)
	if !ok {
		return false
	}
	if path.Sub != "" {
		sub, _ := attribute.SubAttributes().ContainsAttribute(path.Sub)
		if sub.Mutability() == "readOnly" || sub.Mutability() == "immutable" {
			return true
		}
	}
	return attribute.Mutability() == "readOnly"
}

// CaseExact reports whether case matters. The elimity schema has no opinion on
// the common attributes, nor on identifiers of other resources.
func (c *catalogue) CaseExact(schema, attr, sub string) bool {
	if _, common := commonAttributes[attr]; common && schema == "" {
		return true
	}
	if schema == "" && (attr == "members" || attr == "groups") && (sub == "value" || sub == "") {
		return true
	}
	attribute, ok := c.attribute(schema, attr)
	if ok && sub != "" {
		attribute, ok = attribute.SubAttributes().ContainsAttribute(sub)
	}
	return ok && attribute.CaseExact()
}
