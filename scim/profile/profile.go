package profile

import "time"

// Profile is what one kind of server does, and does not do. The zero value is a
// server that keeps RFC 7644 in everything that a client may rely on: each field
// is a deviation or a limit. Profiles are data: they are compared, printed and
// stored, and never hold credentials or addresses of a customer.
type Profile struct {
	// Name identifies the profile: lower case letters, digits and hyphens.
	Name string `yaml:"name"`
	// Product is what the vendor calls the server.
	Product string `yaml:"product"`
	// Checked is the day on which Sources were last seen to say so, written
	// 2006-01-02. Vendors change their limits without notice.
	Checked string `yaml:"checked"`
	// Sources are the pages that the facts come from.
	Sources []string `yaml:"sources,omitempty"`
	// Addresses are what base URLs of such servers begin with, such as
	// https://api.slack.com/scim. A * stands for any text within a part of the name
	// of the host, or of the path, that differs from customer to customer.
	Addresses []string `yaml:"addresses,omitempty"`
	// Unconfirmed names the fields that no source of the vendor's own confirms, in
	// their YAML form, such as groups.maxChanges.
	Unconfirmed []string `yaml:"unconfirmed,omitempty"`
	// Notes tell people what no field can.
	Notes []string `yaml:"notes,omitempty"`

	Discovery  Discovery  `yaml:"discovery,omitempty"`
	Filter     Filter     `yaml:"filter,omitempty"`
	Paging     Paging     `yaml:"paging,omitempty"`
	Attributes Attributes `yaml:"attributes,omitempty"`
	Update     Update     `yaml:"update,omitempty"`
	Disable    Disable    `yaml:"disable,omitempty"`
	Delete     Delete     `yaml:"delete,omitempty"`
	Groups     Groups     `yaml:"groups,omitempty"`
	Rate       []Rate     `yaml:"rate,omitempty"`

	// ETag says whether versions can be relied on.
	ETag ETag `yaml:"etag,omitempty"`
	// Lag is how long a change may take to be seen by a read.
	Lag time.Duration `yaml:"lag,omitempty"`
}

// Discovery is how far the server's description of itself can be believed.
type Discovery struct {
	// Absent says that the server has none of the endpoints of RFC 7644, section 4.
	Absent bool `yaml:"absent,omitempty"`
	// Distrust names features of ServiceProviderConfig whose statement is wrong, or
	// contradicts the vendor's pages: patch, bulk, filter, sort, etag.
	Distrust []string `yaml:"distrust,omitempty"`
}

// Filter is what users and groups can be searched by.
type Filter struct {
	// Users and Groups name the attributes that "eq" works with; empty means any.
	Users  []string `yaml:"users,omitempty"`
	Groups []string `yaml:"groups,omitempty"`
	// Unsupported is what comes of another filter.
	Unsupported Answer `yaml:"unsupported,omitempty"`
	// MaxNodes is the greatest number of comparisons in a filter; more are refused. 0
	// means no limit.
	MaxNodes int `yaml:"maxNodes,omitempty"`
	// NoProjection says that the parameters attributes and excludedAttributes are
	// refused.
	NoProjection bool `yaml:"noProjection,omitempty"`
}

// Answer is what a server makes of a filter that it cannot evaluate.
type Answer string

// The answers. Only the first is safe to build on: after the others nothing can be
// concluded from what is found, until the filter was seen to find somebody.
const (
	Refused Answer = ""        // status 400: RFC 7644, section 3.4.2.2
	Empty   Answer = "empty"   // status 200 and nobody
	Ignored Answer = "ignored" // status 200 and everybody
)

// Paging is how lists are walked.
type Paging struct {
	Method Method `yaml:"method,omitempty"`
	// MaxResults is the most that one page holds; 0 means that it is not known.
	MaxResults int `yaml:"maxResults,omitempty"`
	// MaxStart is the greatest startIndex that is answered; 0 means no limit.
	MaxStart int `yaml:"maxStart,omitempty"`
	// Shifts says that a resource which is deleted during a walk makes the walk miss
	// another one.
	Shifts bool `yaml:"shifts,omitempty"`
	// Synthetic says that a list without a filter shows what is not there.
	Synthetic bool `yaml:"synthetic,omitempty"`
}

// Method is a way to walk a list.
type Method string

// The methods.
const (
	ByIndex  Method = ""       // startIndex and count: RFC 7644, section 3.4.2.4
	ByCursor Method = "cursor" // cursor and count: RFC 9865
	ByID     Method = "id"     // the filter id gt "last", where MaxStart ends
	AtOnce   Method = "none"   // everything comes in one answer
)

// Attributes is what a user can hold.
type Attributes struct {
	// Single says that an attribute of several values holds only one.
	Single bool `yaml:"single,omitempty"`
	// Unknown names attributes of RFC 7643 that the server refuses or drops; the
	// client does not send them. It cannot do without userName, externalId and active.
	Unknown []string `yaml:"unknown,omitempty"`
	// Entitlements maps kinds of entitlements beside groups, such as role or
	// license, to the attribute of users that holds them, such as roles.
	Entitlements map[string]string `yaml:"entitlements,omitempty"`
}

