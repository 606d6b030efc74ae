package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxText is the length of the longest text that is read, in bytes.
const maxText = 500

// Parse reads a window. Its text is one part or several, parted by semicolons,
// and after the last of them the IANA name of the zone, such as
//
//	mon-fri 20:00-06:00 Europe/Vienna
//	sat,sun 00:00-24:00 UTC
//	mon-fri 20:00-06:00; sat,sun 00:00-24:00 Europe/Vienna
//
// A part is the days, which are a list of mon, tue, wed, thu, fri, sat, sun and
// ranges of these, or daily; and the hours. Hours that end before they begin run
// past midnight, and the days are those on which they begin. A range may run past
// Sunday: sat-mon. A text of more than 500 bytes is refused.
func Parse(text string) (Window, error) {
	if len(text) > maxText {
		return Window{}, fmt.Errorf("window %s: %d bytes; want %d at most", quote(text), len(text), maxText)
	}
	w, err := parse(text)
	if err != nil {
		return Window{}, fmt.Errorf("window %s: %w", quote(text), err)
	}
	return w, nil
}

func parse(text string) (Window, error) {
	parts := strings.Split(text, ";")
	end := len(parts) - 1
	rest, name := cutLast(parts[end])
	if name == "" {
		return Window{}, fmt.Errorf("part %d is empty; want days, hours and, after the last part, a zone, such as mon-fri 20:00-06:00 Europe/Vienna", len(parts))
	}
	if strings.Contains(name, ":") {
		return Window{}, fmt.Errorf("part %d %s: no zone; want an IANA name such as Europe/Vienna at the end", len(parts), quote(parts[end]))
	}
	zone, err := loadZone(name)
	if err != nil {
		return Window{}, fmt.Errorf("part %d %s: %w", len(parts), quote(parts[end]), err)
	}
	parts[end] = rest
	w := Window{zone: zone}
	for i, part := range parts {
		s, err := parseSpan(part)
		if err != nil {
			return Window{}, fmt.Errorf("part %d %s: %w", i+1, quote(part), err)
		}
		same := slices.IndexFunc(w.spans, func(o span) bool { return o.begin == s.begin && o.end == s.end })
		if same >= 0 {
			w.spans[same].days |= s.days
		} else {
			w.spans = append(w.spans, s)
		}
	}
	slices.SortFunc(w.spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.days.first(), b.days.first()), cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	w.whole = wholeWeek(w.spans)
	return w, nil
}

// loadZone refuses, beside what nobody knows, the names whose meaning depends on
// the machine.
func loadZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || strings.EqualFold(name, "local") || strings.EqualFold(name, "localtime") {
		return nil, fmt.Errorf("zone %s: want an IANA name such as Europe/Vienna at the end", quote(name))
	}
	return zone, nil
}

func parseSpan(part string) (span, error) {
	names, hours := cutLast(part)
	if names == "" {
		return span{}, errors.New("want days and hours such as mon-fri 20:00-06:00")
	}
	// The hours first: where a part holds too much, that is seen in its last word.
	begin, end, err := parseHours(hours)
	if err != nil {
		return span{}, err
	}
	days, err := parseDays(names)
	return span{days, begin, end}, err
}

// parseHours reads hours such as 20:00-06:00 as minutes from midnight; the end is
// more than a day if it is past midnight.
func parseHours(text string) (begin, end int, err error) {
	from, to, found := strings.Cut(text, "-")
	begin, ok := parseMinutes(from)
	end, ok2 := parseMinutes(to)
	switch {
	case !found || !ok || !ok2:
		return 0, 0, fmt.Errorf("hours %s: want two times of day, 00:00 to 24:00, such as 20:00-06:00, without spaces; the zone stands once, after the last part", quote(text))
	case begin == minutesOfDay:
		return 0, 0, fmt.Errorf("hours %s begin at 24:00; want 00:00 and the day after", quote(text))
	case begin == end:
		return 0, 0, fmt.Errorf("hours %s begin and end at the same time; want 00:00-24:00 for the whole day", quote(text))
	case end < begin:
		end += minutesOfDay
	}
	return begin, end, nil
}

// parseMinutes reads a time of day, 00:00 to 24:00.
func parseMinutes(text string) (int, bool) {
	if text == "24:00" {
		return minutesOfDay, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == len("15:04")
}

// quote shows what was refused in a message: an error names a text up to three
// times, and each byte of it can take four.
func quote(text string) string {
	const most = 100
	text = strings.TrimSpace(text)
	if len(text) > most {
		return strconv.Quote(text[:most]) + "…"
	}
	return strconv.Quote(text)
}

// cutLast parts the last word of a text from what stands before it.
func cutLast(text string) (before, last string) {
	text = strings.TrimSpace(text)
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", ""
	}
	last = words[len(words)-1]
	return strings.TrimSpace(strings.TrimSuffix(text, last)), last
}

// String returns the canonical text of the window, from which [Parse] makes the
// same window: hours that several parts have in common stand once, days in the
// order of the week and parts in that of their first day. The zero Window, which
// no text stands for, gives "".
func (w Window) String() string {
	var parts []string
	for _, s := range w.spans {
		end := s.end
		if end > minutesOfDay {
			end -= minutesOfDay
		}
		parts = append(parts, fmt.Sprintf("%s %02d:%02d-%02d:%02d", s.days, s.begin/60, s.begin%60, end/60, end%60))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + " " + w.zone.String()
}
