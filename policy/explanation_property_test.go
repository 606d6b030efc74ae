package policy_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

// checked explains an entitlement to a person, and holds what is said against
// decisions.
func checked(t *testing.T, p *policy.Policy, s policy.Subject, e policy.Entitlement) policy.Explanation {
	t.Helper()
	d := evaluate(t, p, s)
	x, err := p.Explain(t.Context(), s, e)
	require.NoError(t, err)
	i := slices.IndexFunc(d.Grants, func(g policy.Grant) bool { return g.Entitlement == e })
	require.Equal(t, i >= 0, x.Given, "%s\n%+v", x, s)
	var why []policy.Reason
	for _, l := range x.Leads {
		require.Equal(t, x.Given, l.Given)
		why = append(why, l.Reason)
		require.True(t, l.Given || len(l.Obstacles) > 0, "%s\n%+v", x, s)
		if !l.Given {
			for _, o := range l.Obstacles {
				obstructs(t, p, s, l, o)
			}
		}
		if !l.Until.IsZero() {
			then := s
			then.At = l.Until
			for _, g := range evaluate(t, p, then).Grants {
				require.False(t, g.Entitlement == e && slices.ContainsFunc(g.Reasons, func(r policy.Reason) bool {
					return r.Rule == l.Rule && r.Exception == l.Exception && r.Request == l.Request && r.Relationship == l.Relationship && slices.Equal(r.Roles, l.Roles)
				}), "%s\n%+v", x, s)
			}
			require.NotEmpty(t, l.Obstacles, "%s\n%+v", x, s)
		}
	}
	if x.Given {
		require.Equal(t, d.Grants[i].Reasons, why)
	}
	if !x.Until.IsZero() {
		then := s
		then.At = x.Until
		require.NotEqual(t, x.Given, holdsOne(t, p, then, e), "%s\n%+v", x, s)
	}
	for _, denied := range d.Denied {
		if denied.Entitlement == e { // whatever takes it is told
			for _, c := range denied.Causes {
				require.True(t, slices.ContainsFunc(x.Leads, func(l policy.Lead) bool {
					return slices.ContainsFunc(l.Obstacles, func(o policy.Obstacle) bool { return string(o.Kind) == string(c.Kind) })
				}), "%s\n%v\n%+v", x, c, s)
			}
		}
	}
	if len(x.Change.Attributes) > 0 {
		require.NotEqual(t, x.Given, holdsOne(t, p, changed(s, x.Change.Attributes), e), "%s\n%+v", x, s)
		require.False(t, x.Change.Impossible)
		any := slices.Clone(x.Change.Attributes)
		for i, c := range any {
			require.NotEqual(t, c.From, c.To)
			if c.Any {
				any[i].To = []string{"whatever"}
			}
		}
		require.NotEqual(t, x.Given, holdsOne(t, p, changed(s, any), e), "%s\n%+v", x, s)
	}
	again, err := p.Explain(t.Context(), s, e)
	require.NoError(t, err)
	require.Equal(t, x, again)
	require.NotEmpty(t, x.String())
	return x
}

func holdsOne(t *testing.T, p *policy.Policy, s policy.Subject, e policy.Entitlement) bool {
	t.Helper()
	return slices.ContainsFunc(evaluate(t, p, s).Grants, func(g policy.Grant) bool { return g.Entitlement == e })
}

// inEffect returns the index of the attributes in effect.
func inEffect(s policy.Subject, r policy.Relationship) int {
	at := 0
	for i, span := range r.Spans {
		if !span.From.After(s.At) {
			at = i
		}
	}
	return at
}

// changed returns the person with the attributes that are in effect changed.
func changed(s policy.Subject, changes []policy.AttributeChange) policy.Subject {
	s.Relationships = slices.Clone(s.Relationships)
	for _, c := range changes {
		r := &s.Relationships[slices.IndexFunc(s.Relationships, func(r policy.Relationship) bool { return r.ID == c.Relationship })]
		if r.Spans = slices.Clone(r.Spans); len(r.Spans) == 0 {
			r.Spans = []policy.Span{{}}
		}
		i := inEffect(s, *r)
		a := policy.Attributes{}
		maps.Copy(a, r.Spans[i].Attributes)
		a[c.Attribute] = c.To
		r.Spans[i].Attributes = a
	}
	return s
}

