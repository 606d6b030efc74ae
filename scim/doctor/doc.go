// Package doctor examines a SCIM service provider: what it can do, where it
// deviates from RFC 7643 and RFC 7644, with the exchange that shows it, and which
// profile of package [github.com/joinery-iam/joinery/scim/profile] fits.
//
// [Examine] does the whole of it and returns a [Report]. Unless [Config].Write is
// set it sends nothing but GET. With Write it makes throw-away users and groups,
// changes, disables and deletes them, and touches nothing that was there before;
// what could not be deleted in the end is listed in [Report].Left.
//
// A [Finding] says what was seen, never what a vendor's page claims. Findings
// with a level of [Danger] are those by which a client that trusts the standard
// loses accounts, or believes what is not so. Evidence holds no credentials, and
// in place of what tells people apart it has the name of the attribute, as in
// userName eq "‹userName›".
//
// Report.Draft is a profile made from what was seen, to start a new one from.
package doctor
