package policy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// inputs are what templates read for one person.
type inputs struct {
	facts   Attributes
	own     map[string]Account
	manager map[string]Account

	parameters map[string]string // of a role

	work *deciding
}

// rendered is what came of a template.
type rendered struct {
	values []string
	// missing are the inputs without a value, by where they come from.
	missing []part
	// filled says that some input had a value, or that there are none.
	filled bool
}

// observed returns an attribute of an account; its ID goes by the name id.
func observed(accounts map[string]Account, system, name string) []string {
	a, ok := accounts[system]
	if !ok {
		return nil
	}
	if name == "id" && a.ID != "" {
		return []string{a.ID}
	}
	return a.Attributes[name]
}

func (in inputs) values(p part) []string {
	switch p.source {
	case sourceAccount:
		return observed(in.own, p.system, p.name)
	case sourceManager:
		return observed(in.manager, p.system, p.name)
	case sourceParameter:
		return []string{in.parameters[p.name]}
	default:
		return in.facts[p.name]
	}
}

// render fills a template in. An input that is a list on its own gives a value
// for each entry; elsewhere, the first counts.
func (t template) render(in inputs) (out rendered, err error) {
	if len(t.parts) == 1 && t.parts[0].source != "" {
		return t.parts[0].renderAlone(in)
	}
	var text, run strings.Builder
	inputs, filled := 0, 0
	for _, p := range t.parts {
		if err := in.work.spend(p.text); err != nil {
			return out, err
		}
		if p.source == "" && !p.mark {
			run.WriteString(p.text)
			continue
		}
		if p.mark {
			text.WriteString(unmark(run.String()) + p.text)
			run.Reset()
			continue
		}
		inputs++
		one, err := p.renderAlone(in)
		if err != nil {
			return out, err
		}
		out.missing = append(out.missing, one.missing...)
		if len(one.values) > 0 {
			run.WriteString(one.values[0])
			filled++
		}
	}
	text.WriteString(unmark(run.String()))
	value := text.String()
	if filled < inputs {
		value = strings.Join(strings.Fields(value), " ")
	}
	out.filled = inputs == 0 || filled > 0
	if value != "" {
		out.values = []string{value}
	}
	return out, nil
}

// renderAlone returns the values of one input.
func (p part) renderAlone(in inputs) (out rendered, err error) {
	values := in.values(p)
	if len(values) > maxValues {
		return out, fmt.Errorf("%s has %d values, the limit is %d", p, len(values), maxValues)
	}
	if len(values) == 0 {
		values = []string{""}
	}
	var found distinct
	for _, v := range values {
		if len(v) > maxValue {
			return out, fmt.Errorf("%s has a value of %d bytes, the limit is %d", p, len(v), maxValue)
		}
		if v, err = p.filtered(v, in.work); err != nil {
			return out, err
		}
		if v != "" {
			found.add(v)
		}
	}
	out.values = found.list
	if out.filled = len(out.values) > 0; !out.filled {
		out.missing = []part{p}
	}
	return out, nil
}

// filtered returns what the filters make of a value.
func (p part) filtered(v string, work *deciding) (string, error) {
	if err := work.spend(v); err != nil {
		return "", err
	}
	for _, f := range p.filters {
		if err := work.spend(v); err != nil {
			return "", err
		}
		v = f.apply(v)
	}
	return unmark(v), nil
}

// unmark takes the braces from what only looks like a mark of ours, so that
// nobody's name can make the engine put something in its place. What is left is
// looked at as well: {{n}} is n.
func unmark(s string) string {
	if !slices.ContainsFunc(marks(), func(mark string) bool { return strings.Contains(s, mark) }) {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		out = append(out, s[i])
		for _, mark := range marks() {
			if bytes.HasSuffix(out, []byte(mark)) {
				out = append(out[:len(out)-len(mark)], mark[1:len(mark)-1]...)
			}
		}
	}
	return string(out)
}
