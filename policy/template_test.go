package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// mapping returns a policy that gives everybody accounts in app and directory.
func mapping(app policy.AccountMapping) policy.Document {
	if app.Name == "" {
		app.Name = "login"
	}
	if app.Candidates == nil {
		app.Candidates = []string{"{employeeNumber}"}
	}
	return policy.Document{
		Version:    1,
		Attributes: map[string]policy.Attribute{"projects": {Type: policy.TypeList}, "level": {Type: policy.TypeNumber}},
		Rules: []policy.Rule{
			{Name: "all", When: "true", Grants: []string{"app:role/x"}},
			{Name: "staff", When: `workerType == "employee"`, Grants: []string{"directory:group/x"}},
		},
		Accounts: map[string]policy.AccountMapping{"app": app, "directory": {Name: "userName", Candidates: []string{"{email}"}}},
	}
}

func appAccount(t *testing.T, m policy.AccountMapping, s policy.Subject) policy.DesiredAccount {
	t.Helper()
	p, err := policy.Compile(mapping(m))
	require.NoError(t, err)
	d := evaluate(t, p, s)
	require.Equal(t, "app", d.Accounts[0].System)
	return d.Accounts[0]
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ template, value, want string }{
		"none":            {"{jobTitle}", "Señor", "Señor"},
		"lower":           {"{jobTitle|lower}", "ÀB", "àb"},
		"upper":           {"{jobTitle|upper}", "àb", "ÀB"},
		"trim":            {"{jobTitle|trim}", " a b ", "a b"},
		"ascii":           {"{jobTitle|ascii}", "Éßøł Þórðr Çağ Ǆ œ", "Essol Thordr Cag DZ oe"},
		"ascii of others": {"x{jobTitle|ascii}", "Ж漢a", "xa"},
		"first":           {"{jobTitle|first:2}", "éßa", "éß"},
		"first of less":   {"{jobTitle|first:9}", "éßa", "éßa"},
		"last":            {"{jobTitle|last:2}", "aéß", "éß"},
		"slug":            {"{jobTitle|slug}", ".Jean-Luc  van_den Ø'Brien, 2nd-", "jean-luc-van-den-obrien-2nd"},
		"digits":          {"{jobTitle|digits}", "+43 (1) 58801", "43158801"},
		"default":         {"{jobTitle|default:none at all}", "", "none at all"},
		"default unused":  {"{jobTitle|default:none}", "x", "x"},
		"chain":           {"{jobTitle|ascii|lower|first:1}{department|slug}", "Élan", "ee-e"},
		"escapes":         {"{{{jobTitle}}}", "x", "{x}"},
		"braces in data":  {"<{jobTitle}>", "{name}{n}{{name}}", "<namenname>"},
		"forged mark":     {"{{na{jobTitle}}}", "me", "name"},
		"forged former":   {"<{jobTitle}>", "{formerName}", "<formerName>"},
		"mark":            {"{name}+{jobTitle}", "x", "{name}+x"},
		"constant":        {"constant", "", "constant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := appAccount(t, policy.AccountMapping{Attributes: map[string][]string{"x": {c.template}}},
				person(policy.Attributes{"jobTitle": {c.value}, "department": {"E E"}, "employeeNumber": {"1"}}))
			require.Equal(t, []string{c.want}, a.Attributes["x"])
		})
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"":                                 "the template is empty",
		"{":                                "{ without }; write {{ for a brace",
		"a}":                               "} without {; write }} for a brace",
		"{}":                               `unknown attribute ""`,
		"{{name}":                          "} without {; write }} for a brace",
		"{jobTitel}":                       `unknown attribute "jobTitel", did you mean "jobTitle"?`,
		"{jobTitle|}":                      `unknown filter "" (there are ascii, default:text, digits, first:2, last:2, lower, slug, trim, upper)`,
		"{jobTitle|lower:2}":               "filter lower takes no argument",
		"{jobTitle|first}":                 "filter first wants a number from 1 to 1024, such as first:2",
		"{jobTitle|last:0}":                "filter last wants a number from 1 to 1024, such as last:2",
		"{jobTitle|default:}":              "filter default wants a text, such as default:none",
		"{name|lower}":                     "{name} takes no filters; its value is not known before the account is made",
		"{n}":                              "{n} can only stand in candidates",
		"a {projects}":                     "projects is a list; it can only stand alone in an attribute of an account, which then has as many values",
		"{accounts.directory}":             `"accounts.directory": want accounts.system.attribute or manager.accounts.system.attribute`,
		"{manager.email}":                  `"manager.email": want accounts.system.attribute or manager.accounts.system.attribute`,
		"{accounts.directry.mail}":         `unknown system "directry", did you mean "directory"?`,
		"{accounts.directory.x|default:a}": "default cannot follow accounts: it would be used until the account is there",
		"{jobTitle" + strings.Repeat("|lower", 11) + "}": "11 filters, the limit is 10",
		strings.Repeat("x", 1025):                        "the template is 1025 bytes long, the limit is 1024",
	} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Compile(mapping(policy.AccountMapping{Attributes: map[string][]string{"x": {template}}}))
			require.EqualError(t, err, "accounts.app.attributes.x[0]: "+want)
		})
	}
	for template, want := range map[string]string{
		"{name}":                          "{name} can only stand in attributes; it is what the candidates are for",
		"{formerName}":                    "{formerName} can only stand in attributes; it is what the candidates are for",
		"{projects}":                      "projects is a list; it can only stand alone in an attribute of an account, which then has as many values",
		"{manager.accounts.directory.id}": "a login name cannot depend on the manager",
	} {
		t.Run("candidate "+template, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Compile(mapping(policy.AccountMapping{Candidates: []string{template}}))
			require.EqualError(t, err, "accounts.app.candidates[0]: "+want)
		})
	}
}

