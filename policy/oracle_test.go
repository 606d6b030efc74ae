package policy_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// writer makes random conditions over the attributes of withCondition.
type writer struct{ *rand.Rand }

func (w writer) one(list ...string) string { return list[w.IntN(len(list))] }

func (w writer) text() string {
	return w.one("department", "country", "email", "clearance", "lower(department)", "upper(country)", "trim(email)", "reviewed", "hireDate")
}

func (w writer) literal() string {
	return w.one(`""`, `"a"`, `"A"`, `"ab"`, `"b"`, `" "`, `"é"`, `"\xff"`)
}
func (w writer) day() string    { return w.one(`"2026-01-01"`, `"2026-03-01"`, `"1999-12-31"`) }
func (w writer) digits() string { return w.one("0", "1", "2.5", "-3", "3", "1e3", "9007199254740993") }
func (w writer) number() string {
	return w.one("level", "score", "len(projects)", "len(department)", w.digits())
}
func (w writer) order() string { return w.one("==", "!=", "<", "<=", ">", ">=") }

func (w writer) condition(depth int) string {
	if depth > 0 && w.IntN(3) > 0 {
		l, r := w.condition(depth-1), w.condition(depth-1)
		return w.one(
			fmt.Sprintf("%s && %s", l, r), fmt.Sprintf("(%s || %s)", l, r), fmt.Sprintf("!(%s)", l),
			fmt.Sprintf("(%s) == (%s)", l, r), fmt.Sprintf("(%s && %s)", l, r), fmt.Sprintf("(%s) != oncall", l),
		)
	}
	switch w.IntN(16) {
	case 0:
		return w.one("oncall", "primary", "oncall == primary", "oncall == true", "true", "false", "1 < 2", `"a" == "b"`, "9007199254740993 == 9007199254740992")
	case 1:
		if w.IntN(3) == 0 {
			return fmt.Sprintf("%s startsWith %s", w.one("department", "country"), w.literal())
		}
		return fmt.Sprintf("%s %s %s", w.one("reviewed", "hireDate"), w.order(), w.one(w.day(), "reviewed"))
	case 2:
		return fmt.Sprintf("%s %s nil", w.one("level", "reviewed", "score"), w.one("==", "!="))
	case 3, 4:
		return fmt.Sprintf("%s %s %s", w.number(), w.order(), w.number())
	case 5:
		return fmt.Sprintf("%s in [%s, %s]", w.number(), w.digits(), w.digits())
	case 6:
		return fmt.Sprintf("%s in [%s, %s]", w.text(), w.literal(), w.literal())
	case 7, 8:
		return fmt.Sprintf("%s %s projects", w.one(w.literal(), w.text()), w.one("in", "not in"))
	case 9:
		return fmt.Sprintf("%s matches %q", w.text(), w.one("^a", "b$", "[a-c]+", "^$", "é"))
	case 10:
		return fmt.Sprintf("%s %s %s", w.text(), w.one("contains", "startsWith", "endsWith", "not startsWith"), w.one(w.literal(), w.text()))
	case 11:
		return fmt.Sprintf("%s %s %s", w.literal(), w.one("==", "<", "startsWith", "contains"), w.text())
	case 12:
		if w.IntN(2) == 0 {
			return fmt.Sprintf("(%s)", w.one("reviewed == nil || reviewed > "+w.day(), "level == nil || level > "+w.digits(), "department < "+w.literal()+" || department == "+w.literal()))
		}
		return w.one("projects == projects", "projects != projects", "1 < level <= 3", "department not in [\"a\"]")
	default:
		return fmt.Sprintf("%s %s %s", w.text(), w.order(), w.one(w.literal(), w.text()))
	}
}

// compiles returns a random condition that compiles; some compare what cannot be
// compared.
func (w writer) compiles() string {
	for {
		when := w.condition(w.IntN(4))
		if _, err := policy.Compile(withCondition(when)); err == nil {
			return when
		}
	}
}

