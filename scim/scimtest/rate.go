package scimtest

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

// limiter lets requests of a class through at a rate. It keeps the time at which
// the last of them would have come had all kept their distance: so it needs no
// more than that, however many there are.
type limiter struct {
	profile.Rate
	mu   sync.Mutex
	next time.Time
}

// grain is what clocks and divisions may differ by.
const grain = time.Microsecond

// covers reports whether a request belongs to the class.
func (l *limiter) covers(method, path string) bool {
	users, groups := strings.HasPrefix(path, BasePath+"/Users"), strings.HasPrefix(path, BasePath+"/Groups")
	switch l.Class {
	case profile.All:
		return true
	case profile.Reads:
		return !isWrite(method)
	case profile.Writes:
		return isWrite(method)
	case profile.UserWrites:
		return users && isWrite(method)
	case profile.GroupReads:
		return groups && !isWrite(method)
	case profile.GroupPatch:
		return groups && method == http.MethodPatch
	case profile.UserDelete:
		return users && method == http.MethodDelete
	default:
		return false
	}
}

// wait returns how much too early a request is.
func (l *limiter) wait(now time.Time) time.Duration {
	if !l.next.After(now) {
		return 0
	}
	each := l.Per / time.Duration(l.Requests)
	early := l.next.Sub(now) - each*time.Duration(max(l.Burst, 1)-1)
	if early <= grain {
		return 0
	}
	return early
}

func (l *limiter) take(now time.Time) {
	if l.next.Before(now) {
		l.next = now
	}
	l.next = l.next.Add(l.Per / time.Duration(l.Requests))
}

// tooMany refuses a request that is one too many for a rate, and else takes it from
// all that it belongs to.
func (q *quirks) tooMany(w http.ResponseWriter, r *http.Request) error {
	now := q.now()
	var taken []*limiter
	var refused *limiter
	var wait time.Duration
	for _, l := range q.rates {
		if !l.covers(r.Method, r.URL.Path) {
			continue
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		taken = append(taken, l)
		if early := l.wait(now); early > wait {
			refused, wait = l, early
		}
	}
	if refused == nil {
		for _, l := range taken {
			l.take(now)
		}
		return nil
	}
	if !refused.Silent {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	return &problem{http.StatusTooManyRequests, "", "too many requests"}
}
