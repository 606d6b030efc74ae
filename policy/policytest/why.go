package policytest

import (
	"strings"

	"github.com/joinery-iam/joinery/policy"
)

// maxWays bounds how many ways to something are told.
const maxWays = 3

// why adds what keeps back something that is missing, below the line that says so. An
// error means that ctx has ended, since there was a decision.
func (r *report) why(x policy.Explanation, err error) {
	if err != nil {
		return
	}
	for i, lead := range x.Leads {
		if i == maxWays {
			r.add("  and more")
			return
		}
		var back []string
		for _, o := range lead.Obstacles {
			back = append(back, o.String())
		}
		way := lead.Reason.String()
		if x.System != "" {
			way = lead.Entitlement.String() + " by " + way
		}
		r.add("  %s: %s", way, strings.Join(back, "; "))
	}
	switch {
	case len(x.Leads) > 0:
	case x.Nearest != "":
		r.add("  nothing gives it; did you mean %s?", x.Nearest)
	default:
		r.add("  nothing gives it")
	}
}
