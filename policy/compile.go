package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Compile turns a document into a policy that can evaluate. It reports all that
// is wrong at once: the error joins [LoadError] values without positions. The
// policy does not share memory with doc.
func Compile(doc Document) (*Policy, error) {
	p, found := compile(doc.clone(), func(path string) string { return path })
	if len(found) == 0 && len(p.source) > maxDocument {
		found.add("", "the policy is longer than %d bytes as JSON", maxDocument)
	}
	if len(found) > 0 {
		list := make([]placed, len(found))
		for i, one := range found {
			list[i] = placed{problem: one}
		}
		return nil, loadErrors(list)
	}
	return p, nil
}

// compile takes doc over. The policy is of use only if nothing was found. place
// names another place in the document, by its path, in what was found.
func compile(doc Document, place func(path string) string) (*Policy, problems) {
	c := &compilation{doc: doc, place: place, policy: &Policy{doc: doc, accounts: map[string]account{}, special: doc.special()}}
	if doc.Version != 1 {
		c.found.add("version", "want version: 1, the only version of the format")
	}
	if !c.withinLimits() {
		return nil, c.found
	}
	c.attributes()
	c.systems = sortedKeys(doc.Accounts)
	c.entitlements()
	c.roles()
	c.rules()
	c.accounts()
	c.denies()
	c.exceptions()
	c.separations()
	c.policy.sortBoundaries()
	c.days("bridgeDays", doc.BridgeDays)
	c.policy.bridgeDays = doc.BridgeDays
	if len(c.found) > 0 {
		return nil, c.found
	}
	c.index()
	text, err := json.Marshal(doc)
	if err != nil {
		c.found.add("", "the policy cannot be written as JSON: %s", err)
		return nil, c.found
	}
	// The first line stands for the meaning of policies: it has to change when
	// the same document is to be decided in another way.
	sum := sha256.Sum256(append([]byte("joinery policy 1\n"), text...))
	c.policy.version, c.policy.source = hex.EncodeToString(sum[:16]), text
	return c.policy, nil
}

// compilation is the work of compiling one document.
type compilation struct {
	doc     Document
	place   func(path string) string
	policy  *Policy
	found   problems
	known   map[string]Attribute // built-in and declared
	systems []string
	broken  bool // the roles cannot be expanded
	cached  map[string][]given
	size    int
	spell   speller

	names     []string // of the known attributes, sorted
	roleNames []string // sorted
	read      []string // parameters that the role at hand reads

	compiler *conditions // made when first needed
}

func (c *compilation) withinLimits() bool {
	before := len(c.found)
	count := func(path string, n, limit int) {
		if n > limit {
			c.found.add(path, "%d entries, the limit is %d", n, limit)
		}
	}
	count("attributes", len(c.doc.Attributes), maxAttributes)
	count("roles", len(c.doc.Roles), maxRoles)
	count("entitlements", len(c.doc.Entitlements), maxEntitlements)
	count("rules", len(c.doc.Rules), maxRules)
	count("accounts", len(c.doc.Accounts), maxSystems)
	for _, name := range sortedKeys(c.doc.Attributes) {
		count(child("attributes", name)+".values", len(c.doc.Attributes[name].Values), maxList)
	}
	bundle := func(path string, roles, grants []string, addOns []AddOn) {
		count(path+".roles", len(roles), maxList)
		count(path+".grants", len(grants), maxList)
		count(path+".addOns", len(addOns), maxList)
		for i, a := range addOns {
			count(entry(path+".addOns", i)+".roles", len(a.Roles), maxList)
			count(entry(path+".addOns", i)+".grants", len(a.Grants), maxList)
		}
	}
	for _, name := range sortedKeys(c.doc.Roles) {
		r, path := c.doc.Roles[name], child("roles", name)
		count(path+".parameters", len(r.Parameters), maxParameters)
		count(path+".inherits", len(r.Inherits), maxList)
		bundle(path, nil, r.Grants, r.AddOns)
	}
	for i, r := range c.doc.Rules {
		bundle(entry("rules", i), r.Roles, r.Grants, r.AddOns)
	}
	count("denies", len(c.doc.Denies), maxDenies)
	for i, d := range c.doc.Denies {
		bundle(entry("denies", i), d.Roles, d.Grants, nil)
	}
	count("exceptions", len(c.doc.Exceptions), maxRules)
	for i, e := range c.doc.Exceptions {
		bundle(entry("exceptions", i), e.Roles, e.Grants, nil)
		count(entry("exceptions", i)+".lifts", len(e.Lifts), maxList)
	}
	count("separation", len(c.doc.Separation), maxDenies)
	for i, s := range c.doc.Separation {
		path := entry("separation", i)
		count(path+".between", len(s.Between), maxSides)
		count(path+".mitigations", len(s.Mitigations), maxList)
		for k, one := range s.Between {
			bundle(entry(path+".between", k), one.Roles, one.Grants, nil)
		}
	}
	for _, system := range sortedKeys(c.doc.Accounts) {
		a, path := c.doc.Accounts[system], child("accounts", system)
		count(path+".candidates", len(a.Candidates), maxList)
		count(path+".after", len(a.After), maxList)
		count(path+".attributes", len(a.Attributes), maxList)
		for _, name := range sortedKeys(a.Attributes) {
			count(child(path+".attributes", name), len(a.Attributes[name]), maxList)
		}
	}
	return len(c.found) == before
}

