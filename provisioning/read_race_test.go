package provisioning_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// interrupted calls something when it has told everything, and before its reader
// knows.
type interrupted struct {
	*provisioningtest.Source
	meanwhile func()
}

func (s *interrupted) Snapshot(ctx context.Context, req hrsource.SnapshotRequest, yield func(hrsource.Record) error) (hrsource.Proof, error) {
	proof, err := s.Source.Snapshot(ctx, req, yield)
	if s.meanwhile != nil {
		s.meanwhile()
	}
	return proof, err
}

// A read that had begun before brought back who was thrown out meanwhile.
func TestAReadDoesNotUndoWhatWasToldMeanwhile(t *testing.T) {
	t.Parallel()
	var source *interrupted
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		source = &interrupted{Source: c.Sources[0].Source.(*provisioningtest.Source)}
		c.Sources[0].Source = source
	}})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.Phone = "123" }) // so that the read has news of her
	source.meanwhile = func() {
		b.Clock.Set(b.Clock.Now().Add(time.Second))
		w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
		w.Key.Source, w.AccessEnd = provisioningtest.SourceName, b.Clock.Now()
		_, err := b.Ingest(t.Context(), hrsource.Record{Worker: w})
		require.NoError(t, err)
		b.Settle()
		require.Error(t, b.Target("directory").SignIn("ada"))
	}
	b.Sync()
	require.Error(t, b.Target("directory").SignIn("ada"))
}

// A worker who was missing and then told of in a row that could not be read ended
// all the same, although the source has her.
func TestARowThatCannotBeReadIsNotMissing(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		c.Sources[0].EndMissingAfter = 48 * time.Hour
	}})
	b.HR.Remove("0003")
	require.Equal(t, 1, b.Sync().Missing)
	b.HR.PutWithProblems(provisioningtest.Worker("0003", "P3", "Sales", "2026-01-01"), hrsource.Problem{Want: "12 cells"})
	require.Zero(t, b.Sync().Missing)
	b.GoTo("2026-01-10")
	require.NoError(t, b.Target("directory").SignIn("p3"))
}

// again is a store that does every transaction twice, as one does whose first
// attempt met another's. The first leaves nothing behind.
type again struct{ provisioning.Store }

func (s again) Backend() state.Backend { return againBackend{s.Store.Backend()} }

type againBackend struct{ state.Backend }

func (b againBackend) Update(ctx context.Context, tenant string, fn func(state.Tx) error) error {
	errAgain := errors.New("could not serialize")
	err := b.Backend.Update(ctx, tenant, func(tx state.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return b.Backend.Update(ctx, tenant, fn)
}

// A read went on behind the rows of a transaction that was undone, and lost them.
func TestATransactionThatIsDoneAgainLosesNothing(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	b := crowd(t, 5, provisioningtest.Config{Policy: plain, Store: again{store}, Tenant: func(c *provisioning.TenantConfig) {
		c.Sources[0].EndMissingAfter = 48 * time.Hour
	}})
	b.HR.End("0001", "2026-01-03")
	b.HR.Remove("0002")
	require.Equal(t, 1, b.Sync().Missing)
	b.GoTo("2026-01-10")
	require.Equal(t, 3, activeIn(b, "directory"))
}
