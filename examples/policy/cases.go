package main

import (
	"bytes"
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/policy/policytest"
)

// placedCase is a case with where it stands.
type placedCase struct {
	policytest.Case
	file string
	line int
}

// caseReader reads cases from YAML. It goes by the fields of [policytest.Case], so
// that it cannot lack one, and reports everything that is wrong with its place.
type caseReader struct {
	zone  *time.Location // of cases that name none
	cases []placedCase

	file  string
	in    *time.Location // the zone of the case at hand
	found []*policy.LoadError
}

// err returns everything that is wrong, by place.
func (r *caseReader) err() error {
	slices.SortStableFunc(r.found, func(a, b *policy.LoadError) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var errs []error
	for _, e := range r.found {
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

func (r *caseReader) add(line, column int, format string, args ...any) {
	r.found = append(r.found, &policy.LoadError{File: r.file, Line: line, Column: column, Msg: fmt.Sprintf(format, args...)})
}

func (r *caseReader) wrong(n *yaml.Node, format string, args ...any) {
	r.add(n.Line, n.Column, format, args...)
}

// read reads one file.
func (r *caseReader) read(file string, text []byte) {
	r.file = file
	var root, more yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		message, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
		if m := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(message); m != nil {
			line, _ = strconv.Atoi(m[1]) // digits
			message = m[2]
		}
		r.add(line, 1, "not YAML: %s", message)
		return
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.SequenceNode || len(root.Content[0].Content) == 0 {
		r.add(1, 1, "want a list of cases, each with a name")
		return
	}
	if decoder.Decode(&more) == nil {
		r.add(more.Line, 1, "a second document begins here; cases are one list")
	}
	first := map[string]int{}
	for _, n := range root.Content[0].Content {
		if n.Kind != yaml.MappingNode {
			r.wrong(n, "want a case, with a name and what is wanted")
			continue
		}
		one := placedCase{file: file, line: n.Line}
		r.in = r.zoneOf(n)
		r.value(n, reflect.ValueOf(&one.Case).Elem())
		switch line, twice := first[one.Name]; {
		case one.Name == "":
			r.wrong(n, "the case has no name")
		case twice:
			r.wrong(n, "a case %q stands in line %d already", one.Name, line)
		}
		first[one.Name] = n.Line
		r.cases = append(r.cases, one)
	}
}

// zoneOf returns the zone of a case, by which its days are understood.
func (r *caseReader) zoneOf(n *yaml.Node) *time.Location {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "zone" {
			if zone, err := hrsource.LoadZone(n.Content[i+1].Value); err == nil {
				return zone
			}
		}
	}
	return r.zone
}

// value reads a node into a field.
func (r *caseReader) value(n *yaml.Node, to reflect.Value) {
	switch into := to.Addr().Interface().(type) {
	case *time.Time:
		if text, ok := r.text(n); ok {
			r.put(n, func() (err error) { *into, err = readInstant(text, r.in, false); return err })
		}
		return
	case **time.Location:
		if text, ok := r.text(n); ok {
			r.put(n, func() (err error) { *into, err = hrsource.LoadZone(text); return err })
		}
		return
	case encoding.TextUnmarshaler:
		if text, ok := r.text(n); ok {
			r.put(n, func() error { return into.UnmarshalText([]byte(text)) })
		}
		return
	}
	switch to.Kind() {
	case reflect.Struct:
		r.fields(n, to)
	case reflect.Map:
		to.Set(reflect.MakeMap(to.Type()))
		r.entries(n, func(key, value *yaml.Node) {
			one := reflect.New(to.Type().Elem()).Elem()
			r.value(value, one)
			to.SetMapIndex(reflect.ValueOf(key.Value), one)
		})
	case reflect.Slice:
		r.list(n, to)
	default:
		text, _ := r.text(n)
		to.SetString(text)
	}
}

func (r *caseReader) put(n *yaml.Node, read func() error) {
	if err := read(); err != nil {
		r.wrong(n, "%v", err)
	}
}

// text reads a scalar as it is written.
func (r *caseReader) text(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.wrong(n, "want a text")
		return "", false
	}
	return n.Value, true
}

// list reads a list, of which one that is empty is not the same as none: nothing is
// not a list, therefore.
func (r *caseReader) list(n *yaml.Node, to reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		r.wrong(n, "want a list, such as [a, b]; [] is an empty one")
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(n.Content), len(n.Content)))
	for i, one := range n.Content {
		r.value(one, to.Index(i))
	}
}

// fields reads a mapping with the names of the fields of a struct. Nothing at all is
// one in which nothing is said.
func (r *caseReader) fields(n *yaml.Node, to reflect.Value) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	known, byName := []string{}, map[string]reflect.Value{}
	for field, value := range to.Fields() {
		name := key(field.Name)
		known, byName[name] = append(known, name), value
	}
	r.entries(n, func(key, value *yaml.Node) {
		field, ok := byName[key.Value]
		switch {
		case !ok:
			r.wrong(key, "unknown field %q; there are %s", key.Value, strings.Join(known, ", "))
		case key.Value == "at":
			if text, ok := r.text(value); ok {
				r.put(value, func() error {
					at, err := readInstant(text, r.in, true)
					field.Set(reflect.ValueOf(at))
					return err
				})
			}
		default:
			r.value(value, field)
		}
	})
}

// key writes the name of a field as YAML has it: ID is id, and WantNot wantNot.
func key(field string) string {
	if strings.ToUpper(field) == field {
		return strings.ToLower(field)
	}
	return string(unicode.ToLower(rune(field[0]))) + field[1:]
}

// entries visits the entries of a mapping.
func (r *caseReader) entries(n *yaml.Node, visit func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.wrong(n, "want a mapping (key: value)")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if line, twice := first[key.Value]; twice || key.Kind != yaml.ScalarNode {
			r.wrong(key, "key %q: want a text that stands here once; the first is in line %d", key.Value, line)
			continue
		}
		first[key.Value] = key.Line
		visit(key, value)
	}
}