// reserved are words that mean something else in conditions or templates.
var reserved = []string{
	"and", "or", "not", "in", "let", "if", "else", "nil", "true", "false", "matches", "contains", "startsWith", "endsWith",
	"len", "lower", "trim", "upper", "n", "name", "formerName",
}

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	systemName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
)

func (c *compilation) attributes() {
	c.known = map[string]Attribute{}
	for _, a := range builtIn {
		c.known[a.Name] = a
	}
	for _, name := range sortedKeys(c.doc.Attributes) {
		a, path := c.doc.Attributes[name], child("attributes", name)
		a.Name = name
		_, taken := c.known[name]
		switch {
		case !identifier.MatchString(name) || len(name) > maxNameLength:
			c.found.add(path, "attribute %q: a name is made of letters, digits and _ and does not begin with a digit", clip(name))
		case taken:
			c.found.add(path, "attribute %q is built in", name)
		case slices.Contains(reserved, name):
			c.found.add(path, "attribute %q: the word is reserved", name)
		}
		switch {
		case a.Type == "":
			c.found.add(path, "attribute %q has no type; want one of %s", clip(name), joined(attributeTypes))
			a.Type = TypeString
		case !slices.Contains(attributeTypes, a.Type):
			c.found.add(path+".type", "unknown type %q%s; want one of %s", clip(string(a.Type)), c.spell.didYouMean(string(a.Type), strs(attributeTypes)), joined(attributeTypes))
			a.Type = TypeString
		case len(a.Values) > 0 && a.Type != TypeString && a.Type != TypeList:
			c.found.add(path+".values", "values can be listed for texts and lists only, not for a %s", a.Type)
			a.Values = nil
		}
		for i, v := range a.Values {
			c.text(entry(path+".values", i), v, maxValue)
		}
		c.prose(path+".description", a.Description)
		c.known[name] = a
	}
}

// text reports a text that is empty, too long or holds control characters.
func (c *compilation) text(path, s string, limit int) {
	switch {
	case s == "":
		c.found.add(path, "want a text, not nothing")
	case len(s) > limit:
		c.found.add(path, "%d bytes, the limit is %d", len(s), limit)
	case strings.TrimSpace(s) != s:
		c.found.add(path, "%q begins or ends with white space", clip(s))
	case strings.ContainsFunc(s, isControl):
		c.found.add(path, "%q holds control characters", clip(s))
	default:
		c.utf8(path, s)
	}
}

// days reports a number of days that makes no sense.
func (c *compilation) days(path string, n int) {
	if n < 0 || n > maxDays {
		c.found.add(path, "%d days; want 0 to %d", n, maxDays)
	}
}

// prose checks text over several lines. It may be empty.
func (c *compilation) prose(path, s string) {
	if strings.ContainsFunc(s, func(r rune) bool { return isControl(r) && r != '\n' && r != '\t' }) {
		c.found.add(path, "the text holds control characters")
		return
	}
	c.utf8(path, s)
}

func (c *compilation) utf8(path, s string) {
	if !utf8.ValidString(s) {
		c.found.add(path, "the text is not UTF-8")
	}
}

// isControl reports characters that YAML cannot carry as they are.
func isControl(r rune) bool {
	return unicode.IsControl(r) || r == '\uFEFF' || r == '\uFFFE' || r == '\uFFFF'
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func strs[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func joined[T ~string](list []T) string { return strings.Join(strs(list), ", ") }

// quoted lists names for an error.
func quoted(names []string, separator string) string {
	out := make([]string, 0, len(names))
	for i, n := range names {
		switch {
		case i == 10 && len(names) > 20:
			out = append(out, "…")
		case i < 10 || i >= len(names)-10:
			out = append(out, fmt.Sprintf("%q", clip(n)))
		}
	}
	return strings.Join(out, separator)
}
