// Package scimtest is a SCIM 2.0 service provider in memory, for tests and
// examples of whatever talks SCIM.
//
// [New] makes a [Server], which is an [net/http.Handler]; [Server.Start] serves
// it on a loopback port. Below [BasePath] it offers Users with the enterprise
// extension and Groups, filters, PATCH, index paging, uniqueness, and on request
// entity tags, as RFC 7643 and RFC 7644 describe them. It is strict where a
// client might be sloppy: unknown attributes, wrong types and value paths that
// select nothing are refused. Bulk, sorting, cursors and /Me are not offered, unless
// a profile says so.
//
// # Looking at it
//
// [Server.Users] and [Server.Groups] show what is stored, [Server.Requests] and
// [Server.Writes] what was asked, and [Server.SignIn] whether a person could
// sign in: the effect of a deactivation rather than a flag. Another process gets
// the same from GET /log, GET /log/summary and GET /login?userName=NAME, with
// the same token.
//
// # Making it fail
//
// [Config].Fault decides for each request whether it is refused, delayed, or
// carried out and then left without a reply. [Config].AfterCommit runs between a
// change and its reply, which is where clients like to crash.
//
// # Playing another server
//
// With [Config].Profile the server leaves the RFCs wherever that profile of package
// [github.com/joinery-iam/joinery/scim/profile] says that such a server does, by its
// data alone: a name makes no difference. Where a profile does not say how, it is
// done like this.
//
//   - What Discovery.Distrust lists is announced as the opposite of what is true.
//   - A filter with more than MaxNodes comparisons is refused, whatever comes of
//     others that are not supported. What is malformed is refused always.
//   - By cursor, totalResults is not told and startIndex is refused. A cursor is good
//     for the list that it came with and no other.
//   - Where pages shift, totalResults stays for a walk what it was on its first page,
//     so that it does not give away that somebody was passed over.
//   - A synthetic list is one resource that is not there, and nothing else.
//   - Attributes that are unknown are refused, and so is a second value where only
//     one is held.
//   - Members that cannot be seen are an empty list, in users and groups.
//   - Without PATCH, and where not all members can be replaced, they cannot be
//     changed at all.
//   - A user who was deleted by being set to inactive is answered with 204. Nobody can
//     be made inactive from the start there.
//   - Versions that are not to be trusted differ in each answer, and If-Match is
//     ignored.
//   - Too many requests are answered with 429, and with a Retry-After unless the rate
//     is silent.
//
// [Config].HiddenReads and [Config].Now let slow servers be played without waiting.
//
// # Size
//
// Lookups by id, userName, externalId and group name use indexes, as does the
// membership of groups: ten thousand users in one group are no burden. Nothing
// is kept on disk.
package scimtest
