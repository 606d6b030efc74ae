package hrsource

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxProblemValue is how many bytes of a value a Problem shows.
const maxProblemValue = 100

// The parse functions read one field. They return the zero value and what would
// be right if the text is not; empty text is the zero value and right.

func parseText(s string) (string, string) {
	s = strings.TrimSpace(s)
	if !utf8.ValidString(s) {
		return "", "text in UTF-8"
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", "text without line breaks and other control characters"
	}
	return s, ""
}

func parseDate(s string) (Date, string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Date{}, ""
	}
	d, err := ParseDate(s)
	if err != nil {
		return Date{}, "a calendar day written YYYY-MM-DD"
	}
	return d, ""
}

func parseInstant(s string) (time.Time, string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, ""
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, "an instant with a zone, such as 2026-03-31T17:00:00+02:00"
	}
	return t.UTC(), ""
}

func parseFlag(s string) (bool, string) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "y", "1":
		return true, ""
	case "false", "no", "n", "0", "":
		return false, ""
	}
	return false, "true or false"
}

func parseStatus(s string) (string, string) {
	return parseOneOf(s, StatusPending, StatusActive, StatusOnLeave, StatusSuspended, StatusTerminated, StatusNoShow)
}

// parseWorkerType spells the two known types as the constants do and lets all
// others through.
func parseWorkerType(s string) (string, string) {
	if known, want := parseOneOf(s, Employee, ContingentWorker); want == "" {
		return known, ""
	}
	return parseText(s)
}

func parseOneOf[T ~string](s string, known ...T) (string, string) {
	folded := fold(s)
	if folded == "" && strings.TrimSpace(s) == "" {
		return "", ""
	}
	names := make([]string, len(known))
	for i, k := range known {
		if folded == fold(string(k)) {
			return string(k), ""
		}
		names[i] = string(k)
	}
	return "", "one of " + strings.Join(names, ", ")
}

func parseEmail(s string) (string, string) {
	s, want := parseText(s)
	if s == "" || want != "" {
		return "", want
	}
	local, domain, found := strings.Cut(s, "@")
	if !found || local == "" || domain == "" || strings.Contains(domain, "@") || strings.ContainsFunc(s, unicode.IsSpace) {
		return "", "one e-mail address such as ada@example.com"
	}
	return s, ""
}

func parseTimezone(s string) (string, string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", ""
	}
	if _, err := LoadZone(s); err != nil {
		return "", "an IANA time zone such as Europe/Berlin"
	}
	return s, ""
}

func parseLanguage(s string) (string, string) {
	s = strings.TrimSpace(s)
	subtags := strings.Split(s, "-")
	for i, sub := range subtags {
		ok := len(sub) >= 1 && len(sub) <= 8 && !strings.ContainsFunc(sub, func(r rune) bool { return !isAlnum(r) })
		if i == 0 {
			ok = ok && len(sub) >= 2 && !strings.ContainsAny(sub, "0123456789")
		}
		if !ok && s != "" {
			return "", "a language tag of BCP 47 such as de or pt-BR"
		}
	}
	return s, ""
}

func parseCountry(s string) (string, string) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", ""
	}
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return "", "a country of two letters (ISO 3166-1 alpha-2) such as DE"
	}
	return s, ""
}

// setCustom sets a custom attribute to one value. Unlike a built-in text it may
// have several lines, such as an address.
func (w *Worker) setCustom(name, s string) *Problem {
	s = strings.TrimSpace(s)
	want := ""
	switch {
	case !utf8.ValidString(s):
		want = "text in UTF-8"
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }):
		want = "text without control characters"
	}
	if want != "" || s == "" {
		delete(w.Custom, name)
	} else {
		if w.Custom == nil {
			w.Custom = map[string][]string{}
		}
		w.Custom[name] = []string{s}
	}
	if want != "" {
		return &Problem{Field: name, Value: shorten(s, maxProblemValue), Want: want}
	}
	return nil
}

func formatText(s string) string { return s }

func formatFlag(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// formatInstant spells equal instants alike, whatever zone they were read in.
func formatInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// fold makes spellings of a name comparable: "On Leave", "on_leave", "onLeave".
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// shorten cuts s to at most limit bytes of valid UTF-8.
func shorten(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
		for s != "" && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, size := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && size == 1 {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "")
}
