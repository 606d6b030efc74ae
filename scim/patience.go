package scim

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// The first pause between two looks, which is doubled each time, and the shortest
// and longest time after which looking is given up: later looks are the caller's.
const (
	firstLook   = 20 * time.Millisecond
	minPatience = 300 * time.Millisecond
	maxPatience = 5 * time.Second
)

// patiently looks until the look is done, fails otherwise than by not finding, or
// took as long as the server is known to take to show a change. It returns what
// the last look returned.
func (t *Target) patiently(ctx context.Context, look func() (done bool, err error)) error {
	end := time.Now().Add(min(max(t.config.Profile.Lag, minPatience), maxPatience))
	for pause := firstLook; ; pause *= 2 {
		done, err := look()
		left := time.Until(end)
		if done || err != nil && !errors.Is(err, connector.ErrNotFound) || left <= 0 {
			return err
		}
		timer := time.NewTimer(min(pause, left))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// newcomers are the users that were made a moment ago, and that a server which is
// known to be slow may not show yet.
type newcomers struct {
	mu   sync.Mutex
	made map[string]time.Time // by id
}

// add takes note of a user, and forgets those who are shown by now.
func (n *newcomers) add(id string, lag time.Duration) {
	if lag <= 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made == nil {
		n.made = map[string]time.Time{}
	}
	for old, at := range n.made {
		if time.Since(at) > lag {
			delete(n.made, old)
		}
	}
	n.made[id] = time.Now()
}

// remove forgets a user, who was deleted.
func (n *newcomers) remove(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.made, id)
}

// left returns how long a user may still be invisible.
func (n *newcomers) left(id string, lag time.Duration) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	at, ok := n.made[id]
	if !ok {
		return 0
	}
	return max(lag-time.Since(at), 0)
}

// user reads one user. The error is ErrNotFound if there is none; somebody who was
// made a moment ago is waited for, and is not taken for gone before their time.
func (t *Target) user(ctx context.Context, id string) (object, error) {
	user, err := t.resource(ctx, usersPath, id, nil)
	lag := t.config.Profile.Lag
	if !errors.Is(err, connector.ErrNotFound) || t.newcomers.left(id, lag) == 0 {
		return user, err
	}
	err = t.patiently(ctx, func() (bool, error) {
		user, err = t.resource(ctx, usersPath, id, nil)
		return err == nil, err
	})
	if left := t.newcomers.left(id, lag); left > 0 && errors.Is(err, connector.ErrNotFound) {
		return nil, connector.RetryAfter(left, fmt.Errorf("made a moment ago, and not shown yet: %v", err)) //nolint:errorlint // it is not gone
	}
	return user, err
}
