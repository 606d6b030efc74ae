package scimtest

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

// quirks are where this server leaves the RFCs. Without a profile there are none.
type quirks struct {
	profile.Profile
	now         func() time.Time
	hiddenReads int
	rates       []*limiter

	mu       sync.Mutex // guards what is below
	totals   map[string]int
	versions int
}

func newQuirks(config Config) *quirks {
	q := &quirks{Profile: config.Profile, now: config.Now, hiddenReads: config.HiddenReads, totals: map[string]int{}}
	if q.now == nil {
		q.now = time.Now
	}
	for _, r := range config.Profile.Rate {
		q.rates = append(q.rates, &limiter{Rate: r})
	}
	return q
}

// announces returns what the server says about a feature, which is true or, where
// it is not to be trusted, the opposite.
func (q *quirks) announces(feature string, supported bool) bool {
	return supported != slices.Contains(q.Discovery.Distrust, feature)
}

// untrusted reports whether versions do not work.
func (q *quirks) untrusted() bool { return q.ETag == profile.Untrusted }

// version returns a version that no other answer has.
func (q *quirks) version() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.versions++
	return fmt.Sprintf(`W/"x%d"`, q.versions)
}

// methodRefused reports why a method is not served for a type of resources.
func (q *quirks) methodRefused(method string, users bool) error {
	refused := &problem{http.StatusMethodNotAllowed, "", method + " is not supported"}
	switch {
	case method == http.MethodPut && q.Update.Method == profile.PatchAlone,
		method == http.MethodDelete && users && q.Delete.Refused:
		return refused
	case method == http.MethodPatch && q.Update.Method == profile.PutAlone:
		refused.status = http.StatusNotImplemented
		return refused
	default:
		return nil
	}
}
