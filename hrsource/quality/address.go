package quality

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"

	"github.com/joinery-iam/joinery/hrsource"
)

// addresses finds e-mail addresses and time zones that lead nowhere.
func (f finder) addresses(w hrsource.Worker) {
	for _, field := range []string{"email", "personalEmail"} {
		value := w.Text(hrsource.Assignment{}, field)
		if strings.TrimSpace(value) != "" && !isAddress(value) {
			f.find(EmailInvalid, w.Key, field, value,
				fmt.Sprintf("%s is %s: want one e-mail address such as ada@example.com", field, f.quote(field, value)))
		}
	}
	if _, err := w.Zone(f.zone); err != nil {
		f.find(TimezoneUnknown, w.Key, "timezone", w.Timezone,
			fmt.Sprintf("timezone is %s: want an IANA name such as Europe/Berlin", f.quote("timezone", w.Timezone)))
	}
}

// isAddress reports whether text is one bare e-mail address at a domain of two
// names or more. White space around it does not count.
func isAddress(text string) bool {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return false
	}
	names := strings.Split(text[strings.LastIndex(text, "@")+1:], ".")
	for _, name := range names {
		if name == "" || strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-") || strings.ContainsFunc(name, notInName) {
			return false
		}
	}
	return len(names) > 1
}

func notInName(r rune) bool {
	return r != '-' && !unicode.In(r, unicode.L, unicode.M, unicode.Nd)
}
