package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxRecord is the longest line in bytes that ReadJSONLines reads: a body, a
// tenant's name and what stands between them.
const maxRecord = 1 << 20

// ReadJSONLines reads what [JSONLines] wrote. Empty lines and an unfinished last
// line are passed over: nobody was told that they are kept. Any other line that
// is no record yields an error that names it, and reading goes on after it, for a
// writer that failed partway leaves such a line; an error of r, or a line longer
// than one MiB, ends the sequence. It checks no digest: see [Sealed.Check].
func ReadJSONLines(r io.Reader) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		lines := bufio.NewReaderSize(r, maxRecord)
		for number := 1; ; number++ {
			line, err := lines.ReadSlice('\n')
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(Record{}, fmt.Errorf("audit: line %d: %w", number, err))
				return
			case len(line) == 1:
				continue
			}
			var record Record
			err = json.Unmarshal(line, &record)
			if err == nil && record.ID == "" {
				err = errors.New("it has no id")
			}
			if err != nil {
				err = fmt.Errorf("audit: line %d is no record: %w", number, err)
				if !yield(Record{}, err) {
					return
				}
				continue
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}
