package hrsource

import (
	"slices"
	"time"
)

// FieldKind says what the text of a field looks like.
type FieldKind string

// The kinds of fields.
const (
	KindText    FieldKind = "text"    // text without control characters; some fields ask for more
	KindDate    FieldKind = "date"    // a calendar day, 2006-01-02
	KindInstant FieldKind = "instant" // RFC 3339 with a zone, 2006-01-02T15:04:05Z
	KindFlag    FieldKind = "flag"    // true or false
)

// Field describes one named field of a [Worker] or of its [Assignment] rows.
// The names are those that policies, problems and configurations use.
type Field struct {
	Name string
	Kind FieldKind
	// Assignment is true for a field of [Assignment]: it may change during the
	// relationship. False is a field of the [Worker] itself.
	Assignment bool
}

// FieldOf returns the built-in field with that name, compared exactly. If there
// is none, ok is false: the name is that of a custom attribute.
func FieldOf(name string) (f Field, ok bool) {
	i, ok := fieldIndex[name]
	if !ok {
		return Field{}, false
	}
	return fields[i].Field, true
}

// FieldNames returns the names of all built-in fields, sorted.
func FieldNames() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	slices.Sort(names)
	return names
}

// Set reads text into the named field of w or, if it is a field of an
// assignment, of a, which must not be nil then. White space around the text is
// ignored; text that is empty clears the field. A name that is not built in is
// that of a custom attribute, which is set to this one value.
//
// If text is not what the field wants, the field is cleared and the result tells
// what would be right, without a position. It is nil otherwise.
func (w *Worker) Set(a *Assignment, field, text string) *Problem {
	i, ok := fieldIndex[field]
	if !ok {
		return w.setCustom(field, text)
	}
	if want := fields[i].set(w, a, text); want != "" {
		return &Problem{Field: field, Value: shorten(text, maxProblemValue), Want: want}
	}
	return nil
}

