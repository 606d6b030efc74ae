package provisioning_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func TestFeedThatLostTooManyIsRefusedUntilSomebodyAccepts(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Sources[0].EndMissingAfter = time.Hour
		c.Guard.Percent = 100
	}})
	for i := range 30 {
		b.HR.Remove(fmt.Sprintf("%04d", i))
	}
	b.HR.End("0059", "2025-12-31")
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	shrunk, ok := errors.AsType[*hrsource.ShrunkError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, 30, shrunk.Seen)
	b.Clock.Set(b.Clock.Now().Add(100 * time.Hour))
	b.Settle()
	require.Equal(t, 60, activeIn(b, "directory"))

	b.AnswerCase(provisioning.CaseShrunk, provisioning.ChoiceAccept)
	report := b.Sync()
	require.Equal(t, 30, report.Missing)
	b.Clock.Set(b.Clock.Now().Add(2 * time.Hour))
	b.Settle()
	require.Equal(t, 29, activeIn(b, "directory"))
}

func TestEmptyFeedTakesNothingAway(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{})
	for i := range 10 {
		b.HR.Remove(fmt.Sprintf("%04d", i))
	}
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.Error(t, err)
	b.Settle()
	require.Equal(t, 10, activeIn(b, "directory"))
}

func TestMissingIsNotTerminated(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{})
	b.HR.Remove("0003")
	require.Equal(t, 1, b.Sync().Missing)
	b.Clock.Set(b.Clock.Now().AddDate(1, 0, 0))
	b.Settle()
	require.Equal(t, 10, activeIn(b, "directory"), "by default absence is reported and never acted on")
}

func TestMissingEndsAfterTheGraceAndOnlyWithProof(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Sources[0].EndMissingAfter = 72 * time.Hour
	}})
	b.HR.Unproven(true)
	b.HR.Remove("0003")
	require.Zero(t, b.Sync().Missing, "without proof nobody is missing")
	b.HR.Unproven(false)
	b.Sync()
	b.Clock.Set(b.Clock.Now().Add(71 * time.Hour))
	b.Settle()
	require.Equal(t, 10, activeIn(b, "directory"))
	b.Clock.Set(b.Clock.Now().Add(2 * time.Hour))
	b.Settle()
	require.Equal(t, 9, activeIn(b, "directory"))

	b.HR.Put(provisioningtest.Worker("0003", "P3", "Sales", "2026-01-01"))
	b.Sync()
	require.Equal(t, 10, activeIn(b, "directory"), "who is back has never been away")
}

func TestSourceThatFailsHalfWayTakesNothingAway(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) {
		c.Sources[0].EndMissingAfter = time.Hour
	}})
	b.HR.Put(provisioningtest.Worker("00001", "New", "Sales", "2026-01-01"))
	b.HR.FailAfter(3, errors.New("connection reset"))
	_, err := b.Read(t.Context(), provisioningtest.SourceName)
	require.ErrorContains(t, err, "connection reset")
	b.Clock.Set(b.Clock.Now().Add(100 * time.Hour))
	b.Settle()
	require.Equal(t, 11, activeIn(b, "directory"), "what was told before the failure stands")
}

func TestBadFieldKeepsItsLastGoodValueAndSwallowsNoTermination(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{})
	broken := provisioningtest.Worker("0003", "P3", "", "2026-01-01")
	broken.Phone = "123"
	b.HR.PutWithProblems(broken, hrsource.Problem{Field: "department", Line: 4, Column: 9, Value: "Sels", Want: "one of Sales, Engineering"})
	require.Equal(t, 1, b.Sync().Quarantined)
	require.Equal(t, []string{"group/sales", "group/staff"}, entitlements(account(t, b, "directory", "0003")))
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 1)
	require.Contains(t, cases[0].Question, `line 4, column 9: department "Sels": want one of Sales, Engineering`)

	broken.TerminationDate = hrsource.Date{Year: 2025, Month: 12, Day: 31}
	b.HR.PutWithProblems(broken, hrsource.Problem{Field: "department", Line: 4, Column: 9, Value: "Sels", Want: "one of Sales, Engineering"})
	b.Sync()
	require.False(t, account(t, b, "directory", "0003").Active)

	b.HR.Put(provisioningtest.Worker("0003", "P3", "Sales", "2026-01-01"))
	b.Sync()
	cases, err = b.Cases(t.Context())
	require.NoError(t, err)
	require.Empty(t, cases, "the corrected record closes the case")
	require.True(t, account(t, b, "directory", "0003").Active)
}

func TestHireThatCannotBeReadIsNotGuessed(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01")
	w.HireDate = hrsource.Date{}
	b.HR.PutWithProblems(w, hrsource.Problem{Field: "hireDate", Value: "soon", Want: "a date"})
	b.Sync()
	require.Zero(t, accounts(b, "directory"))
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01"))
	b.Sync()
	require.Equal(t, 1, accounts(b, "directory"))
}

func TestUnknownTimeZoneIsQuarantinedAndNotGuessed(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{})
	w := provisioningtest.Worker("1", "Ada", "Sales", "2026-01-01")
	w.Timezone = "Mars/Olympus"
	b.HR.Put(w)
	require.Equal(t, 1, b.Sync().Quarantined)
	require.Zero(t, accounts(b, "directory"))
}
