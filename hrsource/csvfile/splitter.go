package csvfile

import (
	"fmt"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
)

// splitter splits the lines of one row into cells, as RFC 4180 has it. It is
// strict about quotes, since a lenient reader turns a forgotten quote into a
// value; only spaces around a quoted cell are forgiven.
type splitter struct {
	comma  byte
	cells  []cell
	quoted bool // in the middle of the cell that open describes
	open   cell
	text   strings.Builder
}

// feed takes the next line of the row. done is true when the row ends with it.
// If wrong is set, the line cannot be part of a row.
func (s *splitter) feed(l line) (done bool, wrong *hrsource.Problem) {
	rest := l.text
	if s.quoted {
		s.text.WriteByte('\n')
	}
	for {
		column := len(l.text) - len(rest) + 1
		if !s.quoted {
			if bare := strings.TrimLeft(rest, " "); strings.HasPrefix(bare, `"`) {
				s.quoted = true
				s.open = cell{line: l.number, column: column + len(rest) - len(bare)}
				s.text.Reset()
				rest = bare[1:]
				continue
			}
			text, after, more := strings.Cut(rest, string(rune(s.comma)))
			if i := strings.IndexByte(text, '"'); i >= 0 {
				return false, problem(l.number, column+i, text, "quotes around the whole cell and each quote inside it twice")
			}
			s.cells = append(s.cells, cell{text: text, line: l.number, column: column})
			if !more {
				return true, nil
			}
			rest = after
			continue
		}
		text, after, closed := strings.Cut(rest, `"`)
		s.text.WriteString(text)
		if !closed {
			return false, nil
		}
		if strings.HasPrefix(after, `"`) {
			s.text.WriteByte('"')
			rest = after[1:]
			continue
		}
		s.quoted = false
		s.open.text = s.text.String()
		if rest = strings.TrimLeft(after, " "); rest != "" && rest[0] != s.comma {
			return false, problem(l.number, len(l.text)-len(rest)+1, rest, "a delimiter after a closing quote, or a quote inside a cell written twice")
		}
		s.cells = append(s.cells, s.open)
		if rest == "" {
			return true, nil
		}
		rest = rest[1:]
	}
}

// unclosed is the problem of a quote that opens a cell in l and is never closed.
func unclosed(l line, open cell) *hrsource.Problem {
	return problem(l.number, open.column, l.text[open.column:], "a closing quote")
}

func problem(line, column int, value, want string) *hrsource.Problem {
	return &hrsource.Problem{Line: line, Column: column, Value: shorten(value, maxValue), Want: want}
}

func cellCount(want, got int) string {
	return fmt.Sprintf("%d cells as in the header, there are %d", want, got)
}
