package audittest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/audit"
)

// RunSink proves the contract of [audit.Sink], each clause in a subtest with an
// empty sink of its own. newSink makes one. read returns what a sink kept, oldest
// first, repetitions included: id, digest and leaf at least; salt and body are
// compared where they are given. It is called after the last Write and may close
// the sink.
//
// A sink whose writes fail now and then may be given too, and should be: what a
// failed write leaves behind is then part of the proof. It must let one of ten
// attempts pass.
func RunSink(
	t *testing.T,
	newSink func(t *testing.T) audit.Sink,
	read func(t *testing.T, sink audit.Sink) []audit.Sealed,
) {
	t.Helper()
	for _, c := range sinkCases() {
		t.Run(c.clause, func(t *testing.T) {
			sink := newSink(t)
			d := &delivery{sink: sink, read: func() []audit.Sealed { return read(t, sink) }}
			if err := c.check(t.Context(), d); err != nil {
				t.Errorf("%s: %v", c.clause, err)
			}
		})
	}
}

// sinkCase proves one clause.
type sinkCase struct {
	clause string
	check  func(ctx context.Context, d *delivery) error
}

func sinkCases() []sinkCase {
	return []sinkCase{
		{"name is constant and not empty", checkName},
		{"entries are kept as they came", checkKept},
		{"large batches are kept whole", checkLarge},
		{"a batch that comes again is kept", checkOverlap},
		{"an error loses nothing", checkCancelled},
		{"erased entries are kept", checkErased},
		{"tenants have their own leaf numbers", checkTenants},
		{"the slice stays the caller's", checkSlice},
	}
}

func checkName(ctx context.Context, d *delivery) error {
	before := d.sink.Name()
	if before == "" {
		return errors.New("the name is empty")
	}
	if err := d.send(ctx, "acme", entries("acme", 1)); err != nil {
		return err
	}
	if after := d.sink.Name(); after != before {
		return fmt.Errorf("the name was %q and is %q", before, after)
	}
	return nil
}

func checkKept(ctx context.Context, d *delivery) error {
	log := entries("acme", 25)
	for _, span := range [][2]int{{0, 1}, {1, 2}, {2, 8}, {8, 25}} {
		if err := d.send(ctx, "acme", log[span[0]:span[1]]); err != nil {
			return err
		}
	}
	return d.demand(log)
}

func checkLarge(ctx context.Context, d *delivery) error {
	log := entries("acme", 2000)
	if err := d.send(ctx, "acme", log); err != nil {
		return err
	}
	return d.demand(log)
}

func checkOverlap(ctx context.Context, d *delivery) error {
	log := entries("acme", 12)
	for _, span := range [][2]int{{0, 4}, {0, 4}, {0, 7}, {3, 9}, {8, 12}, {11, 12}} {
		if err := d.send(ctx, "acme", log[span[0]:span[1]]); err != nil {
			return err
		}
	}
	return d.demand(log)
}

func checkCancelled(ctx context.Context, d *delivery) error {
	log := entries("acme", 9)
	if err := d.send(ctx, "acme", log[:3]); err != nil {
		return err
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	next := log[3:6]
	if err := d.sink.Write(gone, "acme", next); err != nil {
		next = log[3:] // not kept, so it comes again, and longer
	} else {
		next = log[6:]
	}
	if err := d.send(ctx, "acme", next); err != nil {
		return err
	}
	return d.demand(log)
}

func checkErased(ctx context.Context, d *delivery) error {
	log := entries("acme", 6)
	log[0].Salt, log[0].Body = nil, nil
	log[4].Salt, log[4].Body = nil, nil
	if err := d.send(ctx, "acme", log); err != nil {
		return err
	}
	return d.demand(log)
}

func checkTenants(ctx context.Context, d *delivery) error {
	acme, globex := entries("acme", 8), entries("globex", 6)
	for _, batch := range []struct {
		tenant  string
		entries []audit.Sealed
	}{
		{"acme", acme[:5]}, {"globex", globex[:3]}, {"acme", acme[5:]}, {"globex", globex[3:]},
	} {
		if err := d.send(ctx, batch.tenant, batch.entries); err != nil {
			return err
		}
	}
	return errors.Join(d.demand(acme), d.demand(globex))
}

func checkSlice(ctx context.Context, d *delivery) error {
	log := entries("acme", 10)
	page := make([]audit.Sealed, 5)
	for start := 0; start < len(log); start += len(page) {
		copy(page, log[start:])
		if err := d.send(ctx, "acme", page); err != nil {
			return err
		}
		for i, e := range page {
			if want := log[start+i]; e.ID != want.ID || e.Leaf != want.Leaf || !bytes.Equal(e.Body, want.Body) {
				return fmt.Errorf("entry %q was changed in the caller's slice", want.ID)
			}
		}
	}
	clear(page)
	return d.demand(log)
}

// entries makes n sealed entries with rising leaf numbers. Their text has what a
// format might trip over: quotes, markup, line ends and other scripts.
func entries(tenant string, n int) []audit.Sealed {
	log := make([]audit.Sealed, n)
	for i := range log {
		entry := audit.Entry{
			ID:     fmt.Sprintf("%s-%08d", tenant, i),
			Tenant: tenant,
			At:     time.Date(2026, 3, 1, 9, 0, i, 0, time.UTC),
			Event:  audit.EventOutcome,
			Person: fmt.Sprintf("p%d", i%7),
			Note:   "line one\nline two \"quoted\" <b>&amp;</b> \u2028 Zoë 山田",
		}
		sealed, err := entry.Seal()
		if err != nil {
			panic(err) // the entry above can be sealed
		}
		sealed.Leaf = int64(i)
		log[i] = sealed
	}
	return log
}
