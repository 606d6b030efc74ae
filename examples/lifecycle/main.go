// Lifecycle plays every turn of a working life, each as a small scenario with its
// plans: hires that move, transfers that are told late, leavers in other time zones,
// people who come back. It needs nothing but Go: two SCIM servers run in this process
// and are spoken to over HTTP, the clock is a virtual one, the database a real file.
// Where a scenario says that the process is killed, one is: the first half of it is
// played by another process, which ends as by kill -9.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	ok, err := run(context.Background(), os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "lifecycle:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// run plays scenarios, and reports whether everything was as it should be.
func run(ctx context.Context, args []string, out io.Writer) (ok bool, err error) {
	f := flag.NewFlagSet("lifecycle", flag.ContinueOnError)
	f.SetOutput(out)
	only := f.String("only", "", "play the scenario of this `name` alone")
	list := f.Bool("list", false, "list the scenarios")
	var s setting
	f.BoolVar(&s.dies, "dies", false, "be the process that is killed in a scenario; with -db, -directory and -code")
	f.StringVar(&s.db, "db", "", "its database `file`")
	f.StringVar(&s.directory, "directory", "", "the `URL` of its directory")
	f.StringVar(&s.code, "code", "", "the same for the system code")
	if err := f.Parse(args); err != nil {
		return false, err
	}
	ok, found := true, false
	for _, one := range scenarios() {
		if *only != "" && one.name != *only {
			continue
		}
		found = true
		if *list {
			fmt.Fprintf(out, "%-22s %s\n", one.name, one.title)
			continue
		}
		fine, err := one.run(ctx, s, out)
		if err != nil {
			return false, fmt.Errorf("%s: %w", one.name, err)
		}
		ok = ok && fine
	}
	if !found {
		return false, fmt.Errorf("there is no scenario %q; -list shows them", *only)
	}
	return ok, nil
}
