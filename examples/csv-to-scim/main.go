// Csv-to-scim makes a SCIM server agree with what a policy says about the people
// in a file. Run it after each delivery of the file: it does what has come due
// since, and nothing twice.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning"
)

// The exit codes, for scripts.
const (
	exitDone      = 0 // everything is as policy wants it
	exitFailed    = 1 // it could not be done; the reason is on standard error
	exitUsage     = 2 // the flags are wrong
	exitAttention = 3 // done as far as it goes: something waits for a person or a system
	exitRefused   = 4 // the people file was refused; nobody counts as gone
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, diag io.Writer) int {
	o, err := parse(args, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		complain(diag, fmt.Errorf("%w; -h explains", err))
		return exitUsage
	}
	code, err := o.run(ctx, out, diag)
	if err != nil {
		complain(diag, err)
	}
	if ctx.Err() != nil {
		complain(diag, errors.New("interrupted: what was done is recorded, and the next run goes on from there"))
		return exitFailed
	}
	return code
}

// complain prints an error, each of its lines with the name of the program.
func complain(diag io.Writer, err error) {
	for line := range strings.Lines(asFlags.Replace(err.Error())) {
		fmt.Fprintln(diag, "csv-to-scim:", strings.TrimSuffix(line, "\n"))
	}
}

// asFlags says the flag where the library says what a programmer would set.
var asFlags = strings.NewReplacer("Config.Columns", "-columns", "Config.DateFormats", "-dates", "Config.Custom", "-custom")

func (o options) run(ctx context.Context, out, diag io.Writer) (int, error) {
	if o.quality {
		return o.checkQuality(ctx, out)
	}
	s, err := open(ctx, o, out)
	if errors.Is(err, errUsage) {
		return exitUsage, err
	}
	if err != nil {
		return exitFailed, err
	}
	defer s.close()
	switch {
	case o.plan:
		return o.show(ctx, s.tenant, out)
	case o.observe:
		return observe(ctx, s.tenant, s.system, out)
	case o.forecast > 0:
		return exitOf(forecast(ctx, s.tenant, o.forecast, out))
	case o.simulate != "":
		return exitOf(simulate(ctx, s.tenant, o.simulate, out))
	case o.explain != "":
		return exitOf(explain(ctx, s.tenant, o.explain, out))
	case o.verify:
		return exitOf(verify(ctx, s.tenant, o.keyFile+".pub", out))
	}
	if err := o.giveAnswers(ctx, s.tenant, out); err != nil {
		return exitFailed, err
	}
	if o.retry {
		if err := o.again(ctx, s.tenant, out); err != nil {
			return exitFailed, err
		}
	}
	return o.provision(ctx, s.tenant, out, diag)
}

func exitOf(err error) (int, error) {
	if err != nil {
		return exitFailed, err
	}
	return exitDone, nil
}

// provision reads the file, does what follows, and says how it stands.
func (o options) provision(ctx context.Context, tenant *provisioning.Tenant, out, diag io.Writer) (int, error) {
	report, readErr := tenant.Read(ctx, sourceName)
	if report.Run == "" {
		return exitFailed, readErr
	}
	fmt.Fprintln(out, outcome(report))
	if err := o.settle(ctx, tenant, diag); err != nil {
		return exitFailed, errors.Join(readErr, err)
	}
	attention, err := o.summary(ctx, tenant, out)
	switch {
	case err != nil:
		return exitFailed, errors.Join(readErr, err)
	case readErr != nil:
		return exitRefused, readErr
	case attention || (o.evidence != "" && !report.Complete):
		return exitAttention, nil
	}
	return exitDone, nil
}

// settle does what is due, waits for retries as long as patience lasts, and says
// how far it is.
func (o options) settle(ctx context.Context, tenant *provisioning.Tenant, diag io.Writer) error {
	patience := o.patience
	status, err := tenant.Status(ctx)
	if err != nil {
		return err
	}
	for _, c := range tenant.Check(ctx) {
		down := slices.ContainsFunc(status.Outages, func(o provisioning.Outage) bool { return o.System == c.System })
		if c.Err == nil && down { // somebody has mended it, and runs this now
			if err := tenant.ResetSystem(ctx, c.System, provisioning.Actor(cmp.Or(o.actor, "csv-to-scim"))); err != nil {
				return err
			}
		}
		if errors.Is(c.Err, connector.ErrDenied) {
			patience = 0 // it will not let us in a moment later either
		}
		if c.Err != nil && ctx.Err() == nil {
			complain(diag, fmt.Errorf("%s does not answer as it should, and what is due there waits: %w", c.System, c.Err))
		}
	}
	stop := progress(ctx, tenant, diag, o.progress)
	defer stop()
	deadline := time.Now().Add(patience)
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

func outcome(r provisioning.ReadReport) string {
	if r.Basis == "" {
		return "the file was refused, and nothing of it was taken over"
	}
	whole := "complete"
	if !r.Complete {
		whole = "not proven complete, so nobody counts as missing"
	}
	return fmt.Sprintf("read %d records: %d changed, %d quarantined, %d missing; %s: %s",
		r.Records, r.Changed, r.Quarantined, r.Missing, whole, asFlags.Replace(r.Basis))
}
