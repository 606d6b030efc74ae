package policy

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decoder turns YAML nodes into a [Document] and remembers where things stand.
// It works on nodes, not by reflection, so that it can report every mistake with
// its position.
type decoder struct {
	nodes map[string]*yaml.Node // values by path
	keys  map[string]*yaml.Node // their keys
	found problems
	spell speller
}

// field reads the value of one known key.
type field struct {
	key  string
	read func(n *yaml.Node, path string)
}

func (d *decoder) document(root *yaml.Node) Document {
	d.nodes[""] = root
	var doc Document
	d.fields(root, "", []field{
		{"version", func(n *yaml.Node, path string) { doc.Version = d.number(n, path) }},
		{"attributes", func(n *yaml.Node, path string) { doc.Attributes = mapOf(d, n, path, d.attribute) }},
		{"roles", func(n *yaml.Node, path string) { doc.Roles = mapOf(d, n, path, d.role) }},
		{"entitlements", func(n *yaml.Node, path string) { doc.Entitlements = mapOf(d, n, path, d.entitlement) }},
		{"rules", func(n *yaml.Node, path string) { doc.Rules = listOf(d, n, path, d.rule) }},
		{"accounts", func(n *yaml.Node, path string) { doc.Accounts = mapOf(d, n, path, d.account) }},
		{"denies", func(n *yaml.Node, path string) { doc.Denies = listOf(d, n, path, d.deny) }},
		{"exceptions", func(n *yaml.Node, path string) { doc.Exceptions = listOf(d, n, path, d.exception) }},
		{"separation", func(n *yaml.Node, path string) { doc.Separation = listOf(d, n, path, d.separation) }},
		{"bridgeDays", func(n *yaml.Node, path string) { doc.BridgeDays = d.number(n, path) }},
	})
	return doc
}

// templates reads one template, a list of them, or null, which clears.
func (d *decoder) templates(n *yaml.Node, path string) []string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return listOf(d, n, path, d.text)
	case n.Tag == "!!null":
		return nil
	default:
		d.nodes[entry(path, 0)] = n
		return []string{d.text(n, path)}
	}
}

// plain refuses what has no place in a policy and would let a small text stand
// for a large one.
func (d *decoder) plain(n *yaml.Node, path string, depth int) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.at(n, path, "anchors and aliases are not allowed; use roles to share grants")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		d.at(n, path, "tags such as %s are not allowed", clip(n.Tag))
		return false
	case depth > maxDepth:
		d.at(n, path, "nested more than %d levels deep", maxDepth)
		return false
	}
	fine := true
	for _, c := range n.Content {
		fine = d.plain(c, path, depth+1) && fine
	}
	return fine
}

// entries calls visit for each entry of a mapping and reports keys that stand
// there twice. Nothing at all is an empty mapping.
func (d *decoder) entries(n *yaml.Node, path string, visit func(key string, value *yaml.Node, path string)) {
	if n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.found.add(path, "want a mapping (key: value), not %s", kindOf(n))
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!null" {
			d.at(key, child(path, key.Value), "a key must be a text")
			continue
		}
		p := child(path, key.Value)
		if line, ok := first[key.Value]; ok {
			d.at(key, p, "key %q stands here a second time; the first is in line %d", clip(key.Value), line)
			continue
		}
		first[key.Value] = key.Line
		d.nodes[p], d.keys[p] = value, key
		visit(key.Value, value, p)
	}
}

// at reports something about a node that has no path of its own.
func (d *decoder) at(n *yaml.Node, path, format string, args ...any) {
	path += "@" + strconv.Itoa(n.Line) + ":" + strconv.Itoa(n.Column)
	d.nodes[path] = n
	d.found.add(path, format, args...)
}

func (d *decoder) fields(n *yaml.Node, path string, known []field) {
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.key
	}
	d.entries(n, path, func(key string, value *yaml.Node, path string) {
		i := slices.Index(names, key)
		if i < 0 {
			mean := d.spell.didYouMean(key, names)
			if mean == "" {
				mean = "; want one of " + strings.Join(names, ", ")
			}
			d.at(d.keys[path], path, "unknown key %q%s", clip(key), mean)
			return
		}
		known[i].read(value, path)
	})
}

// mapOf reads a mapping with free keys. An empty value is an empty mapping.
func mapOf[T any](d *decoder, n *yaml.Node, path string, read func(*yaml.Node, string) T) map[string]T {
	if n.Tag == "!!null" {
		return nil
	}
	out := map[string]T{}
	d.entries(n, path, func(key string, value *yaml.Node, path string) { out[key] = read(value, path) })
	return out
}

// listOf reads a list. An empty value is an empty list.
func listOf[T any](d *decoder, n *yaml.Node, path string, read func(*yaml.Node, string) T) []T {
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		d.found.add(path, "want a list, such as [a, b], not %s", kindOf(n))
		return nil
	}
	if len(n.Content) > maxRules { // the longest list that any key may hold
		d.found.add(path, "%d entries, the limit is %d", len(n.Content), maxRules)
		return nil
	}
	out := make([]T, len(n.Content))
	for i, c := range n.Content {
		p := entry(path, i)
		d.nodes[p] = c
		out[i] = read(c, p)
	}
	return out
}

// text reads a scalar as it is written: a number or a date is text as well.
func (d *decoder) text(n *yaml.Node, path string) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		d.found.add(path, "want a text, not %s", kindOf(n))
		return ""
	}
	return n.Value
}

func (d *decoder) number(n *yaml.Node, path string) int {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		d.found.add(path, "want a number, not %s", kindOf(n))
	}
	return i
}

func (d *decoder) flag(n *yaml.Node, path string) bool {
	if n.Tag != "!!bool" {
		d.found.add(path, "want true or false, not %s", kindOf(n))
	}
	return n.Tag == "!!bool" && strings.EqualFold(n.Value, "true")
}

func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	default:
		return `"` + clip(n.Value) + `"`
	}
}
