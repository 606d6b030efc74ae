package policy_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

func withCondition(when string) policy.Document {
	return policy.Document{
		Version: 1,
		Attributes: map[string]policy.Attribute{
			"clearance": {Type: policy.TypeString, Values: []string{"none", "secret"}},
			"level":     {Type: policy.TypeNumber}, "score": {Type: policy.TypeNumber},
			"projects": {Type: policy.TypeList}, "reviewed": {Type: policy.TypeDate}, "oncall": {Type: policy.TypeBool},
		},
		Rules:    []policy.Rule{{Name: "r", When: when, Grants: []string{"app:role/x"}}},
		Accounts: map[string]policy.AccountMapping{"app": {Name: "login", Candidates: []string{"{email}"}}},
	}
}

// Each of these would hang, kill or mislead the process, or make an answer that
// depends on something other than the facts. All are refused when the policy is
// loaded, with a message that says why.
func TestConditionsThatAreRefused(t *testing.T) {
	t.Parallel()
	million := 1_000_000
	for name, c := range map[string]struct{ when, want string }{
		"a million parentheses":  {strings.Repeat("(", million), "the condition is 1000000 bytes long, the limit is 8192"},
		"a million nots":         {strings.Repeat("not ", million) + "oncall", "the condition is 4000006 bytes long, the limit is 8192"},
		"a million brackets":     {strings.Repeat("[", million), "the condition is 1000000 bytes long, the limit is 8192"},
		"many parentheses":       {strings.Repeat("(", 8192), "the condition ends too early"},
		"many nots":              {strings.Repeat("!", 8000) + "oncall", "the condition has more than 200 parts"},
		"many brackets":          {strings.Repeat("[", 8192), "the condition ends too early"},
		"too many nodes":         {strings.Repeat("oncall && ", 200) + "oncall", "the condition has more than 200 parts"},
		"nested loops":           {`let a = 1..300; all(a, all(a, all(a, true)))`, "variables and sequences are not allowed in a condition"},
		"a loop":                 {`all(projects, # == "x")`, "function all is not allowed; there are len, lower, trim, upper"},
		"a loop with any":        {`any(projects, {# startsWith "x"})`, "function any is not allowed; there are len, lower, trim, upper"},
		"a loop by pipe":         {`projects | count(# == "x") > 1`, "function count is not allowed; there are len, lower, trim, upper"},
		"a range":                {`1 in 1..1000000000`, `in wants a list to its right, such as ["a", "b"] or an attribute that is a list`},
		"a bare range":           {`len(1..1000000000) > 1`, "there is no arithmetic in a condition: .. is not allowed"},
		"a let":                  {`let a = department; a == a`, "variables and sequences are not allowed in a condition"},
		"a doubled text":         {`department + department == "aa"`, "there is no arithmetic in a condition: + is not allowed"},
		"arithmetic":             {`level * 2 > 3`, "there is no arithmetic in a condition: * is not allowed"},
		"repeat":                 {`repeat(department, 1000000) == ""`, "function repeat is not allowed; there are len, lower, trim, upper"},
		"the environment":        {`$env["department"] == "x"`, "attributes have no members; a list is asked with in and len"},
		"the bare environment":   {`"department" in $env`, `unknown attribute "$env"`},
		"the clock":              {`hireDate < now()`, "now is not allowed: a condition has no clock; use from and until, or compare a date with a text such as \"2026-01-31\""},
		"another clock":          {`date("2026-01-01") > date("2025-01-01")`, "date is not allowed: a condition has no clock; use from and until, or compare a date with a text such as \"2026-01-31\""},
		"an unknown function":    {`exec("x")`, "function exec is not allowed; there are len, lower, trim, upper"},
		"a method":               {`department.String() == ""`, "function this is not allowed; there are len, lower, trim, upper"},
		"a member":               {`department.x == ""`, "attributes have no members; a list is asked with in and len"},
		"an index":               {`projects[5] == "a"`, "attributes have no members; a list is asked with in and len"},
		"a slice":                {`len(projects[1:2]) == 1`, "attributes have no members; a list is asked with in and len"},
		"optional chaining":      {`department?.x == ""`, "attributes have no members; a list is asked with in and len"},
		"a map":                  {`{"a": 1} == {"a": 1}`, "this is not allowed in a condition"},
		"bytes":                  {`b"a" == b"a"`, "this is not allowed in a condition"},
		"a sequence":             {`oncall; true`, "variables and sequences are not allowed in a condition"},
		"a ternary":              {`oncall ? true : false`, "write && and || instead of ?: and if"},
		"an if":                  {`if oncall { true } else { false }`, "write && and || instead of ?: and if"},
		"coalescing":             {`(level ?? 3) > 2`, "?? is not allowed in a condition"},
		"a pattern of data":      {`department matches jobTitle`, "the pattern to the right of matches must be a text in quotes"},
		"a long pattern":         {`department matches "` + strings.Repeat("a", 257) + `"`, "the pattern is 257 bytes long, the limit is 256"},
		"a costly pattern":       {`department matches "(a{30}){30}|(b{30}){30}"`, "the pattern is too complex"},
		"a wrong pattern":        {`department matches "(a"`, "pattern: missing closing ): `(a`"},
		"no condition":           {`department`, "expected bool, but got string: a condition is true or false"},
		"types that differ":      {`department == 3`, "invalid operation: == (mismatched types string and int)"},
		"a list of both":         {`department in ["a", 1]`, "the list to the right of in holds either texts or numbers, all written out"},
		"a list of attributes":   {`department in [jobTitle]`, "the list to the right of in holds either texts or numbers, all written out"},
		"an empty list":          {`department in []`, "nothing is in an empty list"},
		"in a text":              {`"a" in department`, "in wants a list, and department is a string"},
		"a bare list":            {`projects == ["a"]`, "a list can only stand to the right of in"},
		"a missing text":         {`department == nil`, `nil can only be compared with an attribute that is a number or a date; a missing text is "", a missing list has len 0`},
		"nil alone":              {`nil == nil`, "nil is always nil"},
		"less than nil":          {`level < nil`, `nil can only be compared with an attribute that is a number or a date; a missing text is "", a missing list has len 0`},
		"one equals sign":        {`oncall && department = "x"`, "= does not compare; write ==, or <= or >="},
		"at most, turned around": {`level =< 3`, "= does not compare; write ==, or <= or >="},
		"minus":                  {`-level < 3`, "- is not allowed here; - can stand before a number"},
		"not a day":              {`hireDate < "1.2.2026"`, `hireDate is a date; want a day such as "2026-01-31"`},
		"not a day in a list":    {`reviewed in ["2026-02-30"]`, `reviewed is a date; want a day such as "2026-01-31"`},
		"a value that is none":   {`clearance == "secrt"`, `clearance is never "secrt", did you mean "secret"?`},
		"a listed value":         {`clearance in ["none", "sekret"]`, `clearance is never "sekret", did you mean "secret"?`},
		"two arguments":          {`trim(department, "x") == ""`, "trim wants one argument"},
		"a function as value":    {`len == 3`, `unknown attribute "len"`},
		"control characters":     {"department == \"a\x00\"", "the text holds control characters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := policy.Compile(withCondition(c.when))
			require.Error(t, err)
			require.Contains(t, strings.Split(err.Error(), "\n"), "rules[0].when: "+c.want)
		})
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	facts := policy.Attributes{
		"department": {"Engines"}, "jobTitle": {"Señor Dev"}, "hireDate": {"2025-11-30"}, "level": {"3"}, "score": {"-0.5"},
		"projects": {"apollo", "gemini"}, "oncall": {"true"}, "clearance": {"secret"}, "primary": {"false"},
	}
	for when, want := range map[string]bool{
		`true`:  true,
		`false`: false,
		`department == "Engines" and not primary`:         true,
		`lower(department) == "engines"`:                  true,
		`upper(trim(department)) == "ENGINES"`:            true,
		`department startsWith "Eng"`:                     true,
		`department not endsWith "es"`:                    false,
		`jobTitle contains "ñ"`:                           true,
		`jobTitle matches "^Se.or"`:                       true,
		`department in ["Sales", "Engines"]`:              true,
		`department not in ["Sales", "Engines"]`:          false,
		`"apollo" in projects`:                            true,
		`department in projects`:                          false,
		`len(projects) == 2`:                              true,
		`len(department) > 6`:                             true,
		`hireDate < "2026-01-01"`:                         true,
		`hireDate >= "2026-01-01"`:                        false,
		`hireDate startsWith "2025"`:                      true,
		`level == 3`:                                      true,
		`level in [1, 3]`:                                 true,
		`level in [1, 3.5]`:                               false,
		`score > -1 && score < 0`:                         true,
		`1 < level < 5`:                                   true,
		`oncall == true`:                                  true,
		`oncall == (level > 2)`:                           true,
		`clearance == "secret"`:                           true,
		`clearance == ""`:                                 false,
		`department < "F"`:                                true,
		`level > score`:                                   true,
		`department == "x" || department == "Engines"`:    true,
		`!(department == "x" || department == "Engines")`: false,
		`!(department == "x") && !(jobTitle == "y")`:      true,
		"department == \"Engines\" // a comment":          true,
		`email == ""`:                                     true,
		`department | lower() == "engines"`:               true,
		`language matches "^$"`:                           true,
		`reviewed == nil && hireDate != nil`:              true,
	} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Compile(withCondition(when))
			require.NoError(t, err)
			require.Equal(t, want, len(evaluate(t, p, person(facts)).Grants) == 1)
		})
	}
}

