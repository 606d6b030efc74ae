package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

const usage = `usage: csv-to-scim -people FILE -policy FILE -url URL -token-file FILE [-db FILE] [flags]

Reads people from a delimited file, decides with a policy what each should have,
and makes a SCIM 2.0 server agree. What it knows is kept in the database, so that
a second run sends nothing that is done already, and a run that was broken off is
taken up where it was.

  go run ./examples/csv-to-scim -people people.csv -policy policy.yaml \
      -url https://example.com/scim/v2 -token-file token -db joinery.db -plan

With -plan, -forecast, -simulate, -explain or -verify it only looks, at the files and the database alone:
the server is not asked. With -observe it only looks at the server, and with -quality at
the people file: each line names a record, a field, a rule, who is to mend it and what
would be right. What only a person can decide is
printed as a question with the command that answers it, once for each choice:

  question 0199….6f1e22c0: 14 of 40 would be hit by revoke … Release it?
    csv-to-scim … -answer 0199….6f1e22c0=release

The part behind the dot stands for what is asked: if the question has changed
since it was printed, the answer is refused.

exit codes:
  0  done: everything is as the policy wants it
  1  failed or interrupted; standard error says why
  2  the flags are wrong
  3  done as far as it goes: something waits for a person or a system, or the file
     is not proven whole although -evidence asks for it; see what is printed. With
     -observe or -quality: something was found
  4  the people file was refused: missing, unreadable or far too short. Nobody
     counts as gone; what was due before is done. With -plan this is 3

flags:
`

// options are the flags.
type options struct {
	args []string // as given, for the commands that are printed

	people, policy, url, tokenFile, db string

	plan, quality, observe, retry, verify bool
	forecast                              int    // days
	simulate                              string // another policy
	explain                               string
	answers                               []answer
	actor                                 string

	system     string
	profile    profile.Profile
	columns    map[string]string
	endMissing time.Duration
	evidence   string
	dateFormat string
	custom     string
	zone       string
	auditLog   string
	keyFile    string
	patience   time.Duration
	progress   time.Duration
}

func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("csv-to-scim", flag.ContinueOnError)
	f.StringVar(&o.people, "people", "", "the people `file`: delimited text with a header")
	f.StringVar(&o.policy, "policy", "", "the policy `file` in YAML")
	f.StringVar(&o.url, "url", "", "the base `URL` of the SCIM server, such as https://example.com/scim/v2")
	f.StringVar(&o.tokenFile, "token-file", "", "the `file` that holds the bearer token")
	f.StringVar(&o.db, "db", "joinery.db", "the database `file`; it is made if it is not there")
	f.BoolVar(&o.plan, "plan", false, "show what would be done, and change nothing")
	f.BoolVar(&o.quality, "quality", false, "say what is wrong in the people file, which needs no other file and no server, and change nothing")
	f.StringVar(&o.explain, "explain", "", "say why somebody has an entitlement, or has not, as `WHO=system:kind/name`, and change nothing; WHO is an id from the people file or a person's p-…")
	f.BoolVar(&o.observe, "observe", false, "look at all accounts of the server, say which are nobody's or were changed by hand, and change nothing")
	f.IntVar(&o.forecast, "forecast", 0, "say what the clock alone will bring in the next `days`, and change nothing")
	f.StringVar(&o.simulate, "simulate", "", "say who would gain and lose what with the policy in another `file`, and change nothing")
	f.BoolVar(&o.verify, "verify", false, "check that the audit log is whole, with the public key FILE.pub of -key, and change nothing")
	f.Func("answer", "answer a question, as `QUESTION=CHOICE`, before the file is read; may be repeated", func(text string) error {
		a, err := parseAnswer(text)
		o.answers = append(o.answers, a)
		return err
	})
	f.StringVar(&o.actor, "actor", "", "the `name` of who answers or retries, for the audit log (default the name of the operating system's user)")
	f.BoolVar(&o.retry, "retry", false, "try again what the server refused for good")
	f.StringVar(&o.system, "system", "", "what the policy calls the server; not needed if it names only one")
	f.Func("profile", "what is known of the server: a `NAME` that scim-doctor -profiles lists, or a YAML file", func(text string) (err error) {
		o.profile, err = readProfile(text)
		return err
	})
	f.Func("columns", "what headers mean that are not understood by themselves, as `HEADER=FIELD`,…; without a field the column is not read", func(text string) (err error) {
		o.columns, err = parseColumns(text)
		return err
	})
	f.DurationVar(&o.endMissing, "end-missing-after", 0, "end those who have been missing for so long from files that -evidence proves whole, such as 72h; 0 ends nobody for it")
	f.StringVar(&o.evidence, "evidence", "", "what proves that the file is whole: doneFile or trailer; without it nobody counts as missing")
	f.StringVar(&o.dateFormat, "dates", "2006-01-02", "how dates are written, with the 2nd of January 2006 as the example")
	f.StringVar(&o.custom, "custom", "", "comma-separated headers to take as custom attributes")
	f.StringVar(&o.zone, "zone", "UTC", "the IANA zone of workers whose row names none")
	f.StringVar(&o.auditLog, "audit", "", "append the audit log to this `file`, as JSON lines")
	f.StringVar(&o.keyFile, "key", "", "the `file` with the key that signs the audit log; it is made if it is not there, with FILE.pub to verify with")
	f.DurationVar(&o.patience, "patience", time.Minute, "how long to wait for a server that fails or throttles; what is left is done by the next run")
	f.DurationVar(&o.progress, "progress", 2*time.Second, "how often to say how far it is; 0 never")
	return f
}

