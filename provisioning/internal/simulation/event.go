package simulation

import (
	"context"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
)

// calmEvery is how many days pass between two looks of the oracle.
const calmEvery = 7

var (
	departments = []string{"Engineering", "Sales", "Finance"}
	zones       = []string{"UTC", "Europe/Vienna", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kathmandu"}
	effects     = []memory.Effect{memory.Fail, memory.LoseReply, memory.Throttle, memory.Down, memory.Deny, memory.Conflict, memory.Delay, memory.Slow}
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
	if w.chance(30) {
		// What the system does not show yet would be believed to be gone.
		system := one(w, w.rules.Systems())
		w.systems[system].Reveal()
		if err := w.observe(ctx, system); err != nil {
			return err
		}
	}
	for hours := 0; hours < 24; hours += 6 {
		if err := w.turn(ctx); err != nil {
			return err
		}
		if err := w.look(ctx); err != nil {
			return err
		}
		w.pass(6 * time.Hour)
	}
	if err := w.reacts(ctx); err != nil {
		return err
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
	for _, h := range w.oracle.Humans {
		j := h.Jobs[len(h.Jobs)-1]
		if oracle.Works(j.Current, w.clock()) && !j.Agency && left[employees+"/"+j.ID] {
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
	h := one(w, w.oracle.Humans)
	j := h.Jobs[len(h.Jobs)-1]
	day := func(spread int) hrsource.Date { return w.today().AddDays(w.random.IntN(2*spread+1) - spread) }
	switch n := w.random.IntN(22); {
	case n < 3:
		if w.working() < w.People*6/5 {
			w.hire(day(10))
		}
	case n < 4: // somebody gets the address of who has left
		if !h.Truth(w.clock(), w.wide).Live {
			w.hire(day(3)).Mail = h.Mail
		}
	case n < 8:
		w.move(ctx, h, j, day(15))
	case n < 11:
		j.Current.TerminationDate = day(10)
	case n < 12:
		j.Current.AccessEnd = w.clock()
	case n < 14: // it was a mistake
		j.Current.AccessEnd, j.Current.TerminationDate = time.Time{}, hrsource.Date{}
	case n < 17:
		if !h.Truth(w.clock().AddDate(0, 0, 20), w.wide).Live {
			w.employ(h, day(5))
		}
	case n < 18: // somebody is called otherwise
		h.Family, h.Given = fmt.Sprintf("%c", 'A'+rune(w.random.IntN(26))), w.given()
	case n < 19:
		w.intrude()
	default: // somebody changes an account by hand
		w.tamper()
	}
}
