package provisioning_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/joinery-iam/joinery/provisioning/sqlstore/sqlite"
)

// asking is a policy with something that may be asked for, something that needs an
// approval as well, and a role that gives two things once it is approved.
const asking = `version: 1
roles:
  ledger:
    requestable: true
    approval: true
    grants: [directory:role/books, directory:role/accounts]
entitlements:
  directory:group/club: {requestable: true}
  directory:role/payer: {requestable: true, approval: true}
rules:
  - {name: everybody, when: workerType == "employee", grants: [directory:group/staff]}
  - {name: treasury, when: department == "Treasury", grants: [directory:role/payer]}
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}", "{givenName|ascii|lower}{n}"]
`

var (
	club  = policy.Entitlement{System: "directory", Kind: "group", Name: "club"}
	payer = policy.Entitlement{System: "directory", Kind: "role", Name: "payer"}
)

// askers is a bench with Ada at work, worker 1.
func askers(t *testing.T, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	if cfg.Policy == "" && cfg.Evaluator == nil {
		cfg.Policy = asking
	}
	b := bench(t, cfg)
	hire(b, "1", "Ada", "Eng")
	b.Sync()
	return b
}

// told records something about Ada, and does what follows.
func told(t *testing.T, b *provisioningtest.Bench, req provisioning.RecordRequest) string {
	t.Helper()
	if req.Person == "" {
		req.Person = b.Person("1")
	}
	if req.Actor == "" {
		req.Actor = "ada"
	}
	id, err := b.Record(t.Context(), req)
	require.NoError(t, err)
	b.Settle()
	return id
}

func asks(t *testing.T, b *provisioningtest.Bench, q policy.Request) string {
	t.Helper()
	return told(t, b, provisioning.RecordRequest{Request: &q})
}

func withdraw(t *testing.T, b *provisioningtest.Bench, id string) {
	t.Helper()
	require.NoError(t, b.Withdraw(t.Context(), provisioning.WithdrawRequest{ID: id, Actor: "boss", Note: "enough"}))
	b.Settle()
}

// holdsNow returns what somebody's account in the directory holds.
func holdsNow(t *testing.T, b *provisioningtest.Bench, worker string) []string {
	t.Helper()
	return entitlements(account(t, b, "directory", worker))
}

func at(s string) time.Time {
	when, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return when
}

func TestWhatWasAskedForIsGivenForItsTime(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{ID: "REQ-1", Entitlement: club, From: at("2026-01-10").Add(time.Nanosecond), Until: at("2026-01-20").Add(time.Nanosecond)})
	require.Equal(t, []string{"group/staff"}, holdsNow(t, b, "1"))
	for _, turn := range []string{"2026-01-10", "2026-01-20"} {
		next, err := b.Drain(t.Context())
		require.NoError(t, err)
		require.Equal(t, at(turn), next, "woken at the instant, and not before")
		b.GoTo(turn)
		require.Equal(t, turn == "2026-01-10", len(holdsNow(t, b, "1")) == 2)
	}
	next, err := b.Drain(t.Context())
	require.NoError(t, err)
	require.Zero(t, next)
}

func TestAnApprovalGivesWhatNeedsOneForItsTime(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{Entitlement: payer})
	require.NotContains(t, holdsNow(t, b, "1"), "role/payer")
	id := told(t, b, provisioning.RecordRequest{Actor: "boss", Approval: &policy.Approval{Entitlement: payer, Until: at("2026-02-01")}})
	require.Contains(t, holdsNow(t, b, "1"), "role/payer")
	x, err := b.Explain(t.Context(), b.Person("1"), payer)
	require.NoError(t, err)
	require.Equal(t, "record approval "+id, x.Cause)
	b.GoTo("2026-02-01")
	require.NotContains(t, holdsNow(t, b, "1"), "role/payer")
}

func TestARoleIsAskedForWithItsParameters(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{Policy: strings.Replace(asking, "entitlements:", `  team:
    requestable: true
    parameters: [name]
    grants: ["directory:team/{name}"]
entitlements:`, 1)})
	id := asks(t, b, policy.Request{Role: "team", With: map[string]string{"name": "red"}})
	require.Contains(t, holdsNow(t, b, "1"), "team/red")
	withdraw(t, b, id)
	require.NotContains(t, holdsNow(t, b, "1"), "team/red")
}

