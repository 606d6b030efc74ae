package policy

import (
	"fmt"
	"slices"
	"strings"
)

// A template is text with placeholders:
//
//	{attribute}  {attribute|filter|filter:argument}
//	{accounts.system.attribute}  {manager.accounts.system.attribute}
//	{name}  {formerName}  {n}
//
// Two braces stand for one.
type template struct {
	parts []part
}

// part is literal text, a mark that the engine replaces ([Counter], [NamePlaceholder] or
// [FormerNamePlaceholder]), or an input.
type part struct {
	text    string
	mark    bool
	source  source // of an input; empty for the others
	system  string // for sourceAccount and sourceManager
	name    string // of the attribute
	filters []filter
}

// source says where an input comes from.
type source string

const (
	sourceFact    source = "fact"    // an attribute of the relationship
	sourceAccount source = "account" // observed on the person's account
	sourceManager source = "manager" // observed on the manager's account

	sourceParameter source = "parameter" // of the role in which the template stands
)

// use says what a template is for.
type use int

const (
	useCandidate use = iota
	useAttribute
	useParameter // the value of a parameter of a role
	useGrant     // the name of an entitlement in a role with parameters
)

// marked reports whether the engine replaces marks in what comes of a template.
func (u use) marked() bool { return u == useCandidate || u == useAttribute }

// String names an input as [DesiredAccount.Waiting] does.
func (p part) String() string {
	switch p.source {
	case sourceAccount:
		return "accounts." + p.system + "." + p.name
	case sourceManager:
		return "manager.accounts." + p.system + "." + p.name
	default:
		return p.name
	}
}

// templates parses templates against the attributes and systems of a policy.
type templates struct {
	attributes map[string]Attribute
	names      []string // of the attributes, sorted
	systems    []string // sorted
	parameters []string // of the role in which the templates stand
	spell      *speller
}

// parse reports what is wrong to bad, with the position in characters.
func (ts *templates) parse(s string, as use, bad func(offset int, msg string)) (t template) {
	if len(s) > maxTemplate {
		bad(0, fmt.Sprintf("the template is %d bytes long, the limit is %d", len(s), maxTemplate))
		return t
	}
	runes, fine := []rune(s), true
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			t.parts = append(t.parts, part{text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		twice := i+1 < len(runes) && runes[i+1] == r
		switch {
		case (r == '{' || r == '}') && twice:
			text.WriteRune(r)
			i++
		case r == '}':
			bad(i, "} without {; write }} for a brace")
			return t
		case r == '{':
			end := slices.Index(runes[i:], '}')
			if end < 0 {
				bad(i, "{ without }; write {{ for a brace")
				return t
			}
			flush()
			p, ok := ts.part(string(runes[i+1:i+end]), as, func(msg string) { bad(i, msg) })
			if fine = fine && ok; ok {
				t.parts = append(t.parts, p)
			}
			i += end
		default:
			text.WriteRune(r)
		}
	}
	flush()
	if fine && len(t.parts) == 0 {
		bad(0, "the template is empty")
	}
	for _, p := range t.parts {
		if p.source != sourceFact || ts.attributes[p.name].Type != TypeList {
			continue
		}
		switch {
		case as == useParameter && len(t.parts) > 1:
			bad(0, fmt.Sprintf("%s is a list; it can only stand alone, and then gives the role once for each value", p.name))
		case as == useCandidate || len(t.parts) > 1:
			bad(0, fmt.Sprintf("%s is a list; it can only stand alone in an attribute of an account, which then has as many values", p.name))
		}
	}
	return t
}

// marks are what the engine replaces.
func marks() []string { return []string{Counter, NamePlaceholder, FormerNamePlaceholder} }

// part reads what stands between braces.
func (ts *templates) part(s string, as use, bad func(msg string)) (p part, ok bool) {
	ref, rest, filtered := strings.Cut(s, "|")
	if mark := "{" + ref + "}"; as.marked() && slices.Contains(marks(), mark) {
		switch {
		case filtered:
			bad(mark + " takes no filters; its value is not known before the account is made")
		case mark == Counter && as != useCandidate:
			bad(Counter + " can only stand in candidates")
		case mark != Counter && as != useAttribute:
			bad(mark + " can only stand in attributes; it is what the candidates are for")
		default:
			return part{text: mark, mark: true}, true
		}
		return p, false
	}
	if msg := ts.input(&p, ref, as); msg != "" {
		bad(msg)
		return p, false
	}
	if !filtered {
		return p, true
	}
	for text := range strings.SplitSeq(rest, "|") {
		f, msg := parseFilter(text, ts.spell)
		if f.name == "default" && p.source == sourceAccount {
			msg = "default cannot follow accounts: it would be used until the account is there"
		}
		if msg != "" {
			bad(msg)
			return p, false
		}
		p.filters = append(p.filters, f)
	}
	if len(p.filters) > maxFilters {
		bad(fmt.Sprintf("%d filters, the limit is %d", len(p.filters), maxFilters))
		return p, false
	}
	return p, true
}

// input reads where a value comes from.
func (ts *templates) input(p *part, ref string, as use) (msg string) {
	if slices.Contains(ts.parameters, ref) {
		*p = part{source: sourceParameter, name: ref}
		return ""
	}
	if as == useGrant {
		return fmt.Sprintf("unknown parameter %q%s; the name of a grant can read the role's parameters only", clip(ref), ts.spell.didYouMean(ref, ts.parameters))
	}
	path, ofManager := strings.CutPrefix(ref, "manager.")
	path, ofAccount := strings.CutPrefix(path, "accounts.")
	if !ofManager && !ofAccount {
		if _, ok := ts.attributes[ref]; !ok {
			return fmt.Sprintf("unknown attribute %q%s", clip(ref), ts.spell.didYouMean(ref, ts.names))
		}
		*p = part{source: sourceFact, name: ref}
		return ""
	}
	system, name, ok := strings.Cut(path, ".")
	switch {
	case as == useParameter:
		return "a parameter can only read attributes of the relationship, not what is observed of accounts"
	case !ofAccount || !ok || system == "" || name == "":
		return fmt.Sprintf("%q: want accounts.system.attribute or manager.accounts.system.attribute", clip(ref))
	case !slices.Contains(ts.systems, system):
		return fmt.Sprintf("unknown system %q%s", clip(system), ts.spell.didYouMean(system, ts.systems))
	case ofManager && as == useCandidate:
		return "a login name cannot depend on the manager"
	case ofManager:
		*p = part{source: sourceManager, system: system, name: name}
	default:
		*p = part{source: sourceAccount, system: system, name: name}
	}
	return ""
}
