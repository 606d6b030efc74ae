// Package filter reads and evaluates the filters and attribute paths of RFC
// 7644, sections 3.4.2.2 and 3.5.2.
//
// [Parse] reads a filter and [ParsePath] the path of a PATCH operation; [Limits]
// reads them with other bounds on length, nesting and number of terms. What is
// refused comes with the place of the mistake, as a [*SyntaxError]. An [Expr]
// prints as the canonical text of the filter, which reads as the same Expr.
//
// [Match] evaluates a filter on a decoded JSON object, [Evaluate] with a
// [Budget] of steps. Evaluating costs at most as many steps as the filter has
// terms times the resource has values; there are no loops beyond that.
//
// # What a filter means
//
// Names of attributes are compared without regard to case. So are strings,
// unless the schema says that case matters: see [Rules]. An attribute with
// several values satisfies a comparison if one of them does. A complex value
// without a sub-attribute stands for its sub-attribute "value", and a simple
// value among several can be addressed as "value". NotEqual is the negation of
// Equal, hence true of an attribute that is missing. A missing attribute, null
// and an empty list are the same. Two dateTimes are compared as instants.
// Numbers are compared exactly, whatever their size. Attributes of an extension
// are looked for in the member of the resource that bears the extension's URN.
//
// # Beyond the RFC
//
// A comparison may follow a value path, as in
// emails[type eq "work"].value eq "a@example.com", since widespread clients
// send that. Operators, true, false and null may be in any letter case, and
// white space may be missing next to parentheses, brackets and quotes.
package filter
