package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// tidy is a policy in which there is nothing to find.
const tidy = `version: 1
attributes:
  level: {type: number}
  tags: {type: list}
roles:
  employee: {kind: baseline, grants: [app:group/staff]}
  engineer: {kind: standard, grants: [app:team/dev, app:tool/build], addOns: [{when: level > 3, grants: [app:tool/deploy]}]}
rules:
  - {name: everybody, when: "true", roles: [employee]}
  - {name: engineers, when: 'department == "Engineering" && employmentType != "intern"', roles: [engineer]}
  - {name: interns, when: 'employmentType == "intern"', grants: [app:group/interns], until: 2026-12-31}
denies:
  - {name: no deploys, when: '"new" in tags', grants: ["app:tool/*"]}
accounts:
  app: {name: login, candidates: ["{email}"]}
`

func lint(t *testing.T, text string, o policy.LintOptions) []policy.Finding {
	t.Helper()
	p, err := policy.Load("p.yaml", strings.NewReader(text))
	require.NoError(t, err)
	found, err := p.Lint(t.Context(), o)
	require.NoError(t, err)
	return found
}

// brief is a finding as "check path".
func brief(found []policy.Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Check+" "+f.Path)
	}
	return out
}

func staff(n int, attributes policy.Attributes) []policy.Subject {
	var out []policy.Subject
	for i := range n {
		out = append(out, policy.Subject{
			At: at("2026-01-01T00:00:00Z"), Person: fmt.Sprint(i),
			Relationships: []policy.Relationship{{ID: fmt.Sprint(i), Spans: []policy.Span{{Attributes: attributes}}}},
		})
	}
	return out
}

