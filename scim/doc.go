// Package scim connects to systems that speak SCIM 2.0 (RFC 7643, RFC 7644), also
// to those that speak it in their own way.
//
// A [Target] is a [github.com/joinery-iam/joinery/connector.Connector] for one
// service provider: it finds, makes, changes, disables, enables, deletes and
// lists users, and treats groups as entitlements of the kind "group", named by
// their displayName.
//
//	aws, err := profile.Get("aws-iam-identity-center")
//	…
//	target, err := scim.New(scim.Config{
//		BaseURL: "https://example.com/scim/v2",
//		Token:   func(ctx context.Context) (string, error) { return vault.Read(ctx, "scim") },
//		Profile: aws,
//	})
//
// What a server does otherwise than the standard is data: a profile of package
// [github.com/joinery-iam/joinery/scim/profile], from its catalogue or one's own.
// Without one, the Target relies on the standard within what it can find out. To
// find out more, there is package [github.com/joinery-iam/joinery/scim/doctor].
// Tokens can come from package [github.com/joinery-iam/joinery/scim/oauth].
//
// # Attributes
//
// Single values, by the names that policies use:
//
//	userName externalId displayName nickName title userType
//	preferredLanguage locale timezone
//	name.givenName name.familyName name.middleName name.formatted
//	email            the value of emails[type eq "work"]
//	phone            the value of phoneNumbers[type eq "work"]
//	employeeNumber department division costCenter organization
//	                 of the enterprise extension
//	manager          its manager.value: the id of the manager's account here
//
// Other values of emails, phoneNumbers, addresses, ims and photos are named by
// type or as the primary one: emails[type eq "home"].value,
// addresses[type eq "work"].locality, photos[primary eq true].value.
//
// A name that begins with "urn:" is a path into another extension, such as
// urn:example:params:scim:schemas:acme:2.0:User:badge or …:User:desk.floor, and
// may hold a list. It is sent with the JSON type that the server's Schemas declare
// for it. Any other name is an error when it is used, and so is one of an attribute
// that the profile says the server does not have.
//
// # What is read and written
//
// Every operation reads first, sends only what differs, and looks at the result:
// asking twice sends no second write. Updates are PATCH requests with a path for
// each operation, or what the profile wants instead; where the server has no PATCH,
// they are PUT requests of what was read, with the changes merged in. A server is
// not believed: what a filter returns is compared here, and a membership is read
// back, with patience where the profile speaks of lag.
//
// An empty answer to a search means that nobody is there only if that filter has
// been seen to find somebody, since servers exist that answer every filter they do
// not know so. Until then, or where it does not work, all users are looked through.
//
// A user is created only after it was looked for, and one that the server already
// has is reported as a conflict with its id. After a create without an answer, and
// after one that the server says conflicts, it is looked for again.
//
// A list is walked by what came, not by what was announced, and proves that it is
// complete only if each id came once and the total agrees. A walk that was
// disturbed is repeated, up to three times. Walks by cursor (RFC 9865), by id and
// without pages are the profile's to choose.
//
// Disabling sets active to false, and is refused where the profile says that this
// deletes the account. Requests keep to the rates of the profile, and pause after
// a refusal for too many as long as Retry-After says.
//
// Nothing is cached but what the server says about itself, which filters work, and
// for a while whom we created. ServiceProviderConfig is fetched when first needed,
// and again by [Target.Describe] and [Target.Check].
//
// Bulk requests are not sent. An operation of the engine is one change to one
// account, whose outcome is recorded before the next; a bulk request has one fate
// for many of them when its reply is lost, and counts as many requests where rates
// are limited.
//
// # Memberships
//
// The groups of a user are taken from the user's "groups" attribute. A server
// that leaves it out does not say whether there are none; then the group in
// question is read whole, and a [Target.Find] with Entitlements reads all groups.
// Where the profile says so, a filter asks instead. Roles, entitlements and
// licences are entitlements of kinds of their own, held in attributes of the user.
// [Target.SetMembers] is for who has the whole list of a group.
package scim