// obstructs requires that what is said to fail fails, and what is said to hold holds,
// by a policy that has nothing but that condition.
func obstructs(t *testing.T, p *policy.Policy, s policy.Subject, l policy.Lead, o policy.Obstacle) {
	t.Helper()
	if o.Kind != policy.ObstacleCondition && o.Kind != policy.ObstacleDeny {
		return
	}
	doc := policy.Document{
		Version: 1, Attributes: p.Document().Attributes,
		Rules:    []policy.Rule{{Name: "r", When: o.Part, Grants: []string{"app:role/x"}}},
		Accounts: map[string]policy.AccountMapping{"app": {Name: "login", Candidates: []string{"{email}"}}},
	}
	alone, err := policy.Compile(doc)
	require.NoError(t, err, o.Part)
	id := l.Relationship
	if o.Kind == policy.ObstacleDeny && len(o.Seen) > 0 {
		id = o.Seen[0].Relationship
	}
	for _, r := range s.Relationships {
		if r.ID != id || len(r.Spans) == 0 {
			continue
		}
		one := policy.Subject{At: s.At, Relationships: []policy.Relationship{{ID: "1", Spans: []policy.Span{{Attributes: r.Spans[inEffect(s, r)].Attributes}}}}}
		require.Equal(t, o.Kind == policy.ObstacleDeny, len(evaluate(t, alone, one).Grants) == 1, "%s of %+v", o, s)
		for _, seen := range o.Seen {
			require.Equal(t, r.Spans[inEffect(s, r)].Attributes[seen.Attribute], seen.Values)
		}
	}
}

// unturned requires that no attributes turn around what is said to be impossible to
// turn, and no single one what is said to need several.
func unturned(t *testing.T, p *policy.Policy, s policy.Subject, e policy.Entitlement, x policy.Explanation, attributes func() policy.Attributes) {
	t.Helper()
	several := x.Change.Smallest && len(x.Change.Attributes) > 1
	if !x.Change.Impossible && !several {
		return
	}
	for range 20 {
		var changes []policy.AttributeChange
		for _, r := range s.Relationships {
			if !r.End.IsZero() && !r.End.After(s.At) {
				continue // what it had is past, and may overlap with what followed
			}
			for name, to := range attributes() {
				changes = append(changes, policy.AttributeChange{Relationship: r.ID, Attribute: name, To: to})
			}
		}
		tries := [][]policy.AttributeChange{changes}
		if several {
			tries = slices.Collect(slices.Chunk(changes, 1))
		}
		for _, some := range tries {
			d, err := p.Evaluate(t.Context(), changed(s, some))
			if err == nil {
				require.Equal(t, x.Given, slices.ContainsFunc(d.Grants, func(g policy.Grant) bool { return g.Entitlement == e }), "%s\n%+v\n%+v\n%s", x, s, some, p.Source())
			}
		}
	}
}

// smallWorld are values of which one behaves like any, for the conditions of
// randomDocument.
var smallWorld = map[string][]string{"department": {"", "A", "B", "C"}, "level": {"", "1", "1.5", "2", "3"}, "oncall": {"", "true"}}

// least returns how many attributes have to change at least for an entitlement to be
// given or taken away; -1 if no change does it.
func least(t *testing.T, p *policy.Policy, s policy.Subject, e policy.Entitlement) int {
	t.Helper()
	given, best := holdsOne(t, p, s, e), -1
	var try func(i, n int, changes []policy.AttributeChange)
	names := slices.Sorted(maps.Keys(smallWorld))
	try = func(i, n int, changes []policy.AttributeChange) {
		switch {
		case best >= 0 && n >= best:
		case i == len(names)*len(s.Relationships):
			if holdsOne(t, p, changed(s, changes), e) != given {
				best = n
			}
		default:
			try(i+1, n, changes)
			r := s.Relationships[i/len(names)]
			now := r.Spans[inEffect(s, r)].Attributes
			for _, to := range smallWorld[names[i%len(names)]] {
				if !slices.Equal(now[names[i%len(names)]], []string{to}) {
					try(i+1, n+1, append(slices.Clip(changes), policy.AttributeChange{Relationship: r.ID, Attribute: names[i%len(names)], To: []string{to}}))
				}
			}
		}
	}
	try(0, 0, nil)
	return best
}

