package policy_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const hurried = `version: 1
attributes: {level: {type: number}, oncall: {type: bool}}
rules:
  - {name: staff, when: "true", grants: [directory:group/staff]}
  - {name: sales, when: department == "Sales", grants: [crm:role/user]}
  - {name: lead, when: department == "Sales" && level > 3, grants: [crm:role/lead]}
denies:
  - {name: investigated, when: status == "suspended", grants: ["crm:*"], urgent: true}
  - {name: trainee, when: oncall, grants: [crm:role/lead], urgent: true}
  - {name: away, when: status == "onLeave", grants: ["crm:*"]}
exceptions:
  - {name: needed, relationship: needed, lifts: [investigated], until: 2030-01-01, reason: agreed}
accounts:
  directory: {name: userName, candidates: ["{employeeNumber}"], suspend: status == "onLeave", suspendUrgently: status == "suspended"}
  crm: {name: userName, candidates: ["{employeeNumber}"]}
`

func seller(more ...string) policy.Attributes {
	a := policy.Attributes{"employeeNumber": {"1"}, "department": {"Sales"}, "level": {"5"}}
	for i := 0; i < len(more); i += 2 {
		a[more[i]] = []string{more[i+1]}
	}
	return a
}

// atOnce is what is urgent, in words.
func atOnce(d policy.Decision) []string {
	out := []string{}
	out = append(out, d.Urgent.Accounts...)
	for _, e := range d.Urgent.Grants {
		out = append(out, e.String())
	}
	return out
}

func TestWhatUrgentDeniesTakeIsUrgent(t *testing.T) {
	t.Parallel()
	p := load(t, hurried)
	for name, c := range map[string]struct {
		id, key, value string
		urgent         []string
	}{
		"nothing denied":            {"1", "status", "active", []string{}},
		"everything in a system":    {"1", "status", "suspended", []string{"crm", "directory", "crm:role/lead", "crm:role/user"}},
		"a part of it":              {"1", "oncall", "true", []string{"crm:role/lead"}},
		"by a deny in no hurry":     {"1", "status", "onLeave", []string{}},
		"by a deny that was lifted": {"needed", "status", "suspended", []string{"directory"}},
	} {
		r := stint(t, c.id, "2020-01-01", "", policy.Span{Attributes: seller(c.key, c.value)})
		require.Equal(t, c.urgent, atOnce(evaluate(t, p, on(t, "2026-03-02 12:00", r))), name)
	}
}

func TestSuspendedUrgentlyIfEachJobSaysSo(t *testing.T) {
	t.Parallel()
	p := load(t, hurried)
	for _, c := range []struct {
		first, second     string
		suspended, urgent bool
	}{
		{"suspended", "suspended", true, true},
		{"suspended", "onLeave", true, false}, // by both, and one of them can wait
		{"onLeave", "onLeave", true, false},
		{"suspended", "active", false, false},
	} {
		a := stint(t, "1", "2020-01-01", "", policy.Span{Attributes: seller("department", "Wood", "status", c.first)})
		b := stint(t, "2", "2021-01-01", "", policy.Span{Attributes: seller("department", "Wood", "status", c.second)})
		d := evaluate(t, p, on(t, "2026-03-02 12:00", a, b))
		require.Equal(t, c.suspended, d.Accounts[0].Disabled == policy.Suspended, "%+v", c)
		require.Equal(t, c.urgent, len(d.Urgent.Accounts) == 1, "%+v", c)
		require.Empty(t, d.Urgent.Grants)
	}
}

func TestWhatAJobThatEndedAbruptlyGaveAloneIsUrgent(t *testing.T) {
	t.Parallel()
	p := load(t, hurried)
	fired := stint(t, "1", "2020-01-01", "2026-03-01", policy.Span{Attributes: seller()})
	fired.Abrupt = true
	left := fired
	left.Abrupt = false
	works := stint(t, "2", "2021-01-01", "", policy.Span{Attributes: seller("department", "Wood")})
	sells := stint(t, "2", "2021-01-01", "", policy.Span{Attributes: seller("level", "1")})
	sold := stint(t, "2", "2021-01-01", "", policy.Span{Attributes: seller("department", "Wood")},
		policy.Span{From: on(t, "2026-03-05 00:00").At, Attributes: seller()},
		policy.Span{From: on(t, "2026-03-10 00:00").At, Attributes: seller("department", "Wood")})
	all := []string{"crm", "crm:role/lead", "crm:role/user"}
	for name, c := range map[string]struct {
		at     string
		jobs   []policy.Relationship
		urgent []string
	}{
		"before":                           {"2026-03-01 23:59", []policy.Relationship{fired, works}, []string{}},
		"at once":                          {"2026-03-02 00:00", []policy.Relationship{fired, works}, all},
		"decided late":                     {"2026-03-30 12:00", []policy.Relationship{fired, works}, all},
		"a month later":                    {"2026-04-02 00:00", []policy.Relationship{fired, works}, []string{}},
		"an ordinary end":                  {"2026-03-02 00:00", []policy.Relationship{left, works}, []string{}},
		"what the other job gives as well": {"2026-03-02 00:00", []policy.Relationship{fired, sells}, []string{"crm:role/lead"}},
		"not given again yet":              {"2026-03-04 23:59", []policy.Relationship{fired, sold}, all},
		"given again":                      {"2026-03-09 23:59", []policy.Relationship{fired, sold}, []string{}},
		"lost again, otherwise":            {"2026-03-10 00:00", []policy.Relationship{fired, sold}, []string{}},
		"nothing left to live by":          {"2026-03-02 00:00", []policy.Relationship{fired}, []string{}},
	} {
		require.Equal(t, c.urgent, atOnce(evaluate(t, p, on(t, c.at, c.jobs...))), name)
	}
	require.Equal(t, on(t, "2026-04-02 00:00").At.UTC(), evaluate(t, p, on(t, "2026-03-02 00:00", fired, works)).NextChange)
	require.Zero(t, evaluate(t, p, on(t, "2026-03-02 00:00", fired)).NextChange)
}

// A job that is over must not keep anybody from losing what it gave.
func TestWhatIsWrongWithAJobThatEndedDoesNotMakeTheDecisionUnknown(t *testing.T) {
	t.Parallel()
	p := load(t, hurried)
	fired := stint(t, "1", "2020-01-01", "2026-03-01", policy.Span{Attributes: seller("level", "many")})
	fired.Abrupt = true
	works := stint(t, "2", "2021-01-01", "", policy.Span{Attributes: seller("department", "Wood")})
	d := evaluate(t, p, on(t, "2026-03-02 00:00", fired, works))
	require.Equal(t, []string{"directory", "directory:group/staff"}, shows(d))
	require.Empty(t, atOnce(d))
}

// Whoever is told of thousands of jobs that ended must not have to decide about each day
// of each.
func TestLookingBackIsBounded(t *testing.T) {
	t.Parallel()
	p := load(t, hurried)
	works := stint(t, "0", "2021-01-01", "", policy.Span{Attributes: seller("department", "Wood")})
	for i := range 200 {
		at := on(t, "2026-03-02 00:00").At.Add(1 + time.Duration(i))
		works.Spans = append(works.Spans, policy.Span{From: at, Attributes: seller("department", "Wood")})
	}
	fired := stint(t, "1", "2020-01-01", "2026-03-01", policy.Span{Attributes: seller()})
	fired.Abrupt = true
	require.Empty(t, atOnce(evaluate(t, p, on(t, "2026-03-03 00:00", fired, works))), "it is not urgent, and not unknown")
}
