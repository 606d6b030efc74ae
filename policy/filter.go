package policy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// filter changes a value in a template.
type filter struct {
	name string
	arg  string
	n    int // arg of first and last
}

// filterForms are the filters as a user writes them.
const filterForms = "ascii, default:text, digits, first:2, last:2, lower, slug, trim, upper"

var filterNames = []string{"ascii", "default", "digits", "first", "last", "lower", "slug", "trim", "upper"}

// parseFilter reads name or name:argument. msg says what is wrong, if anything.
func parseFilter(s string, spell *speller) (f filter, msg string) {
	name, arg, hasArg := strings.Cut(s, ":")
	f = filter{name: name, arg: arg}
	switch name {
	case "ascii", "digits", "lower", "slug", "trim", "upper":
		if hasArg {
			return f, fmt.Sprintf("filter %s takes no argument", name)
		}
	case "default":
		if arg == "" {
			return f, "filter default wants a text, such as default:none"
		}
		if strings.ContainsAny(arg, "{}") {
			return f, "the text of default cannot hold braces"
		}
	case "first", "last":
		n, err := strconv.Atoi(arg)
		if err != nil || n < 1 || n > maxTemplate {
			return f, fmt.Sprintf("filter %s wants a number from 1 to %d, such as %s:2", name, maxTemplate, name)
		}
		f.n = n
	default:
		return f, fmt.Sprintf("unknown filter %q%s (there are %s)", clip(name), spell.didYouMean(name, filterNames), filterForms)
	}
	return f, ""
}

func (f filter) apply(s string) string {
	switch f.name {
	case "ascii":
		return foldASCII(s)
	case "default":
		if s == "" {
			return f.arg
		}
		return s
	case "digits":
		return keep(s, func(r rune) bool { return r >= '0' && r <= '9' })
	case "first":
		runes := []rune(s)
		return string(runes[:min(f.n, len(runes))])
	case "last":
		runes := []rune(s)
		return string(runes[max(0, len(runes)-f.n):])
	case "lower":
		return strings.ToLower(s)
	case "upper":
		return strings.ToUpper(s)
	case "trim":
		return strings.TrimSpace(s)
	default:
		return slug(s)
	}
}

// slug turns a text into what fits into most names: lower case ASCII letters,
// digits, dots and hyphens, neither of which begins or ends it. Runs of white
// space and underscores become one hyphen, everything else is dropped.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(foldASCII(s)), func(r rune) bool { return r == '_' || unicode.IsSpace(r) })
	s = keep(strings.Join(words, "-"), func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-'
	})
	return strings.Trim(s, ".-")
}

func keep(s string, wanted func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if wanted(r) {
			return r
		}
		return -1
	}, s)
}

// foldASCII writes Latin letters without their marks, ligatures and special
// letters as people write them without a suitable keyboard, and drops what has
// no such form.
func foldASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 128 }) {
		return s
	}
	var out strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if r < 128 {
			out.WriteRune(r)
			continue
		}
		out.WriteString(asciiFor[r])
	}
	return out.String()
}

// asciiFor holds the letters that do not decompose into a letter and marks.
var asciiFor = map[rune]string{
	'ß': "ss", 'ẞ': "SS", 'æ': "ae", 'Æ': "AE", 'œ': "oe", 'Œ': "OE", 'ø': "o", 'Ø': "O", 'ł': "l", 'Ł': "L",
	'đ': "d", 'Đ': "D", 'ð': "d", 'Ð': "D", 'þ': "th", 'Þ': "Th", 'ħ': "h", 'Ħ': "H", 'ı': "i", 'ŋ': "ng", 'Ŋ': "NG",
	'ŧ': "t", 'Ŧ': "T", 'ə': "e", 'Ə': "E", 'ƶ': "z", 'Ƶ': "Z", 'ĸ': "k", 'ɓ': "b", 'Ɓ': "B", 'ɗ': "d", 'Ɗ': "D", 'ƙ': "k", 'Ƙ': "K",
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '’': "'", '‘': "'", '“': `"`, '”': `"`, 'ʼ': "'", 'ʻ': "'",
}
