// Package patch reads the PATCH requests of RFC 7644, section 3.5.2, and applies
// them to decoded JSON objects.
//
// [Parse] reads a request body, [Apply] carries it out on a copy, all or nothing.
// What only a schema knows, such as which attributes have several values, is
// asked of [Rules].
//
// # Limits
//
// A request has at most [MaxOperations] operations, whose paths keep the limits of
// package filter. Applying takes at most [MaxSteps] steps, or as many as a budget
// given to [ApplyWithin] has. The result is never larger than the resource and
// the request together, since nothing that is there is copied.
//
// # Errors
//
// Each is an [*Error] with a scimType of RFC 7644, table 9: invalidSyntax for what
// is no request, invalidPath for a path that cannot be read or is not known,
// noTarget for one that selects nothing, invalidValue for a value of another type,
// mutability for what a client may not change, tooMany for what is too much work.
//
// # Beyond the RFC
//
// Widespread clients send what it does not have, and what can mean but one thing is
// understood: operations in any letter case; values without a path whose names are
// paths themselves, such as name.givenName, or a whole extension; an id that is
// repeated; a removal from a list by a list of values; one value for a list.
// Replacing by null, and by an empty list, clears.
package patch
