package csvfile_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/hrsource/sourcetest"
)

// TestContract holds the source to the contract of package hrsource, with either
// kind of evidence and with none.
func TestContract(t *testing.T) {
	t.Parallel()
	for _, evidence := range []csvfile.Evidence{csvfile.NoEvidence, csvfile.DoneFile, csvfile.Trailer} {
		t.Run("evidence "+string(evidence), func(t *testing.T) {
			t.Parallel()
			sourcetest.Run(t, sourcetest.Harness{New: func(t *testing.T) sourcetest.System { return export(t, evidence) }})
		})
	}
}

// export is an HR system that writes its people into a file.
func export(t *testing.T, evidence csvfile.Evidence) sourcetest.System {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	source, err := csvfile.New(csvfile.Config{Name: "export", Path: path, Evidence: evidence})
	if err != nil {
		t.Fatal(err)
	}
	header := slices.DeleteFunc(hrsource.FieldNames(), func(f string) bool { return f == "source" })
	var rows [][]string
	write := func(count, n int) error {
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.WriteAll(append([][]string{header}, rows[:n]...)); err != nil {
			return err
		}
		if evidence == csvfile.Trailer && n == count {
			fmt.Fprintf(&b, "#rows,%d\n", count)
		}
		if err := os.WriteFile(path+".done", fmt.Append(nil, count), 0o600); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(b.String()), 0o600)
	}
	return sourcetest.System{
		Source: source,
		Hold: func(workers []hrsource.Worker) error {
			rows = nil
			for _, w := range workers {
				var row []string
				for _, field := range header {
					row = append(row, w.Text(w.Assignments[0], field))
				}
				rows = append(rows, row)
			}
			return write(len(rows), len(rows))
		},
		Spoil: func(id, field string) error {
			for _, row := range rows {
				if row[slices.Index(header, "workerId")] == id {
					row[slices.Index(header, field)] = "soon"
				}
			}
			return write(len(rows), len(rows))
		},
		Cut:    func(n int) error { return write(len(rows), n) },
		Counts: true,
		Fields: slices.DeleteFunc(slices.Clone(header), func(f string) bool { return f == "workerId" }),
	}
}
