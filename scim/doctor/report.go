package doctor

import (
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/scim/profile"
)

// Report is what an examination found.
type Report struct {
	// Server is the base URL.
	Server string
	// Requests is how many were sent.
	Requests int
	// Findings are in the order in which they were made.
	Findings []Finding
	// Fits are the profiles of the catalogue, the best first.
	Fits []Fit
	// Draft is a profile of what was seen. Its zero fields were either seen to be
	// as the standard wants it, or not seen at all.
	Draft profile.Profile
	// Left are the paths of what was made and could not be deleted.
	Left []string
}

// Level says what a finding means for a client.
type Level string

// The levels.
const (
	Good      Level = "good"      // as the standard wants it
	Note      Level = "note"      // neither good nor bad, or not to be decided
	Deviation Level = "deviation" // not as the standard wants it; a profile can tell a client
	Danger    Level = "danger"    // accounts or knowledge are lost by those who trust in it
)

// Finding is one thing that the server does.
type Finding struct {
	Level Level
	// Code names the kind of finding, such as filter.ignored, for programs.
	Code string
	// Title is a sentence without a full stop.
	Title string
	// Expected is what the standard wants, with the place; empty for what is good.
	Expected string
	// Evidence are the exchanges that show it, such as
	// GET /Users/‹id› → 404.
	Evidence []string
}

// Has reports whether there is a finding of a code, for tests and scripts.
func (r *Report) Has(code string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == code })
}

// Worst returns the gravest level that was found.
func (r *Report) Worst() Level {
	order := []Level{Good, Note, Deviation, Danger}
	worst := 0
	for _, f := range r.Findings {
		worst = max(worst, slices.Index(order, f.Level))
	}
	return order[worst]
}

// note adds a finding.
func (v *visit) note(level Level, code, title, expected string, seen ...answer) {
	f := Finding{Level: level, Code: code, Title: title, Expected: expected}
	for _, a := range seen {
		f.Evidence = append(f.Evidence, a.String())
	}
	v.report.Findings = append(v.report.Findings, f)
}

// good adds a finding that all is well if it is, and otherwise a deviation. It
// returns what it was told.
func (v *visit) good(so bool, code, well, bad, expected string, seen ...answer) bool {
	if so {
		v.note(Good, code, well, "", seen...)
	} else {
		v.note(Deviation, code, bad, expected, seen...)
	}
	return so
}

// unclear adds a note that something could not be decided.
func (v *visit) unclear(code, what string, seen ...answer) {
	v.note(Note, code, fmt.Sprintf("Not decided: %s", what), "", seen...)
}
