package patch

import (
	"reflect"
	"strings"
)

// put stores a list, or removes it if it is empty: RFC 7643, section 2.5, makes
// no difference between the two.
func put(root map[string]any, attr string, list []any) {
	if len(list) == 0 {
		delete(root, attr)
		return
	}
	root[attr] = list
}

// setSub sets or removes a sub-attribute, whatever the case it is stored in.
func setSub(fields map[string]any, sub string, verb Verb, value any) {
	for key := range fields {
		if strings.EqualFold(key, sub) {
			delete(fields, key)
		}
	}
	if verb != Remove && value != nil {
		fields[sub] = value
	}
}

func merge(into, from map[string]any) {
	for key, v := range from {
		setSub(into, key, Replace, v)
	}
}

// appendElement adds an element unless it is there. A primary one takes the mark
// from the others: RFC 7643, section 2.4.
func appendElement(list []any, element any) []any {
	for i, old := range list {
		if !sameElement(element, old) {
			continue
		}
		if fields, ok := old.(map[string]any); ok {
			if given, ok := element.(map[string]any); ok {
				merge(fields, given)
			}
			if isPrimary(old) {
				demote(list, i)
			}
		}
		return list
	}
	list = append(list, element)
	if isPrimary(element) {
		demote(list, len(list)-1)
	}
	return list
}

// demote takes the primary mark from all but the element at index keep.
func demote(list []any, keep int) {
	for i, v := range list {
		if fields, ok := v.(map[string]any); ok && i != keep && isPrimary(v) {
			fields["primary"] = false
		}
	}
}

func isPrimary(v any) bool {
	fields, ok := v.(map[string]any)
	return ok && fields["primary"] == true
}

// sameElement reports whether two values of a list are the same one: by value
// and type if they have a value, else by all they contain. A missing type is
// that of the other.
func sameElement(a, b any) bool {
	x, okX := a.(map[string]any)
	y, okY := b.(map[string]any)
	if !okX || !okY || x["value"] == nil || y["value"] == nil {
		return reflect.DeepEqual(a, b)
	}
	return reflect.DeepEqual(x["value"], y["value"]) &&
		(x["type"] == nil || y["type"] == nil || reflect.DeepEqual(x["type"], y["type"]))
}