func TestWhatIsRecordedAndWithdrawnIsInTheLog(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	id := told(t, b, provisioning.RecordRequest{Note: "chess", Request: &policy.Request{ID: "REQ-1", Entitlement: club, Until: at("2026-03-01"), Evidence: "ticket 7"}})
	require.Equal(t, "REQ-1", id)
	withdraw(t, b, id)
	require.NotContains(t, holdsNow(t, b, "1"), "group/club")
	var entries []audit.Entry
	for _, e := range b.Sink.Entries(audit.EventFact) {
		if e.Entitlement == "group/club" {
			entries = append(entries, e)
		}
	}
	require.Len(t, entries, 2)
	require.Equal(t, []string{"recorded", "ada", "chess", b.Person("1"), "directory"}, []string{entries[0].Outcome, entries[0].Actor, entries[0].Note, entries[0].Person, entries[0].System})
	require.Contains(t, entries[0].After, `"until":"2026-03-01T00:00:00Z"`)
	require.Equal(t, []string{"withdrawn", "boss", "enough"}, []string{entries[1].Outcome, entries[1].Actor, entries[1].Note})
	facts, err := b.Facts(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Equal(t, []provisioning.Fact{{
		ID: "REQ-1", Kind: provisioning.FactRequest, Person: b.Person("1"), Entitlement: club, Until: at("2026-03-01"), Actor: "ada", Note: "chess",
		Evidence: "ticket 7", RecordedAt: b.Clock.Now(), WithdrawnAt: b.Clock.Now(),
	}}, facts)
	_, err = b.Facts(t.Context(), "p-nobody")
	require.ErrorIs(t, err, provisioning.ErrNoPerson)
}

func TestRecordingTheSameAgainIsHarmless(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	req := provisioning.RecordRequest{Request: &policy.Request{ID: "REQ-1", Entitlement: club, Until: at("2026-03-01").In(time.FixedZone("east", 3600))}}
	for range 2 {
		require.Equal(t, "REQ-1", told(t, b, req))
	}
	require.Len(t, b.Sink.Entries(audit.EventFact), 2, "the worker, and the request once")

	req.Person, req.Actor = b.Person("1"), "ada"
	for name, alter := range map[string]func(*provisioning.RecordRequest){
		"another end":   func(r *provisioning.RecordRequest) { r.Request = &policy.Request{ID: "REQ-1", Entitlement: club} },
		"another note":  func(r *provisioning.RecordRequest) { r.Note = "more" },
		"another actor": func(r *provisioning.RecordRequest) { r.Actor = "eve" },
		"another kind": func(r *provisioning.RecordRequest) {
			r.Request, r.Approval = nil, &policy.Approval{ID: "REQ-1", Entitlement: club, Until: at("2026-03-01")}
		},
	} {
		other := req
		alter(&other)
		_, err := b.Record(t.Context(), other)
		require.ErrorIs(t, err, provisioning.ErrFactExists, name)
	}
	withdraw(t, b, "REQ-1")
	withdraw(t, b, "REQ-1")
	require.Equal(t, "REQ-1", told(t, b, req))
	require.NotContains(t, holdsNow(t, b, "1"), "group/club", "what was withdrawn does not come back with a message that is late")
	require.ErrorIs(t, b.Withdraw(t.Context(), provisioning.WithdrawRequest{ID: "REQ-2", Actor: "boss"}), provisioning.ErrNoFact)
	require.ErrorContains(t, b.Withdraw(t.Context(), provisioning.WithdrawRequest{ID: "REQ-1"}), "actor")
}

func TestRecordRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	long := strings.Repeat("x", 1025)
	many := map[string]string{}
	for i := range 11 {
		many[fmt.Sprint("p", i)] = "v"
	}
	request := func(q policy.Request) provisioning.RecordRequest { return provisioning.RecordRequest{Request: &q} }
	for name, req := range map[string]provisioning.RecordRequest{
		"nothing":            {},
		"two things":         {Request: &policy.Request{Role: "r"}, Lockout: &provisioning.Lockout{}},
		"nothing asked for":  request(policy.Request{}),
		"two asked for":      request(policy.Request{Role: "r", Entitlement: club}),
		"a long name":        request(policy.Request{Entitlement: policy.Entitlement{System: "directory", Kind: "group", Name: long}}),
		"half a name":        request(policy.Request{Entitlement: policy.Entitlement{System: "directory", Kind: "group"}}),
		"another name":       request(policy.Request{Entitlement: policy.Entitlement{System: "a:b/c", Kind: "d", Name: "e"}}),
		"values of no role":  request(policy.Request{Entitlement: club, With: map[string]string{"a": "b"}}),
		"many values":        request(policy.Request{Role: "r", With: many}),
		"a long value":       request(policy.Request{Role: "r", With: map[string]string{"a": long}}),
		"a long id":          request(policy.Request{ID: long[:201], Role: "r"}),
		"an id of two lines": request(policy.Request{ID: "a\nb", Role: "r"}),
		"no UTF-8":           request(policy.Request{Role: "r\xff"}),
		"an end before":      request(policy.Request{Role: "r", From: at("2026-01-02"), Until: at("2026-01-01")}),
		"an end at once":     request(policy.Request{Role: "r", From: at("2026-01-02"), Until: at("2026-01-02")}),
		"a far end":          request(policy.Request{Role: "r", Until: time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}),
		"a long note":        {Lockout: &provisioning.Lockout{}, Note: strings.Repeat("x", 2001)},
		"approved nothing":   {Approval: &policy.Approval{}},
	} {
		req.Person, req.Actor = b.Person("1"), "ada"
		_, err := b.Record(t.Context(), req)
		require.Error(t, err, name)
		require.Less(t, len(err.Error()), 400, name)
	}
	_, err := b.Record(t.Context(), provisioning.RecordRequest{Person: b.Person("1"), Lockout: &provisioning.Lockout{}})
	require.ErrorContains(t, err, "actor")
	_, err = b.Record(t.Context(), provisioning.RecordRequest{Person: "p-nobody", Actor: "soc", Lockout: &provisioning.Lockout{}})
	require.ErrorIs(t, err, provisioning.ErrNoPerson)
	facts, err := b.Facts(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Empty(t, facts)
}

// Whoever asks for much must not keep the security desk out.
func TestManyRequestsKeepNobodyFromALockout(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	q := provisioning.RecordRequest{Person: b.Person("1"), Actor: "ada", Request: &policy.Request{Role: "nothing", Until: at("2026-02-01")}}
	for range 500 {
		_, err := b.Record(t.Context(), q)
		require.NoError(t, err)
	}
	_, err := b.Record(t.Context(), q)
	require.ErrorContains(t, err, "500 facts of kind request")
	told(t, b, provisioning.RecordRequest{Lockout: &provisioning.Lockout{}})
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.GoTo("2026-02-01")
	_, err = b.Record(t.Context(), q)
	require.NoError(t, err, "what has ended does not count")
}

func TestWhatIsRecordedIsThereWhenTheHostCommits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	store, err := sqlite.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	b := askers(t, provisioningtest.Config{Store: store})
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	ticket := func(end func(*sql.Tx) error, do func(*sql.Tx) error) {
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), "CREATE TABLE IF NOT EXISTS ticket (id TEXT)")
		require.NoError(t, err)
		require.NoError(t, do(tx))
		require.NoError(t, end(tx))
		b.Settle()
	}
	person := b.Person("1")
	ask := func(tx *sql.Tx) error {
		_, err := b.RecordTx(t.Context(), tx, provisioning.RecordRequest{Person: person, Actor: "ada", Request: &policy.Request{ID: "T-1", Entitlement: club}})
		return err
	}
	take := func(tx *sql.Tx) error {
		return b.WithdrawTx(t.Context(), tx, provisioning.WithdrawRequest{ID: "T-1", Actor: "ada"})
	}
	ticket((*sql.Tx).Rollback, ask)
	require.NotContains(t, holdsNow(t, b, "1"), "group/club")
	ticket((*sql.Tx).Commit, ask)
	require.Contains(t, holdsNow(t, b, "1"), "group/club")
	ticket((*sql.Tx).Rollback, take)
	require.Contains(t, holdsNow(t, b, "1"), "group/club")
	ticket((*sql.Tx).Commit, take)
	require.NotContains(t, holdsNow(t, b, "1"), "group/club")
}

