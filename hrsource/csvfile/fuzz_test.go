package csvfile_test

import (
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
)

// FuzzRows reads any rows after a good header: no line that is not blank may be
// lost, and whatever stands before a good line, the good line is read.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		"1,Ada,A", "1,\"Ada,A\n2,Bo,B", "1,\"A\"\"da\",\"x\ny\"", ",,\n\r\n\"", "\"\"\"", "1,2\r3,4", "1,a,b,c", "\xff\xfe,\x00", "1,x,y\n1,x,z\n1,x,y",
		"a\",\"\n\"\n\"\",\"", " \"1\" , \"2\" ,3",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rows string) {
		if len(rows) > 10_000 || strings.Contains(rows, "lastly") {
			t.Skip("too large, or holds the line that is looked for")
		}
		const end = "lastly,Zoe,note"
		s := of(t, "", csvfile.Config{Open: inMemory("id,name,notes\n" + rows + "\n" + end)})
		all, proof, err := read(t, s)
		if err != nil {
			t.Fatalf("a good header and a good row: %v", err)
		}
		if proof.Complete {
			t.Error("complete without evidence")
		}
		var raw []string
		seen := map[string]bool{}
		for _, r := range all {
			if r.Worker.Key.ID == "" && len(r.Problems) == 0 {
				t.Errorf("%s: no id and no problem", r.Position)
			}
			if r.Worker.Key.ID != "" && seen[r.Worker.Key.ID] {
				t.Errorf("%s: yielded twice", r.Worker.Key)
			}
			seen[r.Worker.Key.ID] = true
			checkPosition(t, r, strings.Count(rows, "\n")+3)
			raw = append(raw, strings.Split(r.Raw, "\n")...)
		}
		if !seen["lastly"] && !strings.Contains(strings.Join(raw, "\n"), end) {
			t.Error("the last line was lost")
		}
		if want := lines(rows + "\n" + end); !strings.Contains(rows, "\x00") && len(rows) < 4000 && count(raw) != want {
			t.Errorf("%d lines were read, there are %d: %q", count(raw), want, raw)
		}
	})
}

func inMemory(content string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return stream{strings.NewReader(content)}, nil }
}

func checkPosition(t *testing.T, r hrsource.Record, last int) {
	t.Helper()
	_, where, _ := strings.Cut(r.Position, ":")
	for n := range strings.SplitSeq(where, ",") {
		if at, err := strconv.Atoi(n); len(r.Position) < 190 && (err != nil || at < 2 || at > last) {
			t.Errorf("position %q: want lines from 2 to %d", r.Position, last)
		}
	}
}

// lines counts the lines that are not blank.
func lines(s string) int { return count(strings.Split(s, "\n")) }

func count(all []string) int {
	n := 0
	for _, l := range all {
		if strings.Trim(l, " \t\r,") != "" {
			n++
		}
	}
	return n
}

// FuzzFile reads anything as a file: whatever it is, it is read or refused.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{"", "id", "id\n1", "\xff\xfei\x00", "id;name\n\"1", "\"id\",\"", "id\n1\n#rows,1", utf16("id\n1\n", true)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		if len(content) > 10_000 {
			t.Skip("too large")
		}
		all, proof, err := read(t, of(t, "", csvfile.Config{Open: inMemory(content), Evidence: csvfile.Trailer}))
		if err == nil && len(all) == 0 {
			t.Error("neither records nor an error")
		}
		if err == nil && proof.Complete && !proof.Covers(len(all)) {
			t.Errorf("%+v for %d records", proof, len(all))
		}
	})
}