func TestAttributesOfAccounts(t *testing.T) {
	t.Parallel()
	facts := policy.Attributes{"givenName": {"Ada"}, "familyName": {"Byron"}, "projects": {"b", "a", "b", ""}, "employeeNumber": {"007"}, "level": {"3"}}
	for name, c := range map[string]struct {
		templates []string
		want      []string // nil: not listed
	}{
		"cleared by the policy":      {nil, []string{}},
		"an input that is missing":   {[]string{"{jobTitle}"}, []string{}},
		"all inputs missing":         {[]string{"{jobTitle} of {department}"}, []string{}},
		"some inputs missing":        {[]string{"{givenName} {middleName} {familyName}"}, []string{"Ada Byron"}},
		"a list":                     {[]string{"{projects|upper}"}, []string{"B", "A"}},
		"an empty list":              {[]string{"{projects|digits}"}, []string{}},
		"several":                    {[]string{"{familyName}", "{jobTitle}", "{familyName}", "{projects}"}, []string{"Byron", "b", "a"}},
		"leading zeros":              {[]string{"{employeeNumber}"}, []string{"007"}},
		"a number":                   {[]string{"L{level}"}, []string{"L3"}},
		"a default":                  {[]string{"{jobTitle|default:Staff}"}, []string{"Staff"}},
		"the login name":             {[]string{"{name}@example.com"}, []string{"{name}@example.com"}},
		"the login names before":     {[]string{"{formerName}@example.com"}, []string{"{formerName}@example.com"}},
		"an observed attribute":      {[]string{"{accounts.directory.mail|upper}"}, []string{"ADA@X"}},
		"an observed ID":             {[]string{"{accounts.directory.id}"}, []string{"d-1"}},
		"the manager's ID":           {[]string{"{manager.accounts.directory.id}"}, []string{"d-9"}},
		"the manager's attribute":    {[]string{"{manager.accounts.directory.urn:x:1.0:mail}"}, []string{"boss@x"}},
		"the manager's missing":      {[]string{"{manager.accounts.directory.phone}"}, nil},
		"the manager's account":      {[]string{"{manager.accounts.app.id}"}, nil},
		"the manager's, and another": {[]string{"{familyName}", "{manager.accounts.app.id}"}, nil},
		"the manager's by default":   {[]string{"{manager.accounts.app.id|default:none}"}, []string{"none"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := person(facts)
			s.Accounts = map[string]policy.Account{"directory": {ID: "d-1", Attributes: policy.Attributes{"mail": {"ada@x"}}}}
			s.ManagerAccounts = map[string]policy.Account{"directory": {ID: "d-9", Attributes: policy.Attributes{"urn:x:1.0:mail": {"boss@x"}}}}
			a := appAccount(t, policy.AccountMapping{Attributes: map[string][]string{"x": c.templates}}, s)
			require.Equal(t, c.want, a.Attributes["x"])
			require.Empty(t, a.Waiting)
		})
	}
}