// Withdrawing one by one what everybody had is a mass removal like any other.
func TestWhatIsWithdrawnFromManyIsHeld(t *testing.T) {
	t.Parallel()
	b := crowd(t, 60, provisioningtest.Config{Policy: asking})
	var ids []string
	for i := range 60 {
		id, err := b.Record(t.Context(), provisioning.RecordRequest{Person: b.Person(fmt.Sprintf("%04d", i)), Actor: "boss", Request: &policy.Request{Entitlement: club}})
		require.NoError(t, err)
		ids = append(ids, id)
	}
	b.Settle()
	for _, id := range ids[:10] {
		withdraw(t, b, id)
	}
	held := 0
	for i := range 60 {
		if len(holdsNow(t, b, fmt.Sprintf("%04d", i))) == 2 {
			held++
		}
	}
	require.Equal(t, 54, held, "10 % of 60 may lose something in a day")
}

func TestErasureKeepsWhatCounts(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{ID: "counts", Entitlement: club})
	asks(t, b, policy.Request{ID: "ended", Role: "ledger", Until: at("2026-01-02")})
	withdraw(t, b, asks(t, b, policy.Request{ID: "withdrawn", Entitlement: payer}))
	b.GoTo("2026-01-03")
	_, err := b.EraseEntries(t.Context(), b.Person("1"), "dpo")
	require.NoError(t, err)
	facts, err := b.Facts(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Len(t, facts, 1)
	require.Equal(t, "counts", facts[0].ID)
	b.Settle()
	require.Contains(t, holdsNow(t, b, "1"), "group/club")
}

