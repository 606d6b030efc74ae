package filter

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The limits of what is read.
const (
	MaxLength = 16 << 10 // bytes of a filter or path
	MaxNodes  = 500      // comparisons and connectives
	MaxDepth  = 32       // nested parentheses and brackets
)

// Parse reads a filter.
func Parse(s string) (Expr, error) {
	p, err := newParser(s)
	if err != nil {
		return nil, err
	}
	e, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.pos < len(p.in) {
		return nil, p.fail("unexpected %s", p.rest())
	}
	return e, nil
}

// ParsePath reads an attribute path: an attribute, optionally with a schema
// before it, a value filter in brackets and a sub-attribute after it.
func ParsePath(s string) (Path, error) {
	p, err := newParser(s)
	if err != nil {
		return Path{}, err
	}
	path, err := p.path(0)
	if err != nil {
		return Path{}, err
	}
	if p.skip(); p.pos < len(p.in) {
		return Path{}, p.fail("unexpected %s", p.rest())
	}
	return path, nil
}

type parser struct {
	in    string
	pos   int
	nodes int
}

func newParser(s string) (*parser, error) {
	if len(s) > MaxLength {
		return nil, fmt.Errorf("longer than %d bytes", MaxLength)
	}
	return &parser{in: s}, nil
}

func (p *parser) fail(format string, args ...any) error {
	return fmt.Errorf("at byte %d: %s", p.pos+1, fmt.Sprintf(format, args...))
}

// rest quotes a little of what comes next, for messages.
func (p *parser) rest() string {
	if p.pos >= len(p.in) {
		return "end"
	}
	return fmt.Sprintf("%.20q", p.in[p.pos:])
}

func (p *parser) skip() {
	for p.pos < len(p.in) && (p.in[p.pos] == ' ' || p.in[p.pos] == '\t') {
		p.pos++
	}
}

