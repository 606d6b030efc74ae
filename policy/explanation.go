package policy

import "time"

// Explanation says why somebody has an entitlement or an account, or why not, what
// would have to be otherwise, and until when it is so. [Policy.Explain] and
// [Policy.ExplainAccount] make one.
type Explanation struct {
	// Person and At are those of the [Subject].
	Person string    `json:"person,omitempty"`
	At     time.Time `json:"at"`
	// Entitlement is what it is about; if it is about an account, System is.
	Entitlement Entitlement `json:"entitlement,omitzero"`
	System      string      `json:"system,omitempty"`
	// Given says whether the person has it by the decision at At.
	Given bool `json:"given"`
	// Disabled says why an account that should exist should be disabled.
	Disabled Disabled `json:"disabled,omitempty"`
	// Leads are the ways in which the policy gives it: any of them suffices. If it does
	// not, they are all the ways in which it could, with what keeps each back, those
	// first that lack the least; none means that nothing in the policy gives it to
	// anybody in the person's place.
	Leads []Lead `json:"leads,omitempty"`
	// More says that there are more than those, or more denies than they tell of.
	More bool `json:"more,omitempty"`
	// Absent are the relationships that give no access at At, if the person does not
	// have it.
	Absent []Absence `json:"absent,omitempty"`
	// Approval is the ID of the approval, if the entitlement requires one and is given,
	// and Lifted are the denies that exceptions lift from it.
	Approval string `json:"approval,omitempty"`
	Lifted   []Lift `json:"lifted,omitempty"`
	// Nearest is what the policy can give and is written most like it, if nothing
	// leads to it. Roles are those that give it and to which nothing leads.
	Nearest string   `json:"nearest,omitempty"`
	Roles   []string `json:"roles,omitempty"`
	// Requestable says that it may be asked for, or a role of Leads or Roles may.
	Requestable bool `json:"requestable,omitempty"`
	// Until is when that changes, by all that is known at At: when it ends if it is
	// given, and when it begins if it is not. Zero means never. Looked is how far that
	// was looked at, if not to the end.
	Until  time.Time `json:"until,omitzero"`
	Looked time.Time `json:"looked,omitzero"`
	// Change is the smallest change of attributes that turns it around.
	Change Change `json:"change"`
}

// Lead is one way in which policy leads to something, or would.
type Lead struct {
	Reason
	// Entitlement is what it leads to, if the explanation is about an account.
	Entitlement Entitlement `json:"entitlement,omitzero"`
	// Given says that it is a reason for what the person has.
	Given bool `json:"given"`
	// Obstacles are what keeps it back, or what will end it at Until if it is given.
	// Those of one that is not given are all there: there is at least one.
	Obstacles []Obstacle `json:"obstacles,omitempty"`
	// Until is when one that is given ends, by all that is known. Zero means never, or
	// not before [Explanation.Looked].
	Until time.Time `json:"until,omitzero"`
}

// Obstacle is something that keeps something from being given.
type Obstacle struct {
	Kind ObstacleKind `json:"kind"`
	// Where says to what it belongs, such as: role engineer, or add-on 2 of rule sales.
	// For what takes back it is that, such as: deny interns.
	Where string `json:"where,omitempty"`
	// Role is the role by which a way is taken back, if it is not the entitlement.
	Role string `json:"role,omitempty"`
	// Part is the smallest part of a condition that alone keeps it from holding. It is
	// the condition that holds, if that of a deny is meant.
	Part string `json:"part,omitempty"`
	// Seen are the attributes on which it depends, as they are.
	Seen []Seen `json:"seen,omitempty"`
	// From and Until are the bounds that are not fulfilled: those of a window or of a
	// relationship.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Names are what comes of a name with parameters instead.
	Names []string `json:"names,omitempty"`
}

// Seen is an attribute with its values.
type Seen struct {
	Relationship string   `json:"relationship,omitempty"`
	Attribute    string   `json:"attribute"`
	Values       []string `json:"values,omitempty"`
}

// ObstacleKind is what kind of thing keeps something back: one of these, or a
// [CauseKind] of the same name for what is taken back.
type ObstacleKind string

// The obstacles.
const (
	// ObstacleCondition is that a condition does not hold.
	ObstacleCondition ObstacleKind = "condition"
	// ObstacleWindow is that the time has not come or is over, or that a date is
	// missing on which it depends.
	ObstacleWindow ObstacleKind = "window"
	// ObstacleParameter is that a parameter has no value or another one.
	ObstacleParameter ObstacleKind = "parameter"
	// ObstacleRelationship is that the relationship gives no access.
	ObstacleRelationship ObstacleKind = "relationship"

	ObstacleDeny        = ObstacleKind(CauseDeny)
	ObstacleSeparation  = ObstacleKind(CauseSeparation)
	ObstacleApproval    = ObstacleKind(CauseApproval)
	ObstacleRequest     = ObstacleKind(CauseRequest)
	ObstacleSensitivity = ObstacleKind(CauseSensitivity)
)

// Absence is a relationship that gives no access: it has not started, or is over.
type Absence struct {
	Relationship string `json:"relationship"`
	// From is when it begins, or else Until when it ended. If it never gives access,
	// since it ends before it begins, both are there.
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Change is a change of the attributes that are in effect, in relationships that give
// access, as if HR had always said so of them. It has been decided about: with it,
// the person has what is explained if they do not, and the other way round.
type Change struct {
	// Attributes are those to change, as few as were found; none if no change was.
	Attributes []AttributeChange `json:"attributes,omitempty"`
	// Smallest says that it is proven that no fewer attributes do it.
	Smallest bool `json:"smallest,omitempty"`
	// Impossible says that it is proven that no change of attributes does it. If it is
	// not set and there is no change, none was found of up to Searched attributes.
	Impossible bool `json:"impossible,omitempty"`
	Searched   int  `json:"searched,omitempty"`
}

// AttributeChange is another value for an attribute of a relationship.
type AttributeChange struct {
	Relationship string   `json:"relationship"`
	Attribute    string   `json:"attribute"`
	From         []string `json:"from,omitempty"`
	To           []string `json:"to,omitempty"`
	// Any says that To stands for any text but From: conditions name no other.
	Any bool `json:"any,omitempty"`
	// Want is what is asked of the value and does not hold as it is, as a condition.
	Want string `json:"want,omitempty"`

	index int // of the relationship
}
