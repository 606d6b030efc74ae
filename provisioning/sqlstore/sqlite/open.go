package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/joinery-iam/joinery/provisioning/sqlstore"
)

// Memory is the path of a database in memory, which is private to its store and
// ends with it.
const Memory = ":memory:"

// How each connection is set up. The busy timeout is for other processes: within
// one, writers queue for the connection.
const (
	always  = "_busy_timeout=10000&_defensive=1&_dqs=0"
	durable = always + "&_journal_mode=WAL&_synchronous=FULL"
	reading = always + "&_query_only=1"
)

// patience is how long opening waits for others.
const patience = 10 * time.Second

// readers is how many transactions may read at the same time.
const readers = 8

// Open opens the database in a file, which it makes if there is none, readable
// and writable by the owner alone. The directory must exist. The context is for
// opening alone. A database that a later release has changed is left alone: the
// error wraps [sqlstore.ErrNewerSchema]; one that is no database,
// [ErrNotDatabase].
//
// In a database in memory, see [Memory], transactions take turns, those for
// reading as well; one inside another waits for ever.
func Open(ctx context.Context, path string) (*sqlstore.Store, error) {
	store, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	return store, nil
}

func open(ctx context.Context, path string) (*sqlstore.Store, error) {
	if path == Memory {
		db, err := connect("file:"+Memory+"?"+always, 1)
		if err != nil {
			return nil, err
		}
		return build(ctx, sqlstore.Config{DB: db, Dialect: Dialect{}, Owned: true})
	}
	if err := create(path); err != nil {
		return nil, err
	}
	uri, err := fileURI(path)
	if err != nil {
		return nil, err
	}
	// SQLite waits for others by itself, but not when it turns the log of writes on
	// or off, which is what the first to open a file and the last to close it do.
	for deadline := time.Now().Add(patience); ; {
		store, err := openFile(ctx, uri)
		if !isBusy(err) || time.Now().After(deadline) {
			return store, err
		}
		timer := time.NewTimer(20 * time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, errors.Join(ctx.Err(), err)
		case <-timer.C:
		}
	}
}

func isBusy(err error) bool {
	refused, is := errors.AsType[*sqlite.Error](err)
	return is && refused.Code()&0xff == sqlite3.SQLITE_BUSY
}

func openFile(ctx context.Context, uri string) (*sqlstore.Store, error) {
	writer, err := connect(uri+"?"+durable, 1)
	if err != nil {
		return nil, err
	}
	reader, err := connect(uri+"?"+reading, readers)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return build(ctx, sqlstore.Config{DB: writer, Reader: reader, Dialect: Dialect{}, Owned: true})
}

func build(ctx context.Context, cfg sqlstore.Config) (*sqlstore.Store, error) {
	store, err := sqlstore.New(ctx, cfg)
	if err == nil {
		return store, nil
	}
	errs := []error{err, cfg.DB.Close()}
	if cfg.Reader != nil {
		errs = append(errs, cfg.Reader.Close())
	}
	return nil, errors.Join(errs...)
}

// connect returns a pool whose connections stay open.
func connect(dsn string, connections int) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// create makes the file, so that it never has a wider mode than it should. The
// files that SQLite keeps beside it get the same mode.
func create(path string) error {
	if path == "" {
		return errors.New("the path is empty")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("its directory does not exist: %w", err)
	case err != nil:
		return err
	}
	return f.Close()
}

// fileURI returns a path in the form in which SQLite takes any character.
func fileURI(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // a Windows drive
	}
	return "file://" + (&url.URL{Path: full}).EscapedPath(), nil
}
