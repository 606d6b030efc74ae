package hrsource

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Source reads all workers of one system of record.
//
// A Source must be safe for use by one goroutine at a time.
type Source interface {
	// Name is the constant, non-empty name of the source. Every key that
	// Snapshot yields has it as its Source.
	Name() string

	// Snapshot reads everything and calls yield once for each worker, in an order
	// of the source's choosing, and never twice for one key. It stops at the
	// first error of yield and returns it. It stops when ctx is done and returns
	// an error then. It may be called again and then reads afresh.
	//
	// The Proof tells whether what was yielded is everything. With an error, it
	// is the zero Proof. What was yielded before an error still stands, each
	// record for itself.
	//
	// A source that can tell before it yields that it would break
	// req.MaxShrink returns a [*ShrunkError] and yields nothing.
	Snapshot(ctx context.Context, req SnapshotRequest, yield func(Record) error) (Proof, error)
}

// SnapshotRequest is what a source should know about the reads before this one.
// The zero value asks for a read without such a comparison.
type SnapshotRequest struct {
	// Previous is the number of records of the last read that was accepted, 0 if
	// there was none.
	Previous int
	// MaxShrink is the part of Previous that may be missing, from 0 to 1, before
	// the read is refused. Zero means no such limit.
	MaxShrink float64
}

// Check returns a [*ShrunkError] if seen records are too few after
// req.Previous, and nil otherwise.
func (req SnapshotRequest) Check(source string, seen int) error {
	if req.Previous <= 0 || req.MaxShrink <= 0 || seen >= req.Previous {
		return nil
	}
	if float64(req.Previous-seen) <= req.MaxShrink*float64(req.Previous) {
		return nil
	}
	return &ShrunkError{Source: source, Previous: req.Previous, Seen: seen, MaxShrink: req.MaxShrink}
}

// ShrunkError says that a source told of so many fewer workers than last time
// that it is more likely broken than true.
type ShrunkError struct {
	Source    string
	Previous  int // records of the last accepted read
	Seen      int // records of this one
	MaxShrink float64
}

// Error says the numbers, and what would let the read through.
func (e *ShrunkError) Error() string {
	return fmt.Sprintf("source %s: %d records after %d last time: %d are missing, %.0f%% at most may be; nothing was taken over",
		e.Source, e.Seen, e.Previous, e.Previous-e.Seen, e.MaxShrink*100)
}

// Record is one thing that a source read.
type Record struct {
	// Worker is what was understood. A field that is named in Problems holds its
	// zero value, in the assignments that the problem concerns if it is one of
	// [Assignment]; [Worker.Keep] puts the last good value there.
	Worker Worker
	// Fields names the fields that the record tells of, custom attributes included: what
	// its source masters. Of one that is named here no value means that there is none any
	// more; what others told of the rest is left alone ([Record.Over]). The key is always
	// told. Nil means that the source does not say: the record stands for the whole worker,
	// and yet takes back no order to end access. A source should say.
	Fields []string
	// Problems tell what was not understood. None means the record is sound.
	// If Worker.Key.ID is empty, not even whom it concerns is known; the read is
	// then not complete, since whoever seems to be missing may be this one.
	Problems []Problem
	// Position says where the record stands, for people: "people.csv:17".
	Position string
	// Raw is the record as it was read, shortened to 4 KiB, so that nothing is lost.
	Raw string
}

// Problem is one thing wrong with one field of a record.
type Problem struct {
	Field  string `json:"field,omitempty"`  // the field of [Worker] as policy names it, such as department; empty for the record as a whole
	Line   int    `json:"line,omitempty"`   // from 1; 0 if the source has no lines
	Column int    `json:"column,omitempty"` // from 1, in bytes; 0 if unknown
	Value  string `json:"value,omitempty"`  // what was found, shortened to 100 bytes
	Want   string `json:"want"`             // what would be right
}

// String returns the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ", column %d", p.Column)
		}
		b.WriteString(": ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + " ")
	}
	b.WriteString(strconv.Quote(p.Value) + ": want " + p.Want)
	return b.String()
}

// Proof tells whether a read was complete, and how the source knows. The zero
// value means that it is not known to be: nobody may be taken as gone because
// they were not in it.
type Proof struct {
	// Complete is true if the source has evidence that it told everything.
	Complete bool
	// Count is the number of records that the evidence speaks of.
	Count int
	// Basis names the evidence, for people: "people.csv.done: 120 rows".
	Basis string
}

// Covers reports whether the proof vouches for a read of n records.
func (p Proof) Covers(n int) bool { return p.Complete && p.Count == n }
