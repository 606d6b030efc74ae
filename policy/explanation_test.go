package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// explained has something of everything that can give, or keep back.
const explained = company + `  bank: {name: login, candidates: [x]}
rules:
  - {name: staff, when: "true", roles: [employee]}
  - {name: engineers, when: 'department == "Engines" && country in ["AT", "DE"]', roles: [engineer], overlapDays: 5}
  - {name: oncall, when: oncall && !(level < 3), grants: [git:team/oncall]}
  - {name: seniors, when: level > 3 || country == "CH", grants: [git:team/seniors]}
  - {name: fresh, when: level == nil, grants: [git:team/fresh]}
  - {name: apollo, when: '"apollo" in projects', grants: [git:team/apollo]}
  - {name: spring, when: "true", grants: [git:team/spring], from: 2026-03-01, until: 2026-04-30}
  - {name: autumn, when: "true", grants: [git:team/autumn], from: 2026-09-01}
  - {name: probation, when: "true", grants: [git:team/probation], until: hireDate + 90d}
  - {name: review, when: reviewed >= "2026-01-01", grants: [git:team/review]}
  - name: teams
    when: "true"
    addOns: [{when: country == "AT", roles: [team], with: {name: "{department|slug}"}}]
  - {name: prod, when: department == "Engines", grants: [git:team/prod, git:team/deploy]}
  - {name: payers, when: department == "Engines", grants: [bank:role/payer]}
  - {name: approvers, when: level > 3, grants: [bank:role/approver]}
denies:
  - {name: interns, when: employmentType == "intern", grants: ["git:team/prod*"], until: 2026-12-31}
exceptions:
  - {name: guest, person: guest, grants: [git:team/dev], until: 2026-06-30, reason: helps}
  - {name: trusted, person: trusted, lifts: [interns], until: 2026-06-30, reason: trusted}
entitlements:
  git:team/deploy: {approval: true}
  git:team/wanted: {requestable: true}
separation:
  - {name: money, between: [{grants: [bank:role/payer]}, {grants: [bank:role/approver]}], action: refuse}
`

func explainedPolicy(t *testing.T) *policy.Policy {
	t.Helper()
	return load(t, replace(explained, "roles:\n  employee", `roles:
  team: {parameters: [name], grants: ["git:team/of-{name}"]}
  idle: {grants: [git:team/idle]}
  employee`))
}