// A comparison with a number or date that is missing is neither true nor false,
// and no negation makes it so.
func TestMissingNumbersAndDatesNeverMatch(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]bool{
		`level > 3`:                                       false,
		`!(level > 3)`:                                    false,
		`not (not (level > 3))`:                           false,
		`level <= 3`:                                      false,
		`level == 3`:                                      false,
		`level != 3`:                                      false,
		`!(level != 3)`:                                   false,
		`level in [1, 2]`:                                 false,
		`level not in [1, 2]`:                             false,
		`!(level in [1, 2])`:                              false,
		`reviewed < "2026-01-01"`:                         false,
		`!(reviewed < "2026-01-01")`:                      false,
		`reviewed != "2026-01-01"`:                        false,
		`reviewed not in ["2026-01-01"]`:                  false,
		`!(reviewed contains "2026")`:                     false,
		`level == score`:                                  false,
		`level != score`:                                  false,
		`reviewed == hireDate`:                            false,
		`oncall == (level > 3)`:                           false,
		`oncall != (level > 3)`:                           false,
		`!(department == "Engines" && level > 3)`:         false,
		`!(department == "Sales" && level > 3)`:           true,
		`!(level > 3 && department == "Sales")`:           true,
		`level > 3 || department == "Engines"`:            true,
		`department == "Engines" || level > 3`:            true,
		`!(level > 3 || department == "Sales")`:           false,
		`level == nil`:                                    true,
		`nil != level`:                                    false,
		`level != nil && level > 3`:                       false,
		`level == nil || level > 3`:                       true,
		`!(level != nil)`:                                 true,
		`reviewed == nil`:                                 true,
		`1 < level < 5`:                                   false,
		`!(1 < level < 5)`:                                false,
		`len(reviewed) == 0`:                              false,
		`lower(reviewed) != "x"`:                          false,
		`department == "" || len(projects) > 0 || oncall`: false,
		`!oncall && clearance == ""`:                      true,
	} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Compile(withCondition(when))
			require.NoError(t, err)
			for _, absent := range []policy.Attributes{nil, {"level": nil, "reviewed": {}}, {"level": {""}, "reviewed": {""}}} {
				facts := policy.Attributes{"department": {"Engines"}}
				maps.Copy(facts, absent)
				require.Equal(t, want, len(evaluate(t, p, person(facts)).Grants) == 1)
			}
		})
	}
}

