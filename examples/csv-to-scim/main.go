// Csv-to-scim makes a SCIM server agree with what a policy says about the people
// in a file. Run it after each delivery of the file: it does what has come due
// since, and nothing twice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// The exit codes, for scripts.
const (
	exitDone      = 0 // everything is as policy wants it
	exitFailed    = 1 // it could not be done; the reason is on standard error
	exitUsage     = 2 // the flags are wrong
	exitAttention = 3 // done as far as it goes: something waits for a person or a system
	exitRefused   = 4 // the people file was not believed; nothing was taken away
)

const usage = `usage: csv-to-scim -people FILE -policy FILE -url URL -token-file FILE [-db FILE] [flags]

Reads people from a delimited file, decides with a policy what each should have,
and makes a SCIM 2.0 server agree. What it knows is kept in the database, so that
a second run sends nothing that is done already, and a run that was broken off is
taken up where it was.

  go run ./examples/csv-to-scim -people people.csv -policy policy.yaml \
      -url https://example.com/scim/v2 -token-file token -db joinery.db -plan

exit codes: 0 done · 1 failed · 2 wrong flags · 3 something waits for a person or
a system, see what is printed · 4 the people file was refused, nothing was taken away

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, out, diag io.Writer) int {
	o, err := parse(args, diag)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		fmt.Fprintln(diag, "csv-to-scim:", err)
		return exitUsage
	}
	code, err := o.run(ctx, out, diag)
	if err != nil {
		fmt.Fprintln(diag, "csv-to-scim:", err)
	}
	return code
}

func (o options) run(ctx context.Context, out, diag io.Writer) (int, error) {
	s, err := open(ctx, o, out)
	if err != nil {
		return exitFailed, err
	}
	defer s.close()
	if o.plan {
		return o.show(ctx, s.tenant, out)
	}
	report, readErr := s.tenant.Read(ctx, sourceName)
	if report.Run == "" {
		return exitFailed, readErr
	}
	fmt.Fprintf(out, "read %d records: %d changed, %d quarantined, %d missing; %s\n",
		report.Records, report.Changed, report.Quarantined, report.Missing, completeness(report))
	if readErr != nil {
		fmt.Fprintln(diag, "csv-to-scim:", readErr)
	}
	if err := o.settle(ctx, s.tenant, diag); err != nil {
		return exitFailed, err
	}
	attention, err := summary(ctx, s.tenant, out)
	_, shrunk := errors.AsType[*hrsource.ShrunkError](readErr)
	switch {
	case err != nil:
		return exitFailed, err
	case shrunk:
		return exitRefused, nil
	case readErr != nil:
		return exitFailed, nil
	case attention:
		return exitAttention, nil
	}
	return exitDone, nil
}

// show prints the plan and changes nothing.
func (o options) show(ctx context.Context, tenant *provisioning.Tenant, out io.Writer) (int, error) {
	plan, err := tenant.Plan(ctx, provisioning.PlanRequest{Read: []string{sourceName}})
	if err != nil {
		return exitFailed, err
	}
	for _, line := range plan.Lines {
		fmt.Fprintln(out, line)
	}
	for _, note := range plan.Notes {
		fmt.Fprintln(out, "!", note)
	}
	fmt.Fprintf(out, "plan %.12s: %d changes with policy %s; nothing was changed\n", plan.Digest, len(plan.Lines), plan.Policy)
	if len(plan.Notes) > 0 {
		return exitAttention, nil
	}
	return exitDone, nil
}

// settle does what is due, waits for retries as long as patience lasts, and says
// how far it is.
func (o options) settle(ctx context.Context, tenant *provisioning.Tenant, diag io.Writer) error {
	stop := progress(ctx, tenant, diag, o.progress)
	defer stop()
	deadline := time.Now().Add(o.patience)
	for {
		next, err := tenant.Drain(ctx)
		if err != nil || next.IsZero() || next.After(deadline) {
			return err
		}
		timer := time.NewTimer(max(time.Until(next), 10*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func completeness(r provisioning.ReadReport) string {
	if r.Complete {
		return "complete: " + r.Basis
	}
	return "not proven complete, so nobody counts as missing: " + r.Basis
}
