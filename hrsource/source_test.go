package hrsource_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

func TestCheckShrinkage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		previous int
		shrink   float64
		seen     int
		refused  bool
	}{
		{0, 0.1, 0, false},    // the first read
		{100, 0, 0, false},    // no limit
		{100, 0.1, 90, false}, // exactly the limit
		{100, 0.1, 89, true},
		{100, 0.1, 150, false},
		{100, 1, 0, false},
		{3, 0.1, 2, true}, // a limit below one record lets none go
	} {
		err := hrsource.SnapshotRequest{Previous: c.previous, MaxShrink: c.shrink}.Check("hr", c.seen)
		require.Equal(t, c.refused, err != nil, "%+v", c)
		if shrunk, ok := errors.AsType[*hrsource.ShrunkError](err); ok {
			require.Equal(t, hrsource.ShrunkError{Source: "hr", Previous: c.previous, Seen: c.seen, MaxShrink: c.shrink}, *shrunk)
		}
	}
	err := hrsource.SnapshotRequest{Previous: 200, MaxShrink: 0.05}.Check("hr", 120)
	require.EqualError(t, err, "source hr: 120 records after 200 last time: 80 are missing, 5% at most may be; nothing was taken over")
}

func TestProblemString(t *testing.T) {
	t.Parallel()
	p := hrsource.Problem{Field: "hireDate", Line: 17, Column: 4, Value: "x", Want: "a day"}
	require.Equal(t, `line 17, column 4: hireDate "x": want a day`, p.String())
	p.Column = 0
	require.Equal(t, `line 17: hireDate "x": want a day`, p.String())
	require.Equal(t, `"": want a row`, hrsource.Problem{Want: "a row"}.String())
}

func TestProofCovers(t *testing.T) {
	t.Parallel()
	require.False(t, hrsource.Proof{}.Covers(0), "the zero Proof proves nothing")
	require.True(t, hrsource.Proof{Complete: true, Count: 2}.Covers(2))
	require.False(t, hrsource.Proof{Complete: true, Count: 2}.Covers(1))
	require.False(t, hrsource.Proof{Count: 2}.Covers(2))
}
