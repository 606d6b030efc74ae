package scim

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/profile"
)

const (
	// maxTurn is the longest that a request waits for its turn here. Beyond it the
	// caller is told to come again, and can do something else meanwhile.
	maxTurn = 2 * time.Second
	// The first pause after a refusal that names no time, which each refusal in a
	// row doubles, and the longest pause of all: what the server asks for beyond it
	// holds for the request that was refused, not for every other.
	firstPause, maxPause = time.Second, time.Minute
)

// budget lets requests through no faster than the server wants them: by the rates
// of its profile, and after a refusal not before the time that it named. Reads and
// writes are refused apart, since a server that has enough of the ones often takes
// the others.
type budget struct {
	mu            sync.Mutex // guards what is below
	limits        []*limit
	reads, writes pause
}

// limit is one rate. Requests that came each in their turn would come at a distance;
// next is when the one after the last that has its turn would, and passed when the
// one after the last that was sent would. A burst may come so much earlier. An urgent
// request takes the turn of the first that waits, and all that wait move up by one:
// shifts is how often that was so.
type limit struct {
	class        profile.Class
	distance     time.Duration
	burst        time.Duration
	next, passed time.Time
	shifts       int
}

// pause is a time in which nothing is sent.
type pause struct {
	until   time.Time
	refused int // in a row
}

func newBudget(rates []profile.Rate) *budget {
	b := &budget{}
	for _, r := range rates {
		distance := r.Per / time.Duration(r.Requests)
		if r.Per%time.Duration(r.Requests) > 0 {
			distance++ // a little late is better than a little early
		}
		burst := time.Duration(math.MaxInt64)
		if more := time.Duration(max(r.Burst, 1) - 1); more == 0 || distance <= burst/more {
			burst = distance * more
		}
		b.limits = append(b.limits, &limit{class: r.Class, distance: distance, burst: burst})
	}
	return b
}

// covers reports whether a request belongs to a class.
func covers(class profile.Class, c call) bool {
	users, groups := strings.HasPrefix(c.path, usersPath), strings.HasPrefix(c.path, groupsPath)
	switch class {
	case profile.All:
		return true
	case profile.Reads:
		return c.reads()
	case profile.Writes:
		return !c.reads()
	case profile.UserWrites:
		return users && !c.reads()
	case profile.GroupReads:
		return groups && c.reads()
	case profile.GroupPatch:
		return groups && c.method == http.MethodPatch
	case profile.UserDelete:
		return users && c.method == http.MethodDelete
	default:
		return false
	}
}

// turn waits until a request may be sent. If that is too far off, nothing is
// taken from the budget, and the error says when to come again.
func (b *budget) turn(ctx context.Context, c call) error {
	now := time.Now()
	b.mu.Lock()
	wait := b.paused(c).until.Sub(now)
	b.mu.Unlock()
	if wait > maxTurn {
		return connector.RetryAfter(wait, fmt.Errorf("the server wants no requests for another %v", wait.Round(time.Second)))
	}
	turn, wait := b.take(ctx, c, now, wait)
	if turn == nil {
		return connector.RetryAfter(wait, fmt.Errorf("the server's rate leaves no room for another %v", wait.Round(time.Millisecond)))
	}
	for ; wait > 0; wait = b.pass(turn) {
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			b.giveBack(turn)
			return connector.NotSent(context.Cause(ctx))
		}
	}
	return nil
}

// turn is the time at which a request may be sent.
type turn struct {
	limits        []*limit
	before, after []time.Time // of the limits, for giving it back
	shifts        []int       // of the limits that the time takes into account
	urgent        bool
}

// take finds the time at which all limits let a request through, no earlier than
// after wait, and makes it the request's own. If that is too far off, it takes
// nothing. A turn that has come is passed at once.
func (b *budget) take(ctx context.Context, c call, now time.Time, wait time.Duration) (*turn, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := &turn{urgent: connector.Urgent(ctx)}
	at := now.Add(max(wait, 0))
	for _, l := range b.limits {
		if !covers(l.class, c) {
			continue
		}
		t.limits = append(t.limits, l)
		free := l.next
		if t.urgent {
			free = l.passed
		}
		if earliest := free.Add(-l.burst); earliest.After(at) {
			at = earliest
		}
	}
	wait = at.Sub(now)
	if deadline, ok := ctx.Deadline(); wait > maxTurn || wait > 0 && ok && !deadline.After(at) {
		return nil, wait
	}
	for _, l := range t.limits {
		t.before = append(t.before, l.next)
		if l.next.Before(at) {
			l.next = at
		}
		l.next = l.next.Add(l.distance)
		if t.urgent {
			l.shifts++
			l.pass(at)
		}
		t.after = append(t.after, l.next)
		t.shifts = append(t.shifts, l.shifts)
	}
	if wait <= 0 && !t.urgent {
		for _, l := range t.limits {
			l.pass(at)
		}
	}
	return t, wait
}

// pass sends a request whose time has come, unless urgent ones have gone before it
// meanwhile: then it returns how much longer it has to wait.
func (b *budget) pass(t *turn) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.urgent {
		return 0 // it was passed when it was taken
	}
	for i, l := range t.limits {
		wait = max(wait, time.Duration(l.shifts-t.shifts[i])*l.distance)
		t.shifts[i] = l.shifts
	}
	if wait > 0 {
		return wait
	}
	for _, l := range t.limits {
		l.pass(time.Now())
	}
	return 0
}

// pass notes that a request is sent at an instant.
func (l *limit) pass(at time.Time) {
	if l.passed.Before(at) {
		l.passed = at
	}
	l.passed = l.passed.Add(l.distance)
}

// giveBack gives a turn back that was not used, if nobody has queued behind it.
func (b *budget) giveBack(t *turn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, l := range t.limits {
		if !t.urgent && l.next.Equal(t.after[i]) {
			l.next = t.before[i]
		}
	}
}

// paused returns the pause that holds for a request. The budget is locked.
func (b *budget) paused(c call) *pause {
	if c.reads() {
		return &b.reads
	}
	return &b.writes
}

// answered takes note of an answer: whether it refused the request for being one
// too many, and how long the server then wants to be left alone, 0 if it did not
// say.
func (b *budget) answered(c call, tooMany bool, after time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, now := b.paused(c), time.Now()
	switch {
	case !tooMany:
		p.refused = 0
		return
	case after > 0:
		after = min(after, maxPause)
	default:
		after = min(firstPause<<min(p.refused, 10), maxPause)
	}
	if now.Before(p.until) {
		return // of several that were under way, one counts
	}
	p.refused++
	p.until = now.Add(after)
}
