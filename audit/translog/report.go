package translog

import (
	"fmt"
	"strings"
)

// Report says what [Verify] saw and what is wrong with it.
type Report struct {
	Tenant string
	Origin string

	Entries     int64 // all: Sequenced and Unsequenced
	Sequenced   int64
	Unsequenced int64
	Erased      int64 // among Entries
	Witnesses   int64
	Checkpoints int64

	// Latest is the largest signed checkpoint of the bundle that the log agrees
	// with. Leaves from its size on are not signed yet. Who keeps it can demand
	// with VerifyOptions.Extends that the next bundle goes on from it.
	Latest Checkpoint

	// Found is the number of problems, Problems the first of them.
	Found    int64
	Problems []Problem
}

// Problem is one thing that is wrong with a log.
type Problem struct {
	Line  int64  // of the bundle, from 1; 0 for what is wrong with the whole
	Entry string // its id, or "" if the problem is not about one entry
	What  string // in words, without personal data
}

// String returns the problem in one line.
func (p Problem) String() string {
	var text strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&text, "line %d: ", p.Line)
	}
	if p.Entry != "" {
		fmt.Fprintf(&text, "entry %q: ", p.Entry)
	}
	text.WriteString(p.What)
	return text.String()
}
