package profile

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// fieldsOf returns the types of a struct's fields by their YAML names, and the
// names in the order of the struct.
func fieldsOf(t reflect.Type) (fields map[string]reflect.Type, names []string) {
	fields = map[string]reflect.Type{}
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		fields[name] = field.Type
		names = append(names, name)
	}
	return fields, names
}

// facts returns the YAML paths of all that a profile can say about a server, such
// as groups and groups.maxChanges, sorted.
func facts() []string {
	paths := map[string]bool{}
	var walk func(t reflect.Type, path string)
	walk = func(t reflect.Type, path string) {
		fields, _ := fieldsOf(t)
		for name, field := range fields {
			at := join(path, name)
			paths[at] = true
			if field.Kind() == reflect.Struct {
				walk(field, at)
			}
		}
	}
	walk(reflect.TypeFor[Profile](), "")
	for _, about := range []string{"name", "product", "checked", "sources", "addresses", "unconfirmed", "notes"} {
		delete(paths, about)
	}
	return slices.Sorted(maps.Keys(paths))
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// meant suggests the known word that a word is closest to, with what goes before
// it, or nothing if none is close.
func meant(word string, known []string) string {
	const longest = 64 // a word longer than this is not a slip of the pen
	if len(word) > longest {
		return ""
	}
	best, least := "", max(1, len(word)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %q?", best)
}

// distance is how many bytes have to be added, removed or replaced to make one
// word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, substituted)
		}
	}
	return row[len(b)]
}
