package provisioning_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// ingest tells of a worker of the bench's source at another door.
func ingest(t *testing.T, b *provisioningtest.Bench, w hrsource.Worker, fields ...string) {
	t.Helper()
	w.Key.Source = provisioningtest.SourceName
	_, err := b.Ingest(t.Context(), hrsource.Record{Worker: w, Fields: fields})
	require.NoError(t, err)
	b.Settle()
}

// ofToday tells the engine that the source tells only of today.
func ofToday(c *provisioning.TenantConfig) { c.Sources[0].Current = true }

// The next read erased what another door had told of the days to come.
func TestAFeedOfTodayDoesNotEraseATerminationThatAnotherDoorTold(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*hrsource.Worker){
		"termination": func(w *hrsource.Worker) { w.TerminationDate = date(2026, 3, 31) },
		"contract":    func(w *hrsource.Worker) { w.ContractEndDate = date(2026, 3, 31) },
		"access":      func(w *hrsource.Worker) { w.AccessEnd = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC) },
	} {
		for what, fields := range map[string][]string{
			"it does not say what it tells": nil,
			"it has no such column":         {"givenName", "familyName", "hireDate", "workerType", "department"},
		} {
			b := bench(t, provisioningtest.Config{Policy: plain, Tenant: ofToday})
			b.HR.Tells(fields...)
			ada := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
			b.HR.Put(ada)
			b.Sync()
			end(&ada)
			ingest(t, b, ada)
			require.Zero(t, b.Sync().Changed, "%s, %s", name, what)
			b.GoTo("2026-03-31T23:59:59Z")
			require.NoError(t, b.Target("directory").SignIn("ada"), "%s, %s", name, what)
			b.GoTo("2026-04-01")
			require.Error(t, b.Target("directory").SignIn("ada"), "%s, %s", name, what)
			b.Clock.Set(b.Clock.Now().AddDate(0, 1, 0))
			b.Sync()
			require.Error(t, b.Target("directory").SignIn("ada"), "%s, %s: the feed still has her", name, what)
		}
	}
}

func TestAFeedOfTodayDoesNotEraseWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: ofToday})
	told := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	told.PersonKey, told.BirthDate, told.OriginalHireDate = "K", date(1990, 5, 6), date(2010, 5, 6)
	ingest(t, b, told)
	bare := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	bare.HireDate = hrsource.Date{}
	b.HR.Put(bare)
	require.Zero(t, b.Sync().Changed)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Phone = "123" })
	require.Equal(t, 1, b.Sync().Changed)
	p, err := b.Tenant.Person(t.Context(), b.Person("1"))
	require.NoError(t, err)
	told.Phone = "123"
	require.Equal(t, []hrsource.Worker{told}, p.Relationships)
}

func TestAFeedOfTodayTakesBackAnEndThatItNames(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: ofToday})
	b.HR.Tells("givenName", "familyName", "hireDate", "workerType", "department", "terminationDate")
	ada := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	b.HR.Put(ada)
	b.Sync()
	ada.TerminationDate = date(2026, 3, 31)
	ingest(t, b, ada)
	require.Equal(t, 1, b.Sync().Changed)
	b.GoTo("2026-05-01")
	require.NoError(t, b.Target("directory").SignIn("ada"))
}

// HR does not know of it, and let her in again in the night.
func TestAReadDoesNotUndoAnOrderThatWasToldAtAnotherDoor(t *testing.T) {
	t.Parallel()
	for what, fields := range map[string][]string{
		"it does not say what it tells": nil,
		"it has no such column":         {"givenName", "familyName", "hireDate", "terminationDate", "workerType", "department", "phone"},
	} {
		b := bench(t, provisioningtest.Config{Policy: plain})
		b.HR.Tells(fields...)
		b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
		b.Sync()
		require.NoError(t, b.Target("directory").SignIn("ada"))
		order := hrsource.Worker{Key: hrsource.WorkerKey{ID: "1"}, AccessEnd: b.Clock.Now()}
		ingest(t, b, order, "accessEnd")
		require.Error(t, b.Target("directory").SignIn("ada"), what)
		b.HR.Change("1", func(w *hrsource.Worker) { w.Phone = "123" })
		require.Equal(t, 1, b.Sync().Changed, what)
		require.Error(t, b.Target("directory").SignIn("ada"), what)

		b.HR.Tells(hrsource.FieldNames()...) // an HR system that knows of orders
		b.Sync()
		require.NoError(t, b.Target("directory").SignIn("ada"), "what it masters it corrects")
	}
}

