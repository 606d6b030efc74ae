package provisioning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// Only who happened to be looked at was held to the new configuration.
func TestAnotherGraceForThoseWhoAreMissingCountsForEverybody(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	d := memory.New(memory.Config{})
	hr := provisioningtest.NewSource()
	mk := func(start time.Time, grace time.Duration, zone *time.Location) *provisioningtest.Bench {
		return bench(t, provisioningtest.Config{Policy: plain, Store: store, Start: start, Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Connector: d, Mode: provisioning.Managed}
			c.Sources = []provisioning.Source{{Source: hr, EndMissingAfter: grace, MaxShrink: provisioning.NoShrinkLimit}}
			c.Zone = zone
		}})
	}
	hr.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	hr.Put(provisioningtest.Worker("2", "Bob", "Eng", "2025-01-01"))
	b := mk(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0, nil)
	b.Sync()
	hr.Remove("1")
	require.Equal(t, 1, b.Sync().Missing)
	require.Equal(t, 2, activeAt(d))
	c := mk(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 24*time.Hour, nil)
	for day := 2; day < 20; day++ {
		c.GoTo(fmt.Sprintf("2026-03-%02d", day))
	}
	require.Equal(t, 1, activeAt(d), "missing for 11 weeks of complete reads with EndMissingAfter of a day")
}

func TestAnotherZoneCountsForEverybody(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), ":memory:")
	require.NoError(t, err)
	defer store.Close()
	d := memory.New(memory.Config{})
	hr := provisioningtest.NewSource()
	mk := func(start time.Time, zone *time.Location) *provisioningtest.Bench {
		return bench(t, provisioningtest.Config{Policy: plain, Store: store, Start: start, Tenant: func(c *provisioning.TenantConfig) {
			c.Systems["directory"] = provisioning.System{Connector: d, Mode: provisioning.Managed}
			c.Sources = []provisioning.Source{{Source: hr}}
			c.Zone = zone
		}})
	}
	la, _ := time.LoadLocation("America/Los_Angeles")
	tokyo, _ := time.LoadLocation("Asia/Tokyo")
	hr.Put(provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01"))
	hr.End("1", "2026-01-10")
	mk(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), la).Sync()
	c := mk(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), tokyo)
	c.GoTo("2026-01-10T16:00:00Z") // the 11th in Tokyo
	require.Zero(t, activeAt(d), "the last day in Tokyo is over for an hour")
}
