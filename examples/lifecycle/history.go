package main

import (
	"bytes"
	"os"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning"
)

// entries says how often an operation was done, by the audit log.
func (o *office) entries(operation string, n int) {
	have := 0
	o.eachEntry(func(e audit.Entry) {
		if e.Event == audit.EventOutcome && e.Operation == operation {
			have++
		}
	})
	switch n {
	case 0:
		o.check(have == 0, "there was no %s", operation)
	case 1:
		o.check(have == 1, "there was one %s, all in all", operation)
	default:
		o.check(have == n, "there were %d of %s, all in all", n, operation)
	}
}

// never says that nothing was ever done, or tried, about an entitlement.
func (o *office) never(entitlement string) {
	have := 0
	o.eachEntry(func(e audit.Entry) {
		if e.Entitlement == entitlement {
			have++
		}
	})
	o.check(have == 0, "%s was never given nor taken", entitlement)
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
	o.check(gap >= atLeast, "the audit log shows that it was told %.0f days late", gap.Hours()/24)
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
	o.check(have == value, "what was known at %s: the %s of %s on %s is %q", known, attribute, id, at, value)
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
