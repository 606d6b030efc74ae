package policy

import (
	"fmt"
	"strings"
	"time"
)

// String returns the explanation as lines of text for people.
func (e Explanation) String() string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	has := "does not have"
	if e.Given {
		has = "has"
	}
	line("%s %s %s at %s.", e.who(), has, e.what(), moment(e.At))
	for _, l := range e.Leads {
		line("  %s", l)
	}
	return out.String()
}

func (e Explanation) who() string {
	if e.Person == "" {
		return "The person"
	}
	return e.Person
}

func (e Explanation) what() string {
	if e.System != "" {
		return "an account in " + e.System
	}
	return e.Entitlement.String()
}

// moment writes an instant.
func moment(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// String returns the way in words, with the relationship.
func (l Lead) String() string {
	out := l.Reason.String()
	if l.Overlap {
		out += ", by its overlap"
	}
	if l.Entitlement != (Entitlement{}) {
		out = l.Entitlement.String() + ": " + out
	}
	return out + " (relationship " + l.Relationship + ")"
}
