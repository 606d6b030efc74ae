package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
)

// calmEvery is how many days pass between two looks of the oracle.
const calmEvery = 7

var (
	departments = []string{"Engineering", "Sales", "Finance"}
	zones       = []string{"UTC", "Europe/Vienna", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kathmandu"}
	effects     = []memory.Effect{memory.Fail, memory.LoseReply, memory.Throttle, memory.Down, memory.Conflict, memory.Delay, memory.Slow}
)

// live lives through a day.
func (w *world) live(ctx context.Context, day int) error {
	wrong := day%30 == 20 // HR is wrong today, and will know tomorrow
	for range max(2, w.People/15) {
		w.event(ctx)
	}
	switch {
	case wrong && w.chance(50):
		if err := w.massMistake(ctx); err != nil {
			return err
		}
	case wrong:
		if err := w.slowMistake(ctx); err != nil {
			return err
		}
	}
	for range 3 {
		w.signIn()
		w.create()
	}
	w.feeds[employees].cut = day%30 >= 23 && day%30 < 28 // five days of feeds that are cut off
	if day%calmEvery != 0 {
		w.trouble()
	}
	for hours := 0; hours < 24; hours += 6 {
		if err := w.turn(ctx); err != nil {
			return err
		}
		if err := w.remember(ctx); err != nil {
			return err
		}
		w.pass(6 * time.Hour)
	}
	if day%30 == 27 { // the last of them
		if err := w.nobodyEnded(ctx); err != nil {
			return err
		}
	}
	if day%calmEvery == calmEvery-1 {
		if err := w.judge(ctx); err != nil {
			return err
		}
		return w.silence(ctx)
	}
	return nil
}

// nobodyEnded makes sure that who is only missing from a feed that is cut off is not
// taken for somebody who has left, even if the guard would keep it from being done. A few
// may have changed since, and that is not known.
func (w *world) nobodyEnded(ctx context.Context) error {
	left := map[string]bool{} // to the engine, by job
	for p, err := range w.nodes[1].People(ctx) {
		if err != nil {
			return err
		}
		for _, r := range p.Relationships {
			left[r.Key.String()] = !p.Live
		}
	}
	lost := 0
	for _, h := range w.humans {
		j := h.jobs[len(h.jobs)-1]
		if live, _ := j.truth(w.clock()); live && !j.agency && left[employees+"/"+j.id] {
			lost++
		}
	}
	if lost > 5 {
		return fmt.Errorf("%d people count as leavers, and were only missing from a feed that was cut off", lost)
	}
	return nil
}

// event lets one thing happen that HR means.
func (w *world) event(ctx context.Context) {
	h := one(w, w.humans)
	j := h.jobs[len(h.jobs)-1]
	day := func(spread int) hrsource.Date { return w.today().AddDays(w.random.IntN(2*spread+1) - spread) }
	switch n := w.random.IntN(20); {
	case n < 3:
		if w.working() < w.People*6/5 {
			w.hire(day(10))
		}
	case n < 4: // somebody gets the address of who has left
		if live, _, _ := h.truth(w.clock(), w.wide); !live {
			w.hire(day(3)).mail = h.mail
		}
	case n < 8:
		w.move(ctx, h, j, day(15))
	case n < 11:
		j.current.TerminationDate = day(10)
	case n < 12:
		j.current.AccessEnd = w.clock()
	case n < 14: // it was a mistake
		j.current.AccessEnd, j.current.TerminationDate = time.Time{}, hrsource.Date{}
	case n < 17:
		if live, _, _ := h.truth(w.clock().AddDate(0, 0, 20), w.wide); !live {
			w.employ(h, day(5))
		}
	default: // somebody changes an account by hand
		w.tamper()
	}
}

// working counts those who work here today.
func (w *world) working() (n int) {
	for _, h := range w.humans {
		if live, _, _ := h.truth(w.clock(), w.wide); live {
			n++
		}
	}
	return n
}

func (w *world) hire(start hrsource.Date) *human {
	n := len(w.humans)
	h := &human{name: fmt.Sprint("N", w.random.IntN(40)), key: fmt.Sprint("key", n), mail: fmt.Sprintf("m%d@example.com", n)}
	w.humans = append(w.humans, h)
	w.employ(h, start)
	return h
}

// employ gives a human another job.
func (w *world) employ(h *human, start hrsource.Date) {
	w.jobs++
	j := &job{id: fmt.Sprintf("%05d", w.jobs), agency: w.chance(25), keyed: w.chance(80)}
	j.current = hrsource.Worker{
		Name: hrsource.Name{Given: h.name, Family: "F"}, Type: hrsource.Employee, HireDate: start, Timezone: one(w, zones),
		Assignments: []hrsource.Assignment{{Department: one(w, departments)}},
	}
	if boss := one(w, w.humans); len(boss.jobs) > 0 { // who may have left, or report to them
		if b := one(w, boss.jobs); b.agency == j.agency {
			j.current.Assignments[0].Manager = b.id
		}
	}
	w.byID[j.id] = j
	h.jobs = append(h.jobs, j)
}

// move gives a job another department from a day on. The agency's feed knows only of
// today, so that somebody tells the engine of what is to come.
func (w *world) move(ctx context.Context, h *human, j *job, from hrsource.Date) {
	next := hrsource.Assignment{EffectiveFrom: from, Department: one(w, departments), Manager: j.current.Assignments[0].Manager}
	if j.agency && from.Compare(w.today()) <= 0 {
		next.EffectiveFrom = w.today().AddDays(2)
	}
	j.current.Assignments = slices.DeleteFunc(slices.Clone(j.current.Assignments), func(a hrsource.Assignment) bool { return a.EffectiveFrom == next.EffectiveFrom })
	j.current.Assignments = append(j.current.Assignments, next)
	slices.SortStableFunc(j.current.Assignments, func(a, b hrsource.Assignment) int { return a.EffectiveFrom.Compare(b.EffectiveFrom) })
	if j.agency {
		f := w.feeds[agency]
		told := f.tells(h, j)
		told.Assignments = j.current.Assignments
		for {
			if _, err := one(w, w.nodes).Ingest(ctx, hrsource.Record{Worker: told}); err == nil || ctx.Err() != nil {
				j.tell(told)
				return
			}
		}
	}
}

// tamper lets somebody enable a leaver's account, or take a group away.
func (w *world) tamper() {
	d := w.systems["directory"]
	all := d.Accounts()
	if len(all) == 0 {
		return
	}
	a := one(w, all)
	if a.Active {
		a.Entitlements = slices.DeleteFunc(a.Entitlements, func(e connector.Entitlement) bool { return e.Name == "staff" })
	} else {
		a.Active = true
	}
	d.Put(a)
}

// signIn lets somebody sign in who can, and stay.
func (w *world) signIn() {
	d := w.systems["directory"]
	if all := d.Accounts(); len(all) > 0 {
		if a := one(w, all); a.Active {
			if s, err := d.Open(a.Name); err == nil {
				w.sessions[a.ExternalID] = append(w.sessions[a.ExternalID], s)
			}
		}
	}
}

// trouble lets systems fail, and nodes die.
func (w *world) trouble() {
	for _, name := range w.rules.Systems() {
		if w.chance(30) {
			w.systems[name].Fault(memory.Fault{Do: one(w, effects), Times: 1 + w.random.IntN(6), After: w.random.IntN(6), Reads: w.random.IntN(3), Wait: time.Millisecond})
		}
	}
}

// turn lets HR be read and the nodes work, both at once, and each as long as the other.
// Meanwhile somebody may have to go at once: the one about whom a call is on its way.
func (w *world) turn(ctx context.Context) error {
	for name := range w.feeds {
		if err := w.read(ctx, name); err != nil {
			return err
		}
	}
	if w.chance(2) {
		defer func() { w.Log("a node died") }()
		i := w.random.IntN(len(w.nodes))
		dying := w.nodes[i]
		go dying.Drain(ctx) //nolint:errcheck // it dies of it
		n, err := w.start(ctx, dying.name+"x")
		dying.kill()
		if err != nil {
			return err
		}
		w.nodes[i] = n
	}
	done := make(chan error, len(w.nodes)+1)
	tasks := len(w.nodes)
	if w.chance(4) { // while both work
		w.wide = !w.wide
		w.Log("another policy: finance has a group is %t", w.wide)
		tasks++
		by := one(w, w.nodes)
		go func() { done <- w.activate(ctx, by) }()
	}
	var working atomic.Int32
	working.Store(int32(len(w.nodes)))
	for _, n := range w.nodes {
		go func() {
			_, err := n.Drain(ctx)
			working.Add(-1)
			for err == nil && working.Load() > 0 {
				_, err = n.Drain(ctx)
			}
			done <- err
		}()
	}
	var errs []error
	for len(errs) < tasks {
		select {
		case err := <-done:
			errs = append(errs, err)
		case person := <-w.asleep:
			if err := w.throwOut(ctx, person); err != nil {
				return err
			}
		}
	}
	return errors.Join(errs...)
}

// activate puts the policy in force that is meant to be.
func (w *world) activate(ctx context.Context, by *node) error {
	p := w.rules
	if w.wide {
		p = w.wider
	}
	_, err := by.ActivatePolicy(ctx, provisioning.ActivateRequest{Policy: p, Actor: "somebody"})
	return err
}

// throwOut ends somebody at once, by the engine's identifier.
func (w *world) throwOut(ctx context.Context, person string) error {
	people, err := w.people(ctx)
	if err != nil {
		return err
	}
	for _, h := range w.humans {
		for _, j := range h.jobs {
			if people[source(j)+"/"+j.id] != person || w.mistakes[j.id] != (hrsource.Date{}) {
				continue
			}
			j.current.AccessEnd = w.clock()
			told := w.feeds[source(j)].tells(h, j)
			told.Assignments = j.current.Assignments
			if _, err := w.nodes[1].Ingest(ctx, hrsource.Record{Worker: told}); err != nil {
				return err
			}
			j.tell(told)
		}
	}
	return nil
}

// read lets the first node read a feed. What it refuses is a matter of its own.
func (w *world) read(ctx context.Context, name string) error {
	_, err := w.nodes[0].Read(ctx, name)
	if _, shrunk := errors.AsType[*hrsource.ShrunkError](err); shrunk {
		return nil
	}
	return err
}

// active returns who can sign in to the directory, by the engine's identifier.
func (w *world) active() map[string]bool {
	out := map[string]bool{}
	for _, a := range w.systems["directory"].Accounts() {
		if a.Active && strings.HasPrefix(a.ExternalID, "p-") {
			out[a.ExternalID] = true
		}
	}
	return out
}