func TestExplanationsSayWhatIsSo(t *testing.T) {
	t.Parallel()
	p := explainedPolicy(t)
	engineer := policy.Attributes{"department": {"Engines"}, "country": {"AT"}}
	for name, c := range map[string]struct {
		person string
		of     policy.Attributes
		with   func(*policy.Subject)
		about  string
		want   string
	}{
		"by rule and role": {
			about: "git:team/dev", of: engineer,
			want: `
p1 has git:team/dev at 2026-05-04T10:00:00Z.
Given by:
  rule engineers > role engineer (relationship hr/1)
Nothing else would keep it.
A change that would take it away:
  relationship hr/1: department from "Engines" to anything else (!(department == "Engines"))
`,
		},
		"one part fails": {
			about: "git:team/dev", of: policy.Attributes{"department": {"Sales"}, "country": {"AT"}},
			want: `
p1 does not have git:team/dev at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule engineers > role engineer (relationship hr/1)
    rule engineers wants department == "Engines"; department is "Sales"
A change that would give it:
  relationship hr/1: department from "Sales" to "Engines" (department == "Engines")
`,
		},
		"both parts fail": {
			about: "git:team/dev",
			want: `
p1 does not have git:team/dev at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule engineers > role engineer (relationship hr/1)
    rule engineers wants department == "Engines"; department is missing
    rule engineers wants country in ["AT", "DE"]; country is missing
A change that would give it:
  relationship hr/1: country from missing to "AT" (country in ["AT", "DE"])
  relationship hr/1: department from missing to "Engines" (department == "Engines")
`,
		},
		"one of two suffices": {
			about: "git:team/seniors", of: policy.Attributes{"level": {"2"}, "country": {"AT"}},
			want: `
p1 does not have git:team/seniors at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule seniors (relationship hr/1)
    rule seniors wants level > 3 || country == "CH"; level is "2", country is "AT"
A change that would give it:
  relationship hr/1: level from "2" to "4" (level > 3)
`,
		},
		"a negation of a missing number": {
			about: "git:team/oncall", of: policy.Attributes{"oncall": {"true"}},
			want: `
p1 does not have git:team/oncall at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule oncall (relationship hr/1)
    rule oncall wants !(level < 3); level is missing
A change that would give it:
  relationship hr/1: level from missing to "3" (!(level < 3))
`,
		},
		"a number that is there": {
			about: "git:team/fresh", of: policy.Attributes{"level": {"2"}},
			want: `
p1 does not have git:team/fresh at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule fresh (relationship hr/1)
    rule fresh wants level == nil; level is "2"
A change that would give it:
  relationship hr/1: level from "2" to missing (level == nil)
`,
		},
		"a list": {
			about: "git:team/apollo", of: policy.Attributes{"projects": {"gemini", "vega"}},
			want: `
p1 does not have git:team/apollo at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule apollo (relationship hr/1)
    rule apollo wants "apollo" in projects; projects is "gemini", "vega"
A change that would give it:
  relationship hr/1: projects from "gemini", "vega" to "gemini", "vega", "apollo" ("apollo" in projects)
`,
		},
		"in a list": {
			about: "git:team/apollo", of: policy.Attributes{"projects": {"apollo", "vega"}},
			want: `
p1 has git:team/apollo at 2026-05-04T10:00:00Z.
Given by:
  rule apollo (relationship hr/1)
Nothing else would keep it.
A change that would take it away:
  relationship hr/1: projects from "apollo", "vega" to "vega" (!("apollo" in projects))
`,
		},
		"a window that is over": {
			about: "git:team/spring",
			want: `
p1 does not have git:team/spring at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule spring (relationship hr/1)
    rule spring ended at 2026-05-01T00:00:00Z
No change of attributes would give it.
`,
		},
		"a window to come": {
			about: "git:team/autumn",
			want: `
p1 does not have git:team/autumn at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule autumn (relationship hr/1)
    rule autumn begins at 2026-09-01T00:00:00Z
It will be given at 2026-09-01T00:00:00Z, by what is known now.
No change of attributes would give it.
`,
		},
		"a window around a date": {
			about: "git:team/probation", of: policy.Attributes{"hireDate": {"2026-01-01"}},
			want: `
p1 does not have git:team/probation at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule probation (relationship hr/1)
    rule probation ended at 2026-04-02T00:00:00Z; hireDate is "2026-01-01"
A change that would give it:
  relationship hr/1: hireDate from "2026-01-01" to "2026-02-03" (hireDate >= "2026-02-03")
`,
		},
		"a date that is missing": {
			about: "git:team/probation",
			want: `
p1 does not have git:team/probation at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule probation (relationship hr/1)
    rule probation depends on a date; hireDate is missing
A change that would give it:
  relationship hr/1: hireDate from missing to "2026-02-03" (hireDate >= "2026-02-03")
`,
		},
		"a date too early": {
			about: "git:team/review", of: policy.Attributes{"reviewed": {"2025-05-05"}},
			want: `
p1 does not have git:team/review at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule review (relationship hr/1)
    rule review wants reviewed >= "2026-01-01"; reviewed is "2025-05-05"
A change that would give it:
  relationship hr/1: reviewed from "2025-05-05" to "2026-01-01" (reviewed >= "2026-01-01")
`,
		},
		"another parameter": {
			about: "git:team/of-engines", of: policy.Attributes{"department": {"Sales"}, "country": {"AT"}},
			want: `
p1 does not have git:team/of-engines at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule teams > role team (relationship hr/1)
    role team gives git:team/of-{name}, which comes out as git:team/of-sales; department is "Sales"
A change that would give it:
  relationship hr/1: department from "Sales" to "Engines" (department == "Engines")
`,
		},
		"a parameter without a value": {
			about: "git:team/of-engines", of: policy.Attributes{"country": {"AT"}},
			want: `
p1 does not have git:team/of-engines at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule teams > role team (relationship hr/1)
    parameter name of role team has no value; department is missing
A change that would give it:
  relationship hr/1: department from missing to "Engines" (department != "" && department == "Engines")
`,
		},
		"by a parameter": {
			about: "git:team/of-engines", of: engineer,
			want: `
p1 has git:team/of-engines at 2026-05-04T10:00:00Z.
Given by:
  rule teams > role team (relationship hr/1)
Nothing else would keep it.
A change that would take it away:
  relationship hr/1: country from "AT" to "CH" (!(country == "AT"))
`,
		},
		"denied": {
			about: "git:team/prod", of: policy.Attributes{"department": {"Engines"}, "employmentType": {"intern"}},
			want: `
p1 does not have git:team/prod at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule prod (relationship hr/1)
    deny interns takes back, until 2027-01-01T00:00:00Z: employmentType == "intern"; employmentType is "intern" in relationship hr/1; an exception could lift it
It will be given at 2027-01-01T00:00:00Z, by what is known now.
A change that would give it:
  relationship hr/1: employmentType from "intern" to anything else (!(employmentType == "intern"))
`,
		},
		"a deny that is lifted": {
			about: "git:team/prod", person: "trusted", of: policy.Attributes{"department": {"Engines"}, "employmentType": {"intern"}},
			want: `
trusted has git:team/prod at 2026-05-04T10:00:00Z.
Given by:
  rule prod (relationship hr/1)
    until 2026-07-01T00:00:00Z: deny interns takes back, until 2027-01-01T00:00:00Z: employmentType == "intern"; employmentType is "intern" in relationship hr/1; an exception could lift it
Nothing else would keep it.
Exception trusted lifts deny interns.
It ends at 2026-07-01T00:00:00Z, by what is known now.
A change that would take it away:
  relationship hr/1: department from "Engines" to anything else (!(department == "Engines"))
`,
		},
		"not approved": {
			about: "git:team/deploy", of: policy.Attributes{"department": {"Engines"}},
			want: `
p1 does not have git:team/deploy at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule prod (relationship hr/1)
    git:team/deploy needs an approval and has none
No change of attributes would give it.
`,
		},
		"approved": {
			about: "git:team/deploy", of: policy.Attributes{"department": {"Engines"}},
			with: func(s *policy.Subject) {
				s.Approvals = []policy.Approval{{ID: "A-1", Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "deploy"}, Until: now.AddDate(0, 1, 0)}}
			},
			want: `
p1 has git:team/deploy at 2026-05-04T10:00:00Z.
Given by:
  rule prod (relationship hr/1)
    until 2026-06-04T10:00:00Z: git:team/deploy needs an approval and has none
Nothing else would keep it.
Approved by A-1.
It ends at 2026-06-04T10:00:00Z, by what is known now.
A change that would take it away:
  relationship hr/1: department from "Engines" to anything else (!(department == "Engines"))
`,
		},
		"kept apart": {
			about: "bank:role/payer", of: policy.Attributes{"department": {"Engines"}, "level": {"4"}},
			want: `
p1 does not have bank:role/payer at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule payers (relationship hr/1)
    separation money keeps apart from bank:role/approver
A change that would give it:
  relationship hr/1: level from "4" to "2"
`,
		},
		"by an exception, too": {
			about: "git:team/dev", person: "guest", of: engineer,
			want: `
guest has git:team/dev at 2026-05-04T10:00:00Z.
Given by:
  exception guest (relationship hr/1)
    until 2026-07-01T00:00:00Z: when exception guest ends
  rule engineers > role engineer (relationship hr/1)
Each of these 2 suffices: the others would keep it.
No change of attributes would take it away.
`,
		},
		"asked for what may be": {
			about: "git:team/wanted",
			with: func(s *policy.Subject) {
				s.Requests = []policy.Request{{ID: "R-1", Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "wanted"}, Until: now.AddDate(0, 1, 0)}}
			},
			want: `
p1 has git:team/wanted at 2026-05-04T10:00:00Z.
Given by:
  request R-1 (relationship hr/1)
    until 2026-06-04T10:00:00Z: when request R-1 ends
Nothing else would keep it.
It ends at 2026-06-04T10:00:00Z, by what is known now.
No change of attributes would take it away.
`,
		},
		"asked for what may not be": {
			about: "git:team/idle",
			with: func(s *policy.Subject) {
				s.Requests = []policy.Request{{ID: "R-1", Entitlement: policy.Entitlement{System: "git", Kind: "team", Name: "idle"}}}
			},
			want: `
p1 does not have git:team/idle at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  request R-1 (relationship hr/1)
    request R-1 asks for what cannot be asked for
No change of attributes would give it.
`,
		},
		"may be asked for": {
			about: "git:team/wanted",
			want: `
p1 does not have git:team/wanted at 2026-05-04T10:00:00Z.
Nothing in the policy gives it to this person.
It may be asked for.
No change of attributes would give it.
`,
		},
		"by an overlap": {
			about: "git:team/dev",
			with: func(s *policy.Subject) {
				s.Relationships[0].Spans = []policy.Span{{Attributes: engineer}, {From: now.Add(-time.Hour), Attributes: policy.Attributes{"department": {"Sales"}}}}
			},
			want: `
p1 has git:team/dev at 2026-05-04T10:00:00Z.
Given by:
  rule engineers > role engineer, by its overlap (relationship hr/1)
    until 2026-05-09T00:00:00Z: rule engineers wants department == "Engines"; department is "Sales"; rule engineers wants country in ["AT", "DE"]; country is missing
Nothing else would keep it.
It ends at 2026-05-09T00:00:00Z, by what is known now.
No change of attributes would take it away.
`,
		},
		"until a transfer": {
			about: "git:team/dev",
			with: func(s *policy.Subject) {
				s.Relationships[0].Spans = []policy.Span{{Attributes: engineer}, {From: now.Add(time.Hour), Attributes: policy.Attributes{"department": {"Sales"}}}}
			},
			want: `
p1 has git:team/dev at 2026-05-04T10:00:00Z.
Given by:
  rule engineers > role engineer (relationship hr/1)
    until 2026-05-09T00:00:00Z: rule engineers wants department == "Engines"; department is "Sales"; rule engineers wants country in ["AT", "DE"]; country is missing
Nothing else would keep it.
It ends at 2026-05-09T00:00:00Z, by what is known now.
A change that would take it away:
  relationship hr/1: department from "Engines" to anything else (!(department == "Engines"))
`,
		},
		"until the end": {
			about: "git:team/dev", of: engineer,
			with: func(s *policy.Subject) { s.Relationships[0].End = now.Add(time.Hour) },
			want: `
p1 has git:team/dev at 2026-05-04T10:00:00Z.
Given by:
  rule engineers > role engineer (relationship hr/1)
    until 2026-05-04T11:00:00Z: when relationship hr/1 ends
Nothing else would keep it.
It ends at 2026-05-04T11:00:00Z, by what is known now.
A change that would take it away:
  relationship hr/1: department from "Engines" to anything else (!(department == "Engines"))
`,
		},
		"after the end": {
			about: "git:team/dev", of: engineer,
			with: func(s *policy.Subject) { s.Relationships[0].End = now.Add(-time.Hour) },
			want: `
p1 does not have git:team/dev at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule engineers > role engineer (relationship hr/1)
    relationship hr/1 ended at 2026-05-04T09:00:00Z
No change of attributes would give it.
`,
		},
		"before the start": {
			about: "git:team/dev", of: engineer,
			with: func(s *policy.Subject) { s.Relationships[0].Start = now.Add(time.Hour) },
			want: `
p1 does not have git:team/dev at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  rule engineers > role engineer (relationship hr/1)
    relationship hr/1 begins at 2026-05-04T11:00:00Z
It will be given at 2026-05-04T11:00:00Z, by what is known now.
No change of attributes would give it.
`,
		},
		"nothing gives the role": {
			about: "git:team/idle",
			want: `
p1 does not have git:team/idle at 2026-05-04T10:00:00Z.
Nothing in the policy gives it to this person.
Role idle gives it, but nothing gives this person the role.
No change of attributes would give it.
`,
		},
		"nothing gives it": {
			about: "git:team/seinors",
			want: `
p1 does not have git:team/seinors at 2026-05-04T10:00:00Z.
Nothing in the policy gives it to this person. Did you mean git:team/seniors?
No change of attributes would give it.
`,
		},
		"an account": {
			about: "account git",
			with:  func(s *policy.Subject) { s.Relationships[0].Start = now.Add(time.Hour) },
			want: `
p1 does not have an account in git at 2026-05-04T10:00:00Z.
What could give it, and what keeps it back:
  git:team/fresh by rule fresh (relationship hr/1)
    relationship hr/1 begins at 2026-05-04T11:00:00Z
It will be given at 2026-05-04T11:00:00Z, by what is known now.
No change of attributes would give it.
`,
		},
		"an account that is there": {
			about: "account bank", of: engineer,
			want: `
p1 has an account in bank at 2026-05-04T10:00:00Z.
Given by:
  bank:role/payer by rule payers (relationship hr/1)
Nothing else would keep it.
A change that would take it away:
  relationship hr/1: department from "Engines" to anything else (!(department == "Engines"))
`,
		},
		"an account in no system": {
			about: "account gti",
			want: `
p1 does not have an account in gti at 2026-05-04T10:00:00Z.
Nothing in the policy gives anything there to this person. Did you mean git?
No change of attributes would give it.
`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := person(c.of)
			if c.person != "" {
				s.Person = c.person
			}
			if c.with != nil {
				c.with(&s)
			}
			var got policy.Explanation
			if system, ok := strings.CutPrefix(c.about, "account "); ok {
				var err error
				got, err = p.ExplainAccount(t.Context(), s, system)
				require.NoError(t, err)
			} else {
				e, err := policy.ParseEntitlement(c.about)
				require.NoError(t, err)
				got = checked(t, p, s, e)
			}
			require.Equal(t, strings.TrimPrefix(c.want, "\n"), got.String())
		})
	}
}
