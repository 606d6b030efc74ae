package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
)

// peopleOptions say how the people file is to be understood.
type peopleOptions struct {
	file, source, dates, custom string
	columns                     map[string]string
	skip                        bool
}

func (c *call) peopleFlags(about string) {
	c.flags.StringVar(&c.people.file, "people", "", about)
	c.flags.StringVar(&c.people.source, "source", "people", "the `name` of the source, with which the IDs of relationships begin, such as people/1001: as the engine is configured, so that exceptions are found")
	c.flags.StringVar(&c.people.dates, "dates", time.DateOnly, "how dates are written: the `layout`, with the 2nd of January 2006 as the example")
	c.flags.StringVar(&c.people.custom, "custom", "", "comma-separated `headers` to take as custom attributes")
	c.flags.Func("columns", "what headers mean that are not understood by themselves, as `HEADER=FIELD`,…", func(text string) error {
		c.people.columns = map[string]string{}
		for pair := range strings.SplitSeq(text, ",") {
			header, field, ok := strings.Cut(pair, "=")
			if !ok || header == "" {
				return fmt.Errorf("%q: want HEADER=FIELD, such as \"Betrieb=department\"", pair)
			}
			c.people.columns[header] = field
		}
		return nil
	})
	c.flags.BoolVar(&c.people.skip, "skip-wrong", false, "leave the exit code as it is if people cannot be read; they are named and left out in any case")
}

// crowd is the people of a file.
type crowd struct {
	subjects []policy.Subject
	names    map[string]string // what they are called, by person
	byID     map[string]int    // the number of the subject, by the IDs in the file
}

// readPeople reads the people file and puts them into the terms of policy. Who cannot
// be read is named and left out. Rows with one personKey are one person, who is called
// by the ID of the first.
func (c *call) readPeople(ctx context.Context, at time.Time, zone *time.Location, policies ...*policy.Policy) (crowd, error) {
	if c.people.file == "" {
		return crowd{}, wrong("-people: wanted")
	}
	source, err := csvfile.New(csvfile.Config{
		Name: c.people.source, Path: c.path(), Open: c.opener(), DateFormats: []string{c.people.dates}, Columns: c.people.columns,
		Custom: strings.FieldsFunc(c.people.custom, func(r rune) bool { return r == ',' }),
	})
	if err != nil {
		return crowd{}, wrong("-people, -dates, -custom or -columns: %s", asFlags(err.Error()))
	}
	c.unread(policies)
	all := crowd{names: map[string]string{}, byID: map[string]int{}}
	byKey := map[string]int{}
	_, err = source.Snapshot(ctx, hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		w := r.Worker
		rel, live, err := provisioning.Relationship(w, zone, time.Time{}, hrsource.EndsWithEmployment)
		if c.wrongRecord(r, err) {
			return nil
		}
		i, known := byKey[w.PersonKey]
		if !known || w.PersonKey == "" {
			i = len(all.subjects)
			byKey[w.PersonKey] = i
			all.subjects = append(all.subjects, policy.Subject{At: at, Person: w.Key.ID})
			all.names[w.Key.ID] = strings.Join(w.Attributes(hrsource.Assignment{})["displayName"], "")
		}
		all.byID[w.Key.ID] = i
		if live {
			all.subjects[i].Relationships = append(all.subjects[i].Relationships, rel)
		}
		return nil
	})
	if err != nil {
		return crowd{}, fmt.Errorf("-people: %s", asFlags(err.Error()))
	}
	if !c.json {
		for _, p := range c.skipped {
			fmt.Fprintln(c.diag, p)
		}
		if c.left > 0 {
			fmt.Fprintf(c.diag, "policy: %s left out\n", count(c.left, "person is", "people are"))
		}
	}
	return all, nil
}

// wrongRecord notes what is wrong with a record, and reports whether anything is. The
// engine would quarantine it, and go on with what it knew before.
func (c *call) wrongRecord(r hrsource.Record, err error) bool {
	who := cmp.Or(r.Worker.Key.ID, "somebody")
	for _, p := range r.Problems {
		message := fmt.Sprintf("%s is left out: %s", who, strings.TrimSpace(fmt.Sprintf("%s %q: want %s", p.Field, p.Value, asFlags(p.Want))))
		c.skipped = append(c.skipped, problem{File: c.people.file, Line: p.Line, Column: p.Column, Message: message})
	}
	if err != nil && len(r.Problems) == 0 {
		c.skipped = append(c.skipped, problem{File: c.people.file, Message: fmt.Sprintf("%s is left out: %v", who, err)})
	}
	if err == nil && len(r.Problems) == 0 {
		return false
	}
	c.left++
	return true
}

// unread says which attributes of policies have no column: a policy that reads them
// looks as if nobody had a value.
func (c *call) unread(policies []*policy.Policy) {
	missing := map[string]bool{}
	for _, p := range policies {
		for name := range p.Document().Attributes {
			missing[name] = true
		}
	}
	for name := range strings.SplitSeq(c.people.custom, ",") {
		delete(missing, name)
	}
	for _, field := range c.people.columns {
		delete(missing, field)
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		fmt.Fprintf(c.diag, "policy: nobody is known to have the attribute %s: say -custom %[1]s if the file has a column for it\n", name)
	}
}

func (c *call) path() string {
	if c.files.fsys != nil {
		return ""
	}
	return c.people.file
}

// opener opens what is not on the disk.
func (c *call) opener() func() (io.ReadCloser, error) {
	if c.files.fsys == nil {
		return nil
	}
	return func() (io.ReadCloser, error) { return c.files.open(c.people.file) }
}

// asFlags says the flag where the library says what a programmer would set.
func asFlags(text string) string {
	return strings.NewReplacer("Config.Columns", "-columns", "Config.DateFormats", "-dates", "Config.Custom", "-custom", "csv file: ", "").Replace(text)
}
