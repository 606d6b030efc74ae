package main

import (
	"fmt"
	"strings"
)

// condition is a condition in no engine's language.
type condition struct {
	op        string // and, or, not; has, lacks of a list; else a comparison
	parts     []condition
	attribute string
	other     string   // another attribute, with which it is compared
	texts     []string // with which a text is compared
	number    int      // with which a number is
}

// kinds are the types of the attributes.
var kinds = map[string]string{
	"department": "text", "division": "text", "country": "text", "location": "text", "employmentType": "text", "jobTitle": "text",
	"costCenter": "text", "manager": "text", "email": "text", "hireDate": "date", "level": "number", "oncall": "flag", "projects": "list",
}

// language is how an engine writes conditions.
type language struct {
	and, or, not           string
	attribute              func(name string) string
	in                     func(attribute string, quoted []string) string
	has                    func(attribute, quoted string) string
	contains, starts, ends func(attribute, text string) string
	date                   func(day string) string
	present                func(name string) string // of a number
}

func (l language) write(c condition) string {
	a := ""
	if c.attribute != "" {
		a = l.attribute(c.attribute)
	}
	quoted := make([]string, len(c.texts))
	for i, t := range c.texts {
		quoted[i] = fmt.Sprintf("%q", t)
	}
	switch c.op {
	case "and", "or":
		words := make([]string, len(c.parts))
		for i, p := range c.parts {
			words[i] = l.write(p)
		}
		op := map[string]string{"and": l.and, "or": l.or}[c.op]
		return "(" + strings.Join(words, " "+op+" ") + ")"
	case "not":
		return l.not + "(" + l.write(c.parts[0]) + ")"
	case "in":
		return l.in(a, quoted)
	case "has":
		return l.has(a, quoted[0])
	case "contains":
		return l.contains(a, c.texts[0])
	case "starts":
		return l.starts(a, c.texts[0])
	case "ends":
		return l.ends(a, c.texts[0])
	case "flag":
		return a + " == true"
	case "present":
		return l.present(c.attribute)
	}
	switch {
	case c.other != "":
		return a + " " + c.op + " " + l.attribute(c.other)
	case kinds[c.attribute] == "number":
		compare := fmt.Sprintf("%s %s %d", a, c.op, c.number)
		if guard := l.present(c.attribute); guard != "" {
			return "(" + guard + " " + l.and + " " + compare + ")"
		}
		return compare
	case kinds[c.attribute] == "date":
		return a + " " + c.op + " " + l.date(c.texts[0])
	default:
		return a + " " + c.op + " " + quoted[0]
	}
}

func dotted(prefix string) func(string) string {
	return func(name string) string { return prefix + name }
}

func call(function string) func(a, b string) string {
	return func(a, text string) string { return fmt.Sprintf("%s(%s, %q)", function, a, text) }
}

func infix(op string) func(a, b string) string {
	return func(a, text string) string { return fmt.Sprintf("%s %s %q", a, op, text) }
}

func quote(day string) string { return `"` + day + `"` }

func bracketed(a string, quoted []string) string {
	return a + " in [" + strings.Join(quoted, ", ") + "]"
}

func within(a, quoted string) string { return quoted + " in " + a }
