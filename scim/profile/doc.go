// Package profile knows what kinds of SCIM servers there are, and where they
// leave RFC 7643 and RFC 7644. No two agree: one deletes a user whom it is told to
// disable, one shows groups without their members, one answers a filter that it
// does not know with nobody.
//
// A [Profile] is data. Package scim follows it when it writes, package scimtest
// plays the server that it describes, and so the one is tested against the other
// for every profile there is. [Names] lists those that come with this package, and
// [Get] returns one:
//
//	aws, err := profile.Get("aws-iam-identity-center")
//
// # Writing one
//
// Profiles are YAML; [Load] reads one and reports all that is wrong, with line and
// column. A profile may extend a known one, and then says only what differs:
//
//	extends: keycloak
//	name: our-keycloak
//	product: Keycloak behind our gateway
//	checked: "2026-11-01"
//	rate:
//	  - {requests: 10, per: 1s}
//
// What is said replaces what the known profile says, a list as a whole. Only in
// attributes.entitlements, which is a map, are kinds added and replaced one by one.
// A list or map without a value is empty.
//
// To contribute one, add a file to the folder data, with the pages that its facts
// come from and the day on which they said so. What no page of the vendor confirms
// is listed under unconfirmed. There is no code to change: the tests of package
// scimtest see that the profile is shown as it is, and those of package scim that the
// client copes with it.
//
// Facts about real servers age. A profile is what their makers wrote on the day
// that it names; no profile here was tried on the vendor's own servers, unless
// its notes say so.
package profile
