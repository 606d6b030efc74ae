package csvfile

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// readHeader reads the first row of a file and prepares rows for the others.
func (cfg Config) readHeader(rows *rowReader) error {
	for {
		first, err := rows.line()
		if errors.Is(err, io.EOF) {
			return errors.New("empty: want a header and rows")
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(first.text) == "" && !first.cut {
			continue
		}
		if strings.Contains(first.text, "\r") {
			return fmt.Errorf("line %d: lines end with a carriage return alone: write them with a line feed", first.number)
		}
		if strings.Contains(first.text, "\x00") {
			return fmt.Errorf("line %d: neither UTF-8 nor UTF-16 with a byte order mark: save it as UTF-8", first.number)
		}
		rows.comma = cfg.delimiter(first.text)
		header, err := rows.take(first)
		if err != nil {
			return err
		}
		if header.problem != nil {
			return fmt.Errorf("header: %s", header.problem)
		}
		if rows.layout, err = cfg.layoutOf(header, rows.comma); err != nil {
			return err
		}
		if cfg.Evidence == Trailer {
			rows.trailer = cfg.Trailer
		}
		return nil
	}
}

// delimiter returns the configured delimiter, or the candidate that the header
// has most of outside quotes.
func (cfg Config) delimiter(header string) byte {
	if cfg.Delimiter != 0 {
		return byte(cfg.Delimiter)
	}
	counts := map[byte]int{}
	quoted := false
	for i := range len(header) {
		switch {
		case header[i] == '"':
			quoted = !quoted
		case !quoted:
			counts[header[i]]++
		}
	}
	best := byte(',')
	for _, candidate := range []byte(";\t|") {
		if counts[candidate] > counts[best] {
			best = candidate
		}
	}
	return best
}
