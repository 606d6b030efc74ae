package oracle

import (
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// The systems there are, and the attribute in which an account says whose it is.
const (
	Directory = "directory"
	Mail      = "mail"
	Git       = "git"
	Wiki      = "wiki"
	badge     = "badge"
)

// Oracle watches a company. Make it with New.
type Oracle struct {
	Humans []*Human
	// KeptFor is how long git and wiki keep the accounts of leavers.
	KeptFor time.Duration

	ofBadge   map[string]*Human
	ofJob     map[string]*Human
	strangers map[place]connector.Account
	whose     map[place]string    // badges, at the last look
	surplus   map[claim]time.Time // since when somebody has what they must not

}

// place is an account in a system.
type place struct{ system, id string }

// New returns the oracle of a company without people.
func New(keptFor time.Duration) *Oracle {
	return &Oracle{
		KeptFor: keptFor, ofBadge: map[string]*Human{}, ofJob: map[string]*Human{},
		strangers: map[place]connector.Account{}, whose: map[place]string{}, surplus: map[claim]time.Time{},
	}
}

// Scene is what the systems show.
type Scene struct {
	At       time.Time
	Wide     bool                           // which policy is in force
	Accounts map[string][]connector.Account // by system
	SignedIn map[string]bool                // badges of those who are in the directory
	Owners   map[string]string              // the id of an account of git, by thing; empty if it is lost
}

// Hire makes somebody known, and Employ gives a human another job.
func (o *Oracle) Hire(h *Human) {
	o.Humans = append(o.Humans, h)
	o.ofBadge[h.Badge] = h
}

// Employ gives somebody a job.
func (o *Oracle) Employ(h *Human, j *Job) {
	h.Jobs = append(h.Jobs, j)
	o.ofJob[j.ID] = h
}

// Stranger makes known an account that somebody has made by hand and that nobody may
// touch.
func (o *Oracle) Stranger(system string, a connector.Account) { o.strangers[place{system, a.ID}] = a }

// Badge returns whose an account says it is; empty if it does not.
func Badge(a connector.Account) string { return a.Attributes[badge].Text() }

// Problem is what is not as it must be. Human is nil if it is about nobody known.
type Problem struct {
	Human *Human
	What  string
}

func (p *Problem) Error() string { return p.What }

// wrong makes a problem of somebody's.
func wrong(h *Human, format string, args ...any) error {
	return &Problem{h, fmt.Sprintf("%s (badge %s) ", h.Key, h.Badge) + fmt.Sprintf(format, args...)}
}
