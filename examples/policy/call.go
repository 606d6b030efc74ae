package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
)

// call is one use of a command.
type call struct {
	program
	flags *flag.FlagSet
	args  []string // that are no flags
	json  bool

	at      string
	zone    string
	policy  string
	people  peopleOptions
	skipped []problem // what is wrong with people who are left out
	left    int       // how many they are
}

// errUsage is met when arguments or flags are wrong.
var errUsage = errors.New("wrong use")

// usageError is an error in the arguments. It reads as what it wraps.
type usageError struct{ error }

func (usageError) Is(target error) bool { return target == errUsage }

func (e usageError) Unwrap() error { return e.error }

func wrong(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// parse reads flags, which may stand before, between and after arguments.
func (c *call) parse(args []string) error {
	for {
		if err := c.flags.Parse(args); err != nil {
			return err
		}
		if c.flags.NArg() == 0 {
			return nil
		}
		c.args = append(c.args, c.flags.Arg(0))
		args = c.flags.Args()[1:]
	}
}

func (c *call) timeFlags(about string) {
	c.flags.StringVar(&c.at, "at", "", about+"; the `time` of a day is its noon")
	c.flags.StringVar(&c.zone, "zone", "UTC", "the IANA `zone` of days, and of people whose row names none")
}

// instant returns what -at says, or otherwise if it says nothing.
func (c *call) instant(otherwise time.Time) (time.Time, *time.Location, error) {
	zone, err := hrsource.LoadZone(c.zone)
	if err != nil {
		return time.Time{}, nil, wrong("-zone: %w", err)
	}
	if c.at == "" {
		return otherwise, zone, nil
	}
	at, err := readInstant(c.at, zone, true)
	if err != nil {
		return time.Time{}, nil, wrong("-at: %w", err)
	}
	return at, zone, nil
}

// readInstant reads an instant or a day, which stands for its noon or its beginning.
func readInstant(text string, zone *time.Location, noon bool) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q: want a day such as 2026-01-31, or an instant such as 2026-01-31T09:00:00Z", text)
	}
	if noon {
		return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, zone), nil
	}
	return hrsource.DateOf(day).Start(zone), nil
}

func (c *call) policyFlag() {
	c.flags.StringVar(&c.policy, "policy", "", "the policy `file`, or several with commas between them")
}

// load reads a policy of one or several files.
func (c *call) load(what, names string) (*policy.Policy, error) {
	if names == "" {
		return nil, wrong("%s: wanted", what)
	}
	return c.files.policy(strings.Split(names, ","))
}

// problem is something wrong in a file, or in the way.
type problem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Message string `json:"message"`
}

func (p problem) String() string {
	if p.File == "" {
		return "policy: " + p.Message
	}
	return (&policy.LoadError{File: p.File, Line: p.Line, Column: p.Column, Msg: p.Message}).Error()
}

// problems takes errors that were joined apart.
func problems(err error) []problem {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []problem
		for _, one := range joined.Unwrap() {
			all = append(all, problems(one)...)
		}
		return all
	}
	if e, ok := errors.AsType[*policy.LoadError](err); ok {
		return []problem{{File: e.File, Line: e.Line, Column: e.Column, Message: e.Msg}}
	}
	return []problem{{Message: err.Error()}}
}

// complain says what is in the way: on standard error or, for programs, where they
// read.
func (c *call) complain(err error) {
	if c.json {
		_ = c.print(struct {
			Errors  []problem `json:"errors"`
			Skipped []problem `json:"skipped,omitempty"`
		}{problems(err), c.skipped})
		return
	}
	for _, p := range problems(err) {
		fmt.Fprintln(c.diag, p)
	}
}

// print writes JSON.
func (c *call) print(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// count writes a number with what is counted.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
