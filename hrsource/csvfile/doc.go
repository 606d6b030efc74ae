// Package csvfile reads workers from a file of separated values, the form in
// which most HR systems hand out their people.
//
// A [Source] takes one row for each work relationship, or several rows with the
// same id and different effectiveFrom dates if the file tells of transfers.
// Columns are found by their header: the field names of package hrsource, the
// spellings that are common in HR exports ("Employee ID", "first_name", "Cost
// Centre"), and whatever [Config.Columns] adds.
//
// # Nothing is guessed
//
// A date such as 03/04/2026 is not read unless [Config.DateFormats] says which
// number is the month. A header that may mean two fields, that is one letter away
// from a known one, or that is there twice is an error which says how to settle
// it, because a column that is silently not read empties a field of everybody.
//
// # Nothing is dropped
//
// Every row that is not blank ends up in exactly one [hrsource.Record]. A cell
// that cannot be read costs that one field; a row with the wrong number of cells
// costs that row; a quote that is never closed costs one line, not the rest of
// the file. Rows without a readable id come as records without a key.
//
// # What the file tells of
//
// Each record names the fields that have a column ([hrsource.Record]). An empty cell says
// that there is no value any more, such as no last day; a field without a column is left
// to others who tell of it.
//
// # Completeness
//
// That a file ends does not prove that it is whole. [Config.Evidence] names what
// does: a .done file beside it or a trailer row, each with the number of rows.
// Without it, with a number that differs, or with a row whose id could not be read,
// the proof is incomplete and nobody may be taken as gone. A file is meant to
// hold everyone: one with nothing but changes may be read without evidence, which
// makes nobody a leaver.
//
// # Reading
//
// The file is read twice, first to check it and to count the rows of each id,
// then to yield. Memory grows with the number of ids (some tens of bytes each)
// and with the rows of a worker that stand far apart, not with the file.
//
// UTF-8 with or without byte order mark and UTF-16 with one are understood, LF
// and CRLF, and quoted cells as in RFC 4180. A quoted cell may hold line breaks in
// columns of custom attributes and in columns that are not read; elsewhere a line
// break is taken as the sign of a missing quote.
package csvfile
