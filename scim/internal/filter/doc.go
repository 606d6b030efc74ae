// Package filter reads and evaluates the filters and attribute paths of RFC
// 7644, sections 3.4.2.2 and 3.5.2.
//
// [Parse] reads a filter, [ParsePath] the path of a PATCH operation, and [Match]
// evaluates a filter on a decoded JSON object. Input is bounded in length, in
// nesting and in the number of comparisons, so that no filter can cost more than
// a small multiple of its length.
//
// Beyond the RFC, a comparison may follow a value path, as in
// emails[type eq "work"].value eq "a@example.com", since widespread clients
// send that.
package filter
