package audittest

import (
	"bytes"
	"context"
	"fmt"

	"github.com/joinery-iam/joinery/audit"
)

// maxAttempts is how often a batch is delivered before the sink counts as broken.
const maxAttempts = 10

// delivery feeds a sink as an engine does and looks at what it kept.
type delivery struct {
	sink audit.Sink
	read func() []audit.Sealed
	kept []audit.Sealed
	seen bool
}

// send delivers a batch. As long as the sink fails, it delivers it again, as an
// engine would: first what fits a small batch, then all that has come up since.
func (d *delivery) send(ctx context.Context, tenant string, batch []audit.Sealed) error {
	size := min(len(batch), max(1, len(batch)/2))
	var err error
	for range maxAttempts {
		if err = d.sink.Write(ctx, tenant, batch[:size]); err != nil {
			size = len(batch)
			continue
		}
		if batch = batch[size:]; len(batch) == 0 {
			return nil
		}
		size = len(batch)
	}
	return fmt.Errorf("no success in %d attempts: %w", maxAttempts, err)
}

// demand checks that the sink kept all entries of a tenant's log: each at least
// once, unchanged, and for the first time in the log's order.
func (d *delivery) demand(log []audit.Sealed) error {
	if !d.seen {
		d.kept, d.seen = d.read(), true
	}
	wanted := make(map[string]audit.Sealed, len(log))
	for _, e := range log {
		wanted[e.ID] = e
	}
	next, met := 0, make(map[string]bool, len(log))
	for _, got := range d.kept {
		want, ours := wanted[got.ID]
		switch {
		case !ours:
			continue
		case got.Digest != want.Digest || got.Leaf != want.Leaf:
			return fmt.Errorf("entry %q was kept with another digest or leaf", got.ID)
		case len(got.Body) > 0 && !bytes.Equal(got.Body, want.Body):
			return fmt.Errorf("entry %q was kept with another body", got.ID)
		case len(got.Salt) > 0 && !bytes.Equal(got.Salt, want.Salt):
			return fmt.Errorf("entry %q was kept with another salt", got.ID)
		case met[got.ID]:
			continue
		case log[next].ID != got.ID:
			return fmt.Errorf("entry %q was kept where %q was due", got.ID, log[next].ID)
		}
		met[got.ID] = true
		next++
	}
	if next < len(log) {
		return fmt.Errorf("%d of %d entries were kept, %q was not", next, len(log), log[next].ID)
	}
	return nil
}
