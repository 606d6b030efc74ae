package policy

import (
	"cmp"
	"fmt"
	"strings"
)

// Entitlement names something that can be held in a system: system:kind/name,
// such as directory:group/engineering.
type Entitlement struct {
	System string
	Kind   string
	Name   string
}

// ParseEntitlement reads system:kind/name. The name may contain further colons
// and slashes.
func ParseEntitlement(s string) (Entitlement, error) {
	system, rest, ok := strings.Cut(s, ":")
	kind, name, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || system == "" || kind == "" || name == "" || strings.ContainsAny(system, "/ \t") {
		return Entitlement{}, fmt.Errorf("entitlement %q: want system:kind/name, such as directory:group/engineering", s)
	}
	return Entitlement{System: system, Kind: kind, Name: name}, nil
}

// String returns the entitlement as system:kind/name.
func (e Entitlement) String() string { return e.System + ":" + e.Kind + "/" + e.Name }

// Compare orders entitlements by system, kind and name.
func (e Entitlement) Compare(other Entitlement) int {
	return cmp.Or(cmp.Compare(e.System, other.System), cmp.Compare(e.Kind, other.Kind), cmp.Compare(e.Name, other.Name))
}

// MarshalText writes system:kind/name.
func (e Entitlement) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads system:kind/name.
func (e *Entitlement) UnmarshalText(text []byte) error {
	parsed, err := ParseEntitlement(string(text))
	if err != nil {
		return err
	}
	*e = parsed
	return nil
}