// parse reads the flags. If they ask for help, that is printed and the error is
// [flag.ErrHelp].
func parse(args []string, out io.Writer) (options, error) {
	o := options{args: args}
	f := o.flags()
	f.SetOutput(io.Discard) // errors are printed once, by who gets them
	f.Usage = func() {}
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			f.SetOutput(out)
			fmt.Fprint(out, usage)
			f.PrintDefaults()
		}
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("%q: no argument is expected beside the flags", f.Arg(0))
	}
	return o, o.check()
}

// parseColumns reads HEADER=FIELD,….
func parseColumns(text string) (map[string]string, error) {
	columns := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		header, field, ok := strings.Cut(pair, "=")
		if !ok || header == "" {
			return nil, fmt.Errorf("%q: want HEADER=FIELD, such as \"Betrieb=department\"", pair)
		}
		columns[header] = field
	}
	return columns, nil
}

// readProfile takes what looks like a path for a file.
func readProfile(text string) (profile.Profile, error) {
	if !strings.ContainsAny(text, `./\`) {
		return profile.Get(text)
	}
	file, err := os.Open(text)
	if err != nil {
		return profile.Profile{}, err
	}
	defer file.Close()
	return profile.Load(text, file)
}

// looks reports whether nothing is to be changed.
func (o options) looks() bool { return slices.Contains(o.looking(), true) }

// looking are the ways to look, each of them if it was asked for.
func (o options) looking() []bool {
	return []bool{o.plan, o.quality, o.observe, o.verify, o.explain != "", o.forecast > 0, o.simulate != ""}
}

// check completes the options, and says what is wrong with them.
func (o *options) check() error {
	var missing []string
	for _, f := range [][2]string{{"-people", o.people}, {"-policy", o.policy}, {"-url", o.url}, {"-token-file", o.tokenFile}} {
		if f[1] == "" && (f[0] == "-people" || !o.quality) {
			missing = append(missing, f[0])
		}
	}
	looks := 0
	for _, only := range o.looking() {
		if only {
			looks++
		}
	}
	switch {
	case len(missing) > 0:
		return fmt.Errorf("%s: wanted", strings.Join(missing, ", "))
	case o.patience < 0 || o.progress < 0 || o.endMissing < 0 || o.forecast < 0:
		return errors.New("-patience, -progress, -forecast and -end-missing-after must not be negative")
	case o.endMissing > 0 && o.evidence == "":
		return errors.New("-end-missing-after: wants -evidence too, since nobody is missing from a file that may be cut off")
	case looks > 1 || looks == 1 && (o.retry || len(o.answers) > 0):
		return errors.New("-plan, -quality, -forecast, -simulate, -observe, -explain and -verify change nothing: give one of them, and without -answer and -retry")
	case o.verify && o.keyFile == "":
		return errors.New("-verify: wants -key too")
	}
	if who, err := user.Current(); err == nil {
		o.actor = cmp.Or(o.actor, who.Username)
	}
	if strings.TrimSpace(o.actor) == "" && (len(o.answers) > 0 || o.retry) {
		return errors.New("-answer, -retry: want -actor too, since the operating system tells no name")
	}
	return nil
}
