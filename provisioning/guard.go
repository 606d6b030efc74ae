package provisioning

import (
	"cmp"
	"errors"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// Guard limits what may be taken away, and what is sensitive of what may be given, for
// each system by itself and for disables, revokes and sensitive grants by themselves,
// in a sliding window of business time; and how many of those who hold the same may lose
// it.
// A run that would pass a limit is held as a whole, before any of it acts, and
// asks a person. What was released by a person still counts in the window.
type Guard struct {
	// Percent of a system's active accounts that may lose something in the
	// window. Defaults to 10.
	Percent float64
	// MinPopulation is the number of active accounts from which Percent applies:
	// in a company of five, one leaver is 20 %. A smaller system is treated as if
	// it had that many. Defaults to 50.
	MinPopulation int
	// Max is the number of removals that no run may pass, whatever the
	// percentage. Zero means no such limit.
	Max int
	// Holders limits how many may lose one and the same entitlement in the window.
	Holders HolderLimit
	// UpdatePercent is the part of a system's active accounts of which attributes or the
	// login name may be changed in the window, as far as MinPopulation lets it apply. Only
	// what is judged after it was set counts. Zero means no such limit.
	UpdatePercent float64
	// Urgent is the number of urgent removals in the window that pass even if the
	// run which they are part of is held, so that one person's immediate
	// termination never waits for another's mass change. They count in the window
	// like others. Defaults to 10, and is never more than Max; NoUrgent means none.
	Urgent int
	// Window is how far back removals count. Defaults to 24 hours.
	Window time.Duration
	// Sensitive are entitlements of which not many are given at once unless a person
	// says so: each system:kind/name, such as directory:group/admins, or the beginning of
	// that with * at its end. Defaults to none.
	Sensitive []string
	// MaxSensitive is the number of grants of sensitive entitlements in the window, in
	// each system, that no run may pass; a run that would is held like one which takes too
	// much away. Only what is judged after an entitlement was listed counts. Defaults to 5;
	// NoSensitive means none.
	MaxSensitive int
	// MaxWeight is the limit of all that a system loses, and is given that is sensitive,
	// together in the window, each by its weight: of much of both, neither may be too much
	// by itself. Zero means no such limit.
	MaxWeight int
	// Weights are what MaxWeight counts by.
	Weights Weights
	// ReleaseFor is how long what a person released by answering a case may act. What
	// has not acted by then is judged again, and what it let pass stays counted in the
	// window. Defaults to 24 hours. Business time.
	ReleaseFor time.Duration
}

// HolderLimit limits how many of those who are known to hold an entitlement may lose it.
type HolderLimit struct {
	// Percent of the holders that may lose it in the window. Defaults to 50, or to the
	// guard's Percent if that is more; with 100 all may.
	Percent float64
	// Min is the number of holders from which Percent applies: what fewer hold is treated
	// as if so many did. Defaults to 40, so that a team of twenty can be dissolved.
	Min int
	// Max is the number of people of whom no run may take the same, whatever the
	// percentage. Zero means no such limit.
	Max int
}

// Weights say how much worse one thing is than another. The zero Weights mean 10, 5, 1 and
// 5.
type Weights struct {
	Delete    int // an account that is deleted
	Disable   int // an account that is disabled
	Revoke    int // somebody who loses entitlements in a system
	Sensitive int // the grant of a sensitive entitlement
}

// of returns the weight of something that is counted, zero if it is counted otherwise
// already, or is no part of the sum.
func (w Weights) of(k counted) int {
	switch {
	case k.key != "":
	case k.kind == string(connector.Delete):
		return w.Delete
	case k.kind == string(connector.Disable):
		return w.Disable
	case k.kind == string(connector.Revoke):
		return w.Revoke
	case k.kind == kindSensitive:
		return w.Sensitive
	}
	return 0
}

// NoUrgent as a guard's Urgent, and NoSensitive as its MaxSensitive, let nothing pass
// by itself.
const (
	NoUrgent    = -1
	NoSensitive = -1
)

func (g Guard) withDefaults() (Guard, error) {
	g.Percent = cmp.Or(g.Percent, 10)
	g.MinPopulation = cmp.Or(g.MinPopulation, 50)
	g.Urgent = cmp.Or(g.Urgent, 10)
	g.Window = cmp.Or(g.Window, 24*time.Hour)
	g.ReleaseFor = cmp.Or(g.ReleaseFor, 24*time.Hour)
	g.MaxSensitive = cmp.Or(g.MaxSensitive, 5)
	g.Holders.Percent = cmp.Or(g.Holders.Percent, max(50, g.Percent))
	g.Holders.Min = cmp.Or(g.Holders.Min, 40)
	if g.Weights == (Weights{}) {
		g.Weights = Weights{Delete: 10, Disable: 5, Revoke: 1, Sensitive: 5}
	}
	if g.MaxWeight < 0 || g.Weights.Delete < 0 || g.Weights.Disable < 0 || g.Weights.Revoke < 0 || g.Weights.Sensitive < 0 {
		return g, errors.New("guard: want no weight that is negative")
	}
	if g.Percent < 0 || g.Percent > 100 || g.MinPopulation < 0 || g.Max < 0 || g.Urgent < NoUrgent || g.Window < 0 || g.ReleaseFor < 0 || g.MaxSensitive < NoSensitive {
		return g, errors.New("guard: want Percent from 0 to 100 and nothing negative but NoUrgent and NoSensitive")
	}
	if h := g.Holders; h.Percent < 0 || h.Percent > 100 || h.Min < 0 || h.Max < 0 || g.UpdatePercent < 0 || g.UpdatePercent > 100 {
		return g, errors.New("guard: want Holders.Percent and UpdatePercent from 0 to 100, and nothing of Holders negative")
	}
	g.Urgent, g.MaxSensitive = max(g.Urgent, 0), max(g.MaxSensitive, 0)
	if g.Max > 0 {
		g.Urgent = min(g.Urgent, g.Max)
	}
	return g, nil
}

// over returns the guard of one system, with what the tenant's says where it says nothing.
// Neither has its defaults yet.
func (g Guard) over(tenant Guard) (Guard, error) {
	if g.Urgent != 0 || g.ReleaseFor != 0 || len(g.Sensitive) > 0 {
		return g, errors.New("guard: Urgent, ReleaseFor and Sensitive are the tenant's alone")
	}
	g.Percent = cmp.Or(g.Percent, tenant.Percent)
	g.MinPopulation = cmp.Or(g.MinPopulation, tenant.MinPopulation)
	g.Max = cmp.Or(g.Max, tenant.Max)
	g.Holders.Percent = cmp.Or(g.Holders.Percent, tenant.Holders.Percent)
	g.Holders.Min = cmp.Or(g.Holders.Min, tenant.Holders.Min)
	g.Holders.Max = cmp.Or(g.Holders.Max, tenant.Holders.Max)
	g.UpdatePercent = cmp.Or(g.UpdatePercent, tenant.UpdatePercent)
	g.Window = cmp.Or(g.Window, tenant.Window)
	g.MaxSensitive = cmp.Or(g.MaxSensitive, tenant.MaxSensitive)
	g.MaxWeight = cmp.Or(g.MaxWeight, tenant.MaxWeight)
	g.Weights = cmp.Or(g.Weights, tenant.Weights)
	return g.withDefaults()
}

// guardsOf returns the guards that limit what is done in a system: the tenant's, and the
// system's own if it has one.
func (t *Tenant) guardsOf(system string) []Guard {
	guards := []Guard{t.cfg.Guard}
	if own := t.cfg.Systems[system].Guard; own != nil {
		guards = append(guards, *own)
	}
	return guards
}