func TestAttributesWaitForObservedInputs(t *testing.T) {
	t.Parallel()
	a := appAccount(t, policy.AccountMapping{Attributes: map[string][]string{
		"mail": {"{accounts.directory.mail}"}, "login": nil, "uid": {"{accounts.directory.uid}:{employeeNumber}"}, "no": {"{employeeNumber}"},
	}, Name: "userName"}, person(policy.Attributes{"employeeNumber": {"1"}}))
	require.Equal(t, policy.Attributes{"no": {"1"}, "login": {}}, a.Attributes)
	require.Equal(t, []string{"accounts.directory.mail", "accounts.directory.uid"}, a.Waiting)
	require.Equal(t, []string{"1"}, a.Candidates)
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	employee := policy.Attributes{"givenName": {"Ada"}, "familyName": {"Byron"}, "workerType": {"employee"}}
	other := policy.Attributes{"givenName": {"Ada"}, "familyName": {"Жуков"}}
	for name, c := range map[string]struct {
		facts     policy.Attributes
		templates []string
		want      []string
		waiting   []string
	}{
		"in order":                          {employee, []string{"{familyName}", "{givenName}{n}", "{familyName}"}, []string{"Byron", "Ada{n}"}, nil},
		"one lacks an input":                {employee, []string{"{jobTitle}{familyName}", "{givenName}"}, []string{"Ada"}, nil},
		"one comes out empty":               {other, []string{"{familyName|slug}", "{givenName}"}, []string{"Ada"}, nil},
		"all lack inputs":                   {other, []string{"{familyName|slug}", "{jobTitle}"}, nil, []string{"familyName", "jobTitle"}},
		"one waits":                         {employee, []string{"{accounts.directory.userName}", "{givenName}"}, nil, []string{"accounts.directory.userName"}},
		"one waits for what is not to come": {other, []string{"{accounts.directory.userName}", "{givenName}"}, []string{"Ada"}, nil},
		"blank":                             {employee, []string{" ", "{givenName}"}, []string{"Ada"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := appAccount(t, policy.AccountMapping{Candidates: c.templates}, person(c.facts))
			require.Equal(t, c.want, a.Candidates)
			require.Equal(t, c.waiting, a.Waiting)
		})
	}
	t.Run("the wait is over", func(t *testing.T) {
		t.Parallel()
		s := person(employee)
		s.Accounts = map[string]policy.Account{"directory": {ID: "1", Attributes: policy.Attributes{"userName": {"ada"}}}}
		a := appAccount(t, policy.AccountMapping{Candidates: []string{"{accounts.directory.userName}"}}, s)
		require.Equal(t, []string{"ada"}, a.Candidates)
		require.Empty(t, a.Waiting)
	})
}

func TestObservedValuesAreBounded(t *testing.T) {
	t.Parallel()
	p, err := policy.Compile(mapping(policy.AccountMapping{Attributes: map[string][]string{"x": {"{accounts.directory.mail}"}}}))
	require.NoError(t, err)
	for want, values := range map[string][]string{
		"relationship hr/1: account app: accounts.directory.mail has a value of 4097 bytes, the limit is 4096": {strings.Repeat("x", 4097)},
		"relationship hr/1: account app: accounts.directory.mail has 1001 values, the limit is 1000":           make([]string, 1001),
	} {
		s := person(policy.Attributes{"employeeNumber": {"1"}})
		s.Accounts = map[string]policy.Account{"directory": {Attributes: policy.Attributes{"mail": values}}}
		_, err = p.Evaluate(t.Context(), s)
		require.EqualError(t, err, want)
	}
}

func TestReadsAccounts(t *testing.T) {
	t.Parallel()
	for template, want := range map[string][2]bool{
		"{email}": {false, false}, "{accounts.directory.mail}": {true, false}, "{manager.accounts.directory.id}": {false, true},
	} {
		p, err := policy.Compile(mapping(policy.AccountMapping{Attributes: map[string][]string{"x": {template}}}))
		require.NoError(t, err)
		own, manager := p.ReadsAccounts()
		require.Equal(t, want, [2]bool{own, manager}, template)
	}
}
