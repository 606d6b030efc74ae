package doctor

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the report for people to read: dangers first, then deviations,
// notes, and what is well, if all is set.
func (r *Report) WriteText(w io.Writer, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, after %d requests\n", r.Server, r.Requests)
	for _, section := range []struct {
		level Level
		title string
		brief bool
	}{
		{Danger, "DANGERS: whoever trusts the standard here loses accounts, or believes what is not so", false},
		{Deviation, "DEVIATIONS", false},
		{Note, "NOTES", false},
		{Good, "AS IT SHOULD BE", !all},
	} {
		r.section(&b, section.level, section.title, section.brief)
	}
	b.WriteString("\nPROFILES\n")
	best := r.Fits[0]
	for i, f := range r.Fits {
		if i > 0 && (i == 5 || len(f.Contradicts) > len(best.Contradicts)+2) {
			break
		}
		fmt.Fprintf(&b, "  %-26s contradicts %s; explains %s; not tried: %s\n", f.Profile,
			listOr(f.Contradicts, "nothing"), listOr(f.Explains, "nothing special"), listOr(f.Unseen, "nothing"))
	}
	b.WriteString("\nDRAFT of a profile of what was seen\n")
	for line := range strings.Lines(r.Draft.String()) {
		b.WriteString("  " + line)
	}
	if len(r.Left) > 0 {
		fmt.Fprintf(&b, "\nLEFT BEHIND: %s\n", strings.Join(r.Left, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) section(b *strings.Builder, level Level, title string, brief bool) {
	var n int
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s (%d)\n", title, n)
	for _, f := range r.Findings {
		if f.Level != level {
			continue
		}
		fmt.Fprintf(b, "  %-24s %s\n", f.Code, f.Title)
		if brief {
			continue
		}
		for _, line := range f.Evidence {
			fmt.Fprintf(b, "  %24s seen: %s\n", "", line)
		}
		if f.Expected != "" {
			fmt.Fprintf(b, "  %24s want: %s\n", "", f.Expected)
		}
	}
}

func listOr(words []string, none string) string {
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, ", ")
}
