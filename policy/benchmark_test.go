package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// BenchmarkEvaluate decides about one person for whom about ten rules hold.
func BenchmarkEvaluate(b *testing.B) {
	for _, rules := range []int{30, 300, 3000} {
		b.Run(fmt.Sprint(rules), func(b *testing.B) {
			doc := withCondition("true")
			for i := range rules - 1 {
				doc.Rules = append(doc.Rules, policy.Rule{
					Name:   fmt.Sprintf("r%d", i),
					When:   fmt.Sprintf(`department == "D%d" && country in ["AT", "C%d"] && employmentType != "intern"`, i%(rules/10), i%15),
					Grants: []string{fmt.Sprintf("app:role/%d", i)},
				})
			}
			p, err := policy.Compile(doc)
			require.NoError(b, err)
			s := person(policy.Attributes{"department": {"D1"}, "country": {"AT"}, "email": {"a@b.example"}})
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Evaluate(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
