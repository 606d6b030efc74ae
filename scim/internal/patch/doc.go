// Package patch reads the PATCH requests of RFC 7644, section 3.5.2, and applies
// them to decoded JSON objects.
//
// [Parse] reads a request body, [Apply] carries it out on a copy, all or nothing.
// What only a schema knows, such as which attributes have several values, is
// asked of [Rules].
package patch
