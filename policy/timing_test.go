package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const timing = `version: 1
bridgeDays: 3
roles:
  staff: {grants: [directory:group/staff]}
rules:
  - {name: everybody, when: "true", roles: [staff]}
  - {name: sales, when: department == "Sales", grants: [crm:role/user], overlapDays: 5}
accounts:
  directory: {name: userName, candidates: ["{employeeNumber}"], aheadDays: 7, suspend: status == "onLeave"}
  crm: {name: userName, candidates: ["{employeeNumber}"]}
`

// stint is a relationship in Vienna, from a first day to a last one, which may be
// empty.
func stint(t *testing.T, id, first, last string, spans ...policy.Span) policy.Relationship {
	t.Helper()
	vienna := zone(t, "Europe/Vienna")
	day := func(s string) time.Time {
		at, err := time.ParseInLocation(time.DateOnly, s, vienna)
		require.NoError(t, err)
		return at
	}
	r := policy.Relationship{ID: id, Zone: vienna, Start: day(first), Spans: spans}
	if last != "" {
		r.End = day(last).AddDate(0, 0, 1)
	}
	if len(spans) == 0 {
		r.Spans = []policy.Span{{Attributes: policy.Attributes{"employeeNumber": {id}, "department": {"Sales"}}}}
	}
	return r
}

func on(t *testing.T, clock string, relationships ...policy.Relationship) policy.Subject {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", clock, zone(t, "Europe/Vienna"))
	require.NoError(t, err)
	return policy.Subject{At: at, Person: "p", Relationships: relationships}
}

// shows is a decision in a few words: accounts, with why they are disabled, and
// grants, with a star for those that only overlap.
func shows(d policy.Decision) []string {
	out := []string{}
	for _, a := range d.Accounts {
		text := a.System
		if a.Disabled != policy.Enabled {
			text += " " + string(a.Disabled)
		}
		out = append(out, text)
	}
	for _, g := range d.Grants {
		text := g.Entitlement.String()
		if g.Reasons[0].Overlap {
			text += "*"
		}
		out = append(out, text)
	}
	return out
}

func TestAccountIsMadeAheadAndDisabled(t *testing.T) {
	t.Parallel()
	p := load(t, timing)
	// The clocks go forward on 29 March, so the days between are not of 24 hours.
	hire := stint(t, "1", "2026-04-01", "")
	d := evaluate(t, p, on(t, "2026-03-24 23:59", hire))
	require.Empty(t, shows(d))
	require.Equal(t, on(t, "2026-03-25 00:00").At.UTC(), d.NextChange)
	d = evaluate(t, p, on(t, "2026-03-25 00:00", hire))
	require.Equal(t, []string{"directory ahead"}, shows(d), "and nothing where no days were given")
	require.False(t, d.Live)
	require.Equal(t, []string{"1"}, d.Accounts[0].Candidates)
	require.Equal(t, hire.Start.UTC(), d.NextChange)
	d = evaluate(t, p, on(t, "2026-04-01 00:00", hire))
	require.Equal(t, []string{"crm", "directory", "crm:role/user", "directory:group/staff"}, shows(d))
}

func TestWhatIsWrongWithTheNextJobDoesNotKeepAnybodyFromLeaving(t *testing.T) {
	t.Parallel()
	p := load(t, "version: 1\nattributes: {level: {type: number}}\nrules: [{name: a, when: level > 1, grants: [app:role/x]}]\naccounts: {app: {name: n, candidates: [x], aheadDays: 9}}\n")
	bad := stint(t, "2", "2026-03-05", "", policy.Span{Attributes: policy.Attributes{"level": {"three"}}})
	_, err := p.Evaluate(t.Context(), on(t, "2026-03-02 12:00", bad))
	require.Error(t, err, "who has nothing has nothing to lose")
	left := stint(t, "1", "2020-01-01", "2026-03-01")
	d := evaluate(t, p, on(t, "2026-03-02 12:00", left, bad))
	require.False(t, d.Live)
}