// Text returns the named field of w, or of a, in the form that [Worker.Set]
// reads. It is empty if the field has no value, and for a flag that is false. Of
// a custom attribute it is the first value.
func (w Worker) Text(a Assignment, field string) string {
	i, ok := fieldIndex[field]
	if ok {
		return fields[i].text(&w, &a)
	}
	if values := w.Custom[field]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// column is one row of the table below: everything the package knows about a
// field, so that no other place lists the fields again.
type column struct {
	Field
	hidden bool // not for policies
	text   func(w *Worker, a *Assignment) string
	set    func(w *Worker, a *Assignment, text string) (want string)
	keep   func(w *Worker, a *Assignment, from *Worker, fromA *Assignment)
}

// fields is the one table of built-in fields.
var fields = []column{
	text("source", func(w *Worker) *string { return &w.Key.Source }, parseText),
	hide(text("workerId", func(w *Worker) *string { return &w.Key.ID }, parseText)),
	hide(text("personKey", func(w *Worker) *string { return &w.PersonKey }, parseText)),
	text("employeeNumber", func(w *Worker) *string { return &w.EmployeeNumber }, parseText),
	text("workerType", func(w *Worker) *string { return (*string)(&w.Type) }, parseWorkerType),
	text("employmentType", func(w *Worker) *string { return &w.EmploymentType }, parseText),
	text("status", func(w *Worker) *string { return (*string)(&w.Status) }, parseStatus),
	flag("primary", func(w *Worker) *bool { return &w.Primary }),
	text("givenName", func(w *Worker) *string { return &w.Name.Given }, parseText),
	text("middleName", func(w *Worker) *string { return &w.Name.Middle }, parseText),
	text("familyName", func(w *Worker) *string { return &w.Name.Family }, parseText),
	text("preferredName", func(w *Worker) *string { return &w.Name.Preferred }, parseText),
	text("displayName", func(w *Worker) *string { return &w.Name.Display }, parseText),
	text("email", func(w *Worker) *string { return &w.Email }, parseEmail),
	text("personalEmail", func(w *Worker) *string { return &w.PersonalEmail }, parseEmail),
	text("phone", func(w *Worker) *string { return &w.Phone }, parseText),
	hide(date("birthDate", func(w *Worker) *Date { return &w.BirthDate })),
	text("language", func(w *Worker) *string { return &w.Language }, parseLanguage),
	text("timezone", func(w *Worker) *string { return &w.Timezone }, parseTimezone),
	date("originalHireDate", func(w *Worker) *Date { return &w.OriginalHireDate }),
	date("hireDate", func(w *Worker) *Date { return &w.HireDate }),
	date("contractEndDate", func(w *Worker) *Date { return &w.ContractEndDate }),
	date("terminationDate", func(w *Worker) *Date { return &w.TerminationDate }),
	date("lastDayOfWork", func(w *Worker) *Date { return &w.LastDayOfWork }),
	date("leaveStartDate", func(w *Worker) *Date { return &w.LeaveStartDate }),
	date("leaveEndDate", func(w *Worker) *Date { return &w.LeaveEndDate }),
	hide(instant("accessEnd", func(w *Worker) *time.Time { return &w.AccessEnd })),
	hide(flag("involuntary", func(w *Worker) *bool { return &w.Involuntary })),

	hide(bind(Field{"effectiveFrom", KindDate, true},
		func(_ *Worker, a *Assignment) *Date { return &a.EffectiveFrom }, Date.String, parseDate)),
	job("jobTitle", func(a *Assignment) *string { return &a.JobTitle }, parseText),
	job("jobCode", func(a *Assignment) *string { return &a.JobCode }, parseText),
	job("jobLevel", func(a *Assignment) *string { return &a.JobLevel }, parseText),
	job("department", func(a *Assignment) *string { return &a.Department }, parseText),
	job("division", func(a *Assignment) *string { return &a.Division }, parseText),
	job("businessUnit", func(a *Assignment) *string { return &a.BusinessUnit }, parseText),
	job("costCenter", func(a *Assignment) *string { return &a.CostCenter }, parseText),
	job("legalEntity", func(a *Assignment) *string { return &a.LegalEntity }, parseText),
	job("location", func(a *Assignment) *string { return &a.Location }, parseText),
	job("country", func(a *Assignment) *string { return &a.Country }, parseCountry),
	job("manager", func(a *Assignment) *string { return &a.Manager }, parseText),
}

// fieldIndex finds a row of fields by name.
var fieldIndex = func() map[string]int {
	index := make(map[string]int, len(fields))
	for i, f := range fields {
		index[f.Name] = i
	}
	return index
}()

// bind makes a row from the place of a value and its form as text. parse
// returns what would be right if the text is not; format gives "" for zero.
func bind[T any](f Field, at func(*Worker, *Assignment) *T, format func(T) string, parse func(string) (T, string)) column {
	return column{
		Field: f,
		text:  func(w *Worker, a *Assignment) string { return format(*at(w, a)) },
		set: func(w *Worker, a *Assignment, text string) (want string) {
			*at(w, a), want = parse(text)
			return want
		},
		keep: func(w *Worker, a *Assignment, from *Worker, fromA *Assignment) { *at(w, a) = *at(from, fromA) },
	}
}

func text(name string, at func(*Worker) *string, parse func(string) (string, string)) column {
	return bind(Field{name, KindText, false}, func(w *Worker, _ *Assignment) *string { return at(w) }, formatText, parse)
}

func date(name string, at func(*Worker) *Date) column {
	return bind(Field{name, KindDate, false}, func(w *Worker, _ *Assignment) *Date { return at(w) }, Date.String, parseDate)
}

func instant(name string, at func(*Worker) *time.Time) column {
	return bind(Field{name, KindInstant, false}, func(w *Worker, _ *Assignment) *time.Time { return at(w) }, formatInstant, parseInstant)
}

func flag(name string, at func(*Worker) *bool) column {
	return bind(Field{name, KindFlag, false}, func(w *Worker, _ *Assignment) *bool { return at(w) }, formatFlag, parseFlag)
}

func job(name string, at func(*Assignment) *string, parse func(string) (string, string)) column {
	return bind(Field{name, KindText, true}, func(_ *Worker, a *Assignment) *string { return at(a) }, formatText, parse)
}

func hide(c column) column {
	c.hidden = true
	return c
}
