package provisioning

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/calendar"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Batch says which changes of a system wait for a window of time, such as the hours in
// which nobody works there. They are decided and judged like others, and done when the
// window is open, after all that does not wait; what is not wanted any more by then is
// not done. What is urgent never waits. The zero Batch lets everything be done at any
// time.
type Batch struct {
	// Windows are the spans of the week in which it is done, and the zone of their
	// hours: "mon-fri 20:00-06:00 Europe/Vienna", "sat,sun 00:00-24:00 UTC", or several
	// that are parted by semicolons before one zone, "mon-fri 22:00-05:00; sat,sun
	// 00:00-24:00 Europe/Vienna". Where the clocks are changed, a span that begins or
	// ends in the hour that is skipped does so after it, and one that does in the hour
	// that is repeated has the whole of it. What was begun when a window closes is ended.
	Windows string
	// Kinds are the changes that wait: create, update, rename, enable, disable, grant,
	// revoke, delete. Required with Windows.
	Kinds []connector.Kind
	// Ceiling is how long something waits at most that takes access away (disable,
	// revoke, delete), from when it was decided; then it is done at any time. Defaults to 24
	// hours, and is at most a week. Business time.
	Ceiling time.Duration

	window calendar.Window
}

// batchable are the kinds that may wait.
var batchable = []connector.Kind{
	connector.Create, connector.Update, connector.Rename, connector.Enable, connector.Disable, connector.Grant, connector.Revoke, connector.Delete,
}

// The longest that a removal may wait unless told otherwise, and at most.
const (
	usualCeiling   = 24 * time.Hour
	highestCeiling = 7 * 24 * time.Hour
)

func (b Batch) withDefaults() (Batch, error) {
	if b.Windows == "" {
		if len(b.Kinds) > 0 || b.Ceiling != 0 {
			return b, errors.New(`batch: Windows is missing: want spans and a zone, such as "mon-fri 20:00-06:00 Europe/Vienna"`)
		}
		return b, nil
	}
	var err error
	if b.window, err = calendar.Parse(b.Windows); err != nil {
		return b, fmt.Errorf("batch: Windows: %w", err)
	}
	if len(b.Kinds) == 0 {
		return b, fmt.Errorf("batch: Kinds is missing: want some of %v", batchable)
	}
	for _, k := range b.Kinds {
		if !slices.Contains(batchable, k) {
			return b, fmt.Errorf("batch: kind %q: want one of %v", k, batchable)
		}
	}
	if b.Ceiling < 0 || b.Ceiling > highestCeiling {
		return b, fmt.Errorf("batch: Ceiling %v: want 0 to %v", b.Ceiling, highestCeiling)
	}
	b.Ceiling = cmp.Or(b.Ceiling, usualCeiling)
	return b, nil
}

// version identifies what it says, "" for the zero Batch.
func (b Batch) version() string {
	if b.Windows == "" {
		return ""
	}
	return fmt.Sprintf("%s %v %s", b.window, slices.Sorted(slices.Values(b.Kinds)), b.Ceiling)
}

// waits reports whether changes of a kind wait for windows.
func (b Batch) waits(kind connector.Kind) bool { return slices.Contains(b.Kinds, kind) }

// inLane puts an item that can be acted on into its lane, and returns when it may be
// acted on: zero for now.
func (t *Tenant) inLane(account state.Account, it *state.Item) time.Time {
	batch, kind := t.cfg.Systems[it.System].Batch, kindOf(account, *it)
	if it.Lane == state.LaneImmediate {
		return time.Time{}
	}
	it.Lane = state.LaneNormal
	if !batch.waits(kind) {
		return time.Time{}
	}
	it.Lane = state.LaneBatch
	now := t.now()
	open, next := batch.window.Open(now)
	if open {
		return time.Time{}
	}
	if kind.Removes() {
		ceiling := it.DecidedAt.Add(batch.Ceiling)
		if !ceiling.After(now) {
			return time.Time{}
		}
		next = sooner(next, ceiling)
	}
	return next
}

// shelve keeps an item until its window opens.
func shelve(it *state.Item, until time.Time) {
	it.State, it.Problem = state.ItemBatched, "waits for its window until "+until.UTC().Format(time.RFC3339)
}

// wakeAt makes sure that a person is looked at when a window opens for something of
// theirs.
func (t *Tenant) wakeAt(tx state.Tx, person string, at time.Time) error {
	p, err := tx.LockPerson(person)
	if err != nil || !p.Resting && !p.DueAt.IsZero() && !p.DueAt.After(at) {
		return err
	}
	if p.Resting { // they may be found to be due for nothing else
		p.RestsUntil = sooner(p.RestsUntil, at)
		return tx.PutPerson(p)
	}
	p.DueAt, p.Run, p.Event = at, "", ""
	return tx.PutPerson(p)
}
