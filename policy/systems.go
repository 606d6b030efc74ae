package policy

import (
	"maps"
	"slices"
)

// Systems returns the systems that the policy says what accounts look like in,
// sorted.
func (p *Policy) Systems() []string { return slices.Sorted(maps.Keys(p.doc.Accounts)) }