func TestSuspendedKeepsWhatItHolds(t *testing.T) {
	t.Parallel()
	p := load(t, timing)
	spans := []policy.Span{
		{Attributes: policy.Attributes{"employeeNumber": {"1"}}},
		{From: on(t, "2026-05-01 00:00").At, Attributes: policy.Attributes{"employeeNumber": {"1"}, "status": {"onLeave"}}},
		{From: on(t, "2026-09-01 00:00").At, Attributes: policy.Attributes{"employeeNumber": {"1"}, "status": {"active"}}},
	}
	r := stint(t, "1", "2020-01-01", "", spans...)
	require.Equal(t, []string{"directory", "directory:group/staff"}, shows(evaluate(t, p, on(t, "2026-04-30 23:59", r))))
	d := evaluate(t, p, on(t, "2026-05-01 00:00", r))
	require.Equal(t, []string{"directory suspended", "directory:group/staff"}, shows(d))
	require.True(t, d.Live)
	require.Equal(t, on(t, "2026-05-06 00:00").At.UTC(), d.NextChange, "when overlaps with the time before would end")
	d = evaluate(t, p, on(t, "2026-05-06 00:00", r))
	require.Equal(t, on(t, "2026-09-01 00:00").At.UTC(), d.NextChange)
	require.Equal(t, []string{"directory", "directory:group/staff"}, shows(evaluate(t, p, on(t, "2026-09-01 00:00", r))))

	second := stint(t, "2", "2026-01-01", "", policy.Span{Attributes: policy.Attributes{"employeeNumber": {"2"}}})
	require.Equal(t, []string{"directory", "directory:group/staff"}, shows(evaluate(t, p, on(t, "2026-06-01 00:00", r, second))),
		"another job goes on")
}

func TestOldAccessOverlapsAfterATransfer(t *testing.T) {
	t.Parallel()
	p := load(t, timing)
	r := stint(t, "1", "2020-01-01", "2026-06-30",
		policy.Span{Attributes: policy.Attributes{"employeeNumber": {"1"}, "department": {"Sales"}}},
		policy.Span{From: on(t, "2026-03-02 00:00").At, Attributes: policy.Attributes{"employeeNumber": {"1"}, "department": {"Wood"}}})
	require.Contains(t, shows(evaluate(t, p, on(t, "2026-03-01 23:59", r))), "crm:role/user")
	d := evaluate(t, p, on(t, "2026-03-02 00:00", r))
	require.Contains(t, shows(d), "crm:role/user*")
	require.Equal(t, on(t, "2026-03-07 00:00").At.UTC(), d.NextChange)
	require.Contains(t, shows(evaluate(t, p, on(t, "2026-03-06 23:59", r))), "crm:role/user*")
	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-03-07 00:00", r))), "crm:role/user*")

	r.End = on(t, "2026-03-04 00:00").At
	require.Empty(t, shows(evaluate(t, p, on(t, "2026-03-04 00:00", r))), "an overlap ends with the relationship")
}

func TestGapBetweenTwoJobsIsBridged(t *testing.T) {
	t.Parallel()
	p := load(t, timing)
	first := stint(t, "1", "2020-01-01", "2026-02-27")
	all := []string{"crm", "directory", "crm:role/user", "directory:group/staff"}
	for _, c := range []struct {
		start   string
		bridged bool
	}{{"2026-02-28", true}, {"2026-03-03", true}, {"2026-03-04", false}} {
		second := stint(t, "2", c.start, "")
		for _, clock := range []string{"2026-02-28 00:00", "2026-03-02 12:00"} {
			s := on(t, clock, first, second)
			d := evaluate(t, p, s)
			if !c.bridged {
				require.Equal(t, []string{"directory ahead"}, shows(d), "%s at %s", c.start, clock)
				continue
			}
			require.Equal(t, all, shows(d), "%s at %s", c.start, clock)
		}
	}
	require.Empty(t, shows(evaluate(t, p, on(t, "2026-02-28 00:00", first))), "nothing comes after")
	abrupt := first
	abrupt.Abrupt = true
	d := evaluate(t, p, on(t, "2026-02-28 00:00", abrupt, stint(t, "2", "2026-03-02", "")))
	require.False(t, d.Live, "what was ordered to end at once ends at once")
}

