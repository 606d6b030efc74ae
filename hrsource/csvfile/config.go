package csvfile

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// Evidence names what proves that a file is whole.
type Evidence string

// The kinds of evidence.
const (
	// NoEvidence leaves every read incomplete: good for hires and changes, blind
	// for people who are missing.
	NoEvidence Evidence = ""
	// DoneFile is a second file, written after the first, that holds the number
	// of rows and may hold the SHA-256 of the file in hexadecimal: "120", or
	// "rows=120" and "sha256=9f86…" in any order.
	DoneFile Evidence = "doneFile"
	// Trailer is a last row that holds [Config.Trailer] and the number of rows
	// before it: "#rows,120".
	Trailer Evidence = "trailer"
)

// The limits that apply if a Config names none.
const (
	DefaultMaxBytes       = 256 << 20
	DefaultMaxRecordBytes = 64 << 10
)

// Config says where a file is and how it is to be understood. Name and one of
// Path and Open are required; the zero value of everything else is documented.
// Field names are those of [hrsource.FieldNames]; other names are those of custom
// attributes.
type Config struct {
	// Name is the name of the source, part of every key.
	Name string
	// Path is the file to read. It is opened anew for each Snapshot.
	Path string
	// Open opens the file if it has no path, such as one behind SFTP. It is called
	// once for each Snapshot, twice if what it returns is no [io.Seeker].
	Open func() (io.ReadCloser, error)

	// Allowed lists the values a field may have, spelled exactly. Any other value
	// is a problem of that field; no value is always right.
	Allowed map[string][]string
	// Columns maps headers to fields or custom attributes, besides the spellings
	// that are built in. An empty name leaves the column unread. Case, spaces and
	// punctuation of headers do not count. Every field named here must be found
	// in the file, since a column that vanished is not one whose values vanished.
	Columns map[string]string
	// Custom lists headers that are taken as custom attributes of that name.
	// Each must be found in the file. Other unknown columns are not read.
	Custom []string
	// DateFormats are the layouts of package time that dates are written in,
	// with a year of four digits. Empty means "2006-01-02" alone. A date that two
	// of them read differently is a problem.
	DateFormats []string
	// Delimiter separates cells. Zero means whichever of comma, semicolon, tab and
	// vertical bar the header has most of.
	Delimiter rune
	// Done opens the evidence of kind DoneFile. Nil means the file at Path + ".done".
	Done func() (io.ReadCloser, error)
	// Evidence says what proves that the file is whole.
	Evidence Evidence
	// MaxBytes is the largest file that is read. Zero means DefaultMaxBytes.
	MaxBytes int64
	// MaxRecordBytes is the longest row. A longer one becomes a record with a
	// problem. Zero means DefaultMaxRecordBytes; the smallest is 1 KiB.
	MaxRecordBytes int
	// Required lists fields that must have a column, besides workerId.
	Required []string
	// Timezone is the IANA zone of workers whose row names none. Empty leaves the
	// choice to the reader of the source.
	Timezone string
	// Trailer begins the last row if Evidence is Trailer. Empty means "#rows".
	Trailer string
	// Values replaces the values of a field before they are read, such as "A" by
	// "active" or "n/a" by "". Case does not count in what is replaced.
	Values map[string]map[string]string
}