// policy returns a random policy with conditions everywhere.
func (w writer) policy(t testing.TB, rules int) *policy.Policy {
	t.Helper()
	doc := withCondition(w.compiles())
	pool := make([]string, 1+w.IntN(12))
	for i := range pool {
		pool[i] = w.compiles()
	}
	when := func() string { return pool[w.IntN(len(pool))] }
	doc.Roles = map[string]policy.Role{
		"base": {Grants: []string{"app:role/base"}},
		"some": {When: when(), Inherits: []string{"base"}, Grants: []string{"app:role/some"}, AddOns: []policy.AddOn{{When: when(), Grants: []string{"app:role/on"}}}},
		"here": {Inherits: []string{"base"}}, "there": {Inherits: []string{"base"}}, "top": {Inherits: []string{"here", "there"}},
		"team": {Parameters: []string{"name"}, When: when(), Grants: []string{"app:team/{name}"}},
	}
	window := func() string {
		return w.one("", "", "", "2026-02-01", "hireDate", "reviewed + 10d", "hireDate - 3d")
	}
	for i := range rules {
		r := policy.Rule{Name: fmt.Sprintf("r%d", i), When: when(), Grants: []string{fmt.Sprintf("app:role/%d", i%7)}, From: window(), OverlapDays: w.IntN(3) * 20}
		switch w.IntN(5) {
		case 0:
			r.Roles = []string{w.one("some", "top")}
		case 1:
			r.AddOns = []policy.AddOn{{When: when(), Roles: []string{"team"}, With: map[string]string{"name": w.one("{department}", "{projects}")}}}
		}
		doc.Rules = append(doc.Rules, r)
	}
	for i := range w.IntN(3) {
		doc.Denies = append(doc.Denies, policy.Deny{Name: fmt.Sprintf("d%d", i), When: when(), Roles: []string{w.one("here", "there", "base", "some")}, Grants: []string{fmt.Sprintf("app:role/%d", i)}, Until: window(), Urgent: w.IntN(2) == 0})
	}
	app := doc.Accounts["app"]
	app.Suspend, app.SuspendUrgently, app.AheadDays = when(), when(), w.IntN(2)*30
	doc.Accounts["app"] = app
	p, err := policy.Compile(doc)
	require.NoError(t, err)
	return p
}

// attributes returns random ones, of which one in some is malformed.
func (w writer) attributes() policy.Attributes {
	a := policy.Attributes{"email": {w.one("", "x", "a@b", "ab")}}
	set := func(name string, values ...string) {
		if i := w.IntN(len(values) + 2); i < len(values) {
			a[name] = []string{values[i]}
		}
	}
	set("department", "a", "A", "ab", "b", "c", " ", "é", "\xff", "\xffa", "zz")
	set("country", "a", "b", "AT", "", "ab")
	set("clearance", "none", "secret", "")
	set("level", "0", "1", "2.5", "-3", "3", "1000", "7", "1.0", "9007199254740993", "")
	set("score", "0", "1", "3", "-0", "2.50")
	set("oncall", "true", "false", "")
	set("primary", "true")
	set("reviewed", "1900-01-01", "2026-01-01", "2026-02-15", "2026-03-01", "1999-12-31", "2027-01-01")
	set("hireDate", "2026-01-01", "2026-04-20")
	for range w.IntN(4) {
		a["projects"] = append(a["projects"], w.one("a", "ab", "b", "", "x", "é"))
	}
	if w.IntN(12) == 0 {
		name := w.one("level", "score", "oncall", "reviewed", "hireDate", "clearance", "department", "projects")
		a[name] = [][]string{
			{"three"}, {"2026-02-30"}, {"1e3"}, {"a", "b"}, {strings.Repeat("x", 5000)}, {"TRUE"}, {"2026-1-1"}, make([]string, 1001),
		}[w.IntN(8)]
	}
	return a
}

func (w writer) subject(t *testing.T) policy.Subject {
	h := newHistories(t, w.Uint64())
	s := h.subject()
	for i := range s.Relationships {
		for k := range s.Relationships[i].Spans {
			s.Relationships[i].Spans[k].Attributes = w.attributes()
		}
	}
	return s
}

// agree holds the decisions of two policies about a person to be the same, errors
// and next changes included.
func agree(t testing.TB, p, q *policy.Policy, s policy.Subject) (policy.Decision, error) {
	t.Helper()
	got, gotErr := p.Evaluate(t.Context(), s)
	want, wantErr := q.Evaluate(t.Context(), s)
	require.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(gotErr), "%s\n%+v", p.Source(), s)
	require.Equal(t, want, got, "%s\n%+v", p.Source(), s)
	for _, r := range s.Relationships {
		for _, span := range r.Spans {
			got, gotErr := p.AppendRules(nil, span.Attributes)
			want, wantErr := q.AppendRules(nil, span.Attributes)
			require.Equal(t, fmt.Sprint(want, wantErr), fmt.Sprint(got, gotErr))
		}
	}
	return got, gotErr
}

func TestTheIndexDecidesAsThePlainEvaluatorDoes(t *testing.T) {
	t.Parallel()
	for _, room := range []int{1 << 20, 0, 3} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			t.Parallel()
			grants, unknown := 0, 0
			for seed := range uint64(200) {
				w := writer{rand.New(rand.NewPCG(seed, uint64(room)))}
				p := w.policy(t, 1+w.IntN(1+int(seed)))
				plain, err := p.Plain()
				require.NoError(t, err)
				p.SpendIndex(room)
				for range 25 {
					d, err := agree(t, p, plain, w.subject(t))
					if grants += len(d.Grants); err != nil {
						unknown++
					}
				}
			}
			require.Greater(t, grants, 1000)
			require.Greater(t, unknown, 100)
		})
	}
}

