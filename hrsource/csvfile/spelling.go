package csvfile

import (
	"fmt"
	"strings"
	"unicode"
)

// fold makes spellings of a header comparable: "Employee ID", "employee_id".
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// didYouMean returns a question to append to an error, or "".
func didYouMean(s string, known []string) string {
	if near := nearest(s, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}

// nearest returns the one of known that s looks like a typing error of: at most
// one slip in a word of up to seven letters, two in a longer one, none in one of
// up to three. A known word with another one or a number behind it (department
// id, phone 2) is another word, not an error. "" means there is none.
func nearest(s string, known []string) string {
	folded := fold(s)
	best, bestSlips := "", 3
	for _, k := range known {
		other := fold(k)
		limit := 1
		switch shorter := min(len(folded), len(other)); {
		case shorter >= 8:
			limit = 2
		case shorter <= 3:
			limit = 0
		}
		behind, longer := strings.CutPrefix(folded, other)
		if longer && (len(behind) > 1 || strings.ContainsAny(behind, "0123456789")) {
			continue
		}
		if d := slips(folded, other); d <= limit && d < bestSlips {
			best, bestSlips = k, d
		}
	}
	return best
}

// slips counts the letters inserted, left out, mistaken or swapped with their
// neighbour between a and b (optimal string alignment). Beyond a difference of
// two in length it does not look.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	if max(len(x)-len(y), len(y)-len(x)) > 2 || len(x) > 64 || len(y) > 64 {
		return 3
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
