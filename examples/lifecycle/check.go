package main

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning"
)

// check prints whether something is as it should be.
func (o *office) check(so bool, format string, args ...any) {
	if o.asleep || o.err != nil {
		return
	}
	mark := "✓"
	if !so {
		mark = "✗ NOT SO:"
		o.wrong++
	}
	o.say("   "+mark+" "+format, args...)
}

// see asks a server for an account, and not the engine.
func (o *office) see(system, login string) (connector.Account, bool) {
	if o.asleep || o.err != nil {
		return connector.Account{}, false
	}
	found, err := o.systems[system].Find(o.ctx, connector.FindRequest{Name: login, Entitlements: true})
	if err != nil {
		o.err = err
	}
	if len(found) != 1 {
		return connector.Account{}, false
	}
	return found[0], true
}

// signsIn says that somebody can sign in to these systems.
func (o *office) signsIn(login string, systems ...string) {
	for _, system := range systems {
		a, there := o.see(system, login)
		o.check(there && a.Active, "%s can sign in to %s", login, system)
	}
}

// shutOut says that somebody has an account in these systems, and cannot sign in.
func (o *office) shutOut(login string, systems ...string) {
	for _, system := range systems {
		a, there := o.see(system, login)
		o.check(there && !a.Active, "%s cannot sign in to %s", login, system)
	}
}

// nobody says that there is no account of that name.
func (o *office) nobody(login, system string) {
	_, there := o.see(system, login)
	o.check(!there, "there is no %s in %s", login, system)
}

// holds says which groups somebody has in the directory, and that it is all of them.
func (o *office) holds(login string, groups ...string) {
	a, _ := o.see("directory", login)
	var have []string
	for _, e := range a.Entitlements {
		have = append(have, e.Name)
	}
	slices.Sort(have)
	slices.Sort(groups)
	if len(groups) == 0 {
		o.check(len(have) == 0, "%s is in no group", login)
		return
	}
	o.check(slices.Equal(have, groups), "%s is in %s and in no other group", login, strings.Join(groups, ", "))
}

// shows says what an attribute in the directory shows.
func (o *office) shows(login, attribute, value string) {
	a, _ := o.see("directory", login)
	o.check(a.Attributes[attribute].Text() == value, "the directory shows %s's %s as %q", login, attribute, value)
}

// reportsTo says whom the directory shows as somebody's manager.
func (o *office) reportsTo(login, manager string) {
	a, _ := o.see("directory", login)
	m, there := o.see("directory", manager)
	o.check(there && a.Attributes["manager"].Text() == m.ID, "the directory shows %s as the manager of %s", manager, login)
}

// accounts says how many accounts there are in the directory, disabled ones included.
func (o *office) accounts(n int) {
	if o.asleep || o.err != nil {
		return
	}
	have := 0
	if _, err := o.systems["directory"].List(o.ctx, func(connector.Account) error {
		have++
		return nil
	}); err != nil {
		o.err = err
	}
	o.check(have == n, "there are %d accounts in the directory", n)
}

// same says that an account is the one that was seen before.
func (o *office) same(login string, before connector.Account) {
	if before.ID == "" && o.revived {
		return // another process saw it
	}
	a, there := o.see("directory", login)
	o.check(there && a.ID == before.ID, "it is the same account as before")
}

// contained prints the report on somebody's leaving, and says that nothing remains.
func (o *office) contained(id string, within time.Duration) {
	if o.asleep || o.err != nil {
		return
	}
	report, err := o.tenant.Leaving(o.ctx, o.person(id))
	if err != nil {
		o.err = err
		return
	}
	for line := range strings.Lines(strings.TrimSuffix(report.String(), "\n")) {
		o.say("   report  %s", strings.TrimSuffix(line, "\n"))
	}
	remains := slices.DeleteFunc(report.Remains(), func(s provisioning.LeavingStep) bool { return s.State == provisioning.Unsupported })
	o.check(len(remains) == 0 && report.TimeToContain() <= within, "nothing remains that the systems can do, and it took no longer than %s", within)
}

// person returns whose a worker is.
func (o *office) person(id string) string {
	for p, err := range o.tenant.People(o.ctx) {
		if err != nil {
			o.err = err
			return ""
		}
		for _, w := range p.Relationships {
			if w.Key.ID == id {
				return p.ID
			}
		}
	}
	return ""
}

// open says how many questions wait for somebody.
func (o *office) open(n int) {
	if o.asleep || o.err != nil {
		return
	}
	var cases []provisioning.Case
	cases, o.err = o.tenant.Cases(o.ctx)
	o.check(len(cases) == n, "%d questions are open", n)
}

// entries says how often an operation was done, by the audit log.
func (o *office) entries(operation string, n int) {
	have := 0
	o.eachEntry(func(e audit.Entry) {
		if e.Event == audit.EventOutcome && e.Operation == operation {
			have++
		}
	})
	o.check(have == n, "%d times %s, all in all", n, operation)
}

// gap says that the audit log shows how long a change was in effect before it was
// told.
func (o *office) gap(id string, atLeast time.Duration) {
	var gap time.Duration
	o.eachEntry(func(e audit.Entry) {
		if e.Event == audit.EventDecision && e.Trigger.Event == "worker hr/"+id+" changed" {
			gap = e.Trigger.Recorded.Sub(e.Trigger.Effective)
		}
	})
	o.check(gap >= atLeast, "the audit log shows that it was told %s late", gap.Round(time.Hour))
}

// eachEntry calls fn for each entry of the audit log.
func (o *office) eachEntry(fn func(audit.Entry)) {
	if o.asleep || o.err != nil {
		return
	}
	file, err := os.Open(o.db + ".log")
	if err != nil {
		o.err = err
		return
	}
	defer file.Close()
	for sealed, err := range audit.ReadJSONLines(file) {
		if err != nil {
			o.err = err
			return
		}
		e, err := sealed.Entry()
		if err != nil {
			o.err = err
			return
		}
		fn(e)
	}
}

// knew says what was known, at one instant, of an attribute at another.
func (o *office) knew(id, at, known, attribute, value string) {
	if o.asleep || o.err != nil {
		return
	}
	facts, err := o.tenant.AsOf(o.ctx, o.person(id), instant(at), instant(known))
	if err != nil {
		o.err = err
		return
	}
	have := ""
	for _, f := range facts {
		have = strings.Join(f.Attributes[attribute], ", ")
	}
	o.check(have == value, "as of %s it was known at %s that the %s of %s was %q", at, known, attribute, id, value)
}

// verify makes sure of the audit log, and that nothing is left to be done.
func (o *office) verify() {
	if o.asleep || o.err != nil {
		return
	}
	var bundle bytes.Buffer
	if o.err = o.tenant.ExportAudit(o.ctx, &bundle); o.err != nil {
		return
	}
	key, err := translog.NewVerifier(o.public)
	if err == nil {
		_, err = translog.Verify(&bundle, key, translog.VerifyOptions{})
	}
	o.check(err == nil, "the audit log is whole")
	plan, err := o.tenant.Plan(o.ctx, provisioning.PlanRequest{Read: []string{o.hr.Name()}})
	if o.err = err; err == nil && len(plan.Notes) == 0 {
		o.check(len(plan.Lines) == 0, "doing it again finds nothing to do")
	}
}