func TestAReadCorrectsATerminationThatAnotherDoorTold(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	ada := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	b.HR.Put(ada)
	b.Sync()
	ada.TerminationDate, ada.Involuntary = date(2025, 12, 31), true
	ingest(t, b, ada)
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada"))
	b.HR.End("1", "2026-02-01")
	b.GoTo("2026-02-01T23:59:59Z")
	require.NoError(t, b.Target("directory").SignIn("ada"), "what was said of the other end is none of this one")
}

// What one door told of, the other erased, and they took turns.
func TestTwoDoorsForOneWorker(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: `version: 1
rules: [{name: everybody, when: "true", grants: [directory:group/staff]}]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}"]
    attributes: {department: "{department}", manager: "{manager}", phone: "{phone}"}
`})
	b.HR.Tells("givenName", "familyName", "hireDate", "department")
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
	b.Sync()
	ingest(t, b, hrsource.Worker{Key: hrsource.WorkerKey{ID: "1"}, Phone: "123", Assignments: []hrsource.Assignment{{Manager: "9"}}}, "phone", "manager")
	shown := func() []string {
		a := account(t, b, "directory", "1").Attributes
		return []string{a["department"].String(), a["manager"].String(), a["phone"].String()}
	}
	require.Equal(t, []string{`"Sales"`, `"9"`, `"123"`}, shown())
	require.Zero(t, b.Sync().Changed)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Wood" })
	b.Sync()
	require.Equal(t, []string{`"Wood"`, `"9"`, `"123"`}, shown())
	ingest(t, b, hrsource.Worker{Key: hrsource.WorkerKey{ID: "1"}}, "phone")
	require.Equal(t, []string{`"Wood"`, `"9"`, "null"}, shown())
}

func TestAFieldThatIsNotNamedIsNotToldOfSomebodyNewEither(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	b.HR.Tells("givenName", "familyName", "workerType")
	w := provisioningtest.Worker("1", "Ada", "Sales", "2026-03-01")
	w.Custom = map[string][]string{"badge": {"blue"}}
	b.HR.Put(w)
	b.Sync()
	require.Zero(t, b.Sync().Changed)
	p, err := b.Tenant.Person(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Equal(t, []hrsource.Worker{{Key: w.Key, Type: w.Type, Name: w.Name}}, p.Relationships)
}

// It closed the question, and the next read asked it anew.
func TestWhatAnotherDoorTellsIsNoAnswerToABadRecord(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	w := provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01")
	b.HR.Put(w)
	b.Sync()
	b.HR.PutWithProblems(w, hrsource.Problem{Field: "email", Value: "n/a", Want: "an address"})
	b.Sync()
	asked, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, asked, 1)
	ingest(t, b, hrsource.Worker{Key: hrsource.WorkerKey{ID: "1"}, Phone: "1"}, "phone")
	still, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Equal(t, asked, still)
}

// The telephone directory knew of somebody whom HR had lost.
func TestWhoIsMissingIsNotThereBecauseAnotherDoorTellsOfThem(t *testing.T) {
	t.Parallel()
	b := crowd(t, 10, provisioningtest.Config{Tenant: func(c *provisioning.TenantConfig) { c.Sources[0].EndMissingAfter = 48 * time.Hour }})
	b.HR.Remove("0003")
	require.Equal(t, 1, b.Sync().Missing)
	for _, phone := range []string{"1", "1", "2"} {
		b.Clock.Set(b.Clock.Now().Add(20 * time.Hour))
		ingest(t, b, hrsource.Worker{Key: hrsource.WorkerKey{ID: "0003"}, Phone: phone}, "phone")
		b.Sync()
	}
	require.Equal(t, 9, activeIn(b, "directory"))
}

func TestSomebodyWithTheSameIDWhoIsEmployedAgainIsNotLockedOutByTheOrderOfBefore(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	b.HR.Put(provisioningtest.Worker("1", "Ada", "Sales", "2025-01-01"))
	b.Sync()
	ingest(t, b, hrsource.Worker{Key: hrsource.WorkerKey{ID: "1"}, AccessEnd: b.Clock.Now()}, "accessEnd")
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.HR.Change("1", func(w *hrsource.Worker) { w.HireDate = date(2026, 3, 1) })
	b.GoTo("2026-02-28T23:59:59Z")
	require.Error(t, b.Target("directory").SignIn("ada"))
	b.GoTo("2026-03-01")
	require.NoError(t, b.Target("directory").SignIn("ada"))
}
