package policy

import (
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// locator finds the line and column of a problem.
type locator struct {
	lines []string
	nodes map[string]*yaml.Node
	keys  map[string]*yaml.Node
}

func newLocator(text []byte, d *decoder) *locator {
	clean := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))
	return &locator{strings.Split(clean, "\n"), d.nodes, d.keys}
}

// place returns the position of a problem: that of the character in a text, of
// the value, of the key if the value is not a text, or of what surrounds it if
// the thing itself is missing.
func (l *locator) place(p problem) (line, column int) {
	path := p.path
	for {
		n, ok := l.nodes[path]
		switch {
		case ok && n.Kind == yaml.ScalarNode && p.offset >= 0 && path == p.path:
			return l.character(n, p.offset)
		case ok && n.Kind != yaml.ScalarNode && l.keys[path] != nil:
			return l.keys[path].Line, l.keys[path].Column
		case ok:
			return max(1, n.Line), max(1, n.Column)
		case path == "":
			return 1, 1
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// character returns where the character number offset of a scalar's value is
// written. Folding and indentation change nothing but white space, so the
// characters that are not white space are counted in the value and found again
// in the text; escapes are the only ones that look different.
func (l *locator) character(n *yaml.Node, offset int) (line, column int) {
	value := []rune(n.Value)
	skip := 0
	for _, r := range value[:min(offset, len(value))] {
		if !unicode.IsSpace(r) {
			skip++
		}
	}
	// For a position behind the last character or on white space, it is the place
	// right after the character before.
	after := offset >= len(value) || unicode.IsSpace(value[offset])
	s := scan{lines: l.lines, line: n.Line - 1, column: n.Column - 1, style: n.Style, decoded: -1}
	s.open()
	line, column = s.line, s.column
	for skip >= 0 {
		r, ok := s.next()
		if !ok {
			break
		}
		if unicode.IsSpace(r) {
			continue
		}
		line, column = s.from.line, s.from.column
		if skip == 1 && after {
			return s.line + 1, s.column + 1
		}
		skip--
	}
	return line + 1, column + 1
}

// scan reads the characters of a scalar in the text, undoing escapes.
type scan struct {
	lines        []string
	line, column int
	current      []rune // of the line number decoded
	decoded      int
	style        yaml.Style
	from         struct{ line, column int } // of the last character read
}

// open moves from the start of the scalar to its first character.
func (s *scan) open() {
	switch {
	case s.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		s.line, s.column = s.line+1, 0
	case s.style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		s.column++
	}
}

// next returns the next character, and false at the end of the text.
func (s *scan) next() (rune, bool) {
	if s.line >= len(s.lines) {
		return 0, false
	}
	if s.decoded != s.line {
		s.current, s.decoded = []rune(s.lines[s.line]), s.line
	}
	s.from.line, s.from.column = s.line, s.column
	if s.column >= len(s.current) {
		s.line, s.column = s.line+1, 0
		return '\n', true
	}
	rest := s.current[s.column:]
	s.column++
	switch {
	case s.style&yaml.SingleQuotedStyle != 0 && rest[0] == '\'':
		s.column++ // a quote is doubled
	case s.style&yaml.DoubleQuotedStyle != 0 && rest[0] == '\\' && len(rest) == 1:
		return ' ', true // joins two lines
	case s.style&yaml.DoubleQuotedStyle != 0 && rest[0] == '\\':
		s.column++
		return s.escape(rest[1:]), true
	}
	return rest[0], true
}

// escape returns what an escape stands for, as far as it matters: whether it is
// white space.
func (s *scan) escape(rest []rune) rune {
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[rest[0]]
	switch {
	case digits > 0 && len(rest) > digits:
		s.column += digits
		code, _ := strconv.ParseUint(string(rest[1:1+digits]), 16, 32)
		return rune(code)
	case strings.ContainsRune("tnvfr NLP_ \t", rest[0]):
		return ' '
	default:
		return rest[0]
	}
}