// A value that does not fit is not the same as none: the answer is unknown.
func TestValuesThatDoNotFitAreErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		facts policy.Attributes
		want  string
	}{
		"number":      {policy.Attributes{"level": {"three"}}, `relationship hr/1: attribute level: value "three": want a decimal number such as 12 or 0.5`},
		"infinity":    {policy.Attributes{"level": {"Inf"}}, `relationship hr/1: attribute level: value "Inf": want a decimal number such as 12 or 0.5`},
		"hexadecimal": {policy.Attributes{"level": {"0x10"}}, `relationship hr/1: attribute level: value "0x10": want a decimal number such as 12 or 0.5`},
		"date":        {policy.Attributes{"reviewed": {"2026-02-30"}}, `relationship hr/1: attribute reviewed: value "2026-02-30": want a day such as 2026-01-31`},
		"bool":        {policy.Attributes{"oncall": {"yes"}}, `relationship hr/1: attribute oncall: value "yes": want true or false`},
		"not listed":  {policy.Attributes{"clearance": {"top"}}, `relationship hr/1: attribute clearance: value "top": want one of none, secret`},
		"two values":  {policy.Attributes{"department": {"a", "b"}}, `relationship hr/1: attribute department: 2 values, want one; declare it as a list`},
		"long":        {policy.Attributes{"department": {strings.Repeat("x", 4097)}}, `relationship hr/1: attribute department: value "` + strings.Repeat("x", 64) + `…": 4097 bytes, the limit is 4096`},
		"many":        {policy.Attributes{"projects": make([]string, 1001)}, `relationship hr/1: attribute projects: 1001 values, the limit is 1000`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Compile(withCondition(`oncall || level > 1 || reviewed > "2026-01-01" || clearance == "none" || department == "a" || "x" in projects`))
			require.NoError(t, err)
			d, err := p.Evaluate(t.Context(), person(c.facts))
			require.EqualError(t, err, c.want)
			require.Zero(t, d)
		})
	}
	t.Run("of an attribute that nothing reads", func(t *testing.T) {
		t.Parallel()
		p, err := policy.Compile(withCondition("true"))
		require.NoError(t, err)
		evaluate(t, p, person(policy.Attributes{"level": {"three"}}))
	})
	t.Run("of somebody who left", func(t *testing.T) {
		t.Parallel()
		p, err := policy.Compile(withCondition("level > 1"))
		require.NoError(t, err)
		s := person(policy.Attributes{"level": {"three"}})
		s.Relationships[0].End = now
		require.Equal(t, policy.Decision{}, evaluate(t, p, s))
	})
}
