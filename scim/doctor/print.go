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
	r.profiles(&b)
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

// profiles writes the best fits, and in one line those that cannot be told from the
// generic one.
func (r *Report) profiles(b *strings.Builder) {
	b.WriteString("\nPROFILES\n")
	var alike []string
	shown := 0
	for _, f := range r.Fits {
		switch {
		case f.Profile != generic && !f.Address && len(f.Contradicts)+len(f.Explains)+len(f.Unseen) == 0:
			alike = append(alike, f.Profile)
		case shown < 5 && len(f.Contradicts) <= len(r.Fits[0].Contradicts)+2:
			shown++
			name := f.Profile
			if f.Address {
				name += " (its address)"
			}
			fmt.Fprintf(b, "  %-26s contradicts %s; explains %s; not tried: %s\n", name,
				listOr(f.Contradicts, "nothing"), listOr(f.Explains, "nothing special"), listOr(f.Unseen, "nothing"))
		}
	}
	if len(alike) > 0 {
		fmt.Fprintf(b, "  like generic, but for what cannot be seen from outside, such as rates: %s\n", strings.Join(alike, ", "))
	}
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
