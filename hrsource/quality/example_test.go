package quality_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

const export = `workerId,givenName,familyName,email,workerType,hireDate,contractEndDate,department,manager
1001,Ada,Byron,ada@example.com,employee,2019-02-01,,Engineering,1002
1002,Charles,Babbage,charles@example.com,employee,2019-02-01,,eng,1001
1003,Grace,Murray,ada@example.com,contingentWorker,2026-03-01,,Engineering,1009
1004,Joan,Clarke,joan@example.com,employee,2026-03-01,,Engines,1002
`

// hr is a source that reads the export.
func hr() hrsource.Source {
	source, err := csvfile.New(csvfile.Config{
		Name: "hr",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(export)), nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	return source
}

// expectations is what this organisation wants of HR.
var expectations = quality.Config{
	Allowed:  map[string][]string{"department": {"Engineering", "Sales"}},
	Now:      time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC),
	Owners:   map[quality.Rule]quality.Owner{quality.ContractorWithoutEnd: quality.Security},
	Required: []string{"department"},
	Values:   map[string]map[string]string{"department": {"Eng": "Engineering"}},
}

// A report on what is wrong in HR.
func Example() {
	checker, err := quality.New(expectations)
	if err != nil {
		log.Fatal(err)
	}
	_, err = hr().Snapshot(context.Background(), hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		checker.Add(r.Worker)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range checker.Findings() {
		fmt.Println(finding)
	}
	// Output:
	// warning for HR: hr/1001: 2 workers manage each other in a circle, each before their manager, hr/1001 → hr/1002: want a manager outside for one of them (managerCycle)
	// error for IT: hr/1001: e-mail address "ada@example.com" is also of hr/1003: want one person key if they are one human, an address of their own for each if not (emailShared)
	// info for HR: hr/1002: department is "eng": want "Engineering", which is taken instead (valueReplaced)
	// warning for Security: hr/1003: a contractor without an end: want contractEndDate (contractorWithoutEnd)
	// warning for HR: hr/1003: manager "1009" is not among the workers of hr: want the id of one (managerUnknown)
	// error for HR: hr/1004: department is "Engines": want one of Engineering, Sales (valueNotAllowed)
}

// A source that mends what it can and quarantines what it must.
func ExampleSource() {
	checker, err := quality.New(expectations)
	if err != nil {
		log.Fatal(err)
	}
	source := quality.Source(hr(), checker)
	_, err = source.Snapshot(context.Background(), hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		fmt.Printf("%s %q\n", r.Worker.Name.Given, r.Worker.Assignments[0].Department)
		for _, p := range r.Problems {
			fmt.Println("  ", p)
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// Ada "Engineering"
	// Charles "Engineering"
	// Grace "Engineering"
	// Joan ""
	//    department "Engines": want one of Engineering, Sales (valueNotAllowed)
}