func (p *parser) eat(c byte) bool {
	if p.pos < len(p.in) && p.in[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// word reads a run of the characters of names, operators and numbers.
func (p *parser) word() string {
	start := p.pos
	for p.pos < len(p.in) && isWord(p.in[p.pos]) {
		p.pos++
	}
	return p.in[start:p.pos]
}

// keyword eats the word w, in any case, if it comes next.
func (p *parser) keyword(w string) bool {
	p.skip()
	start := p.pos
	if strings.EqualFold(p.word(), w) {
		return true
	}
	p.pos = start
	return false
}

func (p *parser) node() error {
	if p.nodes++; p.nodes > MaxNodes {
		return p.fail("more than %d terms", MaxNodes)
	}
	return nil
}

func (p *parser) or(depth int) (Expr, error) {
	left, err := p.and(depth)
	for err == nil && p.keyword("or") {
		var right Expr
		if right, err = p.and(depth); err == nil {
			left, err = Or{left, right}, p.node()
		}
	}
	return left, err
}

func (p *parser) and(depth int) (Expr, error) {
	left, err := p.factor(depth)
	for err == nil && p.keyword("and") {
		var right Expr
		if right, err = p.factor(depth); err == nil {
			left, err = And{left, right}, p.node()
		}
	}
	return left, err
}

func (p *parser) factor(depth int) (Expr, error) {
	if err := p.node(); err != nil {
		return nil, err
	}
	p.skip()
	if p.eat('(') {
		return p.group(depth)
	}
	start := p.pos
	if p.keyword("not") {
		if p.skip(); p.eat('(') {
			operand, err := p.group(depth)
			return Not{operand}, err
		}
		p.pos = start // an attribute of that name
	}
	return p.comparison(depth)
}

// group reads up to the closing parenthesis of one just opened.
func (p *parser) group(depth int) (Expr, error) {
	if depth++; depth > MaxDepth {
		return nil, p.fail("nested more than %d deep", MaxDepth)
	}
	e, err := p.or(depth)
	if err != nil {
		return nil, err
	}
	if p.skip(); !p.eat(')') {
		return nil, p.fail("want ), not %s", p.rest())
	}
	return e, nil
}

func (p *parser) comparison(depth int) (Expr, error) {
	path, err := p.path(depth)
	if err != nil {
		return nil, err
	}
	p.skip()
	start := p.pos
	op := Operator(strings.ToLower(p.word()))
	switch op {
	case Present:
		return Compare{Path: path, Op: Present}, nil
	case Equal, NotEqual, Contains, StartsWith, EndsWith, Greater, GreaterOrEqual, Less, LessOrEqual:
		p.skip()
		literal, err := p.literal()
		if err != nil {
			return nil, err
		}
		if !op.takes(literal.Kind) {
			return nil, p.fail("%s does not take %s", op, literal)
		}
		return Compare{path, op, literal}, nil
	}
	p.pos = start
	if path.Filter != nil && path.Sub == "" {
		return Has{path}, nil
	}
	return nil, p.fail("want an operator after %s, not %s", path, p.rest())
}

// takes reports whether the operator can be used with a literal of that kind.
func (op Operator) takes(kind LiteralKind) bool {
	switch op {
	case Equal, NotEqual:
		return true
	case Contains, StartsWith, EndsWith:
		return kind == StringLiteral
	default:
		return kind == StringLiteral || kind == NumberLiteral
	}
}

func (p *parser) literal() (Literal, error) {
	if p.pos < len(p.in) && p.in[p.pos] == '"' {
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
	// Every JSON value that is made of these characters only is a number.
	if word != "" && json.Valid([]byte(word)) {
		return Literal{NumberLiteral, word}, nil
	}
	p.pos = start
	return Literal{}, p.fail("want a value, not %s", p.rest())
}

func (p *parser) text() (Literal, error) {
	start := p.pos
	for end := start + 1; end < len(p.in); end++ {
		switch p.in[end] {
		case '\\':
			end++
		case '"':
			var s string
			if err := json.Unmarshal([]byte(p.in[start:end+1]), &s); err != nil {
				return Literal{}, p.fail("not a JSON string: %s", p.rest())
			}
			p.pos = end + 1
			return Literal{StringLiteral, s}, nil
		}
	}
	return Literal{}, p.fail("unclosed string")
}

func (p *parser) path(depth int) (Path, error) {
	p.skip()
	start := p.pos
	schema, name := "", p.word()
	if colon := strings.LastIndexByte(name, ':'); colon >= 0 {
		schema, name = name[:colon], name[colon+1:]
		if schema == "" {
			return Path{}, p.fail("empty schema in %.60q", p.in[start:p.pos])
		}
	}
	name, sub, dotted := strings.Cut(name, ".")
	path := Path{Schema: schema, Attr: name, Sub: sub}
	if !isName(name) || dotted && !isName(sub) {
		p.pos = start
		return Path{}, p.fail("want an attribute, not %s", p.rest())
	}
	if dotted || !p.eat('[') {
		return path, nil
	}
	if depth++; depth > MaxDepth {
		return Path{}, p.fail("nested more than %d deep", MaxDepth)
	}
	var err error
	if path.Filter, err = p.or(depth); err != nil {
		return Path{}, err
	}
	if p.skip(); !p.eat(']') {
		return Path{}, p.fail("want ], not %s", p.rest())
	}
	if p.eat('.') {
		if path.Sub = p.word(); !isName(path.Sub) {
			return Path{}, p.fail("want a sub-attribute, not %.60q", path.Sub)
		}
	}
	return path, nil
}

func isWord(c byte) bool {
	return c == '_' || c == '-' || c == '$' || c == '.' || c == ':' || c == '/' || c == '+' || c == '%' || isAlnum(c)
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isName reports whether s is an attribute name: RFC 7643, section 2.1, and $ref.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		digit := c >= '0' && c <= '9'
		if !isAlnum(c) && c != '_' && c != '-' && c != '$' || i == 0 && (digit || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}
