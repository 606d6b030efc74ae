package provisioning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// kindSensitive counts, in the guard's window, grants of sensitive entitlements.
const kindSensitive = "grant of sensitive entitlements"

// sensitive reports whether an entitlement, kind/name, of a system is listed.
func (g Guard) sensitive(system, key string) bool {
	name := system + ":" + key
	return slices.ContainsFunc(g.Sensitive, func(listed string) bool {
		prefix, open := strings.CutSuffix(listed, "*")
		return listed == name || open && strings.HasPrefix(name, prefix)
	})
}

// checkSensitive makes sure that what is listed can be meant: a slip of the pen would
// leave an entitlement unguarded without a word.
func (g Guard) checkSensitive(systems map[string]System) error {
	for _, listed := range g.Sensitive {
		system, key, ok := strings.Cut(listed, ":")
		if _, known := systems[system]; !ok || !known {
			return fmt.Errorf("guard: sensitive entitlement %q: want system:kind/name, with one of the systems", listed)
		}
		if prefix, open := strings.CutSuffix(key, "*"); open && !strings.Contains(prefix, "*") {
			continue
		}
		if _, err := connector.ParseEntitlement(key); err != nil {
			return fmt.Errorf("guard: sensitive %w", err)
		}
	}
	return nil
}

// givesSensitive reports whether an item is the grant of a sensitive entitlement.
func (t *Tenant) givesSensitive(it state.Item) bool {
	return it.Kind == state.ItemGrant && it.Desired == held && t.cfg.Guard.sensitive(it.System, it.Key)
}
