package scim

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

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
	limits []limit

	mu            sync.Mutex // guards what is below
	reads, writes pause
}

type limit struct {
	class  profile.Class
	bucket *rate.Limiter
}

// pause is a time in which nothing is sent.
type pause struct {
	until   time.Time
	refused int // in a row
}

func newBudget(rates []profile.Rate) *budget {
	b := &budget{}
	for _, r := range rates {
		each := rate.Limit(float64(r.Requests) / r.Per.Seconds())
		b.limits = append(b.limits, limit{r.Class, rate.NewLimiter(each, max(r.Burst, 1))})
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
	var taken []*rate.Reservation
	for _, l := range b.limits {
		if covers(l.class, c) {
			r := l.bucket.ReserveN(now, 1)
			taken = append(taken, r)
			wait = max(wait, r.DelayFrom(now))
		}
	}
	if wait <= 0 {
		return nil
	}
	err := connector.RetryAfter(wait, fmt.Errorf("the server's rate leaves no room for another %v", wait.Round(time.Millisecond)))
	if deadline, ok := ctx.Deadline(); wait <= maxTurn && (!ok || deadline.Sub(now) > wait) {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			err = connector.NotSent(context.Cause(ctx))
		}
	}
	for _, r := range taken {
		r.CancelAt(now)
	}
	return err
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
