// Package hrsource says who works here, in the words of the HR system.
//
// A [Source] reads people out of a system of record and yields one [Record]
// for each work relationship it finds. It interprets nothing: whether somebody
// is to have an account, and which, is for a policy to decide.
//
// # Workers, not people
//
// A [Worker] is one work relationship: a contract, an assignment of a
// contractor, an employment. One human can have several, one after another
// (a rehire) or at once (two jobs). Who is the same human is decided by
// whoever reads the source, with [Worker.PersonKey] as the best evidence.
//
// # Time
//
// HR thinks in civil dates, so a [Worker] carries [Date] values and a time
// zone, never instants. [Worker.Window] turns them into instants: work starts
// with the first moment of the first day and ends with the last moment of the
// last day, both in the worker's zone, whatever daylight saving does to it.
// Whether the last day is that of employment or that of work is for whoever reads the
// source to say ([EndsWith]). [Worker.AccessEnd] is the one exact instant: the earlier of
// it and the dates counts.
// A leave of absence that is told ahead begins and ends by its dates ([Worker.Leave]).
// What changes during an employment is a list of [Assignment], each in effect
// from a date on, so that a transfer can be told months ahead.
//
// # Who may say what
//
// Several may tell of one worker: the HR system, and whoever locks people out. A [Record]
// names the fields that its source masters ([Record.Fields]), and says nothing of the
// rest. So what has no column in a file is not erased by it, and an empty cell is.
//
// # Completeness
//
// Absence is the most dangerous fact there is: a person who is missing from a
// truncated file looks just like one who left. [Source.Snapshot] therefore ends
// with a [Proof]. The zero Proof proves nothing, and nothing may be concluded
// from who was absent then.
//
// # Bad input
//
// A source never drops what it cannot understand. It yields the record with its
// [Problem] list: which field, at which line and column, what it held and what
// would be right. The fields that were understood stand, so that a misspelled
// department does not swallow the termination on the same row.
//
// Sub-packages read particular sources ([hrsource/csvfile]) and find out what is
// wrong with what they deliver ([hrsource/quality]); sourcetest holds an
// implementation to the sentences of this package's comments.
//
// [hrsource/csvfile]: https://pkg.go.dev/github.com/joinery-iam/joinery/hrsource/csvfile
// [hrsource/quality]: https://pkg.go.dev/github.com/joinery-iam/joinery/hrsource/quality
package hrsource
