package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/scim"
)

// Config is what is examined, and how far.
type Config struct {
	// Server says where the server is and how to get in. Its Profile is not used,
	// since nothing is to be taken on trust.
	Server scim.Config

	// Write allows throw-away users and groups.
	Write bool
	// Domain is what their userNames and addresses end with; empty means
	// example.invalid, where no mail can arrive. Some servers accept only domains
	// that they know.
	Domain string
	// Patience is how long it is waited for something new to be seen, and for a
	// server that has had too many requests; 0 means 20 seconds.
	Patience time.Duration
}

// Examine asks the server, and returns what it found. The error says why nothing
// could be examined: a wrong configuration, no answer, or no admission. When ctx
// ends, what was created is still removed, for which there are 30 seconds, and the
// report so far comes with the error.
func Examine(ctx context.Context, config Config) (*Report, error) {
	target, err := scim.New(config.Server)
	if err != nil {
		return nil, err
	}
	if err := target.Close(); err != nil {
		return nil, err
	}
	if config.Patience < 0 {
		return nil, errors.New("doctor: Patience is negative")
	}
	if config.Patience == 0 {
		config.Patience = 20 * time.Second
	}
	if config.Domain == "" {
		config.Domain = "example.invalid"
	}
	v := newVisit(config)
	first := v.get(ctx, "/Users", "startIndex", "1", "count", "2")
	switch {
	case first.err != nil:
		return nil, fmt.Errorf("doctor: %s: %w", first.request, first.err)
	case first.status == http.StatusUnauthorized || first.status == http.StatusForbidden:
		return nil, fmt.Errorf("doctor: the server does not let us in: %s", first)
	case first.status == http.StatusNotFound:
		return nil, fmt.Errorf("doctor: no SCIM server answers here: %s", first)
	case first.status >= 300 && first.status < 400:
		return nil, fmt.Errorf("doctor: the server redirects to another place: %s", first)
	case first.status == http.StatusOK && first.object == nil:
		return nil, fmt.Errorf("doctor: %s, but the answer is no JSON object: is this the base URL of SCIM?", first)
	}
	v.examine(ctx)
	v.conclude()
	return v.report, ctx.Err()
}

// examine goes through everything. What is made is made first, so that there is
// something to look at.
func (v *visit) examine(ctx context.Context) {
	v.discovery(ctx)
	v.admission(ctx)
	v.errors(ctx)
	if v.config.Write {
		defer v.cleanUp(ctx)
		if !v.creating(ctx) {
			return
		}
		v.companion(ctx)
	}
	first := v.begin(ctx)
	v.list(ctx, first)
	v.paging(ctx, first)
	v.groups(ctx)
	if !v.config.Write {
		if len(first.resources()) == 0 {
			v.note(Note, "users.none", "There are no users: searching could not be tried; allow writing, or add one", "")
			return
		}
		v.about(first.resources()[0])
	}
	v.searching(ctx)
	v.versions(ctx)
	if !v.config.Write {
		return
	}
	v.patching(ctx)
	v.replacing(ctx)
	v.grouping(ctx)
	v.bulk(ctx)
	v.disabling(ctx)
	v.deleting(ctx)
}

// cleanUp deletes what is left of what was made, the newest first.
func (v *visit) cleanUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	for _, path := range slices.Backward(v.made) {
		if a := v.send(ctx, http.MethodDelete, path, nil, nil); a.ok() || a.status == http.StatusNotFound {
			continue
		} else if strings.HasPrefix(path, "/Users/") && v.isDisabled(ctx, path) {
			v.note(Note, "cleanup.disabled", "A throw-away user could not be deleted, and is disabled: "+path, "", a)
		} else {
			v.note(Danger, "cleanup.left", "A throw-away resource could not be deleted: "+path, "", a)
		}
		v.report.Left = append(v.report.Left, path)
	}
}

func (v *visit) isDisabled(ctx context.Context, path string) bool {
	a := v.send(ctx, http.MethodGet, path, nil, nil)
	active, told := truth(a.get("active"))
	return a.ok() && told && !active
}