// Many at once, who all meet values for the first time, see what one alone sees.
func TestTheIndexIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	w := writer{rand.New(rand.NewPCG(5, 5))}
	p := w.policy(t, 200)
	plain, err := p.Plain()
	require.NoError(t, err)
	subjects, want := make([]policy.Subject, 100), make([]string, 100)
	for i := range subjects {
		subjects[i] = w.subject(t)
		d, err := plain.Evaluate(t.Context(), subjects[i])
		want[i] = fmt.Sprintf("%+v %v", d, err)
	}
	var workers sync.WaitGroup
	for k := range 6 {
		workers.Go(func() {
			for i := range subjects {
				i = (i + k*17) % len(subjects)
				d, err := p.Evaluate(t.Context(), subjects[i])
				if got := fmt.Sprintf("%+v %v", d, err); got != want[i] {
					t.Errorf("subject %d: got %s, want %s", i, got, want[i])
				}
			}
		})
	}
	workers.Wait()
}

// However many values there are, the index remembers a bounded number, and is right
// about the others as well.
func TestTheIndexDoesNotGrowWithItsPeople(t *testing.T) {
	t.Parallel()
	p, err := policy.Compile(withCondition(`email endsWith "7" && department contains "1"`))
	require.NoError(t, err)
	for i := range 5_000 {
		names, err := p.AppendRules(nil, policy.Attributes{"email": {fmt.Sprint(i)}, "department": {strings.Repeat("x", 200) + fmt.Sprint(i)}})
		require.NoError(t, err)
		require.Equal(t, i%10 == 7 && strings.Contains(fmt.Sprint(i), "1"), len(names) == 1, i)
	}
	require.Equal(t, 1024, p.Remembered())
}

// FuzzIndex holds the index to the plain evaluator for any condition and values.
func FuzzIndex(f *testing.F) {
	for _, when := range []string{
		`level > 3 && department in ["a", "b"]`, `!(reviewed < "2026-01-01") || "x" in projects`, `1 < level <= 5 != oncall`,
		`lower(department) matches "^a+$" and len(projects) > 1`, `reviewed == nil or not (level == nil)`, `department startsWith "a" && department < "b"`,
		`!("a" in projects) && ("b" in projects || "c" in projects)`, `(department == "a" || level > 3 || country == "b") && (oncall || score < 2)`,
	} {
		f.Add(when, "3", "2026-01-01", "a", "b")
	}
	f.Fuzz(func(t *testing.T, when, level, reviewed, text, other string) {
		doc := withCondition(when)
		doc.Rules = append(doc.Rules, policy.Rule{Name: "not", When: "!(" + when + ")", Grants: []string{"app:role/not"}})
		p, err := policy.Compile(doc)
		if err != nil {
			return
		}
		plain, err := p.Plain()
		require.NoError(t, err)
		for _, a := range []policy.Attributes{
			nil,
			{"level": {level}, "score": {"3"}, "department": {text}, "country": {other}, "projects": {text, other}, "oncall": {"true"}},
			{"level": {"2.5"}, "reviewed": {reviewed}, "department": {other}, "email": {text}, "projects": {other}},
			{"level": {level}, "reviewed": {"2026-01-01"}, "hireDate": {reviewed}, "clearance": {text}, "oncall": {other}},
		} {
			_, _ = agree(t, p, plain, person(a))
		}
	})
}

// Conditions with more terms than the index takes apart say the same as others:
// what is left over is asked, neither taken for granted nor forgotten.
func TestConditionsOfManyTerms(t *testing.T) {
	t.Parallel()
	const (
		eight = `(department == "a" || oncall) && (country == "b" || level > 1) && (email == "c" || primary)`
		two   = `(score > 1 || clearance == "none")`
		wide  = `department == "a" || oncall || country == "b" || level > 1 || email == "c" || primary || score > 1 || clearance == "none" || jobTitle == "d"`
	)
	first := policy.Attributes{"oncall": {"true"}, "level": {"2"}, "email": {"c"}}
	for name, c := range map[string]struct {
		when string
		of   policy.Attributes
		want bool
	}{
		"all of many, then two":    {eight + " && " + two, policy.Attributes{"oncall": {"true"}, "level": {"2"}, "email": {"c"}, "score": {"2"}}, true},
		"many without two":         {eight + " && " + two, first, false},
		"two without many":         {eight + " && " + two, policy.Attributes{"score": {"2"}, "clearance": {"none"}}, false},
		"two, then all of many":    {two + " && (" + eight + ")", policy.Attributes{"oncall": {"true"}, "level": {"2"}, "email": {"c"}, "score": {"2"}}, true},
		"many without two, before": {two + " && (" + eight + ")", first, false},
		"two without many, before": {two + " && (" + eight + ")", policy.Attributes{"score": {"2"}, "clearance": {"none"}}, false},
		"the last of nine":         {wide, policy.Attributes{"jobTitle": {"d"}}, true},
		"the first of nine":        {wide, policy.Attributes{"department": {"a"}}, true},
		"none of nine":             {wide, policy.Attributes{"department": {"b"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := policy.Compile(withCondition(c.when))
			require.NoError(t, err)
			plain, err := p.Plain()
			require.NoError(t, err)
			d, err := agree(t, p, plain, person(c.of))
			require.NoError(t, err)
			require.Equal(t, c.want, len(d.Grants) == 1)
		})
	}
}
