package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// answer is what came of one request.
type answer struct {
	request string // as evidence shows it
	status  int    // 0 if there was no answer
	header  http.Header
	object  object // nil if the body is none
	empty   bool   // there was no body
	problem string // what the server says is wrong
	err     error  // why there is no answer
}

// String is the line of evidence.
func (a answer) String() string {
	if a.err != nil {
		return a.request + " → no answer: " + a.err.Error()
	}
	s := fmt.Sprintf("%s → %d", a.request, a.status)
	switch {
	case a.problem != "":
		s += " " + a.problem
	case a.object.get("Resources") != nil || a.object.get("totalResults") != nil:
		s += fmt.Sprintf(", %d resources, totalResults %v", len(a.resources()), a.object.get("totalResults"))
	}
	return s
}

// ok reports whether the request was carried out.
func (a answer) ok() bool { return a.err == nil && a.status >= 200 && a.status <= 299 }

// refused reports whether the server understood and said no.
func (a answer) refused() bool {
	return a.err == nil && a.status >= 400 && a.status <= 499 && a.status != http.StatusTooManyRequests
}

// missing reports whether there is nothing of that name.
func (a answer) missing() bool {
	return a.status == http.StatusNotFound || a.status == http.StatusGone
}

// unsupported reports whether the server cannot do that at all.
func (a answer) unsupported() bool {
	return a.missing() || a.status == http.StatusMethodNotAllowed || a.status == http.StatusNotImplemented
}

func (a answer) get(name string) any { return a.object.get(name) }

func (a answer) text(name string) string { return a.object.text(name) }

func (a answer) resources() []object { return a.object.list("Resources") }

// total returns totalResults, -1 if it is not told.
func (a answer) total() int {
	n, err := strconv.Atoi(fmt.Sprint(a.get("totalResults")))
	if err != nil {
		return -1
	}
	return n
}

// read takes in a body.
func (a *answer) read(body []byte) {
	a.empty = len(bytes.TrimSpace(body)) == 0
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var o object
	if dec.Decode(&o) != nil {
		return
	}
	a.object = o
	if a.status < 400 {
		return
	}
	a.problem = clean(strings.TrimSpace(o.text("scimType") + " " + o.text("detail")))
	if a.problem == "" {
		if all, _ := o.get("Errors").([]any); len(all) > 0 {
			first, _ := all[0].(map[string]any)
			a.problem = clean(object(first).text("description"))
		}
	}
}

// clean makes what a server wrote fit for a line.
func clean(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	if runes := []rune(s); len(runes) > 160 {
		s = string(runes[:160]) + "…"
	}
	return s
}

// object is a JSON object, the names of which are compared without regard to
// case: RFC 7643, section 2.1.
type object map[string]any

func (o object) get(name string) any {
	if value, ok := o[name]; ok {
		return value
	}
	for key, value := range o {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return nil
}

func (o object) text(name string) string {
	s, _ := o.get(name).(string)
	return s
}

func (o object) object(name string) object {
	inner, _ := o.get(name).(map[string]any)
	return inner
}

func (o object) list(name string) []object {
	values, _ := o.get(name).([]any)
	var list []object
	for _, value := range values {
		if one, ok := value.(map[string]any); ok {
			list = append(list, one)
		}
	}
	return list
}

// email returns the address of a type.
func (o object) email(kind string) string {
	for _, one := range o.list("emails") {
		if strings.EqualFold(one.text("type"), kind) {
			return one.text("value")
		}
	}
	return ""
}

// truth reads a boolean, also one that is written as text or number.
func truth(value any) (is, told bool) {
	switch fmt.Sprint(value) {
	case "true", "True", "TRUE", "1":
		return true, true
	case "false", "False", "FALSE", "0":
		return false, true
	}
	return false, false
}
