package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	people, policy, url, tokenFile, db string

	plan       bool
	system     string
	evidence   string
	dateFormat string
	custom     string
	zone       string
	auditLog   string
	keyFile    string
	patience   time.Duration
	progress   time.Duration
}

func parse(args []string, diag io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("csv-to-scim", flag.ContinueOnError)
	f.SetOutput(diag)
	f.StringVar(&o.people, "people", "", "the people `file`: delimited text with a header")
	f.StringVar(&o.policy, "policy", "", "the policy `file` in YAML")
	f.StringVar(&o.url, "url", "", "the base `URL` of the SCIM server, such as https://example.com/scim/v2")
	f.StringVar(&o.tokenFile, "token-file", "", "the `file` that holds the bearer token")
	f.StringVar(&o.db, "db", "joinery.db", "the database `file`; it is made if it is not there")
	f.BoolVar(&o.plan, "plan", false, "show what would be done, and change nothing")
	f.StringVar(&o.system, "system", "", "what the policy calls the server; not needed if it names only one")
	f.StringVar(&o.evidence, "evidence", "", "what proves that the file is whole: doneFile or trailer; without it nobody counts as missing")
	f.StringVar(&o.dateFormat, "dates", "2006-01-02", "how dates are written, with the 2nd of January 2006 as the example")
	f.StringVar(&o.custom, "custom", "", "comma-separated headers to take as custom attributes")
	f.StringVar(&o.zone, "zone", "UTC", "the IANA zone of workers whose row names none")
	f.StringVar(&o.auditLog, "audit", "", "append the audit log to this `file`, as JSON lines")
	f.StringVar(&o.keyFile, "key", "", "the `file` with the key that signs the audit log; it is made if it is not there, with FILE.pub to verify with")
	f.DurationVar(&o.patience, "patience", time.Minute, "how long to wait for a server that fails or throttles; what is left is done by the next run")
	f.DurationVar(&o.progress, "progress", 2*time.Second, "how often to say how far it is; 0 never")
	f.Usage = func() {
		fmt.Fprint(diag, usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var missing []string
	for name, value := range map[string]string{"-people": o.people, "-policy": o.policy, "-url": o.url, "-token-file": o.tokenFile} {
		if value == "" {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) > 0:
		return o, fmt.Errorf("%s: wanted; -h explains", strings.Join(missing, ", "))
	case f.NArg() > 0:
		return o, fmt.Errorf("%q: no argument is expected beside the flags", f.Arg(0))
	case o.patience < 0 || o.progress < 0:
		return o, errors.New("-patience and -progress must not be negative")
	}
	return o, nil
}
