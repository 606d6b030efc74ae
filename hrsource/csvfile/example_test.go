package csvfile_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
)

// An export with a trailer that proves it whole, and one row that needs a
// human. Give Path instead of Open for a file on disk.
func Example() {
	export := `Employee ID;First Name;Last Name;Start Date;Last Day;Dept
1017;Ada;Byron;01.02.2026;;Engines
1018;Charles;Babbage;01.02.2019;31.03.2026;Engins
#rows;2
`
	source, err := csvfile.New(csvfile.Config{
		Name:        "payroll",
		Open:        func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(export)), nil },
		Allowed:     map[string][]string{"department": {"Engines", "Sales"}},
		DateFormats: []string{"02.01.2006"},
		Evidence:    csvfile.Trailer,
		Required:    []string{"terminationDate"},
		Timezone:    "Europe/London",
	})
	if err != nil {
		log.Fatal(err)
	}
	proof, err := source.Snapshot(context.Background(), hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		fmt.Printf("%s %s: from %s until %q\n", r.Worker.Key, r.Worker.Name.Given, r.Worker.HireDate, r.Worker.TerminationDate)
		for _, p := range r.Problems {
			fmt.Println("  ", p)
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(proof.Complete, proof.Basis)
	// Output:
	// payroll/1017 Ada: from 2026-02-01 until ""
	// payroll/1018 Charles: from 2019-02-01 until "2026-03-31"
	//    line 3, column 44: department "Engins": want one of Engines, Sales; did you mean "Engines"?
	// true payroll: trailer of 2 rows
}
