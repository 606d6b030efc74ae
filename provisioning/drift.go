package provisioning

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Drift is what is done about an account of ours that somebody else has changed, in a
// system that is not only reported on.
type Drift string

// The ways to treat drift.
const (
	// ReportDrift changes nothing.
	ReportDrift Drift = ""
	// RepairDrift puts back what policy wants, and disables ghosts, as a run of its own
	// which the guard judges. What is missing is made again if we made it. An account
	// that somebody has disabled stays so: there may be a reason that policy does not
	// know.
	RepairDrift Drift = "repair"
	// AdoptDrift takes over what others have changed as it is, writes that into the audit
	// log, and changes nothing in the system. The value of an attribute, the login name,
	// an account that was disabled and an entitlement that was taken away are left so
	// until policy wants something else than it did then, because HR, a rule or an answer
	// has changed; that is written then. An entitlement that others gave is known as
	// manual ([Explanation.Manual]) from then on, and never taken away, not even when a
	// rule that gives it, too, ends.
	//
	// What would give access that nobody decided about is only reported: anything in an
	// account that nobody is to sign in with, such as a ghost; an entitlement that policy
	// has given before, since it may be one that was to end and is still seen; and what is
	// protected ([System.ProtectedEntitlements]) or sensitive ([Guard.Sensitive]). So are
	// the login name of a protected account, one that is kept for somebody else, and what
	// is missing.
	AdoptDrift Drift = "adopt"
)

// What a finding, or [System.DriftOf], is about beside attributes and entitlements.
const (
	whatName   = "login name"
	whatSignIn = "sign-in"
)

func (s System) checkDrift() error {
	for what, d := range s.DriftOf {
		if what == "" || strings.Contains(what, "/") {
			return fmt.Errorf("drift of %q: want an attribute, the kind of an entitlement, %q or %q", what, whatName, whatSignIn)
		}
		if err := d.check(); err != nil {
			return fmt.Errorf("drift of %s: %w", what, err)
		}
	}
	return s.Drift.check()
}

func (d Drift) check() error {
	if !slices.Contains([]Drift{ReportDrift, RepairDrift, AdoptDrift}, d) {
		return fmt.Errorf("drift %q: want \"\", %q or %q", string(d), RepairDrift, AdoptDrift)
	}
	return nil
}

// driftOf says what is done about the drift of one thing.
func (s System) driftOf(f Finding) Drift {
	what := f.What
	if f.kind == state.ItemGrant {
		what, _, _ = strings.Cut(what, "/")
	}
	if d, ok := s.DriftOf[what]; ok {
		return d
	}
	return s.Drift
}

// drifting collects in what an account of ours differs from what is known and wanted.
type drifting struct {
	*observing
	row      state.Account
	seen     connector.Account
	wanted   bool // somebody is to sign in with it
	findings []Finding
}

// add adds a finding about something of a kind. may are the ways to treat it.
func (d *drifting) add(s Situation, kind state.ItemKind, what, want, have string, may ...Drift) {
	f := Finding{Situation: s, Account: d.seen.Ref, Person: d.row.Person, What: what, Want: want, Have: have, kind: kind}
	if do := d.target.driftOf(f); d.target.Mode != ReportOnly && slices.Contains(may, do) {
		f.Repairs, f.Adopted = do == RepairDrift, do == AdoptDrift && d.wanted
	}
	d.findings = append(d.findings, f)
}

