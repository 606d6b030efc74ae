package audit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/joinery-iam/joinery/audit"
)

func example(id, operation string) audit.Sealed {
	entry := audit.Entry{
		ID:        id,
		Tenant:    "acme",
		At:        time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		Event:     audit.EventOutcome,
		Person:    "p1007",
		System:    "directory",
		Operation: operation,
		Outcome:   "applied",
	}
	sealed, err := entry.Seal()
	if err != nil {
		panic(err)
	}
	return sealed
}

func ExampleEntry_Seal() {
	sealed := example("01h8", "disable")
	fmt.Println("as sealed:", sealed.Check())

	forged := sealed
	forged.Body = bytes.Replace(sealed.Body, []byte("disable"), []byte("nothing"), 1)
	fmt.Println("changed:", forged.Check())

	erased := sealed
	erased.Salt, erased.Body = nil, nil
	fmt.Println("erased:", errors.Is(erased.Check(), audit.ErrErased))
	// Output:
	// as sealed: <nil>
	// changed: entry does not match its digest: salt or body differ
	// erased: true
}

func ExampleReadJSONLines() {
	var file bytes.Buffer
	sink := audit.NewJSONLines(&file, "archive")
	batch := []audit.Sealed{example("01h8", "create"), example("01h9", "grant")}
	if err := sink.Write(context.Background(), "acme", batch); err != nil {
		fmt.Println(err)
		return
	}
	for record, err := range audit.ReadJSONLines(&file) {
		if err != nil {
			fmt.Println(err)
			return
		}
		entry, err := record.Entry()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(record.Tenant, entry.ID, entry.Operation)
	}
	// Output:
	// acme 01h8 create
	// acme 01h9 grant
}

func ExampleNewSlog() {
	plain := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "digest" { // which differ from run to run
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: plain}))
	sink := audit.NewSlog(logger)
	if err := sink.Write(context.Background(), "acme", []audit.Sealed{example("01h8", "disable")}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// level=INFO msg=audit tenant=acme leaf=-1 id=01h8 event=outcome person=p1007 system=directory op=disable outcome=applied
}
