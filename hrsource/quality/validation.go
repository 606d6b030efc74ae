package quality

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/joinery-iam/joinery/hrsource"
)

// validation collects everything that is wrong with a Config.
type validation struct {
	cfg    Config
	custom map[string]bool
	errs   []error
}

func (v *validation) wrong(format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf("quality: "+format, args...))
}

func (v *validation) err() error { return errors.Join(v.errs...) }

func (v *validation) checkCustom() {
	for _, name := range v.cfg.Custom {
		switch {
		case strings.TrimSpace(name) == "":
			v.wrong("Custom %q: want the name of a custom attribute", name)
		case isBuiltIn(name):
			v.wrong("Custom %q is a field: want the name of a custom attribute", name)
		}
		v.custom[name] = true
	}
}

func (v *validation) checkRules() {
	known := func(option string, rule Rule) {
		if indexOf(rule) < 0 {
			v.wrong("%s %q: want one of the rules %s", option, rule, joined(Rules()))
		}
	}
	for _, rule := range v.cfg.Off {
		known("Off", rule)
	}
	owners := []Owner{HR, IT, Security}
	for _, rule := range slices.Sorted(maps.Keys(v.cfg.Owners)) {
		known("Owners", rule)
		if owner := v.cfg.Owners[rule]; !slices.Contains(owners, owner) {
			v.wrong("Owners %s: %q is no owner: want one of %s", rule, owner, joined(owners))
		}
	}
}

// checkName finds names of fields that are misspelled: as a custom attribute that
// nobody has, a required one would stop the records of everybody.
func (v *validation) checkName(option, field string) bool {
	if isBuiltIn(field) || v.custom[field] {
		return true
	}
	hint := ""
	for _, name := range append(hrsource.FieldNames(), v.cfg.Custom...) {
		if letters(name) == letters(field) {
			hint = fmt.Sprintf("; did you mean %q?", name)
		}
	}
	v.wrong("%s %q: want a field, or a custom attribute named in Custom%s", option, field, hint)
	return false
}

// checkField is checkName for options that may turn down or alter a value.
func (v *validation) checkField(option, field string) bool {
	if !v.checkName(option, field) {
		return false
	}
	switch f, _ := hrsource.FieldOf(field); {
	case field == "source" || field == "workerId":
		v.wrong("%s %q: want another field, since this one says whose record it is", option, field)
	case field == "effectiveFrom":
		v.wrong("%s %q: want another field, since this one may be empty and says in which order assignments hold", option, field)
	case f.Kind == hrsource.KindFlag:
		v.wrong("%s %q: want a field that is no flag, since a flag is true or false and never empty", option, field)
	default:
		return true
	}
	return false
}

func (v *validation) checkRequired(field string) {
	if !v.checkField("Required", field) {
		return
	}
	if field == "terminationDate" || field == "lastDayOfWork" || field == "accessEnd" {
		v.wrong("Required %q: want another field, since whoever works here has none", field)
	}
}

// allowed reads Config.Allowed.
func (v *validation) allowed() []list {
	var all []list
	for _, field := range slices.Sorted(maps.Keys(v.cfg.Allowed)) {
		if !v.checkField("Allowed", field) {
			continue
		}
		if f, builtIn := hrsource.FieldOf(field); builtIn && f.Kind != hrsource.KindText {
			v.wrong("Allowed %q: want a field of text", field)
			continue
		}
		values := slices.Clone(v.cfg.Allowed[field])
		if len(values) == 0 {
			v.wrong("Allowed %s: want a value at least, or no list", field)
		}
		for _, value := range values {
			switch read, want := canonical(field, value); {
			case want != "":
				v.wrong("Allowed %s: %q: want %s", field, value, want)
			case read == "":
				v.wrong("Allowed %s: want no empty value in the list; no value is always right", field)
			case read != value:
				v.wrong("Allowed %s: %q: want %q", field, value, read)
			}
		}
		for _, end := range []hrsource.Status{hrsource.StatusTerminated, hrsource.StatusNoShow} {
			if field == "status" && !slices.Contains(values, string(end)) {
				v.wrong("Allowed status: want %q in the list; otherwise whoever leaves would keep the status of before", end)
			}
		}
		all = append(all, list{field, values})
	}
	return all
}

// tables reads Config.Values.
func (v *validation) tables() []table {
	var all []table
	for _, field := range slices.Sorted(maps.Keys(v.cfg.Values)) {
		if v.checkField("Values", field) {
			all = append(all, v.table(field, v.cfg.Values[field]))
		}
	}
	return all
}

func (v *validation) table(field string, entries map[string]string) table {
	t := table{field, make(map[string]string, len(entries))}
	spelled := map[string]string{}
	f, builtIn := hrsource.FieldOf(field)
	for _, from := range slices.Sorted(maps.Keys(entries)) {
		to, want := canonical(field, entries[from])
		if want != "" {
			v.wrong("Values %s: %q by %q: want %s, or nothing", field, from, entries[from], want)
			continue
		}
		if list, limited := v.cfg.Allowed[field]; limited && to != "" && !slices.Contains(list, to) {
			v.wrong("Values %s: %q by %q, which Allowed does not have: want one of %s", field, from, to, strings.Join(list, ", "))
		}
		key := from
		if builtIn && f.Kind != hrsource.KindText { // no worker can have another text
			if key, want = canonical(field, from); want != "" {
				v.wrong("Values %s: %q is replaced: want %s", field, from, want)
				continue
			}
		}
		key = fold(key)
		if key == "" {
			v.wrong("Values %s: nothing is replaced by %q: want a value", field, to)
			continue
		}
		if other, twice := t.to[key]; twice && other != to {
			v.wrong("Values %s: %q and %q are the same value: want one replacement, not %q and %q", field, spelled[key], from, other, to)
		}
		t.to[key], spelled[key] = to, from
	}
	for _, key := range slices.Sorted(maps.Keys(t.to)) {
		if last, again := t.lookup(t.to[key]); again {
			v.wrong("Values %s: %q by %q, which is replaced by %q: want %q at once", field, spelled[key], t.to[key], last, last)
		}
	}
	return t
}

// canonical returns how a field spells a value, or what would be right.
func canonical(field, value string) (spelled, want string) {
	var w hrsource.Worker
	var a hrsource.Assignment
	if p := w.Set(&a, field, value); p != nil {
		return "", p.Want
	}
	return w.Text(a, field), ""
}

// letters makes spellings of a name comparable.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func joined[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = string(one)
	}
	return strings.Join(names, ", ")
}
