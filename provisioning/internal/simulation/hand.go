package simulation

import (
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// anybodys returns some account of somebody who HR knows, as it is now.
func (w *world) anybodys(system string) (connector.Account, bool) {
	all := slices.DeleteFunc(w.systems[system].Accounts(), func(a connector.Account) bool { return oracle.Badge(a) == "" })
	if len(all) == 0 {
		return connector.Account{}, false
	}
	return one(w, all), true
}

// tamper lets somebody enable a leaver's account, or take a group away.
func (w *world) tamper() {
	a, ok := w.anybodys(oracle.Directory)
	if !ok {
		return
	}
	if a.Active {
		a.Entitlements = slices.DeleteFunc(a.Entitlements, func(e connector.Entitlement) bool { return e.Name == "staff" })
	} else {
		a.Active = true
		w.enabled[oracle.Badge(a)] = true
	}
	w.systems[oracle.Directory].Put(a)
}

// intrude lets somebody make an account of nobody's, under a name that others may be about
// to get.
func (w *world) intrude() {
	name := fmt.Sprint(w.given(), 2+w.random.IntN(3))
	for _, a := range w.systems[oracle.Directory].Accounts() {
		if a.Name == name {
			return
		}
	}
	a := connector.Account{Ref: connector.Ref{Name: name}, Active: w.chance(50), Entitlements: []connector.Entitlement{{Kind: "group", Name: "staff"}}}
	w.oracle.Stranger(oracle.Directory, w.systems[oracle.Directory].Put(a))
}

// signIn lets somebody sign in who can, and stay.
func (w *world) signIn() {
	if a, ok := w.anybodys(oracle.Directory); ok && a.Active {
		if s, err := w.systems[oracle.Directory].Open(a.Name); err == nil {
			w.sessions[oracle.Badge(a)] = append(w.sessions[oracle.Badge(a)], s)
		}
	}
}

// create lets somebody make something in git that is theirs.
func (w *world) create() {
	if a, ok := w.anybodys(oracle.Git); ok && a.Active {
		thing := fmt.Sprint("thing ", len(w.things))
		w.things = append(w.things, thing)
		w.systems[oracle.Git].Own(a.ID, thing)
	}
}
