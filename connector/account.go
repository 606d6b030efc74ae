package connector

import (
	"cmp"
	"fmt"
	"strings"
)

// Ref points at an account: the identifier the target gave it, which never
// changes, and the last known name, which is for people.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// Account is an account as a system showed it.
type Account struct {
	Ref
	// ExternalID is our own identifier of the person, if the system keeps one
	// for us: the proof that the account is ours. Empty if nobody claimed it.
	ExternalID string `json:"externalId,omitempty"`
	Active     bool   `json:"active"`
	// Attributes holds what was read, by the connector's own attribute names.
	// What is absent here is not known.
	Attributes map[string]Value `json:"attributes,omitempty"`
	// Entitlements holds what the account has, in the order of
	// [Entitlement.Compare], if EntitlementsKnown.
	Entitlements      []Entitlement `json:"entitlements,omitempty"`
	EntitlementsKnown bool          `json:"entitlementsKnown,omitempty"`
	// ETag is the version mark of the read, empty if there is none to be trusted.
	ETag string `json:"etag,omitempty"`
}

// Entitlement is something an account can hold: a group, a role, a licence. It
// is written kind/name, such as group/engineering. The kinds are the
// connector's; the name may contain further slashes.
type Entitlement struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// ParseEntitlement reads kind/name.
func ParseEntitlement(s string) (Entitlement, error) {
	kind, name, ok := strings.Cut(s, "/")
	if !ok || kind == "" || name == "" || strings.ContainsAny(kind, ": \t") {
		return Entitlement{}, fmt.Errorf("entitlement %q: want kind/name, such as group/engineering", s)
	}
	return Entitlement{Kind: kind, Name: name}, nil
}

// Compare orders entitlements by kind, then by name, as [Account] holds them. It
// returns a negative number, 0 or a positive number, as strings.Compare does.
func (e Entitlement) Compare(other Entitlement) int {
	return cmp.Or(strings.Compare(e.Kind, other.Kind), strings.Compare(e.Name, other.Name))
}

// String returns the entitlement as kind/name.
func (e Entitlement) String() string { return e.Kind + "/" + e.Name }
