// Scim-doctor tells what a SCIM server can do, what it does otherwise than the
// standard, with the exchange that shows it, and which profile fits.
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

	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/doctor"
	"github.com/joinery-iam/joinery/scim/profile"
)

// The exit codes, for scripts.
const (
	exitSound  = 0 // no danger was found
	exitFailed = 1 // it could not be examined, or only in part
	exitUsage  = 2 // the flags are wrong
	exitDanger = 3 // there is something a client must be told of
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type options struct {
	config   doctor.Config
	all      bool
	profiles bool
	profile  string
}

func run(ctx context.Context, args []string, out, diag io.Writer) int {
	o, err := parse(args, out)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitSound
	case err != nil:
		fmt.Fprintf(diag, "scim-doctor: %v; -h explains\n", err)
		return exitUsage
	}
	if o.profiles || o.profile != "" {
		if err := show(out, o.profile); err != nil {
			fmt.Fprintln(diag, "scim-doctor:", err)
			return exitUsage
		}
		return exitSound
	}
	report, examineErr := doctor.Examine(ctx, o.config)
	if report != nil {
		if err := report.WriteText(out, o.all); err != nil {
			examineErr = errors.Join(examineErr, err)
		}
	}
	switch {
	case examineErr != nil:
		fmt.Fprintln(diag, "scim-doctor:", examineErr)
		return exitFailed
	case report.Worst() == doctor.Danger:
		return exitDanger
	default:
		return exitSound
	}
}

// show prints the profile of a name, or the names of all.
func show(out io.Writer, name string) error {
	if name != "" {
		p, err := profile.Get(name)
		if err != nil {
			return err
		}
		_, err = io.WriteString(out, p.String())
		return err
	}
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-26s %s\n", name, p.Product)
	}
	return nil
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("scim-doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	server := &o.config.Server
	flags.StringVar(&server.BaseURL, "url", "", "the `address` before /Users, such as https://example.com/scim/v2")
	tokenFile := flags.String("token-file", "", "a `file` with the bearer token")
	flags.BoolVar(&server.AllowHTTP, "allow-http", false, "permit http to other hosts than this one: the token can then be read on the way")
	flags.BoolVar(&o.config.Write, "write", false, "make throw-away users and groups, change them, and delete them again")
	flags.StringVar(&o.config.Domain, "domain", "example.invalid", "the `domain` of the throw-away users' addresses")
	flags.DurationVar(&o.config.Patience, "patience", 20*time.Second, "how long to wait for something new to be seen, and after too many requests")
	flags.BoolVar(&o.all, "all", false, "show the exchanges of what is well, too")
	flags.BoolVar(&o.profiles, "profiles", false, "list the profiles that are known, and examine nothing")
	flags.StringVar(&o.profile, "profile", "", "print the profile of this `name`, and examine nothing")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			usage(flags, out)
		}
		return options{}, err
	}
	switch {
	case flags.NArg() > 0:
		return options{}, fmt.Errorf("%q: there are only flags", flags.Arg(0))
	case o.profiles || o.profile != "":
		return o, nil
	case server.BaseURL == "":
		return options{}, errors.New("-url is missing")
	case o.config.Patience <= 0:
		return options{}, errors.New("-patience: want more than nothing")
	}
	if *tokenFile != "" {
		text, err := os.ReadFile(*tokenFile)
		if err != nil {
			return options{}, fmt.Errorf("-token-file: %w", err)
		}
		token := strings.TrimSpace(string(text))
		if token == "" {
			return options{}, fmt.Errorf("-token-file: %s is empty", *tokenFile)
		}
		server.Token = func(context.Context) (string, error) { return token, nil }
	}
	if _, err := scim.New(*server); err != nil {
		return options{}, err
	}
	return o, nil
}

func usage(flags *flag.FlagSet, out io.Writer) {
	fmt.Fprint(out, `scim-doctor examines a SCIM server: what it can do, what it does otherwise than
RFC 7643 and RFC 7644, with the exchange that shows it, and which profile fits.

	go run ./examples/scim-doctor -url URL [-token-file FILE] [-write]

Without -write nothing but GET is sent. With -write, throw-away users and groups
named joinery-doctor-… are made, changed, disabled and deleted; what was there
before is not touched. Names and addresses of people are not shown.

Exit codes: 0 no danger, 3 a danger, 1 it could not be examined, 2 wrong flags.

`)
	flags.SetOutput(out)
	flags.PrintDefaults()
}
