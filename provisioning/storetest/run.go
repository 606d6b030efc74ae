package storetest

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/joinery-iam/joinery/provisioning"
)

// Instance is an empty store and what else is known of it.
type Instance struct {
	// Store is the store. Whoever made it closes it when the test has ended.
	Store provisioning.Store
	// DB is the database of the store, for transactions of the host's own. Without
	// it the cases about joining them are skipped.
	DB *sql.DB
	// Reopen closes Store and opens the same database again. Without it the cases
	// about that are skipped.
	Reopen func(t *testing.T) provisioning.Store
}

// Run proves the contract of a store, each clause in a parallel subtest. open
// makes an empty one for it.
func Run(t *testing.T, open func(t *testing.T) Instance) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t.Context(), open(t), t)
			if why := c.unable(f); why != "" {
				t.Skip(why)
			}
			if err := c.prove(f); err != nil {
				t.Errorf("%s: %v", c.clause, err)
			}
		})
	}
}

// need is what a case cannot do without.
type need string

const (
	needDB     need = "DB"
	needReopen need = "Reopen"
)

// testCase proves one clause. Its check fails by way of the fixture.
type testCase struct {
	name   string
	clause string
	check  func(*fixture)
	needs  need
	whole  bool // looks at more than its own tenants
}

// unable says why a case cannot be proven, "" if it can.
func (c testCase) unable(f *fixture) string {
	if c.needs == needDB && f.db == nil || c.needs == needReopen && f.reopen == nil {
		return "not proven, because the instance has no " + string(c.needs) + ": " + c.clause
	}
	return ""
}

// prove returns what is wrong, nil if nothing is.
func (c testCase) prove(f *fixture) (err error) {
	defer catch(&err)
	c.check(f)
	return nil
}

func cases() []testCase {
	return slices.Concat(
		tenantCases(), transactionCases(), rehearsalCases(), joinCases(), valueCases(),
		sourceCases(), workerCases(), historyCases(), nameCases(), personFactCases(),
		personCases(), policyCases(), orderCases(), runCases(), windowCases(), accountCases(), itemCases(), queueCases(), leaseCases(), breakerCases(), caseCases(),
		entryCases(), treeCases(), erasureCases(),
	)
}