// New returns a source for the file that cfg describes. It reports everything
// that is wrong with cfg at once and does not touch the file.
func New(cfg Config) (*Source, error) {
	cfg = cfg.clone()
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.MaxRecordBytes == 0 {
		cfg.MaxRecordBytes = DefaultMaxRecordBytes
	}
	if cfg.Trailer == "" {
		cfg.Trailer = "#rows"
	}
	if len(cfg.DateFormats) == 0 {
		cfg.DateFormats = []string{time.DateOnly}
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Source{cfg: cfg}, nil
}

// clone copies cfg, so that a caller who changes a map later changes nothing,
// and folds what is compared folded.
func (cfg Config) clone() Config {
	cfg.Allowed = maps.Clone(cfg.Allowed)
	for field, values := range cfg.Allowed {
		cfg.Allowed[field] = slices.Clone(values)
	}
	cfg.Columns = maps.Clone(cfg.Columns)
	cfg.Custom = slices.Clone(cfg.Custom)
	cfg.DateFormats = slices.Clone(cfg.DateFormats)
	cfg.Required = slices.Clone(cfg.Required)
	values := make(map[string]map[string]string, len(cfg.Values))
	for field, table := range cfg.Values {
		values[field] = make(map[string]string, len(table))
		for from, to := range table {
			values[field][strings.ToLower(from)] = to
		}
	}
	cfg.Values = values
	return cfg
}

func (cfg Config) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("csv file: "+format, args...)) }

	if cfg.Name == "" {
		wrong("Name is empty: want the name of the source")
	}
	if (cfg.Path == "") == (cfg.Open == nil) {
		wrong("want either Path or Open")
	}
	switch cfg.Evidence {
	case NoEvidence, Trailer:
	case DoneFile:
		if cfg.Path == "" && cfg.Done == nil {
			wrong("Evidence is %q without Path: want Done as well", DoneFile)
		}
	default:
		wrong("Evidence %q: want %q, %q or none", cfg.Evidence, DoneFile, Trailer)
	}
	if cfg.MaxBytes < 0 {
		wrong("MaxBytes %d: want a positive number", cfg.MaxBytes)
	}
	if cfg.MaxRecordBytes < 1<<10 || cfg.MaxRecordBytes > 1<<30 {
		wrong("MaxRecordBytes %d: want from 1 KiB to 1 GiB", cfg.MaxRecordBytes)
	}
	if d := cfg.Delimiter; d != 0 && (d > '~' || d < ' ' && d != '\t' || fold(string(d)) != "" || strings.ContainsRune(`" `, d)) {
		wrong("Delimiter %q: want a comma, semicolon, tab or other ASCII punctuation", d)
	}
	for _, layout := range cfg.DateFormats {
		// A day with four different parts, so that a layout which drops one shows.
		day := time.Date(2031, time.November, 23, 0, 0, 0, 0, time.UTC)
		if read, err := time.Parse(layout, day.Format(layout)); err != nil || !read.Equal(day) || !strings.Contains(layout, "2006") {
			wrong("DateFormats %q: want a layout of package time with day, month and 2006, such as 02.01.2006", layout)
		}
	}
	if cfg.Timezone != "" {
		if _, err := hrsource.LoadZone(cfg.Timezone); err != nil {
			wrong("Timezone: %w", err)
		}
	}
	return errors.Join(append(errs, cfg.checkNames()...)...)
}

// checkNames finds names of fields that are misspelled: a typing error would
// otherwise make a custom attribute and leave the field empty.
func (cfg Config) checkNames() []error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf("csv file: "+format, args...)) }

	seen := map[string]string{}
	known := map[string]bool{}
	for _, name := range cfg.Custom {
		known[name] = true
		if _, builtIn := hrsource.FieldOf(name); builtIn || fold(name) == "" {
			wrong("Custom %q: want the header of a column that is no field", name)
		}
		if other, twice := seen[fold(name)]; twice {
			wrong("Custom %q and %q are the same header", other, name)
		}
		seen[fold(name)] = name
	}
	for _, header := range slices.Sorted(maps.Keys(cfg.Columns)) {
		field := cfg.Columns[header]
		_, builtIn := hrsource.FieldOf(field)
		near := nearest(field, hrsource.FieldNames())
		switch {
		case fold(header) == "":
			wrong("Columns %q: want a header with a letter or digit", header)
		case field == "source":
			wrong("Columns %q: the source is always Name, want another field", header)
		case field != "" && !builtIn && !known[field] && near != "":
			wrong("Columns %q: %q is no field; did you mean %q? (a custom attribute with that name must be in Custom)", header, field, near)
		}
		if other, twice := seen[fold(header)]; twice {
			wrong("Columns %q and %q are the same header", other, header)
		}
		seen[fold(header)] = header
		known[field] = true
	}
	check := func(option, field string) {
		if _, builtIn := hrsource.FieldOf(field); !builtIn && !known[field] {
			wrong("%s %q: want a field, or a custom attribute named in Custom or Columns%s", option, field, didYouMean(field, hrsource.FieldNames()))
		}
	}
	for _, field := range slices.Sorted(maps.Keys(cfg.Allowed)) {
		check("Allowed", field)
	}
	for _, field := range slices.Sorted(maps.Keys(cfg.Values)) {
		check("Values", field)
	}
	for _, field := range cfg.Required {
		check("Required", field)
	}
	return errs
}