// untidy says, for each check, what to write in a tidy policy for it to find
// something, and what else is found then.
var untidy = []struct {
	name     string
	old, new string   // in tidy
	also     []string // and in what comes of that
	at       string
	people   []policy.Subject
	want     []string
	message  string // of the first
}{
	{
		name: "a rule for nobody", old: `employmentType != "intern"', r`, new: `department in ["Sales", "Ops"]', r`,
		want: []string{"never rules[1].when"}, message: `rule "engineers" never holds: nobody can fulfil department == "Engineering" && department in ["Sales", "Ops"]`,
	},
	{
		name: "an add-on for nobody", old: "when: level > 3", new: "when: level > 3 && level < 2",
		want: []string{"never roles.engineer.addOns[0].when"}, message: `add-on 1 of role "engineer" never holds: nobody can fulfil level > 3 && level < 2`,
	},
	{
		name: "an add-on that its rule excludes", old: `grants: [app:group/interns]`, new: `grants: [app:group/interns], addOns: [{when: employmentType == "fullTime", grants: [app:group/x]}]`,
		want: []string{"never rules[2].addOns[0].when"}, message: `add-on 1 of rule "interns" never holds: employmentType == "fullTime" excludes the condition that it stands under`,
	},
	{
		name: "a deny switched off", old: `'"new" in tags'`, new: `"false"`,
		want: []string{"unused-attribute attributes.tags", "never denies[0].when"},
	},
	{
		name: "an exclusion that excludes nobody", old: `employmentType == "intern"', g`, new: `employmentType != "intern" || employmentType != "trainee"', g`,
		want: []string{"always rules[2].when"}, message: `rule "interns" always holds: employmentType != "intern" || employmentType != "trainee" excludes nobody`,
	},
	{
		name: "a status that is none", old: `employmentType == "intern"', g`, new: `status != "actve" && country in ["AT", "Austria"]', g`,
		want: []string{"value-unknown rules[2].when", "value-unknown rules[2].when"}, message: `rule "interns" asks for country "Austria", which nobody ever has`,
	},
	{
		name: "a misspelt status of an account", old: `candidates: ["{email}"]}`, new: `candidates: ["{email}"], suspend: 'status in ["onLeave", "on leave", ""]'}`,
		want: []string{"value-unknown accounts.app.suspend"}, message: `suspend of account "app" asks for status "on leave", which nobody ever has, did you mean "onLeave"?`,
	},
	{
		name: "a rule that is taken back", old: `'"new" in tags', grants: ["app:tool/*"]`, new: `'employmentType != "fullTime" && employmentType != ""', grants: ["app:g*"]`,
		also: []string{"  tags: {type: list}\n", ""},
		want: []string{"denied-rule rules[2]"}, message: `rule "interns" gives nothing: deny "no deploys" takes back all of it from everybody for whom the rule holds`,
	},
	{
		name: "a rule that is taken back in part", old: `'"new" in tags', grants: ["app:tool/*"]`, new: `'employmentType != "fullTime"', grants: ["app:team/*", "app:tool/*"]`,
		also: []string{"  tags: {type: list}\n", "", "roles: [engineer]}", "roles: [engineer], addOns: [{grants: [app:room/x]}]}"},
	},
	{
		name: "a rule that is taken back with its role", old: `'"new" in tags', grants: ["app:tool/*"]`, new: `'department == "Engineering"', roles: [engineer]`,
		also: []string{"  tags: {type: list}\n", ""},
		want: []string{"denied-rule rules[1]"},
	},
	{
		name: "a rule that is taken back for a time", old: `'"new" in tags', grants: ["app:tool/*"]`, new: `'department == "Engineering"', roles: [engineer], until: 2026-12-31`,
		also: []string{"  tags: {type: list}\n", ""},
	},
	{
		name: "a name in a rule", old: `employmentType == "intern"', g`, new: `employmentType == "intern" && email in ["a@x", "b@x"]', g`,
		want: []string{"one-person rules[2].when"}, message: `rule "interns" is for nobody but whose email is "a@x", "b@x": an exception that nobody sees as one, and that never ends`,
	},
	{
		name: "a name that is one way among others", old: `employmentType == "intern"', g`, new: `employmentType == "intern" || email == "a@x"', g`,
	},
	{
		name: "a rule that is over", at: "2027-01-01T12:00:00Z",
		want: []string{"over rules[2].until"}, message: `rule "interns" ended with 2026-12-31 and does nothing`,
	},
	{
		name: "an add-on that is over", old: "{when: level > 3, grants: [app:tool/deploy]}", new: "{when: level > 3, grants: [app:tool/deploy], until: 2026-03-01}", at: "2026-03-03T00:00:00Z",
		want: []string{"over roles.engineer.addOns[0].until"}, message: `add-on 1 of role "engineer" ended with 2026-03-01 and does nothing`,
	},
	{name: "a rule on its last day", at: "2026-12-31T23:00:00Z"},
	{name: "a rule on its last day in Honolulu", at: "2027-01-01T09:59:59Z"},
	{
		name: "the same twice", old: "denies:", new: `  - {name: again, when: '"intern" == employmentType', grants: [app:group/interns], until: 2026-12-31}` + "\ndenies:",
		want: []string{"duplicate-rule rules[3]"}, message: `rule "again" gives the same to the same people as rule "interns"`,
	},
	{
		name: "less to fewer", old: "denies:", new: `  - {name: leads, when: 'department == "Engineering" && employmentType in ["fullTime", "partTime"]', grants: [app:team/dev]}` + "\ndenies:",
		want: nil, // what a role with add-ons gives is not looked into
	},
	{
		name: "less to fewer, earlier", old: "denies:", new: `  - {name: trainees, when: employmentType == "intern" && level > 1, grants: [app:group/interns], until: 2026-10-31}` + "\ndenies:",
		want: []string{"subsumed-rule rules[3]"}, message: `rule "trainees" gives nothing that rule "interns" does not give to the same people`,
	},
	{
		name: "less to fewer, but longer", old: "denies:", new: `  - {name: trainees, when: employmentType == "intern" && level > 1, grants: [app:group/interns]}` + "\ndenies:",
	},
	{
		name: "what everybody has", old: "grants: [app:group/interns]", new: "grants: [app:group/interns, app:group/staff]",
		want: []string{"overlapping-grant rules[2].grants[1]"}, message: `rule "interns" gives app:group/staff to people who have it by rule "everybody" anyway`,
	},
	{
		name: "a grant of its own role", old: "roles: [employee]}", new: "roles: [employee], grants: [app:group/staff]}",
		want: []string{"overlapping-grant rules[0].grants[0]"}, message: `rule "everybody" gives app:group/staff in another way as well`,
	},
	{
		name: "what everybody has by a role that is denied to some", old: "grants: [app:group/interns]", new: "grants: [app:group/interns, app:group/staff]",
		also: []string{"denies:", "denies:\n  - {name: odd, when: primary, roles: [employee]}"},
	},
	{
		name: "a role left over", old: "rules:", new: "  old: {grants: [app:group/old]}\nrules:",
		want: []string{"unused-role roles.old"}, message: `no rule, exception or request leads to role "old"`,
	},
	{name: "a role that can be asked for", old: "rules:", new: "  extra: {grants: [app:group/extra], requestable: true}\nrules:"},
	{
		name: "an attribute left over", old: "  tags: {", new: "  grade: {type: string}\n  tags: {",
		want: []string{"unused-attribute attributes.grade"}, message: `no condition and no template reads attribute "grade"`,
	},
	{
		name: "an attribute that a parameter reads", old: "rules:", new: "  team: {parameters: [name], grants: [\"app:team/{name}\"]}\nrules:\n  - {name: teams, when: \"true\", roles: [team], with: {name: \"{grade}\"}}",
		also: []string{"  tags: {", "  grade: {type: string}\n  tags: {", `'"new" in tags'`, "primary"},
		want: []string{"unused-attribute attributes.tags"},
	},
	{
		name: "an account that nobody gets", old: "accounts:", new: "accounts:\n  wiki: {name: login, candidates: [x]}",
		want: []string{"unused-account accounts.wiki"}, message: `nothing in "wiki" is granted, so nobody has an account there`,
	},
	{
		name: "something governed that nothing gives", old: "accounts:", new: "entitlements: {app:group/x: {owner: Carol}, \"app:to*\": {owner: Carol}, app:group/y: {requestable: true}}\naccounts:",
		want: []string{`unused-entitlement entitlements["app:group/x"]`}, message: `nothing gives app:group/x`,
	},
	{
		name: "a deny of nothing", old: `["app:tool/*"]`, new: `["app:toll/*"]`,
		want: []string{"idle-deny denies[0]"}, message: `deny "no deploys" takes away what nothing gives`,
	},
	{
		name: "a role under two names", old: "rules:", new: "  a: {grants: [app:x/1, app:x/2]}\n  b: {grants: [app:x/2, app:x/1]}\nrules:\n  - {name: as, when: level > 1, roles: [a]}\n  - {name: bs, when: level < 1, roles: [b]}",
		want: []string{"duplicate-role roles.b"}, message: `role "b" gives the same as role "a"`,
	},
	{
		name: "roles that differ little", old: "rules:", new: "  a: {grants: [app:x/1, app:x/2, app:x/3]}\n  b: {grants: [app:x/1, app:x/2, app:x/3, app:x/4]}\nrules:\n  - {name: as, when: level > 1, roles: [a]}\n  - {name: bs, when: level < 1, roles: [b]}",
		want: []string{"similar-roles roles.b"}, message: `roles "a" and "b" have 3 grants in common; role "a" nothing more, role "b" also app:x/4`,
	},
	{
		name: "roles that are one with a parameter", old: "rules:", new: "  a: {grants: [app:in/team-x, app:out/x]}\n  b: {grants: [app:in/team-y, app:out/y]}\n  c: {grants: [app:out/z, app:in/team-z]}\nrules:\n  - {name: as, when: level > 1, roles: [a]}\n  - {name: bs, when: level < 1, roles: [b, c]}",
		want: []string{"parameter-role roles.a"}, message: `roles a, b, c differ in one name only`,
	},
	{name: "too many roles", old: "rules:", new: many(31, "  s%d: {kind: standard, grants: [app:s/%[1]d], requestable: true, when: primary}\n") + "rules:", want: []string{"many-standard-roles roles"}, message: "there are 32 roles of kind standard; 10 to 30 are what people can keep apart and review"},
	{name: "a large add-on", old: "rules:", new: "  big: {kind: addOn, requestable: true, grants: [" + many(11, "app:s/%d, ") + "]}\nrules:", want: []string{"large-add-on roles.big"}},
	{name: "a large baseline", old: "grants: [app:group/staff]", new: "grants: [app:group/staff, " + many(20, "app:s/%d, ") + "]", want: []string{"large-baseline roles.employee"}},
	{
		name: "something sensitive for everybody", old: `roles: [employee]}`, new: "roles: [employee], grants: [app:bank/payer]}",
		also: []string{"accounts:", "entitlements: {app:bank/payer: {sensitivity: sensitive, owner: Carol, reviewDays: 90}}\naccounts:"},
		want: []string{"privileged-for-everybody rules[0]"}, message: `rule "everybody" gives app:bank/payer, which is sensitive, to everybody`,
	},
	{
		name: "something privileged among others", old: "rules:", new: "  ops: {sensitivity: privileged, grants: [app:core/root, app:team/ops]}\nrules:\n  - {name: ops, when: level > 5, roles: [ops]}",
		also: []string{"accounts:", "entitlements: {app:core/root: {sensitivity: privileged, owner: Carol, reviewDays: 90, approval: true}}\naccounts:"},
		want: []string{"privileged-bundled roles.ops"}, message: `role "ops" gives app:core/root, which is privileged, together with app:team/ops: whoever needs one of them gets the other`,
	},
	{
		name: "something privileged that nobody looks after", old: "accounts:", new: "entitlements: {app:core/root: {sensitivity: privileged, owner: Carol}}\naccounts:",
		also:    []string{"rules:", "rules:\n  - {name: ops, when: level > 5, grants: [app:core/root]}"},
		want:    []string{`privileged-unapproved entitlements["app:core/root"]`, `privileged-ungoverned entitlements["app:core/root"]`},
		message: "app:core/root is privileged, and rules give it without anybody agreeing",
	},
	{
		name: "an owner who takes the protection away", old: "grants: [app:group/interns]", new: "grants: [app:core/root, app:core/x]",
		also: []string{"accounts:", "entitlements:\n  app:core/*: {sensitivity: privileged, approval: true, owner: Carol, reviewDays: 90}\n  app:core/root: {owner: bob}\n  app:core/x: {owner: bob, sensitivity: sensitive, approval: true, reviewDays: 9}\naccounts:"},
		want: []string{`governance-loosened entitlements["app:core/root"]`, `governance-loosened entitlements["app:core/x"]`}, message: `app:core/root counts alone for what it names, and app:core/*, around it, is privileged and requires approval: that is lost`,
	},
	{
		name: "a narrower pattern", old: "grants: [app:group/interns]", new: "grants: [app:core/root]",
		also: []string{"accounts:", "entitlements:\n  app:co*: {sensitivity: sensitive, owner: Carol, reviewDays: 90}\n  app:core/*: {owner: bob}\n  app:core/root: {owner: bob}\naccounts:"},
		want: []string{`governance-loosened entitlements["app:core/*"]`},
	},
	{
		name: "an administrator for everybody", old: "rules:", new: "  ops: {kind: admin, grants: [app:core/x]}\nrules:\n  - {name: ops, when: level > 5 || !(level > 5) || level == nil, roles: [ops]}",
		want: []string{"admin-for-everybody rules[0]", "always rules[0].when"}, message: `rule "ops" gives role "ops", which is of kind admin, to everybody`,
	},
	{name: "an administrator whom somebody approves", old: "rules:", new: "  ops: {kind: admin, approval: true, grants: [app:core/x]}\nrules:\n  - {name: ops, when: \"true\", roles: [ops]}"},
	{name: "an administrator by a rule", old: "rules:", new: "  ops: {kind: admin, grants: [app:core/x]}\nrules:\n  - {name: ops, when: level > 5, roles: [ops]}"},
	{
		name: "an administrator with a job", old: "rules:", new: "  ops: {kind: admin, grants: [app:core/x]}\n  chief: {inherits: [ops]}\nrules:\n  - {name: ops, when: level > 5, roles: [engineer], addOns: [{roles: [chief]}]}",
		want: []string{"admin-bundled rules[0]"}, message: `rule "ops" gives role "chief" and with it "ops", which is of kind admin, together with engineer: whoever loses one of them may have to keep the other`,
	},
	{
		name: "an administrator by an add-on", old: "rules:", new: "  ops: {kind: admin, grants: [app:core/x]}\nrules:\n  - {name: ops, when: level > 5, roles: [engineer], addOns: [{when: primary, roles: [ops]}]}",
	},
	{
		name: "a grant that sounds mighty", old: "grants: [app:group/interns]", new: "grants: [app:group/Domain-Admins]",
		want: []string{"looks-privileged rules[2].grants[0]"}, message: `app:group/Domain-Admins sounds privileged (admins), and the policy says nothing of it`,
	},
	{name: "a grant that only contains a mighty word", old: "grants: [app:group/interns]", new: "grants: [app:group/administration]"},
	{
		name: "a password beside the sign-in that there is", old: `candidates: ["{email}"]}`, new: `candidates: ["{email}"], signIn: own}` + "\n  idp: {name: login, candidates: [\"{email}\"], signIn: identityProvider}",
		also: []string{"[app:group/staff]", "[app:group/staff, idp:account/user]"},
		want: []string{"local-password accounts.app.signIn"}, message: `"app" keeps passwords of its own, although people can sign in through "idp": one more password to steal, to reset and to lock when somebody leaves`,
	},
	{name: "a password where there is nothing else", old: `candidates: ["{email}"]}`, new: `candidates: ["{email}"], signIn: own}`},
	{
		name: "a sign-in through another system", old: `candidates: ["{email}"]}`, new: `candidates: ["{email}"], signIn: idp}` + "\n  idp: {name: login, candidates: [\"{email}\"], signIn: identityProvider}",
		also: []string{"[app:group/staff]", "[app:group/staff, idp:account/user]"},
	},
	{
		name: "a password in a policy", old: `candidates: ["{email}"]}`, new: `candidates: ["{email}"], attributes: {UserPassword: welcome, "urn:x:User:password": "{familyName}", unicodePwd: x, password: , passwordPolicy: strict}}`,
		want:    []string{"password-attribute accounts.app.attributes.UserPassword", `password-attribute accounts.app.attributes["urn:x:User:password"]`, "password-attribute accounts.app.attributes.unicodePwd"},
		message: `"app" would be sent a password that is made of this text: whoever can read the policy or the audit log can sign in`,
	},
	{
		name: "duties that one person can have", old: "accounts:", new: "separation:\n  - {name: apart, between: [{grants: [app:team/dev]}, {grants: [app:group/interns]}], action: refuse}\n  - {name: kept, between: [{grants: [app:team/dev]}, {roles: [employee]}], action: refuse}\naccounts:",
		want: []string{"separation-possible separation[1]"}, message: `somebody with department "Engineering" would violate separation "kept", by rules "engineers" and "everybody"`,
	},
	{
		name: "a rule that nobody matches", people: staff(2, policy.Attributes{"department": {"Engineering"}, "employmentType": {"internal"}, "tags": {"new"}}),
		want: []string{"rule-for-nobody rules[2]", "value-nobody-has rules[2].when"}, message: `rule "interns" leads none of 2 people to anything`,
	},
	{
		name: "a role of a few", people: append(staff(3, policy.Attributes{"department": {"Engineering"}, "tags": {"new"}}), staff(40, policy.Attributes{"employmentType": {"intern"}})...),
		old: "grants: [\"app:tool/*\"]", new: "grants: [\"app:tool/d*\"]",
		want: []string{"role-for-few roles.engineer"}, message: `only 3 people of 43 have role "engineer": it is about them and not about a job`,
	},
	{
		name: "a baseline of some", old: `when: "true", roles: [employee]`, new: `when: employmentType != "intern", roles: [employee]`,
		people: append(staff(8, policy.Attributes{"department": {"Engineering"}, "tags": {"new"}}), staff(2, policy.Attributes{"employmentType": {"intern"}})...),
		want:   []string{"partial-baseline roles.employee"}, message: `role "employee" is of kind baseline, and 8 of 10 people have it`,
	},
	{
		name: "people whom policy cannot judge", people: append(staff(5, policy.Attributes{"department": {"Engineering"}, "tags": {"new"}}), append(staff(5, policy.Attributes{"employmentType": {"intern"}}), staff(1, policy.Attributes{"level": {"three"}})...)...),
		want: []string{"undecided "}, message: `there is no decision about 1 person; the first: 0: relationship 0: attribute level: value "three": want a decimal number such as 12 or 0.5`,
	},
}

