package provisioning

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Line is one change in a plan.
type Line struct {
	Kind   connector.Kind `json:"kind"`
	Person string         `json:"person"`
	// Name is what the person is called, for people.
	Name        string                     `json:"name,omitempty"`
	System      string                     `json:"system"`
	Entitlement string                     `json:"entitlement,omitempty"` // kind/name
	Login       string                     `json:"login,omitempty"`       // of a new or renamed account: "jdoe or the next free"; of who gets what is owned
	Dormant     bool                       `json:"dormant,omitempty"`     // a new account is made disabled
	Attributes  map[string]connector.Value `json:"attributes,omitempty"`  // that change
	Reasons     []policy.Reason            `json:"reasons,omitempty"`
	Lockout     string                     `json:"lockout,omitempty"` // why nobody is to sign in: "locked out by soc: stolen phone"
	// PersonRevision and Revision are those of the person and of the item when
	// the plan was made.
	PersonRevision int64  `json:"personRevision"`
	Revision       int64  `json:"revision"`
	Policy         string `json:"policy"`
	// State is due, held (by the guard or for review), waiting, batched, sending or parked;
	// Note says for what, or why.
	State string `json:"state"`
	Note  string `json:"note,omitempty"`
}

// compare orders lines for people: by name, and then as they would be done.
func (l Line) compare(m Line) int {
	return cmp.Or(cmp.Compare(l.Name, m.Name), l.compareID(m))
}

// order is the place of a kind among the operations on one account.
func order(k connector.Kind) int {
	return slices.Index([]connector.Kind{
		connector.Disable, connector.EndSessions, connector.Revoke, connector.Create, connector.Rename, connector.Update, connector.Enable, connector.Grant,
		connector.Transfer, connector.Delete,
	}, k)
}

// compareID orders lines by what they are about, whatever anybody is called.
func (l Line) compareID(m Line) int {
	return cmp.Or(cmp.Compare(l.Person, m.Person), cmp.Compare(l.System, m.System), cmp.Compare(order(l.Kind), order(m.Kind)), cmp.Compare(l.Entitlement, m.Entitlement))
}

// matches reports whether an item still wants what a line says.
func (l Line) matches(it state.Item, m Line) bool {
	return l.Revision == it.Revision && l.Kind == m.Kind && l.Policy == it.Policy && it.State != state.ItemSettled &&
		l.Login == m.Login && l.Dormant == m.Dormant && maps.EqualFunc(l.Attributes, m.Attributes, connector.Value.Equal)
}

// String returns the line for people: the change, whose, and why.
func (l Line) String() string {
	sign := map[bool]string{true: "-", false: "+"}[l.Kind.Removes()]
	if l.Kind == connector.Update || l.Kind == connector.Rename || l.Kind == connector.Transfer {
		sign = "~"
	}
	what := l.Entitlement
	switch l.Kind {
	case connector.Rename, connector.Transfer:
		what = l.Login
	case connector.Create:
		what = l.Login
		if l.Dormant {
			what += ", disabled"
		}
	case connector.Update:
		parts := make([]string, 0, len(l.Attributes))
		for name, v := range l.Attributes {
			parts = append(parts, name+"="+v.String())
		}
		slices.Sort(parts)
		what = strings.Join(parts, " ")
	}
	text := fmt.Sprintf("%s %-11s %-10s %-18s %-30s %s", sign, l.Kind, l.System, cmp.Or(l.Name, l.Person), what, l.why())
	if l.State != string(state.ItemDue) {
		text += " (" + l.State + ": " + l.Note + ")"
	}
	return text
}

// why returns the reasons of a line: each way to a grant, but only the rules for
// what the grants imply.
func (l Line) why() string {
	if l.Lockout != "" {
		return l.Lockout
	}
	if len(l.Reasons) == 0 {
		if l.Entitlement == "" {
			return "nothing gives an account here any more"
		}
		return "nothing gives it any more"
	}
	var words []string
	for _, r := range l.Reasons {
		if l.Entitlement == "" {
			r.Roles = nil
		}
		text := r.String()
		if !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return strings.Join(words, "; ")
}
