// Package scim connects to systems that speak SCIM 2.0 (RFC 7643, RFC 7644).
//
// A [Target] is a [github.com/joinery-iam/joinery/connector.Connector] for one
// service provider: it finds, makes, changes, disables, enables, deletes and
// lists users, and treats groups as entitlements of the kind "group", named by
// their displayName.
//
//	target, err := scim.New(scim.Config{
//		BaseURL: "https://example.com/scim/v2",
//		Token:   func(ctx context.Context) (string, error) { return vault.Read(ctx, "scim") },
//	})
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
// A name that begins with "urn:" is a path into another extension, such as
// urn:example:params:scim:schemas:acme:2.0:User:badge or …:User:desk.floor, and
// may hold a list. Any other name is an error when it is used.
//
// # What is read and written
//
// Every operation reads first, sends only what differs, and looks at the result:
// asking twice sends no second write. Updates are PATCH requests with a path for
// each operation; where the server has no PATCH, they are PUT requests of what
// was read, with the changes merged in. A server is not believed: what a filter
// returns is compared here, and a membership is read back.
//
// Nothing is cached but what the server says about itself in its
// ServiceProviderConfig: whether it has PATCH and versions. That is fetched when
// first needed, and again by [Target.Describe] and [Target.Check]. A server
// without that endpoint is taken to have PATCH and no versions.
//
// # Memberships
//
// The groups of a user are taken from the user's "groups" attribute. A server
// that leaves it out does not say whether there are none; then the group in
// question is read whole, and a [Target.Find] with Entitlements reads all groups.
package scim
