package csvfile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
)

// layout says what the columns of one file are.
type layout struct {
	fields []string // the field of each column, "" if it is not read
	id     int      // the column of workerId
	lines  []bool   // whether cells of the column may hold line breaks
	comma  byte
}

// layoutOf finds the fields of a header row, or everything that is wrong with it.
func (cfg Config) layoutOf(header row, comma byte) (layout, error) {
	l := layout{
		fields: make([]string, len(header.cells)),
		lines:  make([]bool, len(header.cells)),
		id:     -1,
		comma:  comma,
	}
	columns := cfg.columns()
	var errs []error
	taken := map[string]cell{}
	for i, c := range header.cells {
		field, err := cfg.fieldOf(c, columns)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if first, twice := taken[field]; twice && field != "" {
			errs = append(errs, c.errorf("%s is already in column %d, %q: leave one of them out with Config.Columns %q: \"\"",
				field, first.column, first.text, c.text))
			continue
		}
		taken[field] = c
		l.fields[i] = field
		_, builtIn := hrsource.FieldOf(field)
		l.lines[i] = !builtIn
		if field == "workerId" {
			l.id = i
		}
	}
	for _, field := range cfg.expected() {
		if _, found := taken[field]; !found && len(errs) == 0 {
			errs = append(errs, fmt.Errorf("line %d: no column for %s among %s: name its header in Config.Columns",
				header.line, field, header.names()))
		}
	}
	return l, errors.Join(errs...)
}

// told returns the fields that the file tells of.
func (l layout) told(cfg Config) []string {
	told := slices.DeleteFunc(slices.Clone(l.fields), func(field string) bool { return field == "" })
	if cfg.Timezone != "" && !slices.Contains(told, "timezone") {
		told = append(told, "timezone")
	}
	return told
}

// columns returns the configured fields by folded header.
func (cfg Config) columns() map[string]string {
	all := map[string]string{}
	for header, field := range cfg.Columns {
		all[fold(header)] = field
	}
	for _, name := range cfg.Custom {
		all[fold(name)] = name
	}
	return all
}

// fieldOf returns the field of one header, "" for a column that is not read.
func (cfg Config) fieldOf(c cell, columns map[string]string) (string, error) {
	folded := fold(c.text)
	if field, configured := columns[folded]; configured {
		return field, nil
	}
	field, known := headers[folded]
	if known {
		for _, configured := range columns {
			if configured == field {
				return "", nil // the configured column has it
			}
		}
		return field, nil
	}
	if fields, unclear := ambiguous[folded]; unclear {
		return "", c.errorf("want %s: say which in Config.Columns", fields)
	}
	spellings := slices.Sorted(maps.Keys(headers))
	for configured := range columns {
		spellings = append(spellings, configured)
	}
	slices.Sort(spellings)
	if near := nearest(c.text, spellings); near != "" {
		meant := headers[near]
		if configured, ok := columns[near]; ok {
			meant = configured
		}
		return "", c.errorf("did you mean %s? Name it in Config.Columns, with %q: \"\" if it is not to be read", meant, c.text)
	}
	return "", nil
}

// expected returns the fields that must have a column, sorted.
func (cfg Config) expected() []string {
	all := append([]string{"workerId"}, cfg.Required...)
	for _, field := range cfg.columns() {
		if field != "" {
			all = append(all, field)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// names lists the headers for an error, shortened.
func (r row) names() string {
	var names []string
	for _, c := range r.cells {
		names = append(names, fmt.Sprintf("%q", c.text))
	}
	return shorten(strings.Join(names, ", "), 400)
}

func (c cell) errorf(format string, args ...any) error {
	return fmt.Errorf("line %d, column %d: header %q: "+format,
		append([]any{c.line, c.column, shorten(c.text, maxValue)}, args...)...)
}
