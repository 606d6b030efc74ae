package quality_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// BenchmarkPopulation looks at a hundred thousand workers, and tells how many bytes are
// remembered of each.
func BenchmarkPopulation(b *testing.B) {
	const people = 100_000
	for b.Loop() {
		c, err := quality.New(demands)
		require.NoError(b, err)
		before := heap()
		for i := range people {
			c.Add(hrsource.Worker{
				Key: hrsource.WorkerKey{Source: "hr", ID: fmt.Sprint(i)}, PersonKey: fmt.Sprint("p", i), EmployeeNumber: fmt.Sprint(i),
				Name: hrsource.Name{Given: fmt.Sprint("Given", i%5000), Family: fmt.Sprint("Family", i%70000)}, BirthDate: day("1990-12-10").AddDays(i % 10000),
				Email: fmt.Sprintf("given.family.%d@example.com", i), Status: hrsource.StatusActive, Primary: true, HireDate: day("2020-01-01"),
				Timezone: "Europe/Berlin", Custom: map[string][]string{"badge": {"red"}},
				Assignments: []hrsource.Assignment{{Department: "Engineering", Manager: fmt.Sprint(i / 8)}},
			})
		}
		b.ReportMetric(float64(heap()-before)/people, "bytes/worker")
		b.ReportMetric(float64(len(c.Findings())), "findings")
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/people, "µs/worker")
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