// HR often writes a transfer as the end of one relationship and the start of another.
func TestOldAccessOverlapsAfterATransferToANewRelationship(t *testing.T) {
	t.Parallel()
	p := load(t, replace(timing, "bridgeDays: 3\n", ""))
	wood := policy.Span{Attributes: policy.Attributes{"employeeNumber": {"2"}, "department": {"Wood"}}}
	sales := stint(t, "1", "2020-01-01", "2026-01-31")
	next := stint(t, "2", "2026-02-01", "", wood)
	d := evaluate(t, p, on(t, "2026-02-01 00:00", sales, next))
	require.Equal(t, []string{"crm", "directory", "crm:role/user*", "directory:group/staff"}, shows(d))
	require.Equal(t, "1", d.Grants[0].Reasons[0].Relationship)
	require.Equal(t, on(t, "2026-02-06 00:00").At.UTC(), d.NextChange)
	require.Equal(t, []string{"directory", "directory:group/staff"}, shows(evaluate(t, p, on(t, "2026-02-06 00:00", sales, next))))

	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-02-02 00:00", sales))), "crm:role/user*", "nothing follows")
	abrupt := sales
	abrupt.Abrupt = true
	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-02-02 00:00", abrupt, next))), "crm:role/user*", "it was ordered to end at once")
	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-02-02 00:00", sales, stint(t, "2", "2026-02-02", "", wood)))), "crm:role/user*", "a day lies between")
	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-02-02 00:00", sales, stint(t, "2", "2026-01-15", "", wood)))), "crm:role/user*", "a job beside it")
	far := next
	far.Zone = zone(t, "America/Santiago")
	far.Start = time.Date(2026, 2, 1, 0, 0, 0, 0, far.Zone)
	require.Contains(t, shows(evaluate(t, p, on(t, "2026-02-02 00:00", sales, far))), "crm:role/user*", "the next day is one of the calendar")

	left := stint(t, "2", "2026-02-01", "2026-02-02", wood)
	require.Contains(t, shows(evaluate(t, p, on(t, "2026-02-02 23:00", sales, left))), "crm:role/user*")
	require.Empty(t, shows(evaluate(t, p, on(t, "2026-02-03 00:00", sales, left))), "whoever leaves then has left")
	third := stint(t, "3", "2026-02-03", "", wood)
	d = evaluate(t, p, on(t, "2026-02-03 00:00", sales, left, third))
	require.Contains(t, shows(d), "crm:role/user*", "two transfers, one after the other")
	require.Equal(t, on(t, "2026-02-06 00:00").At.UTC(), d.NextChange)

	bridged := load(t, timing)
	d = evaluate(t, bridged, on(t, "2026-02-02 00:00", sales, stint(t, "2", "2026-02-03", "", wood)))
	require.Contains(t, shows(d), "crm:role/user", "the bridge")
	d = evaluate(t, bridged, on(t, "2026-02-03 00:00", sales, stint(t, "2", "2026-02-03", "", wood)))
	require.Contains(t, shows(d), "crm:role/user*", "the overlap begins where the bridge ends")
	require.Equal(t, on(t, "2026-02-08 00:00").At.UTC(), d.NextChange)
}

