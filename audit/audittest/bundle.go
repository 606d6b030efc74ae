package audittest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/audit"
)

// bundle is an export taken apart. Its lines are changed as values and written
// again.
type bundle struct {
	lines []bundleLine
}

// bundleLine is one line: an entry, a witness, a checkpoint, or its bytes.
type bundleLine struct {
	entry      *audit.Sealed
	witness    *audit.Witness
	checkpoint string
	raw        []byte
}

func parseBundle(text []byte) (bundle, error) {
	var b bundle
	for number, raw := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		var l struct {
			Entry      *audit.Sealed  `json:"entry"`
			Witness    *audit.Witness `json:"witness"`
			Checkpoint string         `json:"checkpoint"`
		}
		if err := json.Unmarshal(raw, &l); err != nil {
			return bundle{}, fmt.Errorf("line %d: %w", number+1, err)
		}
		b.lines = append(b.lines, bundleLine{l.Entry, l.Witness, l.Checkpoint, raw})
	}
	return b, nil
}

// clone copies the lines, and what they point to, for one forgery.
func (b bundle) clone() bundle {
	lines := slices.Clone(b.lines)
	for i, l := range lines {
		if l.entry != nil {
			entry := *l.entry
			lines[i].entry = &entry
		}
		if l.witness != nil {
			witness := *l.witness
			lines[i].witness = &witness
		}
	}
	return bundle{lines}
}

func (b bundle) bytes() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for _, l := range b.lines {
		var err error
		switch {
		case l.entry != nil:
			err = encoder.Encode(map[string]*audit.Sealed{"entry": l.entry})
		case l.witness != nil:
			err = encoder.Encode(map[string]*audit.Witness{"witness": l.witness})
		case l.checkpoint != "":
			err = encoder.Encode(map[string]string{"checkpoint": l.checkpoint})
		default:
			out.Write(l.raw)
			out.WriteByte('\n')
		}
		if err != nil {
			panic(err) // these values came from JSON or were sealed
		}
	}
	return out.Bytes()
}

// where returns the numbers of the lines that are of one kind.
func (b bundle) where(is func(bundleLine) bool) []int {
	var at []int
	for i, l := range b.lines {
		if is(l) {
			at = append(at, i)
		}
	}
	return at
}

func (b bundle) sequenced() []int {
	return b.where(func(l bundleLine) bool { return l.entry != nil && l.entry.Leaf >= 0 })
}

func (b bundle) unsequenced() []int {
	return b.where(func(l bundleLine) bool { return l.entry != nil && l.entry.Leaf < 0 })
}

// renumber gives leaf numbers anew, in the order of the lines: a forger needs no
// key for that.
func (b bundle) renumber() {
	for leaf, at := range b.sequenced() {
		b.lines[at].entry.Leaf = int64(leaf)
	}
}

// signed returns how many leaves the largest checkpoint covers.
func (b bundle) signed() (int, error) {
	largest := 0
	for _, l := range b.lines {
		if l.checkpoint == "" {
			continue
		}
		parts := strings.SplitN(l.checkpoint, "\n", 3)
		if len(parts) < 3 {
			return 0, errors.New("a checkpoint has too few lines")
		}
		size, err := strconv.Atoi(parts[1])
		if err != nil {
			return 0, fmt.Errorf("a checkpoint's size: %w", err)
		}
		largest = max(largest, size)
	}
	return largest, nil
}
