package storetest

import (
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// probe is one method that reads, asked for the rows of the data set.
type probe struct {
	method string
	ask    func(state.Tx) (any, error)
}

// ask makes a probe of a method's results.
func ask[T any](method string, fn func(state.Tx) (T, error)) probe {
	return probe{method, func(tx state.Tx) (any, error) { return fn(tx) }}
}

// probes are all methods that read.
func probes() []probe {
	return []probe{
		ask("Source", func(tx state.Tx) (state.Source, error) { return tx.Source("hr") }),
		ask("Worker", func(tx state.Tx) (state.Worker, error) { return tx.Worker("hr", "1001") }),
		ask("WorkersOf", func(tx state.Tx) ([]state.Worker, error) { return tx.WorkersOf("p1") }),
		ask("WorkersLike", func(tx state.Tx) ([]state.Worker, error) { return tx.WorkersLike("key-1", nil) }),
		ask("WorkersLike", func(tx state.Tx) ([]state.Worker, error) { return tx.WorkersLike("", []string{"ada@home.example"}) }),
		ask("WorkersOfSource", func(tx state.Tx) ([]state.Worker, error) { return tx.WorkersOfSource("hr", "", 10) }),
		ask("Reports", func(tx state.Tx) ([]string, error) { return tx.Reports("hr", "1000") }),
		ask("Versions", func(tx state.Tx) ([]state.Version, error) { return tx.Versions("hr", "1001", time.Time{}) }),
		ask("Staged", func(tx state.Tx) ([]state.Staged, error) { return tx.Staged("r1", 0, 10) }),
		ask("Names", func(tx state.Tx) ([]string, error) { return tx.Names("login", "p1", time.Time{}) }),
		ask("NameOwner", func(tx state.Tx) (string, error) { return tx.NameOwner("login", "ada") }),
		ask("Fact", func(tx state.Tx) (state.Fact, error) { return tx.Fact("f1") }),
		ask("FactsOf", func(tx state.Tx) ([]state.Fact, error) { return tx.FactsOf("p1", time.Time{}) }),
		ask("FactsOf", func(tx state.Tx) ([]state.Fact, error) { return tx.FactsOf("p1", day(3)) }),
		ask("FactsOfKind", func(tx state.Tx) ([]state.Fact, error) { return tx.FactsOfKind("request", day(3)) }),
		ask("Person", func(tx state.Tx) (state.Person, error) { return tx.Person("p1") }),
		ask("LockPerson", func(tx state.Tx) (state.Person, error) { return tx.LockPerson("p1") }),
		ask("PeopleAfter", func(tx state.Tx) ([]state.Person, error) { return tx.PeopleAfter("", 10) }),
		ask("DuePeople", func(tx state.Tx) ([]state.Person, error) { return tx.DuePeople(day(8), 10) }),
		ask("CountDue", func(tx state.Tx) (int, error) { return tx.CountDue("r1") }),
		ask("NextDue", func(tx state.Tx) (time.Time, error) { return tx.NextDue() }),
		ask("Undecided", func(tx state.Tx) (int, error) { return tx.Undecided() }),
		ask("InForce", func(tx state.Tx) (state.Activation, error) { return tx.InForce() }),
		ask("Activations", func(tx state.Tx) ([]state.Activation, error) { return tx.Activations(10) }),
		ask("PolicySource", func(tx state.Tx) ([]byte, error) { return tx.PolicySource("v1") }),
		ask("Run", func(tx state.Tx) (state.Run, error) { return tx.Run("r1") }),
		ask("RunsIn", func(tx state.Tx) ([]state.Run, error) { return tx.RunsIn(state.RunReleased) }),
		ask("Expiring", func(tx state.Tx) ([]state.Run, error) { return tx.Expiring() }),
		ask("LatestRuns", func(tx state.Tx) ([]state.Run, error) { return tx.LatestRuns(10) }),
		ask("Removals", func(tx state.Tx) ([]state.Count, error) { return tx.Removals("r1") }),
		ask("Granting", func(tx state.Tx) ([]state.EntitlementCount, error) { return tx.Granting("r1") }),
		ask("Revoking", func(tx state.Tx) ([]state.EntitlementCount, error) { return tx.Revoking("r1") }),
		ask("Updating", func(tx state.Tx) ([]state.Count, error) { return tx.Updating("r1") }),
		ask("Holding", func(tx state.Tx) (int, error) { return tx.Holding("ldap", "group/all") }),
		ask("Reserved", func(tx state.Tx) ([]state.Count, error) { return tx.Reserved(day(0)) }),
		ask("Removing", func(tx state.Tx) (int, error) { return tx.Removing("ldap", "revoke", "") }),
		ask("Population", func(tx state.Tx) (int, error) { return tx.Population("ldap") }),
		ask("Account", func(tx state.Tx) (state.Account, error) { return tx.Account("p1", "ldap") }),
		ask("AccountsOf", func(tx state.Tx) ([]state.Account, error) { return tx.AccountsOf("p1") }),
		ask("AccountsIn", func(tx state.Tx) ([]state.Account, error) { return tx.AccountsIn("ldap", "", 10) }),
		ask("AccountByRemote", func(tx state.Tx) (state.Account, error) { return tx.AccountByRemote("ldap", "remote-1") }),
		ask("Holders", func(tx state.Tx) ([]string, error) { return tx.Holders("ldap", "group/all", 9) }),
		ask("Item", func(tx state.Tx) (state.Item, error) { return tx.Item("p1", "ldap", state.ItemGrant, "group/eng") }),
		ask("ItemsOf", func(tx state.Tx) ([]state.Item, error) { return tx.ItemsOf("p1") }),
		ask("OpenItems", func(tx state.Tx) ([]state.Item, error) { return tx.OpenItems("", state.Item{}, 10) }),
		ask("OpenItems", func(tx state.Tx) ([]state.Item, error) { return tx.OpenItems("r1", state.Item{}, 10) }),
		ask("CountItems", func(tx state.Tx) ([]state.ItemCount, error) { return tx.CountItems() }),
		ask("Lock", func(tx state.Tx) (state.Account, error) { return tx.Lock("p1", "ldap", "node", 1) }),
		ask("UrgentItems", func(tx state.Tx) ([]state.Item, error) { return tx.UrgentItems("p1", "ldap", day(8)) }),
		ask("NextRetry", func(tx state.Tx) (time.Time, error) { return tx.NextRetry() }),
		ask("Breaker", func(tx state.Tx) (state.Breaker, error) { return tx.Breaker("ldap") }),
		ask("LockBreaker", func(tx state.Tx) (state.Breaker, error) { return tx.LockBreaker("ldap") }),
		ask("Breakers", func(tx state.Tx) ([]state.Breaker, error) { return tx.Breakers() }),
		ask("Case", func(tx state.Tx) (state.Case, error) { return tx.Case("c1") }),
		ask("OpenCase", func(tx state.Tx) (state.Case, error) { return tx.OpenCase("guard", "r1") }),
		ask("OpenCasesOf", func(tx state.Tx) ([]state.Case, error) { return tx.OpenCasesOf("approval", "p1") }),
		ask("Cases", func(tx state.Tx) ([]state.Case, error) { return tx.Cases(true) }),
		ask("Cases", func(tx state.Tx) ([]state.Case, error) { return tx.Cases(false) }),
		ask("Unsequenced", func(tx state.Tx) (any, error) { return tx.Unsequenced(-1) }),
		ask("TreeSize", func(tx state.Tx) (int64, error) { return tx.TreeSize() }),
		ask("ReadHashes", func(tx state.Tx) (any, error) { return tx.ReadHashes([]int64{0}) }),
		ask("Sealed", func(tx state.Tx) (any, error) { return tx.Sealed(0, 10) }),
		ask("SealedOf", func(tx state.Tx) (any, error) { return tx.SealedOf("p1") }),
		ask("Witnesses", func(tx state.Tx) (any, error) { return tx.Witnesses(0, 10) }),
		ask("Checkpoints", func(tx state.Tx) ([][]byte, error) { return tx.Checkpoints() }),
		ask("CheckpointSize", func(tx state.Tx) (int64, error) { return tx.CheckpointSize() }),
		ask("Cursor", func(tx state.Tx) (int64, error) { return tx.Cursor("siem") }),
	}
}

// look asks every probe and returns the answers in words.
func look(tx state.Tx) []string {
	var out []string
	for _, p := range probes() {
		answer, err := p.ask(tx)
		text := fmt.Sprintf("%s: %+v", p.method, answer)
		if err != nil {
			text = fmt.Sprintf("%s: %v", p.method, err)
		}
		out = append(out, text)
	}
	return out
}

// looked returns what a tenant sees.
func (f *fixture) looked() (out []string) {
	f.update(func(tx state.Tx) { out = look(tx) })
	return out
}

// unchanged ends the case if a tenant sees something else than before.
func unchanged(what string, got, before []string) {
	for i := range before {
		if got[i] != before[i] {
			fail("%s: got %s, before it was %s", what, brief(got[i]), brief(before[i]))
		}
	}
}
