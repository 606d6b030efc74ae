package policy

import (
	"slices"
	"strings"
)

// speller suggests names. It gives up after a while, since a text that is wrong
// all over would cost much time and not be helped.
type speller struct{ asked int }

const maxSuggestions = 2 * maxProblems

// didYouMean returns `, did you mean "x"?` for the name nearest to what was
// written, or nothing if none is near.
func (s *speller) didYouMean(written string, names []string) string {
	if s.asked++; s.asked > maxSuggestions {
		return ""
	}
	best := nearest(written, names)
	if best == "" {
		return ""
	}
	return `, did you mean "` + best + `"?`
}

// nearest returns the name nearest to what was written; empty if none is near.
func nearest(written string, names []string) string {
	best, distance := "", max(1, min(3, len(written)/3))+1
	for _, name := range names {
		if d := editDistance(strings.ToLower(written), strings.ToLower(name), distance); d < distance || d == distance && best != "" && name < best {
			best, distance = name, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours between two texts. Above limit, any number above limit may come out.
func editDistance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	rows := [3][]int{}
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
	}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row := rows[0], rows[1], rows[2]
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
		if slices.Min(row) > limit && slices.Min(last) > limit {
			return limit + 1
		}
		rows[0], rows[1], rows[2] = last, row, before
	}
	return rows[1][len(y)]
}
