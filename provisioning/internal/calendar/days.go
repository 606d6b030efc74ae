package calendar

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// days is a set of days of the week; bit 0 is Monday.
type days uint8

const daily days = 1<<7 - 1

// dayNames are the days of the week as they are written.
var dayNames = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (d days) has(day time.Weekday) bool { return d&(1<<((day+6)%7)) != 0 }

// first returns the number of the first day, counted from Monday.
func (d days) first() int { return bits.TrailingZeros8(uint8(d)) }

// String lists the days from Monday on. Three or more in a row are a range.
func (d days) String() string {
	if d == daily {
		return "daily"
	}
	var out []string
	for i := 0; i < 7; i++ {
		last := i
		for last < 7 && d&(1<<last) != 0 {
			last++
		}
		if last-i >= 3 {
			out = append(out, dayNames[i]+"-"+dayNames[last-1])
		} else {
			out = append(out, dayNames[i:last]...)
		}
		i = last
	}
	return strings.Join(out, ",")
}

// parseDays reads a list of days and ranges of days, or "daily".
func parseDays(text string) (days, error) {
	if strings.EqualFold(text, "daily") {
		return daily, nil
	}
	var all days
	for item := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(item, "-")
		first, err := parseDay(from)
		if err != nil {
			return 0, err
		}
		last := first
		if isRange {
			if last, err = parseDay(to); err != nil {
				return 0, err
			}
			if last == first {
				return 0, fmt.Errorf("days %s begin and end with the same day; want %q for that day or \"daily\" for the whole week", quote(item), dayNames[first])
			}
		}
		for day := first; ; day = (day + 1) % 7 {
			if all&(1<<day) != 0 {
				return 0, fmt.Errorf("%s names %s twice; want each day once", quote(text), dayNames[day])
			}
			all |= 1 << day
			if day == last {
				break
			}
		}
	}
	return all, nil
}

func parseDay(text string) (int, error) {
	text = strings.TrimSpace(text)
	day := slices.Index(dayNames, strings.ToLower(text))
	if day < 0 {
		return 0, fmt.Errorf("%s is no day; want %s, a range such as mon-fri, a list such as sat,sun, or daily", quote(text), strings.Join(dayNames, ", "))
	}
	return day, nil
}