// A transfer within the old relationship, just before, overlaps as long as it would
// have; and what the next job gives by itself is no overlap.
func TestOverlapsOfEarlierTransfersGoOn(t *testing.T) {
	t.Parallel()
	p := load(t, replace(timing, "bridgeDays: 3\n", ""))
	in := func(department string) policy.Attributes {
		return policy.Attributes{"employeeNumber": {"1"}, "department": {department}}
	}
	first := stint(t, "1", "2020-01-01", "2026-01-31", policy.Span{Attributes: in("Sales")},
		policy.Span{From: on(t, "2026-01-30 00:00").At, Attributes: in("Wood")}, policy.Span{From: on(t, "2026-02-02 00:00").At, Attributes: in("Sales")})
	next := stint(t, "2", "2026-02-01", "", policy.Span{Attributes: in("Wood")})
	d := evaluate(t, p, on(t, "2026-02-03 00:00", first, next))
	require.Contains(t, shows(d), "crm:role/user*")
	require.Equal(t, on(t, "2026-02-04 00:00").At.UTC(), d.NextChange)
	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-02-04 00:00", first, next))), "crm:role/user*", "what was to come of it never came")

	until := load(t, replace(replace(timing, "bridgeDays: 3\n", ""), "overlapDays: 5", "overlapDays: 30, until: 2026-02-10"))
	d = evaluate(t, until, on(t, "2026-02-07 00:00", first, next))
	require.Contains(t, shows(d), "crm:role/user*")
	require.Equal(t, on(t, "2026-02-11 00:00").At.UTC(), d.NextChange, "the rule ends before the overlap does")

	next.Spans[0].Attributes = in("Sales")
	d = evaluate(t, p, on(t, "2026-02-03 00:00", first, next))
	require.Equal(t, []policy.Reason{{Rule: "sales", Relationship: "2"}}, d.Grants[0].Reasons)
}

// Before, nothing was said to change until the next job, and what the overlap gave was
// kept until then.
func TestOverlapsAndTransfersInABridge(t *testing.T) {
	t.Parallel()
	p := load(t, replace(timing, "bridgeDays: 3", "bridgeDays: 10"))
	in := func(department string) policy.Attributes {
		return policy.Attributes{"employeeNumber": {"1"}, "department": {department}}
	}
	first := stint(t, "1", "2020-01-01", "2026-03-03", policy.Span{Attributes: in("Sales")}, policy.Span{From: on(t, "2026-03-01 00:00").At, Attributes: in("Wood")})
	next := stint(t, "2", "2026-03-10", "", policy.Span{Attributes: in("Wood")})
	d := evaluate(t, p, on(t, "2026-03-04 00:00", first, next))
	require.Contains(t, shows(d), "crm:role/user*")
	require.Equal(t, on(t, "2026-03-06 00:00").At.UTC(), d.NextChange)
	require.NotContains(t, shows(evaluate(t, p, on(t, "2026-03-06 00:00", first, next))), "crm:role/user*")

	first.Spans[1].From = on(t, "2026-03-07 00:00").At
	d = evaluate(t, p, on(t, "2026-03-04 00:00", first, next))
	require.Contains(t, shows(d), "crm:role/user")
	require.Equal(t, on(t, "2026-03-07 00:00").At.UTC(), d.NextChange, "attributes change in the bridge")
}

func TestDaysAreBounded(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:1:26: -1 days; want 0 to 366`,
		`policy.yaml:2:71: 367 days; want 0 to 366`,
		`policy.yaml:3:54: unknown attribute "statsu", did you mean "status"?`,
		`policy.yaml:3:84: 9999 days; want 0 to 366`,
	}, loadError(t, `{version: 1, bridgeDays: -1,
rules: [{name: a, when: "true", grants: [app:role/x], overlapDays:    367}],
accounts: {app: {name: n, candidates: [x], suspend: "statsu == 'x'", aheadDays:    9999}}}
`))
}

func TestAFlagIsTrueOrFalse(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		`policy.yaml:2:52: want true or false, not "yes"`,
	}, loadError(t, `version: 1
accounts: {app: {name: n, candidates: [x], rename: yes}}
`))
	p := load(t, "version: 1\naccounts: {app: {name: n, candidates: [x], rename: True}}\n")
	require.True(t, p.Document().Accounts["app"].Rename)
}
