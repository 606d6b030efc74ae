package main

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// notSo marks what is not as it should be.
const notSo = "✗ NOT SO:"

// check prints whether something is as it should be.
func (o *office) check(so bool, format string, args ...any) {
	if o.asleep || o.err != nil {
		return
	}
	mark := "✓"
	if !so {
		mark = notSo
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

// alias says which other address the directory shows for somebody, and that it is the only
// one.
func (o *office) alias(login, address string) {
	a, _ := o.see("directory", login)
	o.check(slices.Equal(a.Attributes[aliases].All(), []string{address}), "the directory shows %s as another address of %s", address, login)
}

// aliases is the attribute of the directory that holds further addresses.
const aliases = "urn:example:params:scim:schemas:extension:mail:2.0:User:aliases"

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
	if n == 1 {
		o.check(have == n, "there is one account in the directory")
		return
	}
	o.check(have == n, "there are %d accounts in the directory", n)
}

// remember keeps which account in the directory Ada Byron has, for whoever comes after
// this process.
func (o *office) remember() {
	if a, there := o.see("directory", "ada.byron"); there && o.err == nil {
		o.err = os.WriteFile(o.db+".account", []byte(a.ID), 0o600)
	}
}

// same says that an account is the one that was remembered.
func (o *office) same(login string) {
	a, before := o.remembered(login)
	o.check(before != "" && a.ID == before, "it is the same account as before")
}

// another says that an account is not the one that was remembered.
func (o *office) another(login string) {
	a, before := o.remembered(login)
	o.check(before != "" && a.ID != "" && a.ID != before, "it is another account than before")
}

func (o *office) remembered(login string) (a connector.Account, before string) {
	if o.asleep || o.err != nil {
		return a, ""
	}
	id, err := os.ReadFile(o.db + ".account")
	if err != nil {
		o.err = err
	}
	a, _ = o.see("directory", login)
	return a, string(id)
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
	took := report.TimeToContain()
	o.check(len(remains) == 0 && !report.Contained.IsZero() && took >= 0 && took <= within, "nothing remains that the systems can do, and it took no longer than %s", within)
}

// person returns whose a worker is.
func (o *office) person(id string) string {
	p, err := o.tenant.PersonOf(o.ctx, hrsource.WorkerKey{Source: o.hr.Name(), ID: id})
	if err != nil {
		o.err = err
	}
	return p
}

// onePerson says that these numbers are of one person.
func (o *office) onePerson(ids ...string) {
	if o.asleep || o.err != nil {
		return
	}
	people := map[string]bool{}
	for _, id := range ids {
		people[o.person(id)] = true
	}
	o.check(len(people) == 1, "HR's numbers %s are of one person", strings.Join(ids, " and "))
}

// noQuestions says that nothing waits for somebody's answer.
func (o *office) noQuestions() {
	if o.asleep || o.err != nil {
		return
	}
	var cases []provisioning.Case
	cases, o.err = o.tenant.Cases(o.ctx)
	o.check(len(cases) == 0, "no question is open")
}
