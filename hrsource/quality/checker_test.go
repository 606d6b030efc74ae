package quality_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// crowd makes a population in which much is wrong: few values for many workers.
func crowd(random *rand.Rand, n int) []hrsource.Worker {
	one := func(of ...string) string { return of[random.IntN(len(of))] }
	var people []hrsource.Worker
	for range n {
		id := fmt.Sprint(random.IntN(n))
		people = append(people, worker(id,
			set("source", one("hr", "hr", "agency")), set("personKey", one("", "p", "q", "r")), set("primary", one("true", "")),
			set("email", one("", "a@example.com", "A@example.com", "b@example.com", "none")), set("employeeNumber", one("", "1", "2")),
			set("givenName", one("Ada", "ada", "Bob")), set("birthDate", one("", "1990-01-01", "1991-01-01")),
			set("manager", fmt.Sprint(random.IntN(n))), set("timezone", one("", "Europe/Berlin", "Berlin")),
			set("workerType", one("employee", "temp")), set("department", one("", "Eng", "eng", "Sales", "Salse")),
			set("hireDate", one("", "1900-01-01", "2020-01-01", "2026-07-01")), set("terminationDate", one("", "", "2025-01-01", "2026-12-31")),
			set("lastDayOfWork", one("", "", "2026-12-01")),
			set("status", one("active", "terminated", "noShow", "")), badge(one("red", "rot"), one("", "green")),
		))
	}
	return people
}

// TestTheOrderOfAddMakesNoDifference holds for any crowd, one in which keys are
// there twice included.
func TestTheOrderOfAddMakesNoDifference(t *testing.T) {
	t.Parallel()
	found := map[quality.Rule]bool{}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 1))
		people := crowd(random, 2+random.IntN(40))
		want := findings(t, demands, people...)
		for _, f := range want {
			found[f.Rule] = true
		}
		for range 5 {
			random.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
			require.Equal(t, want, findings(t, demands, people...), "seed %d", seed)
		}
	}
	require.Len(t, found, len(quality.Rules()), "every rule took part: %v", found)
}

// TestOfTwoWithOneKeyTheSameOneCounts tells of two workers with one key, who differ
// in one thing, in either order: what is compared with others must not depend on it.
func TestOfTwoWithOneKeyTheSameOneCounts(t *testing.T) {
	t.Parallel()
	with := func(fields ...string) hrsource.Worker {
		w := worker("1", set("personKey", "p"), set("primary", "true"), set("email", "a@example.com"), set("employeeNumber", "1"),
			set("givenName", "Ada"), set("birthDate", "1990-01-01"), set("manager", "2"))
		for i := 0; i < len(fields); i += 2 {
			set(fields[i], fields[i+1])(&w)
		}
		return w
	}
	others := []hrsource.Worker{
		worker("2", set("manager", "1")), worker("3", set("manager", "1"), set("personKey", "p"), set("primary", "true"), set("hireDate", "2026-01-01"), set("contractEndDate", "2029-12-31")),
		worker("4", set("email", "a@example.com")), worker("5", set("employeeNumber", "1")), worker("6", set("givenName", "Ada"), set("birthDate", "1990-01-01")),
	}
	for _, other := range []hrsource.Worker{
		with("personKey", "q"), with("primary", ""), with("email", "b@example.com"), with("employeeNumber", "2"), with("givenName", "Bob"),
		with("manager", "3"), with("hireDate", "2030-01-01"), with("terminationDate", "2025-01-01"), with("status", "noShow"), with("timezone", "Berlin"),
		with("terminationDate", "2025-12-31"),
	} {
		one, two := []hrsource.Worker{with(), other}, []hrsource.Worker{other, with()}
		for _, cfg := range []quality.Config{{}, {Now: now}} {
			require.Equal(t, findings(t, cfg, append(one, others...)...), findings(t, cfg, append(two, others...)...), "%+v", other)
		}
	}
}

func TestFindingsMayBeAskedForBetween(t *testing.T) {
	t.Parallel()
	people := crowd(rand.New(rand.NewPCG(7, 7)), 30)
	c := checker(t, demands)
	for _, w := range people {
		c.Add(w)
		got := c.Findings()
		for i := range got {
			for j := range got[i].Others {
				got[i].Others[j].ID = "overwritten"
			}
			got[i].Message = "overwritten"
		}
	}
	require.Equal(t, findings(t, demands, people...), c.Findings())
}

func TestAddChangesNothing(t *testing.T) {
	t.Parallel()
	fresh := func() hrsource.Worker {
		return worker("1", set("department", "eng"), badge("rot", "none"), since("2026-09-01", "1"))
	}
	w := fresh()
	c := checker(t, demands)
	c.Add(w)
	require.NotEmpty(t, c.Findings())
	require.Equal(t, fresh(), w)
}

// TestCirclesOfEveryLength puts a circle of n among workers who lead into it and
// begins the reading anywhere in it.
func TestCirclesOfEveryLength(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 30; n++ {
		var circle []string
		for i := range n {
			circle = append(circle, fmt.Sprintf("hr/%02d", (i*7)%31)) // not in the order of the keys
		}
		var people []hrsource.Worker
		for i, id := range circle {
			people = append(people, worker(strings.TrimPrefix(id, "hr/"), set("manager", strings.TrimPrefix(circle[(i+1)%n], "hr/"))))
		}
		for i := range 5 {
			people = append(people, worker(fmt.Sprintf("%d-report", i), set("manager", strings.TrimPrefix(circle[i%n], "hr/"))))
		}
		got := findings(t, quality.Config{Now: now}, people...)
		require.Len(t, got, 1, "%d", n)
		names := []string{got[0].Worker.String()}
		for _, other := range got[0].Others {
			names = append(names, other.String())
		}
		require.Equal(t, circle, names, "from the smallest key on, each before their manager")
		if n == 1 {
			require.Equal(t, quality.ManagerSelf, got[0].Rule)
		} else {
			require.Equal(t, quality.ManagerCycle, got[0].Rule)
		}
	}
}
