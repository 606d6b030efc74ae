package quality_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/hrsource/quality"
	"github.com/joinery-iam/joinery/hrsource/sourcetest"
)

// TestContract holds a file behind a checker to the contract of package hrsource,
// with what the file cannot tell and with what the checker does not take.
func TestContract(t *testing.T) {
	t.Parallel()
	for spoils, text := range map[string]string{
		"hireDate": "soon", // for the file
		"country":  "FR",   // for the checker
	} {
		t.Run(spoils, func(t *testing.T) {
			t.Parallel()
			sourcetest.Run(t, sourcetest.Harness{New: func(t *testing.T) sourcetest.System { return exported(t, spoils, text) }})
		})
	}
}

// exported is an HR system that writes its people into a file, which is read with
// expectations.
func exported(t *testing.T, spoils, text string) sourcetest.System {
	t.Helper()
	header := slices.DeleteFunc(hrsource.FieldNames(), func(f string) bool { return f == "source" })
	var rows [][]string
	var file string
	write := func(n int) error {
		var b strings.Builder
		err := csv.NewWriter(&b).WriteAll(append([][]string{header}, rows[:n]...))
		if n == len(rows) {
			fmt.Fprintf(&b, "#rows,%d\n", n)
		}
		file = b.String()
		return err
	}
	inner, err := csvfile.New(csvfile.Config{
		Name: "export", Evidence: csvfile.Trailer,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil },
	})
	require.NoError(t, err)
	c := checker(t, quality.Config{
		Allowed:  map[string][]string{"country": {"DE"}},
		Required: []string{"country", "givenName"},
		Values:   map[string]map[string]string{"department": {"Eng": "Engineering"}},
	})
	return sourcetest.System{
		Source: quality.Source(inner, c),
		Hold: func(workers []hrsource.Worker) error {
			rows = nil
			for _, w := range workers {
				var row []string
				for _, field := range header {
					row = append(row, w.Text(w.Assignments[0], field))
				}
				rows = append(rows, row)
			}
			return write(len(rows))
		},
		Spoil: func(id, field string) error {
			for _, row := range rows {
				if row[slices.Index(header, "workerId")] == id {
					row[slices.Index(header, field)] = text
				}
			}
			return write(len(rows))
		},
		Spoils: spoils,
		Cut:    write,
		Counts: true,
		Fields: slices.DeleteFunc(slices.Clone(header), func(f string) bool { return f == "workerId" }),
	}
}