// In a small world, everything that is said of changes is held against all changes
// that there are.
func TestTheSmallestChangeIsTheSmallest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	people := everyKind()
	e := policy.Entitlement{System: "app", Kind: "g"}
	var found, smallest, several, impossible, none, missed int
	for range 40 {
		p, err := policy.Compile(randomDocument(r))
		require.NoError(t, err)
		for range 12 {
			s := people[r.IntN(len(people))]
			if r.IntN(4) == 0 {
				other := people[r.IntN(len(people))].Relationships[0]
				other.ID, other.Spans = "2", other.Spans[:1]
				s.Relationships = []policy.Relationship{s.Relationships[0], other}
				s.Relationships[0].Spans = s.Relationships[0].Spans[1:]
			}
			e.Name = string("1234"[r.IntN(4)])
			x := checked(t, p, s, e)
			if !x.Given {
				for rule := range givers(t, p, people, s, e) {
					require.True(t, slices.ContainsFunc(x.Leads, func(l policy.Lead) bool { return l.Rule == rule }), "rule %s\n%s", rule, x)
				}
			}
			want := least(t, p, s, e)
			about := func() string { return x.String() + "\n" + strings.Join(strings.Fields(string(p.Source())), " ") }
			switch n := len(x.Change.Attributes); {
			case x.Change.Impossible:
				impossible++
				require.Equal(t, -1, want, "%s\n%+v", about(), s)
			case n == 0:
				if none++; want >= 0 {
					missed++
				}
			default:
				if found++; n > 1 {
					several++
				}
				require.GreaterOrEqual(t, n, want)
				if x.Change.Smallest {
					smallest++
					require.Equal(t, want, n, "%s\n%+v", about(), s)
				}
			}
		}
	}
	require.Greater(t, min(smallest, impossible), 100)
	require.Greater(t, several, 30)
	require.Less(t, missed, found/20)
}

// givers returns the rules that give an entitlement to anybody of some people, at the
// instant of one.
func givers(t *testing.T, p *policy.Policy, people []policy.Subject, s policy.Subject, e policy.Entitlement) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, one := range people {
		if !one.At.Equal(s.At) {
			continue
		}
		for _, g := range evaluate(t, p, one).Grants {
			for _, why := range g.Reasons {
				if g.Entitlement == e && !why.Overlap {
					out[why.Rule] = true
				}
			}
		}
	}
	return out
}

// The explanations of histories with everything that a policy can have agree with
// the decisions.
func TestExplanationsAgreeWithDecisions(t *testing.T) {
	t.Parallel()
	p := load(t, ruled())
	h := newHistories(t, 31)
	var given, turned, changes int
	for i := range 90 {
		h.dense = i%3 == 0
		s := h.subject()
		for _, name := range []string{"calm", "dev", "probation", "reviewed", "of-sales", "of-engines", "on-call", "x", "extra", "nothing"} {
			x := checked(t, p, s, policy.Entitlement{System: "git", Kind: "team", Name: name})
			if x.Given {
				given++
			}
			if !x.Until.IsZero() {
				turned++
			}
			if len(x.Change.Attributes) > 0 {
				changes++
			}
			unturned(t, p, s, policy.Entitlement{System: "git", Kind: "team", Name: name}, x, h.attributes)
		}
	}
	require.Greater(t, min(given, turned, changes), 15)
}

// Whatever the conditions, and whatever the values.
func TestExplanationsOfAnyConditions(t *testing.T) {
	t.Parallel()
	var errors, given, changes int
	for seed := range uint64(40) {
		w := writer{rand.New(rand.NewPCG(seed, 41))}
		p := w.policy(t, 1+w.IntN(12))
		for range 6 {
			s := w.subject(t)
			e := policy.Entitlement{System: "app", Kind: "role", Name: w.one("0", "1", "2", "x", "base", "some", "on")}
			if w.IntN(4) == 0 {
				e.Kind, e.Name = "team", w.one("a", "ab", "b")
			}
			d, wrong := p.Evaluate(t.Context(), s)
			if wrong != nil {
				_, err := p.Explain(t.Context(), s, e)
				require.ErrorContains(t, err, "no decision")
				require.ErrorContains(t, err, wrong.Error())
				errors++
				continue
			}
			x := checked(t, p, s, e)
			if x.Given {
				given++
			}
			if len(x.Change.Attributes) > 0 {
				changes++
			}
			unturned(t, p, s, e, x, w.attributes)
			account, err := p.ExplainAccount(t.Context(), s, "app")
			require.NoError(t, err)
			require.Equal(t, len(d.Accounts) > 0, account.Given, "%s\n%+v", account, s)
			for _, a := range d.Accounts {
				require.Equal(t, a.Disabled, account.Disabled)
			}
			if len(account.Change.Attributes) > 0 {
				after, err := p.Evaluate(t.Context(), changed(s, account.Change.Attributes))
				require.NoError(t, err)
				require.NotEqual(t, account.Given, len(after.Accounts) > 0)
			}
		}
	}
	require.Greater(t, min(given, changes), 5)
	require.Positive(t, errors)
}