func many(n int, format string) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, format, i)
	}
	return out.String()
}

func TestNothingIsFoundInATidyPolicy(t *testing.T) {
	t.Parallel()
	everybody := slices.Concat(staff(20, policy.Attributes{"department": {"Engineering"}, "level": {"4"}}), staff(20, policy.Attributes{"employmentType": {"intern"}, "tags": {"new"}}))
	require.Empty(t, lint(t, tidy, policy.LintOptions{At: at("2026-01-01T00:00:00Z"), People: slices.Values(everybody)}))
}

func TestEachCheckFindsWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, c := range untidy {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := replace(tidy, c.old, c.new)
			for k := 0; k < len(c.also); k += 2 {
				text = replace(text, c.also[k], c.also[k+1])
			}
			o := policy.LintOptions{}
			if c.at != "" {
				o.At = at(c.at)
			}
			if c.people != nil {
				o.People = slices.Values(c.people)
			}
			found := lint(t, text, o)
			require.Equal(t, c.want, brief(found), "%v", found)
			if c.message != "" {
				require.Equal(t, c.message, found[0].Message)
			}
			for _, f := range found {
				require.NotEmpty(t, f.Fix)
				require.NotEmpty(t, f.Severity)
				require.Equal(t, "p.yaml", f.File)
				require.Positive(t, f.Line)
			}
		})
	}
}
