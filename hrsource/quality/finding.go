package quality

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/joinery-iam/joinery/hrsource"
)

// Finding is one thing that is wrong, or looks it.
type Finding struct {
	Rule     Rule     `json:"rule"`
	Severity Severity `json:"severity"`
	Owner    Owner    `json:"owner"`
	// Worker is whom it is about, the one with the smallest key if it is about
	// several.
	Worker hrsource.WorkerKey `json:"worker"`
	// Others are the others whom it is about: by key or, in a circle of managers,
	// each followed by their manager, beginning with the manager of Worker.
	Others []hrsource.WorkerKey `json:"others,omitempty"`
	Field  string               `json:"field,omitempty"` // as in [hrsource.FieldNames], or a custom attribute
	// Value is what was found, shortened to 100 bytes, and *** if it is private.
	Value string `json:"value,omitempty"`
	// Message says what is wrong and what would be right. It holds nothing private.
	Message string `json:"message"`
}

// String returns the finding in one line.
func (f Finding) String() string {
	return fmt.Sprintf("%s for %s: %s: %s (%s)", f.Severity, f.Owner, f.Worker, f.Message, f.Rule)
}

// compare orders findings by worker and, for one worker, by rule. Two findings
// that it calls equal are.
func (f Finding) compare(g Finding) int {
	return cmp.Or(
		compareKeys(f.Worker, g.Worker),
		cmp.Compare(indexOf(f.Rule), indexOf(g.Rule)),
		strings.Compare(f.Field, g.Field),
		strings.Compare(f.Value, g.Value),
		strings.Compare(f.Message, g.Message),
		slices.CompareFunc(f.Others, g.Others, compareKeys),
	)
}

func compareKeys(a, b hrsource.WorkerKey) int {
	return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID))
}

// maxValue is how many bytes of a value a finding shows.
const maxValue = 100

// withheld stands for a value that is private.
const withheld = "***"

// show returns a value for Finding.Value.
func (c *Checker) show(field, value string) string {
	if value != "" && c.private[field] {
		return withheld
	}
	return strings.Clone(shorten(value)) // not cut from a file, which it would hold in memory
}

// quote returns a value for a message.
func (c *Checker) quote(field, value string) string {
	if c.private[field] {
		return withheld
	}
	return strconv.Quote(shorten(value))
}

// shorten cuts s to at most maxValue bytes of valid UTF-8.
func shorten(s string) string {
	if len(s) > maxValue {
		n := maxValue
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// maxNamed is how many workers a message names.
const maxNamed = 20

// named joins keys for a message.
func named(keys []hrsource.WorkerKey, separator string) string {
	var names []string
	for i, key := range keys {
		if i == maxNamed {
			names = append(names, fmt.Sprintf("… (%d more)", len(keys)-maxNamed))
			break
		}
		names = append(names, shorten(key.String()))
	}
	return strings.Join(names, separator)
}
