package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
)

func TestAWorkerInTheTermsOfPolicy(t *testing.T) {
	t.Parallel()
	vienna, err := hrsource.LoadZone("Europe/Vienna")
	require.NoError(t, err)
	day := func(year int, month time.Month, day int) hrsource.Date {
		return hrsource.DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	}
	w := hrsource.Worker{
		Key: hrsource.WorkerKey{Source: "hr", ID: "1"}, Primary: true, HireDate: day(2026, 1, 5), TerminationDate: day(2026, 6, 30),
		Assignments: []hrsource.Assignment{{Department: "Sales"}, {EffectiveFrom: day(2026, 3, 1), Department: "Support"}},
	}
	rel, live, err := provisioning.Relationship(w, vienna, time.Time{}, hrsource.EndsWithEmployment)
	require.NoError(t, err)
	require.True(t, live)
	require.Equal(t, policy.Relationship{
		ID: "hr/1", Primary: true, Zone: vienna, Start: day(2026, 1, 5).Start(vienna), End: day(2026, 6, 30).End(vienna),
		Spans: []policy.Span{
			{Attributes: w.Attributes(w.Assignments[0])},
			{From: day(2026, 3, 1).Start(vienna), Attributes: w.Attributes(w.Assignments[1])},
		},
	}, rel)

	w.AccessEnd = time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)
	rel, _, err = provisioning.Relationship(w, nil, time.Time{}, hrsource.EndsWithEmployment)
	require.NoError(t, err)
	require.Equal(t, w.AccessEnd, rel.End)
	require.True(t, rel.Abrupt)
	require.Equal(t, time.UTC, rel.Zone)

	w.Status, w.Assignments = hrsource.StatusNoShow, nil
	rel, live, err = provisioning.Relationship(w, nil, time.Time{}, hrsource.EndsWithEmployment)
	require.NoError(t, err)
	require.False(t, live)
	require.Len(t, rel.Spans, 1)

	w.Timezone = "Mars"
	_, _, err = provisioning.Relationship(w, nil, time.Time{}, hrsource.EndsWithEmployment)
	require.ErrorContains(t, err, "Mars")
}
