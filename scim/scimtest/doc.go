// Package scimtest is a SCIM 2.0 service provider in memory, for tests and
// examples of whatever talks SCIM.
//
// [New] makes a [Server], which is an [net/http.Handler]; [Server.Start] serves
// it on a loopback port. Below [BasePath] it offers Users with the enterprise
// extension and Groups, filters, PATCH, index paging, uniqueness, and on request
// entity tags, as RFC 7643 and RFC 7644 describe them. It is strict where a
// client might be sloppy: unknown attributes, wrong types and value paths that
// select nothing are refused. Bulk, sorting, cursors and /Me are not offered.
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
// # Size
//
// Lookups by id, userName, externalId and group name use indexes, as does the
// membership of groups: ten thousand users in one group are no burden. Nothing
// is kept on disk.
package scimtest
