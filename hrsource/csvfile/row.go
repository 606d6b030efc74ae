package csvfile

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/joinery-iam/joinery/hrsource"
)

const (
	maxValue = 100     // bytes of a value that a problem shows, as in package hrsource
	maxRaw   = 4 << 10 // bytes of a record that are kept as they are
)

// cell is one value and where it begins.
type cell struct {
	text         string
	line, column int
}

// row is one record of the file as it is written.
type row struct {
	line  int
	raw   string // without the last line end
	cells []cell // if problem is set, only those that were read for certain
	// problem is set if the row could not be taken apart.
	problem *hrsource.Problem
}

// line is one line of the file without its end.
type line struct {
	number int
	text   string
	cut    bool // longer than a row may be; text is its beginning
}

// lineReader reads lines of bounded length.
type lineReader struct {
	in     *bufio.Reader
	max    int
	number int
}

func (r *lineReader) next() (line, error) {
	text, cut, err := r.read()
	if err != nil && (text == "" || !errors.Is(err, io.EOF)) {
		return line{}, err
	}
	r.number++
	return line{number: r.number, text: strings.TrimSuffix(text, "\r"), cut: cut}, nil
}

// read returns one line up to max bytes and drops the rest of it.
func (r *lineReader) read() (text string, cut bool, err error) {
	var b strings.Builder
	for {
		part, err := r.in.ReadSlice('\n')
		if n := len(part); n > 0 && part[n-1] == '\n' {
			part = part[:n-1]
		}
		if room := r.max - b.Len(); len(part) > room {
			part, cut = part[:room], true
		}
		b.Write(part)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return b.String(), cut, err
		}
	}
}

// rowReader takes lines apart into rows. A row that is not well formed costs its
// first line: reading goes on with the next one, whatever quotes were open.
// Since a line with open quotes has an odd number of them, and the lines that a
// row goes on with an even one, no line is read more than twice.
type rowReader struct {
	lines  lineReader
	ahead  []line // the lines of the row at hand, and those given back
	at     int    // the next one of ahead to read
	comma  byte
	layout layout // without fields while the header is read
	// trailer is the beginning of a line that is no row; empty if there is none.
	trailer string
}

func (r *rowReader) line() (line, error) {
	if r.at == len(r.ahead) {
		l, err := r.lines.next()
		if err != nil {
			return line{}, err
		}
		r.ahead = append(r.ahead, l)
	}
	r.at++
	return r.ahead[r.at-1], nil
}

// next returns the next row that is not blank, or io.EOF. If it is the trailer,
// isTrailer is true and the row has no cells.
func (r *rowReader) next() (found row, isTrailer bool, err error) {
	for {
		if r.at == len(r.ahead) {
			r.ahead, r.at = r.ahead[:0], 0
		}
		first, err := r.line()
		if err != nil {
			return row{}, false, err
		}
		if strings.Trim(first.text, " \t\r"+string(rune(r.comma))) == "" && !first.cut {
			continue
		}
		if r.isTrailer(first.text) {
			return row{line: first.number, raw: first.text}, true, nil
		}
		found, err := r.take(first)
		return found, false, err
	}
}

func (r *rowReader) isTrailer(text string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(text, `"`), r.trailer)
	return r.trailer != "" && ok && (rest == "" || strings.ContainsRune("\",;|\t :="+string(rune(r.comma)), rune(rest[0])))
}

// take reads the row that begins with first and the lines it goes on with.
func (r *rowReader) take(first line) (row, error) {
	if first.cut {
		return row{line: first.number, raw: first.text, problem: &hrsource.Problem{
			Line: first.number, Value: shorten(first.text, maxValue),
			Want: "a shorter row: check its quotes, or raise Config.MaxRecordBytes",
		}}, nil
	}
	s := splitter{comma: r.comma}
	done, wrong := s.feed(first)
	certain, open := s.cells, s.open // of the first line alone
	start, size := r.at-1, len(first.text)
	for !done && wrong == nil {
		l, err := r.line()
		if errors.Is(err, io.EOF) {
			wrong = unclosed(first, open)
			break
		}
		if err != nil {
			return row{}, err
		}
		if size += 1 + len(l.text); l.cut || size > r.lines.max {
			wrong = unclosed(first, open)
			break
		}
		if done, wrong = s.feed(l); wrong != nil {
			wrong = unclosed(first, open) // where the quotes went wrong
		}
	}
	lines := r.ahead[start:r.at]
	if wrong == nil {
		certain, wrong = r.checkShape(&s, lines)
	}
	if wrong == nil {
		return row{line: first.number, raw: join(lines), cells: s.cells}, nil
	}
	r.at = start + 1
	return row{line: first.number, raw: first.text, cells: certain, problem: wrong}, nil
}

// resplit takes a row apart again that was well formed.
func resplit(r row, comma byte) []cell {
	s := splitter{comma: comma}
	for i, text := range strings.Split(r.raw, "\n") {
		s.feed(line{number: r.line + i, text: text})
	}
	return s.cells
}

// checkShape finds what tells that a row which could be taken apart is none: the
// number of cells, or a line break where none belongs.
func (r *rowReader) checkShape(s *splitter, lines []line) (certain []cell, wrong *hrsource.Problem) {
	width := len(r.layout.fields)
	if width == 0 {
		return nil, nil
	}
	for i, c := range s.cells {
		if strings.Contains(c.text, "\n") && i < width && !r.layout.lines[i] {
			return s.cells[:i], problem(c.line, c.column, c.text, "a closing quote on the same line")
		}
	}
	if len(s.cells) == width {
		return nil, nil
	}
	// Which cell is missing or too many is unknown. Before it all is in place,
	// which holds for the first cell alone, unless the row ends with it.
	if len(s.cells) > 1 && len(lines) == 1 {
		certain = s.cells[:1]
	}
	return certain, problem(lines[0].number, 1, lines[0].text, cellCount(width, len(s.cells)))
}

func join(lines []line) string {
	if len(lines) == 1 {
		return lines[0].text
	}
	texts := make([]string, len(lines))
	for i, l := range lines {
		texts[i] = l.text
	}
	return strings.Join(texts, "\n")
}

// shorten cuts s to at most limit bytes of valid UTF-8.
func shorten(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
		for range utf8.UTFMax {
			if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
				break
			}
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
