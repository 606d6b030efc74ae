package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/scimtest"
)

// checked runs -quality with the people file alone.
func (b *bench) checked(more ...string) result {
	b.Helper()
	var out, diag bytes.Buffer
	code := run(b.Context(), append([]string{"-people", b.path("people.csv"), "-quality"}, more...), &out, &diag)
	return result{code, out.String(), diag.String()}
}

func TestQualityTellsWhatIsWrongAndWhoMendsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.write("people.csv", "Worker ID,First Name,Work Email,Start Date,Last Day,Manager\n"+
		"1,Alice,alice@example.com,2024-01-08,,9\n2,Bob,alice@example.com,2024-01-08,2020-01-01,\n3,Carol,carol@example.com,8.1.2024,,1\n")
	r := b.checked()
	require.Equal(t, exitAttention, r.code, r.diag)
	require.Regexp(t, `(?m)^people/1 +manager +managerUnknown +HR +manager "9" is not among`, r.out)
	require.Regexp(t, `(?m)^people/1 +email +emailShared +IT `, r.out)
	require.Regexp(t, `(?m)^people/2 +\S+ +endBeforeStart +HR `, r.out)
	require.Regexp(t, `(?m)people\.csv:4 +hireDate +unreadable +IT +want `, r.out)
	require.Contains(t, r.out, " findings in 3 records")
	require.NoFileExists(t, b.path("joinery.db"))
	require.Empty(t, b.server.Requests())
}

func TestQualityOfAGoodFileIsGood(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	b.people(alice, bob, carol)
	r := b.checked("-evidence", "trailer")
	require.Equal(t, exitDone, r.code, "%s%s", r.out, r.diag)
	require.Contains(t, r.out, "0 findings in 3 records")
}

func TestQualityOfNoFileIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, scimtest.Config{})
	require.Equal(t, exitRefused, b.checked().code)
	b.people(alice)
	require.Equal(t, exitUsage, b.checked("-plan").code)
	require.Equal(t, exitUsage, b.checked("-zone", "Nowhere/Land").code)
}