// drift returns in what an account of ours differs from what is known and wanted. What
// a system makes of a value when it is written is no drift: only what has changed since
// it was shown then.
func (o *observing) drift(tx state.Tx, row state.Account, items []state.Item, a connector.Account) ([]Finding, error) {
	d := drifting{observing: o, row: row, seen: a}
	d.wanted = slices.ContainsFunc(items, func(it state.Item) bool { return it.Kind == state.ItemAccount && it.Desired == active })
	if a.Name != row.Name {
		if err := d.name(tx, items); err != nil {
			return nil, err
		}
	}
	ours := map[string]state.Item{} // grants, by key
	for _, it := range items {
		switch it.Kind {
		case state.ItemAccount:
			d.signIn(it)
		case state.ItemProfile:
			if it.State == state.ItemSettled {
				d.attributes(it)
			}
		case state.ItemGrant:
			ours[it.Key] = it
			d.grant(it)
		}
	}
	for _, e := range a.Entitlements {
		if it, known := ours[e.String()]; a.EntitlementsKnown && (!known || it.State == state.ItemSettled && it.Desired != held && it.Origin != byOthers) {
			d.unexplained(e.String(), known)
		}
	}
	return d.findings, nil
}

func (d *drifting) name(tx state.Tx, items []state.Item) error {
	owner, err := tx.NameOwner(namespace(d.row.System), strings.ToLower(d.seen.Name))
	if err != nil {
		return err
	}
	may := []Drift{RepairDrift}
	due := slices.ContainsFunc(items, func(it state.Item) bool { return it.Kind == state.ItemName && it.State != state.ItemSettled })
	if (owner == "" || owner == d.row.Person) && !due && !d.target.protectsLogin(d.row.Name) {
		may = append(may, AdoptDrift)
	}
	d.add(Drifted, state.ItemName, whatName, d.row.Name, d.seen.Name, may...)
	return nil
}

func (d *drifting) signIn(it state.Item) {
	switch {
	case d.seen.Active && it.Desired != active:
		var may []Drift
		if it.State == state.ItemSettled && d.target.Mode == Managed {
			may = []Drift{RepairDrift}
		}
		if it.State != state.ItemDue { // else it is about to be disabled
			d.add(Ghost, it.Kind, whatSignIn, disabled, active, may...)
		}
	case d.seen.Active && it.Origin == byOthers: // and enabled again
		d.add(Drifted, it.Kind, whatSignIn, disabled, active, RepairDrift, AdoptDrift)
	case !d.seen.Active && it.Desired == active && it.Known == active: // somebody had a reason
		d.add(Drifted, it.Kind, whatSignIn, active, disabled, AdoptDrift)
	}
}

func (d *drifting) attributes(it state.Item) {
	want, shown := profileOf(it.Desired).Attributes, profileOf(it.Known).Shown
	for _, name := range slices.Sorted(maps.Keys(want)) {
		have, told := d.seen.Attributes[name]
		left, known := shown[name]
		if told && !have.Equal(want[name]) && (!known || !have.Equal(left)) {
			d.add(Drifted, it.Kind, name, want[name].String(), have.String(), RepairDrift, AdoptDrift)
		}
	}
}

func (d *drifting) grant(it state.Item) {
	if !d.seen.EntitlementsKnown {
		return
	}
	holds := slices.Contains(d.seen.Entitlements, entitlementOf(it.Key))
	switch {
	case !holds && it.Known == held && it.Desired == held:
		d.add(Drifted, it.Kind, it.Key, held, absent, RepairDrift, AdoptDrift)
	case !holds && it.Known == held && it.Origin == byOthers: // who gave it has taken it
		d.add(Drifted, it.Kind, it.Key, held, absent, AdoptDrift)
	case holds && it.Known == absent && it.Origin == byOthers: // who took it has given it
		d.add(Drifted, it.Kind, it.Key, absent, held, RepairDrift, AdoptDrift)
	}
}

// unexplained is about an entitlement that nothing gives. before says that policy gave it
// once.
func (d *drifting) unexplained(key string, before bool) {
	var may []Drift
	if !before && !slices.Contains(d.target.ProtectedEntitlements, key) && !d.cfg.Guard.sensitive(d.row.System, key) {
		may = []Drift{AdoptDrift}
	}
	d.add(Unexplained, state.ItemGrant, key, absent, held, may...)
}
