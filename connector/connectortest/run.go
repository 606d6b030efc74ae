package connectortest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Run proves the contract of package connector, each clause in a subtest. It logs
// at last which clauses were proved and which were not.
func Run(t *testing.T, h Harness) {
	t.Helper()
	if h.New == nil || h.Account == nil || h.Change == nil {
		t.Fatal("connectortest: Harness.New, Account and Change are required")
	}
	var proved, skipped, failed []string
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			defer func() {
				switch {
				case t.Failed():
					failed = append(failed, c.Name)
				case t.Skipped():
					skipped = append(skipped, c.Name)
				default:
					proved = append(proved, c.Name)
				}
			}()
			b, err := NewBench(t, h)
			if err != nil {
				t.Fatal(err)
			}
			if missing := b.missing(c); len(missing) > 0 {
				t.Skipf("%s\n\tneeds %s", c.Clause, strings.Join(missing, ", "))
			}
			switch err := c.Check(t.Context(), b); {
			case errors.Is(err, ErrSkip):
				t.Skipf("%s\n\t%v", c.Clause, err)
			case err != nil:
				t.Errorf("%s\n\t%v", c.Clause, err)
			}
		})
	}
	t.Log(summary(proved, skipped, failed))
}

func summary(proved, skipped, failed []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "connectortest: proved %d: %s", len(proved), strings.Join(proved, " "))
	if len(skipped) > 0 {
		fmt.Fprintf(&b, "; SKIPPED %d: %s", len(skipped), strings.Join(skipped, " "))
	}
	if len(failed) > 0 {
		fmt.Fprintf(&b, "; FAILED %d: %s", len(failed), strings.Join(failed, " "))
	}
	return b.String()
}
