package filter

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func (p *parser) literal() (Literal, error) {
	if p.eat('"') {
		return p.text()
	}
	start := p.pos
	word := p.word()
	switch strings.ToLower(word) {
	case "true", "false":
		return Literal{BoolLiteral, strings.ToLower(word)}, nil
	case "null":
		return Literal{}, nil
	}
	p.pos = start
	// Every JSON value that is made of these characters only is a number.
	if word == "" || !json.Valid([]byte(word)) {
		return Literal{}, p.fail("want a value, not %s", p.rest())
	}
	if _, ok := parseDecimal(word); !ok {
		return Literal{}, p.fail("out of range: %s", p.rest())
	}
	p.pos += len(word)
	return Literal{NumberLiteral, word}, nil
}

// text reads a JSON string whose opening quote has been read.
func (p *parser) text() (Literal, error) {
	opening := p.pos - 1
	var b strings.Builder
	for p.pos < len(p.in) {
		switch c := p.in[p.pos]; {
		case c == '"':
			p.pos++
			return Literal{StringLiteral, b.String()}, nil
		case c < ' ':
			return Literal{}, p.fail("control character in a string")
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return Literal{}, err
			}
			b.WriteRune(r)
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	p.pos = opening
	return Literal{}, p.fail("unclosed string")
}

// escape reads a backslash and what belongs to it. Half of a surrogate pair is
// no character, and guessing one could select what nobody asked for.
func (p *parser) escape() (rune, error) {
	rest := p.in[p.pos+1:]
	if rest == "" {
		return 0, p.fail("unclosed string")
	}
	if at := strings.IndexByte(`"\/bfnrt`, rest[0]); at >= 0 {
		p.pos += 2
		return rune("\"\\/\b\f\n\r\t"[at]), nil
	}
	r, ok := hex(p.in[p.pos:])
	if !ok {
		return 0, p.fail("bad escape %s", p.rest())
	}
	size := 6
	if utf16.IsSurrogate(r) {
		low, _ := hex(p.in[p.pos+6:])
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return 0, p.fail("half a surrogate pair %s", p.rest())
		}
		size = 12
	}
	p.pos += size
	return r, nil
}

// hex reads \uXXXX.
func hex(s string) (rune, bool) {
	if len(s) < 6 || !strings.HasPrefix(s, `\u`) {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}