// Update is how a resource is changed.
type Update struct {
	Method Writing `yaml:"method,omitempty"`
	// PatchOnly names the only attributes of users that PATCH changes. Others go by
	// PUT, or cannot be changed if Method is "patch".
	PatchOnly []string `yaml:"patchOnly,omitempty"`
	// NoValuePaths says that paths such as emails[type eq "work"] are refused for users:
	// the whole attribute is replaced.
	NoValuePaths bool `yaml:"noValuePaths,omitempty"`
	// NoPath says that operations on users must not have a path: values are merged.
	NoPath bool `yaml:"noPath,omitempty"`
	// OneOperation says that a request holds one operation.
	OneOperation bool `yaml:"oneOperation,omitempty"`
	// Capitals says that operations are named Add, Replace and Remove.
	Capitals bool `yaml:"capitals,omitempty"`
	// TextBooleans says that booleans are sent as "True" and "False".
	TextBooleans bool `yaml:"textBooleans,omitempty"`
}

// Writing is the method of changes.
type Writing string

// The ways to write.
const (
	PatchOrPut Writing = ""      // PATCH, and PUT if the server has none
	PatchAlone Writing = "patch" // PATCH; PUT is refused
	PutAlone   Writing = "put"   // PUT; PATCH is refused
)

// Disable is what active: false does.
type Disable struct {
	// Deletes says that it deletes the account: then it is not used for disabling,
	// since it cannot be taken back.
	Deletes bool `yaml:"deletes,omitempty"`
	// Hides says that a disabled user is no longer shown: then it is not used for
	// disabling either, since nobody could see that it worked, nor find the user again.
	Hides bool `yaml:"hides,omitempty"`
	// NotAtCreation says that users are always made active.
	NotAtCreation bool `yaml:"notAtCreation,omitempty"`
}

// Delete is what DELETE of a user does.
type Delete struct {
	// Disables says that the user stays, and is disabled.
	Disables bool `yaml:"disables,omitempty"`
	// Refused says that users cannot be deleted.
	Refused bool `yaml:"refused,omitempty"`
}

// Groups is what groups can do.
type Groups struct {
	// Absent says that there are none.
	Absent bool `yaml:"absent,omitempty"`
	// Members is where the server tells who is a member.
	Members Membership `yaml:"members,omitempty"`
	// MaxChanges is the greatest number of members that one request adds or
	// removes, and MaxBytes its greatest size; 0 means no limit.
	MaxChanges int `yaml:"maxChanges,omitempty"`
	MaxBytes   int `yaml:"maxBytes,omitempty"`
	// ReplaceMembers says that replacing all members at once works. It is needed only
	// where there is no PATCH.
	ReplaceMembers bool `yaml:"replaceMembers,omitempty"`
	// RemoveByValue says that members are removed by a list of values, not by the
	// path members[value eq "…"].
	RemoveByValue bool `yaml:"removeByValue,omitempty"`
	// DropsUnknown says that members who do not exist are left out without an error.
	DropsUnknown bool `yaml:"dropsUnknown,omitempty"`
}

// Membership is where members can be seen. By filters, one membership is found by
// id eq "…" and members eq "…", whatever Filter.Groups names; all groups of a user are
// found by members.value eq "…", if Filter.Groups names that.
type Membership string

// The places.
const (
	InBoth    Membership = ""       // in groups of the user or in members of the group
	InGroup   Membership = "group"  // only in members of the group
	InUser    Membership = "user"   // only in groups of the user
	ByFilter  Membership = "filter" // only by filters
	Invisible Membership = "none"   // nowhere
)

// Rate is how many requests of a class are let through. All rates that match a
// request hold.
type Rate struct {
	Class Class `yaml:"class,omitempty"`
	// Requests are let through in Per, Burst of them at once; no Burst means one.
	Requests int           `yaml:"requests"`
	Per      time.Duration `yaml:"per"`
	Burst    int           `yaml:"burst,omitempty"`
	// Silent says that a refusal carries no Retry-After.
	Silent bool `yaml:"silent,omitempty"`
}

// Class is a class of requests.
type Class string

// The classes.
const (
	All        Class = ""           // every request
	Reads      Class = "read"       // GET
	Writes     Class = "write"      // all but GET
	UserWrites Class = "userWrite"  // writes of users
	GroupReads Class = "groupRead"  // GET of groups
	GroupPatch Class = "groupPatch" // PATCH of groups
	UserDelete Class = "userDelete" // DELETE of users
)

// ETag says whether meta.version and If-Match work.
type ETag string

// What a client does about versions.
const (
	Announced ETag = ""        // they are used if ServiceProviderConfig announces them
	Untrusted ETag = "ignored" // they are announced and do not work, or are forbidden
)
