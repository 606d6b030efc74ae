package profile

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var validName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Check returns everything that is wrong with the profile, joined. Contradictions
// count: paging by id without a limit to go around, facts of groups that are absent.
func (p Profile) Check() error {
	wrong := p.faults()
	all := make([]error, len(wrong))
	for i, f := range wrong {
		all[i] = f
	}
	return errors.Join(all...)
}

// fault is something wrong, and where: the keys and numbers that lead to it.
type fault struct {
	path []string
	text string
}

// Error names the field and says what is wrong with it.
func (f fault) Error() string {
	var at strings.Builder
	for i, part := range f.path {
		number, err := strconv.Atoi(part)
		switch {
		case err == nil:
			fmt.Fprintf(&at, ": number %d", number+1)
		case i == 0:
			at.WriteString(part)
		case isNumber(f.path[i-1]):
			at.WriteString(": " + part)
		default:
			at.WriteString("." + part)
		}
	}
	return at.String() + ": " + f.text
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// checks collects what is wrong.
type checks []fault

// that notes a fault at a path, such as rate.0.class, unless all is well.
func (c *checks) that(so bool, path, format string, args ...any) {
	if !so {
		*c = append(*c, fault{strings.Split(path, "."), fmt.Sprintf(format, args...)})
	}
}

// oneOf notes a value that is not known. The empty one need not be written.
func oneOf[T ~string](c *checks, path string, value T, known ...T) {
	if slices.Contains(known, value) {
		return
	}
	var words []string
	for _, k := range known {
		if k != "" {
			words = append(words, string(k))
		}
	}
	c.that(false, path, "%q: want one of %s%s", value, strings.Join(words, ", "), meant(string(value), words))
}

func (p Profile) faults() []fault {
	var c checks
	p.checkOrigin(&c)
	p.checkWords(&c)
	p.checkNumbers(&c)
	p.checkContradictions(&c)
	slices.SortStableFunc(c, func(a, b fault) int { return slices.Compare(a.path, b.path) })
	return c
}

func (p Profile) checkOrigin(c *checks) {
	c.that(validName.MatchString(p.Name), "name", "%q: want lower case letters, digits and hyphens", p.Name)
	c.that(p.Product != "", "product", "is missing")
	c.that(isLine(p.Product), "product", "%q: want one line", p.Product)
	for i, note := range p.Notes {
		c.that(isLine(note), fmt.Sprintf("notes.%d", i), "%q: want one line", note)
	}
	_, err := time.Parse(time.DateOnly, p.Checked)
	c.that(err == nil, "checked", "%q: want a day, written 2006-01-02", p.Checked)
	for i, source := range p.Sources {
		u, err := url.Parse(source)
		c.that(err == nil && u.Scheme == "https" && u.Host != "", fmt.Sprintf("sources.%d", i), "%q: want an https address", source)
	}
	for i, address := range p.Addresses {
		u, err := url.Parse(address)
		_, bad := path.Match(address, "")
		c.that(err == nil && bad == nil && u.Scheme == "https" && u.Host != "" && u.RawQuery == "" && !strings.HasPrefix(u.Host, "*.*"),
			fmt.Sprintf("addresses.%d", i), "%q: want the beginning of a base URL, such as https://*.example.com/scim", address)
	}
	known := facts()
	for i, field := range p.Unconfirmed {
		c.that(slices.Contains(known, field), fmt.Sprintf("unconfirmed.%d", i), "%q: not a fact of a profile%s", field, meant(field, known))
	}
}

func (p Profile) checkWords(c *checks) {
	oneOf(c, "filter.unsupported", p.Filter.Unsupported, Refused, Empty, Ignored)
	oneOf(c, "paging.method", p.Paging.Method, ByIndex, ByCursor, ByID, AtOnce)
	oneOf(c, "update.method", p.Update.Method, PatchOrPut, PatchAlone, PutAlone)
	oneOf(c, "groups.members", p.Groups.Members, InBoth, InGroup, InUser, ByFilter, Invisible)
	oneOf(c, "etag", p.ETag, Announced, Untrusted)
	for i, feature := range p.Discovery.Distrust {
		oneOf(c, fmt.Sprintf("discovery.distrust.%d", i), feature, "patch", "bulk", "filter", "sort", "etag")
	}
	for i, r := range p.Rate {
		oneOf(c, fmt.Sprintf("rate.%d.class", i), r.Class, All, Reads, Writes, UserWrites, GroupReads, GroupPatch, UserDelete)
	}
	for path, list := range map[string][]string{
		"filter.users": p.Filter.Users, "filter.groups": p.Filter.Groups,
		"attributes.unknown": p.Attributes.Unknown, "update.patchOnly": p.Update.PatchOnly,
	} {
		for i, attribute := range list {
			c.that(attribute != "" && isLine(attribute), fmt.Sprintf("%s.%d", path, i), "%q: want an attribute", attribute)
		}
	}
	for i, attribute := range p.Attributes.Unknown {
		needed := slices.ContainsFunc([]string{"id", "userName", "externalId", "active"}, func(n string) bool { return strings.EqualFold(n, attribute) })
		c.that(!needed, fmt.Sprintf("attributes.unknown.%d", i), "%q: a server without it is of no use", attribute)
	}
	for kind, attribute := range p.Attributes.Entitlements {
		c.that(kind != "" && isLine(kind), "attributes.entitlements", "%q: want a kind", kind)
		c.that(kind != "group", "attributes.entitlements", "group: groups have members; want another kind")
		c.that(attribute != "" && isLine(attribute), "attributes.entitlements", "%s: %q: want an attribute", kind, attribute)
	}
}

// isLine reports whether a text has no control characters. Besides that nobody
// needs them here, texts of several lines cannot always be read as YAML prints them.
func isLine(s string) bool { return !strings.ContainsFunc(s, unicode.IsControl) }

func (p Profile) checkNumbers(c *checks) {
	for path, n := range map[string]int{
		"filter.maxNodes": p.Filter.MaxNodes, "paging.maxResults": p.Paging.MaxResults, "paging.maxStart": p.Paging.MaxStart,
		"groups.maxChanges": p.Groups.MaxChanges, "groups.maxBytes": p.Groups.MaxBytes,
	} {
		c.that(n >= 0, path, "%d: want 0 for no limit, or more", n)
	}
	c.that(p.Lag >= 0, "lag", "%v: want 0 or more", p.Lag)
	for i, r := range p.Rate {
		c.that(r.Requests > 0 && r.Per > 0 && r.Burst >= 0, fmt.Sprintf("rate.%d", i), "want requests, and the time per which they are let through")
	}
}

func (p Profile) checkContradictions(c *checks) {
	c.that(p.Paging.Method != ByID || p.Paging.MaxStart > 0, "paging.method", "id: want maxStart, beyond which it is needed")
	c.that(p.Paging.Method != AtOnce || p.Paging.MaxResults == 0 && p.Paging.MaxStart == 0, "paging.method", "none: there are no pages to limit by maxResults or maxStart")
	c.that(p.Update.Method != PutAlone || len(p.Update.PatchOnly) == 0, "update.patchOnly", "there is no PATCH with method put")
	c.that(!p.Delete.Disables || !p.Delete.Refused, "delete", "either disables or refused")
	c.that(!p.Groups.Absent || p.Groups == Groups{Absent: true} && len(p.Filter.Groups) == 0, "groups.absent", "there are no groups, and yet something is said of them")
}
