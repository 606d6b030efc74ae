package quality

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// Config says what is expected of HR beyond what is always expected. The zero
// value is good for use. Field names are those of [hrsource.FieldNames], or those
// of custom attributes that Custom lists.
type Config struct {
	// Allowed lists the values a text field may have, spelled exactly. No value is
	// always right. A value that Values replaces is looked at afterwards.
	Allowed map[string][]string
	// Custom lists the custom attributes that the other options name, so that a
	// misspelled field is not taken for one.
	Custom []string
	// Now is the instant at which the workers are looked at. Without it, rules that
	// need to know what has begun or ended find nothing.
	Now time.Time
	// Off lists rules that are not to find anything, neither in Findings nor as
	// problems of a Source.
	Off []Rule
	// Owners says who is to mend what a rule finds, where it is not who
	// [Rule.Owner] says.
	Owners map[Rule]Owner
	// Private lists fields whose values are not shown in findings and problems,
	// besides birthDate, personalEmail, personKey and phone.
	Private []string
	// Required lists fields that must have a value, in every assignment if they
	// are fields of one. Of a worker who is the first to lack one, a Source makes
	// a case for a human: mind the manager of those who have none.
	Required []string
	// Values replaces the values of a field, such as "Eng" by "Engineering" or
	// "n/a" by "". Case and white space around do not count in what is replaced.
	Values map[string]map[string]string
	// Zone is where the dates of workers that name no time zone are meant. Nil
	// means UTC.
	Zone *time.Location
}

// New returns a checker of nobody so far. It reports everything that is wrong
// with cfg at once.
func New(cfg Config) (*Checker, error) {
	v := validation{cfg: cfg, custom: map[string]bool{}}
	c := &Checker{
		required: slices.Compact(slices.Sorted(slices.Values(cfg.Required))),
		owners:   maps.Clone(cfg.Owners),
		off:      map[Rule]bool{},
		private:  map[string]bool{"birthDate": true, "personalEmail": true, "personKey": true, "phone": true},
		now:      cfg.Now,
		zone:     cfg.Zone,
		sources:  map[string]string{},
	}
	v.checkCustom()
	v.checkRules()
	for _, field := range cfg.Required {
		v.checkRequired(field)
	}
	for _, field := range cfg.Private {
		v.checkName("Private", field)
		c.private[field] = true
	}
	for _, rule := range cfg.Off {
		c.off[rule] = true
	}
	c.tables = v.tables()
	c.allowed = v.allowed()
	if err := v.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// table is what replaces the values of one field.
type table struct {
	field string
	to    map[string]string // by the folded value
}

// lookup returns what replaces a value, and ok only if that is something else.
func (t table) lookup(value string) (to string, ok bool) {
	to, ok = t.to[fold(value)]
	return to, ok && to != value
}

// list is the values that one field may have.
type list struct {
	field  string
	values []string
}

// want says what would be right instead of a value that is not in the list.
func (l list) want() string {
	const most = 400
	text := "one of " + strings.Join(l.values, ", ")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// fold makes spellings of a value comparable.
func fold(value string) string { return strings.ToLower(strings.TrimSpace(value)) }

// isAssignment reports whether a field is one of [hrsource.Assignment].
func isAssignment(field string) bool {
	f, _ := hrsource.FieldOf(field)
	return f.Assignment
}

func isBuiltIn(field string) bool {
	_, ok := hrsource.FieldOf(field)
	return ok
}
