package policy

// Denial is an entitlement to which policy leads, and which is not given.
type Denial struct {
	Entitlement Entitlement
	// Causes say why not, sorted. There is at least one.
	Causes []Cause
	// Reasons are the ways in which policy leads to it, sorted.
	Reasons []Reason
}

// Cause is why something is not given.
type Cause struct {
	Kind CauseKind `json:"kind"`
	// Name is that of the [Deny] or [Separation], or the ID of the [Request].
	Name string `json:"name,omitempty"`
	// Role is the role that is denied, that nobody approved, or that does not say how
	// sensitive it is, if it is not the entitlement itself.
	Role string `json:"role,omitempty"`
	// Relationship is the ID of the relationship for which a deny holds.
	Relationship string `json:"relationship,omitempty"`
}

// String returns the cause in words, such as "deny interns for relationship hr/1".
func (c Cause) String() string {
	out := string(c.Kind)
	if c.Name != "" {
		out += " " + c.Name
	}
	if c.Role != "" {
		out += " of role " + c.Role
	}
	if c.Relationship != "" {
		out += " for relationship " + c.Relationship
	}
	return out
}

// CauseKind is what kept something from being given.
type CauseKind string

// The causes.
const (
	// CauseDeny is a [Deny].
	CauseDeny CauseKind = "deny"
	// CauseSeparation is a [Separation]: see the [Violation].
	CauseSeparation CauseKind = "separation"
	// CauseApproval is that an [Approval] is missing, of the entitlement or of a role.
	CauseApproval CauseKind = "approval"
	// CauseRequest is that it was asked for what cannot be.
	CauseRequest CauseKind = "request"
	// CauseSensitivity is that the value of a parameter made an entitlement of a
	// sensitivity that its role does not say.
	CauseSensitivity CauseKind = "sensitivity"
)

// Lift is a deny that does not hold because of an exception.
type Lift struct {
	Deny      string `json:"deny"`
	Exception string `json:"exception"`
}
