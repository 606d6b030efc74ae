// Package sqlite keeps everything an engine knows in SQLite, in one file or in
// memory, without a server and without cgo.
//
//	store, err := sqlite.Open(ctx, "joinery.db")
//
// [Open] sets the database up so that what was committed stays, whatever becomes
// of the process or the machine: write-ahead log, fsync at each commit. It uses
// one connection for writing and a few for reading, which do not wait for each
// other. Several processes may open the same file on one machine; on a network
// file system SQLite's locks cannot be trusted.
//
// [Dialect] is for hosts that hand in their own *sql.DB to [sqlstore.New], with
// this driver or another one for SQLite. Such a database should be in WAL mode,
// with synchronous=FULL and a busy_timeout; neither is changed.
package sqlite
