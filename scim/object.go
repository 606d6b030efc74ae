package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// object is a decoded JSON object with numbers as json.Number. Names are
// compared without regard to case: RFC 7643, section 2.1.
type object map[string]any

func decode(body []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var o object
	if err := dec.Decode(&o); err != nil {
		return nil, err
	}
	if o == nil || dec.More() {
		return nil, errors.New("not one object")
	}
	return o, nil
}

// key returns the name under which the object has the attribute, name itself if
// it has not.
func (o object) key(name string) string {
	if _, ok := o[name]; ok {
		return name
	}
	for key := range o {
		if len(key) == len(name) && strings.EqualFold(key, name) {
			return key
		}
	}
	return name
}

func (o object) get(name string) any { return o[o.key(name)] }

func (o object) set(name string, value any) { o[o.key(name)] = value }

func (o object) remove(name string) { delete(o, o.key(name)) }

// text returns a string attribute, and "" for any other.
func (o object) text(name string) string {
	s, _ := o.get(name).(string)
	return s
}

// object returns a complex attribute, nil if there is none.
func (o object) object(name string) object { return asObject(o.get(name)) }

// list returns the objects in a multi-valued attribute.
func (o object) list(name string) []object {
	values, _ := o.get(name).([]any)
	var objects []object
	for _, v := range values {
		if element := asObject(v); element != nil {
			objects = append(objects, element)
		}
	}
	return objects
}

func asObject(v any) object {
	switch v := v.(type) {
	case map[string]any:
		return v
	case object:
		return v
	default:
		return nil
	}
}

// truth reads a boolean. Some servers send strings or 0 and 1.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		b, err := strconv.ParseBool(strings.ToLower(v))
		return b, err == nil
	case json.Number:
		return v.String() != "0", true
	default:
		return false, false
	}
}

// scalar returns a simple JSON value as text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	default:
		return "", false
	}
}

// value returns a simple value, or a list of them, as an attribute's value.
func value(v any) (connector.Value, bool) {
	if s, ok := scalar(v); ok {
		return connector.String(s), true
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return connector.Null(), false
	}
	texts := make([]string, len(list))
	for i := range list {
		if texts[i], ok = scalar(list[i]); !ok {
			return connector.Null(), false
		}
	}
	return connector.Strings(texts...), true
}