// A policy that differs in a role alone concerns whoever asked for it.
func TestANewPolicyConcernsWhoAskedForWhatIsOtherwise(t *testing.T) {
	t.Parallel()
	open := strings.Replace(asking, "    approval: true\n    grants", "    grants", 1)
	n := twoNodes(t, load(t, open), unaltered)
	n.hire(3)
	person := n.Person("0001")
	_, err := n.Record(t.Context(), provisioning.RecordRequest{Person: person, Actor: "ada", Request: &policy.Request{Role: "ledger"}})
	require.NoError(t, err)
	n.Settle()
	require.Equal(t, 1, n.holders("role/books"))
	n.activate(provisioning.ActivateRequest{Policy: load(t, strings.Replace(open, "directory:role/books,", "directory:role/books, directory:role/audit,", 1))})
	n.Settle()
	require.Equal(t, 1, n.holders("role/audit"))
}

func TestForecastAndSimulationSeeWhatWasRecorded(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{ID: "R", Entitlement: club, Until: at("2026-02-01")})
	told(t, b, provisioning.RecordRequest{Actor: "soc", Lockout: &provisioning.Lockout{From: at("2026-03-01"), Until: at("2026-03-02")}})
	forecast, err := b.Forecast(t.Context(), at("2027-01-01"))
	require.NoError(t, err)
	require.Equal(t, []string{
		"2026-02-01 00:00 mover Ada Ada - directory group/club request R",
		"2026-03-01 00:00 mover Ada Ada - directory sign-in rule everybody",
		"2026-03-02 00:00 mover Ada Ada + directory sign-in rule everybody",
	}, lines(forecast))
	s, err := b.Simulate(t.Context(), provisioning.SimulateRequest{Policy: load(t, strings.Replace(asking, "  directory:group/club: {requestable: true}\n", "", 1))})
	require.NoError(t, err)
	require.Equal(t, []string{"mover Ada Ada - directory group/club request R"}, lines(s.Impacts))
}

func TestExplainEntitlementTellsWhatIsMissingNow(t *testing.T) {
	t.Parallel()
	ev := &switchable{Evaluator: load(t, asking)}
	b := askers(t, provisioningtest.Config{})
	explain := func() policy.Explanation {
		x, err := b.ExplainEntitlement(t.Context(), b.Person("1"), payer)
		require.NoError(t, err)
		require.Equal(t, b.Person("1"), x.Person)
		return x
	}
	x := explain()
	require.False(t, x.Given)
	require.True(t, x.Requestable)
	require.Equal(t, "treasury", x.Leads[0].Rule)
	asks(t, b, policy.Request{ID: "R", Entitlement: payer, Until: at("2026-02-01")})
	x = explain()
	require.Equal(t, "R", x.Leads[0].Request)
	require.Equal(t, policy.ObstacleApproval, x.Leads[0].Obstacles[0].Kind)
	told(t, b, provisioning.RecordRequest{Actor: "boss", Approval: &policy.Approval{ID: "A", Entitlement: payer}})
	x = explain()
	require.True(t, x.Given)
	require.Equal(t, "A", x.Approval)
	require.Equal(t, at("2026-02-01"), x.Until)

	_, err := b.ExplainEntitlement(t.Context(), "p-nobody", payer)
	require.ErrorIs(t, err, provisioning.ErrNoPerson)
	deaf := askers(t, provisioningtest.Config{Evaluator: ev})
	_, err = deaf.ExplainEntitlement(t.Context(), deaf.Person("1"), payer)
	require.ErrorIs(t, err, errors.ErrUnsupported)
}
