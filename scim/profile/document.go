package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is a profile's text, every key of which is known.
type document struct {
	root    *yaml.Node // the mapping
	extends *yaml.Node // what it extends, nil for nothing
}

// parse reads the only document in a text.
func parse(text []byte) (document, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, next yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return document{}, errors.New("it is empty")
	} else if err != nil {
		return document{}, err
	}
	if err := d.Decode(&next); err == nil {
		return document{}, fmt.Errorf("line %d: a second document: a profile is one", next.Line)
	} else if !errors.Is(err, io.EOF) {
		return document{}, err
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return document{}, errors.New("it is empty")
	}
	if root.Kind != yaml.MappingNode {
		return document{}, fmt.Errorf("line %d, column %d: want keys and values, such as name: example", root.Line, root.Column)
	}
	found := document{root: root}
	rest := *root
	rest.Content = nil
	for i := 0; i < len(root.Content); i += 2 {
		if key, value := root.Content[i], root.Content[i+1]; key.Value != "extends" {
			rest.Content = append(rest.Content, key, value)
		} else if found.extends != nil || value.Kind != yaml.ScalarNode {
			return document{}, fmt.Errorf("line %d, column %d: extends: want the name of one profile", value.Line, value.Column)
		} else {
			found.extends = value
		}
	}
	var wrong []error
	shape(&rest, reflect.TypeFor[Profile](), "", &wrong)
	found.root = &rest
	return found, errors.Join(wrong...)
}

// shape reports keys that a type does not have. Aliases are reported, too: nothing
// here is worth one, and without them what a text says is no longer than the text.
func shape(n *yaml.Node, t reflect.Type, path string, wrong *[]error) {
	report := func(n *yaml.Node, format string, args ...any) {
		*wrong = append(*wrong, fmt.Errorf("line %d, column %d: %s", n.Line, n.Column, fmt.Sprintf(format, args...)))
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		report(n, "%swrite the value out: there are no aliases", prefix(path))
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range n.Content {
			shape(item, t.Elem(), path, wrong)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i, item := range n.Content {
			shape(item, t.Elem(), path, wrong)
			if i%2 == 0 && item.ShortTag() == "!!merge" {
				report(item, "%sthere are no merged keys", prefix(path))
			}
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		fields, names := fieldsOf(t)
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			field, ok := fields[key.Value]
			if !ok || key.Kind != yaml.ScalarNode {
				report(key, "%s%q: not a key here%s; there are %s", prefix(path), key.Value, meant(key.Value, names), strings.Join(names, ", "))
				continue
			}
			shape(n.Content[i+1], field, join(path, key.Value), wrong)
		}
	}
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

// decode writes what the text says over a profile.
func (d document) decode(p *Profile) error {
	err := d.root.Decode(p)
	if mismatch, ok := errors.AsType[*yaml.TypeError](err); ok {
		return errors.New(strings.Join(mismatch.Errors, "\n"))
	}
	return err
}

// locate says where in the text the faults are, if they are in it at all.
func (d document) locate(wrong []fault) error {
	all := make([]error, len(wrong))
	for i, f := range wrong {
		all[i] = f
		if n := d.find(f.path); n != nil {
			all[i] = fmt.Errorf("line %d, column %d: %w", n.Line, n.Column, f)
		}
	}
	return errors.Join(all...)
}

// find returns the node at a path, or the last one before it that there is, nil if
// the text does not even have the first key.
func (d document) find(path []string) (at *yaml.Node) {
	n := d.root
	for _, part := range path {
		var next *yaml.Node
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i < len(n.Content); i += 2 {
				if n.Content[i].Value == part {
					next = n.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(part); err == nil && i < len(n.Content) {
				next = n.Content[i]
			}
		}
		if next == nil {
			break
		}
		n, at = next, next
	}
	return at
}
