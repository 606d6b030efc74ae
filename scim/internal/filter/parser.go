package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads a filter within the limits that hold by default. All its errors
// are of type [*SyntaxError].
func Parse(s string) (Expr, error) { return Limits{}.Parse(s) }

// ParsePath reads an attribute path: an attribute, optionally with a schema
// before it, a value filter in brackets and a sub-attribute after it. All its
// errors are of type [*SyntaxError].
func ParsePath(s string) (Path, error) { return Limits{}.ParsePath(s) }

// Parse does what [Parse] does, within l.
func (l Limits) Parse(s string) (Expr, error) {
	p, err := l.parser(s)
	if err != nil {
		return nil, err
	}
	e, err := p.or(0)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// ParsePath does what [ParsePath] does, within l.
func (l Limits) ParsePath(s string) (Path, error) {
	p, err := l.parser(s)
	if err != nil {
		return Path{}, err
	}
	path, err := p.path(0)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return Path{}, err
	}
	return path, nil
}

type parser struct {
	in       string
	pos      int
	nodes    int
	bracket  bool // inside a value filter
	maxNodes int
	maxDepth int
}

func (l Limits) parser(s string) (*parser, error) {
	l = l.withDefaults()
	if len(s) > l.Length {
		return nil, &SyntaxError{l.Length, fmt.Sprintf("longer than %d bytes", l.Length)}
	}
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD") {
			return nil, &SyntaxError{i, "not UTF-8"}
		}
	}
	return &parser{in: s, maxNodes: l.Nodes, maxDepth: l.Depth}, nil
}

func (p *parser) fail(format string, args ...any) error {
	return &SyntaxError{p.pos, fmt.Sprintf(format, args...)}
}

func (p *parser) end() error {
	if p.skip(); p.pos < len(p.in) {
		return p.fail("unexpected %s", p.rest())
	}
	return nil
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
	if p.nodes++; p.nodes > p.maxNodes {
		return p.fail("more than %d terms", p.maxNodes)
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
	p.skip()
	if p.eat('(') {
		return p.group(depth)
	}
	if err := p.node(); err != nil {
		return nil, err
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
	if depth++; depth > p.maxDepth {
		return nil, p.fail("nested more than %d deep", p.maxDepth)
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
		start = p.pos
		literal, err := p.literal()
		if err != nil {
			return nil, err
		}
		if !op.takes(literal.Kind) {
			p.pos = start
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

func (p *parser) path(depth int) (Path, error) {
	p.skip()
	start := p.pos
	schema, name := "", p.word()
	if colon := strings.LastIndexByte(name, ':'); colon >= 0 {
		schema, name = name[:colon], name[colon+1:]
		if schema == "" {
			p.pos = start
			return Path{}, p.fail("want a schema before the colon, not %s", p.rest())
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
	if p.bracket {
		p.pos--
		return Path{}, p.fail("a value filter inside a value filter")
	}
	var err error
	if path.Filter, err = p.valueFilter(depth + 1); err != nil {
		return Path{}, err
	}
	if p.eat('.') {
		start = p.pos
		if path.Sub = p.word(); !isName(path.Sub) {
			p.pos = start
			return Path{}, p.fail("want a sub-attribute, not %s", p.rest())
		}
	}
	return path, nil
}

// valueFilter reads up to the closing bracket of one just opened.
func (p *parser) valueFilter(depth int) (Expr, error) {
	if depth > p.maxDepth {
		return nil, p.fail("nested more than %d deep", p.maxDepth)
	}
	p.bracket = true
	e, err := p.or(depth)
	p.bracket = false
	if err != nil {
		return nil, err
	}
	if p.skip(); !p.eat(']') {
		return nil, p.fail("want ], not %s", p.rest())
	}
	return e, nil
}

// isWord allows the characters of URNs, and of the URLs that stand for schemas.
func isWord(c byte) bool {
	return c == '_' || c == '-' || c == '$' || c == '.' || c == ':' || c == '/' || c == '+' || c == '%' || isAlnum(c)
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isName reports whether s is an attribute name: RFC 7643, section 2.1, and $ref.
func isName(s string) bool {
	s = strings.TrimPrefix(s, "$")
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !isAlnum(c) && c != '_' && c != '-' || i == 0 && !letter {
			return false
		}
	}
	return s != ""
}
