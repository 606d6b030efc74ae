// Policy is a command for those who write policies, and for their CI: it checks,
// tests, compares and explains them. Without arguments it shows itself, on a sample.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// The exit codes, for scripts.
const (
	exitFine    = 0 // nothing was found, everything passed, nothing differs
	exitFound   = 1 // something was found, failed, differs or is not given
	exitTrouble = 2 // it could not be done, or not for everybody
)

const usage = `usage: policy COMMAND [arguments] [flags]

For those who write policies, and for their CI. The commands are

%s
policy COMMAND -h explains each. A policy in several files is named FILE,FILE,…, and
check takes them apart as well.

exit codes:
  0  fine: nothing was found, every case passed, nothing differs
  1  something was found, a case failed, something differs, somebody does not have it
  2  it could not be done: a policy that does not load, a wrong flag, or people who
     could not be read; standard error says what, as file:line:column, and with
     -json standard output, under errors or skipped
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := program{out: os.Stdout, diag: os.Stderr, now: time.Now}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is what the commands have in common.
type program struct {
	out, diag io.Writer
	now       func() time.Time
	files     files
}

// command is one of the commands.
type command struct {
	name, arguments string
	about           string // in one line
	help            string
	// prepare defines flags and returns what runs when they have been read.
	prepare func(c *call) func(context.Context) (int, error)
}

func commands() []command {
	return []command{checkCommand(), testCommand(), diffCommand(), whyCommand(), schemaCommand()}
}

func (p program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		return p.tour(ctx)
	}
	if help := args[0]; help == "-h" || help == "-help" || help == "--help" || help == "help" {
		p.usage(p.out)
		return exitFine
	}
	for _, one := range commands() {
		if one.name == args[0] {
			return p.call(ctx, one, args[1:])
		}
	}
	fmt.Fprintf(p.diag, "policy: there is no command %q\n\n", args[0])
	p.usage(p.diag)
	return exitTrouble
}

func (p program) usage(out io.Writer) {
	var list strings.Builder
	for _, one := range commands() {
		fmt.Fprintf(&list, "  %-7s %s\n", one.name, one.about)
	}
	fmt.Fprintf(out, usage, list.String())
}

// call runs one command and says what is in its way.
func (p program) call(ctx context.Context, one command, args []string) int {
	c := &call{program: p, flags: flag.NewFlagSet(one.name, flag.ContinueOnError)}
	c.flags.SetOutput(io.Discard) // errors are printed once, here
	c.flags.BoolVar(&c.json, "json", false, "print JSON, for programs")
	do := one.prepare(c)
	err := c.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(p.out, "usage: policy %s [flags]\n\n%s\nflags:\n", strings.TrimSpace(one.name+" "+one.arguments), one.help)
		c.flags.SetOutput(p.out)
		c.flags.PrintDefaults()
		return exitFine
	}
	code := exitTrouble
	if err == nil {
		code, err = do(ctx)
	} else {
		err = wrong("%w", err)
	}
	if errors.Is(err, errUsage) {
		fmt.Fprintf(p.diag, "policy %s: %v; policy %[1]s -h explains\n", one.name, err)
		return exitTrouble
	}
	if err == nil && len(c.skipped) > 0 && !c.people.skip {
		code = exitTrouble
	}
	if err != nil {
		c.complain(err)
		return exitTrouble
	}
	return code
}
