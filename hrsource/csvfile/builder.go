package csvfile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// builder makes one worker of its rows. What two rows say differently of the same
// thing is a problem and stays empty, since nobody knows which is right.
type builder struct {
	cfg      Config
	layout   layout
	problems []hrsource.Problem
	first    *version   // what does not change during the relationship
	jobs     []*version // what does, one for each first day
}

// version is what the first row of a worker, or of one of its days, says.
type version struct {
	hrsource.Worker
	job     hrsource.Assignment
	line    int
	unknown map[string]bool // fields that hold nothing since a row was wrong
}

func (v *version) forget(field string) {
	if v.unknown == nil {
		v.unknown = map[string]bool{}
	}
	v.unknown[field] = true
	v.Set(&v.job, field, "")
}

func (b *builder) add(next row) {
	if next.problem != nil {
		b.problems = append(b.problems, *next.problem)
		return
	}
	v := &version{line: next.line}
	for i, c := range next.cells {
		field := b.layout.fields[i]
		if field == "" || i == b.layout.id {
			continue
		}
		if p := b.cfg.set(v, field, c.text); p != nil {
			p.Line, p.Column = c.line, c.column
			b.problems = append(b.problems, *p)
			v.forget(field)
		}
	}
	if b.first == nil {
		b.first = v
	} else {
		b.compare(b.first, v, next, false)
	}
	if v.unknown["effectiveFrom"] {
		return // from when it holds is unknown
	}
	same := slices.IndexFunc(b.jobs, func(j *version) bool { return j.job.EffectiveFrom == v.job.EffectiveFrom })
	if same < 0 {
		b.jobs = append(b.jobs, v)
	} else {
		b.compare(b.jobs[same], v, next, true)
	}
}

// compare finds the fields that v says differently than known, which is from an
// earlier row: those of the assignment or those of the worker itself.
func (b *builder) compare(known, v *version, next row, assignment bool) {
	for i, field := range b.layout.fields {
		if f, _ := hrsource.FieldOf(field); field == "" || i == b.layout.id || f.Assignment != assignment {
			continue
		}
		was, is := known.Text(known.job, field), v.Text(v.job, field)
		switch {
		case known.unknown[field]:
		case v.unknown[field]:
			known.forget(field)
		case was != is:
			known.forget(field)
			c := next.cells[i]
			b.problems = append(b.problems, hrsource.Problem{
				Field: field, Line: c.line, Column: c.column, Value: shorten(c.text, maxValue),
				Want: fmt.Sprintf("the same as in line %d, %q: both rows are of one worker%s", known.line, shorten(was, maxValue), ofOneDay(assignment)),
			})
		}
	}
}

func ofOneDay(assignment bool) string {
	if assignment {
		return " and one effectiveFrom"
	}
	return ""
}

// worker returns what the rows say together.
func (b *builder) worker() hrsource.Worker {
	if b.first == nil {
		return hrsource.Worker{}
	}
	w := b.first.Worker
	if w.Timezone == "" && !b.first.unknown["timezone"] {
		w.Timezone = b.cfg.Timezone
	}
	slices.SortStableFunc(b.jobs, func(x, y *version) int { return x.job.EffectiveFrom.Compare(y.job.EffectiveFrom) })
	for _, j := range b.jobs {
		w.Assignments = append(w.Assignments, j.job)
	}
	return w
}

// set reads one cell into a field of v.
func (cfg Config) set(v *version, field, text string) *hrsource.Problem {
	text = strings.TrimSpace(text)
	value := text
	if to, ok := cfg.Values[field][strings.ToLower(text)]; ok {
		value = to
	}
	p := (*hrsource.Problem)(nil)
	want := ""
	if f, _ := hrsource.FieldOf(field); f.Kind == hrsource.KindDate && value != "" {
		value, want = cfg.date(value)
	}
	if want == "" {
		if p = v.Set(&v.job, field, value); p == nil {
			want = cfg.disallowed(field, v.Text(v.job, field))
		}
	}
	switch {
	case p != nil:
		p.Value = shorten(text, maxValue)
		return p
	case want != "":
		return &hrsource.Problem{Field: field, Value: shorten(text, maxValue), Want: want}
	}
	return nil
}

// date rewrites a date as YYYY-MM-DD, or says what would be right.
func (cfg Config) date(text string) (iso, want string) {
	for _, layout := range cfg.DateFormats {
		day, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		read := day.Format(time.DateOnly)
		if iso != "" && iso != read {
			return "", "a date that can be read in one way only"
		}
		iso = read
	}
	if iso != "" {
		return iso, ""
	}
	like := make([]string, len(cfg.DateFormats))
	for i, layout := range cfg.DateFormats {
		like[i] = time.Date(2026, time.December, 31, 0, 0, 0, 0, time.UTC).Format(layout)
	}
	return "", "a calendar day written like " + strings.Join(like, " or ") + "; Config.DateFormats may name other forms"
}

// disallowed says what would be right if a value is not one that the field may
// have, and "" if it is.
func (cfg Config) disallowed(field, value string) string {
	allowed, limited := cfg.Allowed[field]
	if !limited || value == "" || slices.Contains(allowed, value) {
		return ""
	}
	return shorten("one of "+strings.Join(allowed, ", "), 400) + didYouMean(value, allowed)
}
