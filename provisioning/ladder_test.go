package provisioning_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// human returns a worker with what may tell whose it is.
func human(id, name, key, work, private string, birth hrsource.Date) hrsource.Worker {
	w := provisioningtest.Worker(id, name, "Eng", "2025-01-01")
	w.PersonKey, w.Email, w.PersonalEmail, w.BirthDate = key, work, private, birth
	return w
}

func TestLadder(t *testing.T) {
	t.Parallel()
	day, other := date(1990, 5, 6), date(1991, 5, 6)
	const private = "ada@home.example"
	for name, c := range map[string]struct {
		is   hrsource.Worker
		like []provisioning.Lookalike
		want string // the person, "new", or "" to ask
	}{
		"nobody": {is: human("9", "Ada", "K", "a@x", private, day), want: "new"},
		"the same key": {
			is:   human("9", "Ada", "K", "", "", hrsource.Date{}),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Bea", "", "", "", other), human("2", "Bea", "K", "", "", other)}}},
			want: "p",
		},
		"the same key as several": {
			is:   human("9", "Ada", "K", "", "", day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "K", "", "", day)}}, {"q", []hrsource.Worker{human("2", "Ada", "K", "", "", day)}}},
		},
		"the same key as somebody of whom it is asked": {
			is:   human("9", "Ada", "K", "", "", day),
			like: []provisioning.Lookalike{{"", []hrsource.Worker{human("1", "Ada", "K", "", "", day)}}},
		},
		"and as somebody known": {
			is:   human("9", "Ada", "K", "", "", day),
			like: []provisioning.Lookalike{{"", []hrsource.Worker{human("1", "Ada", "K", "", "", day)}}, {"q", []hrsource.Worker{human("2", "Ada", "K", "", "", day)}}},
			want: "q",
		},
		"private address and birth date": {
			is:   human("9", "Ada", "", "new@x", " ADA@home.example", day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "K", "old@x", private, day)}}},
			want: "p",
		},
		"twins with a family address": {
			is:   human("9", "Ada", "K1", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Bea", "K2", "", private, day)}}},
			want: "new",
		},
		"a twin, by another relationship": {
			is:   human("9", "Ada", "K1", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Bea", "", "", private, day), human("2", "Bea", "K2", "", "", hrsource.Date{})}}},
			want: "new",
		},
		"private address and birth date of several": {
			is:   human("9", "Ada", "", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", "", private, day)}}, {"q", []hrsource.Worker{human("2", "Ada", "", "", private, day)}}},
		},
		"private address, and the work address of somebody else": {
			is:   human("9", "Ada", "", "a@x", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Bob", "", "a@x", "", other)}}, {"q", []hrsource.Worker{human("2", "Ada", "", "", private, day)}}},
			want: "q",
		},
		"private address without a birth date": {
			is:   human("9", "Ada", "", "", private, hrsource.Date{}),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", "", private, hrsource.Date{})}}},
		},
		"private address, and it is known of one": {
			is:   human("9", "Ada", "", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", "", private, hrsource.Date{})}}},
		},
		"private address and another birth date": {
			is:   human("9", "Ada", "", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", "", private, other)}}},
		},
		"the work address and the birth date": {
			is:   human("9", "Ada", "", "a@x", "", day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", "a@x", "", day)}}},
		},
		"what is private of one is the work address of the other": {
			is:   human("9", "Ada", "", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", private, "", day)}}},
		},
		"half of it of each relationship": {
			is:   human("9", "Ada", "", "", private, day),
			like: []provisioning.Lookalike{{"p", []hrsource.Worker{human("1", "Ada", "", "", private, hrsource.Date{}), human("2", "Ada", "", "", "", day)}}},
		},
	} {
		before := fmt.Sprint(c.like)
		got := provisioning.Ladder(c.is, c.like)
		require.NotEmpty(t, got.Why, name)
		require.Equal(t, c.want == "new", got.New, name)
		if !got.New {
			require.Equal(t, c.want, got.Person, name)
		}
		require.Equal(t, before, fmt.Sprint(c.like), "%s: it changes nothing", name)
	}
}

// Whoever came back without a person key was somebody new until a person had looked.
func TestRehireIsKnownByPrivateAddressAndBirthDate(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	first := human("1", "Ada", "", "ada@example.com", "ada@home.example", date(1990, 5, 6))
	first.TerminationDate = date(2026, 1, 31)
	b.HR.Put(first)
	b.GoTo("2026-03-01")
	before := account(t, b, "directory", "1")
	require.False(t, before.Active)
	b.HR.Put(human("2", "Ada", "", "", "Ada@Home.example", date(1990, 5, 6)))
	b.Sync()
	require.Equal(t, b.Person("1"), b.Person("2"))
	a := account(t, b, "directory", "2")
	require.True(t, a.Active)
	require.Equal(t, before.ID, a.ID)
	require.Equal(t, 1, accounts(b, "directory"))
	links := b.Sink.Entries(audit.EventLink)
	require.Equal(t, "the same private e-mail address and birth date", links[len(links)-1].Note)
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Empty(t, cases)
}

func TestTwinsWithOneFamilyAddressHaveAnAccountEach(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	b.HR.Put(human("1", "Ada", "K1", "", "family@home.example", date(1990, 5, 6)))
	b.HR.Put(human("2", "Bea", "K2", "", "family@home.example", date(1990, 5, 6)))
	b.Sync()
	require.NotEqual(t, b.Person("1"), b.Person("2"))
	require.NoError(t, b.Target("directory").SignIn("ada"))
	require.NoError(t, b.Target("directory").SignIn("bea"))
}

// An address at work is given to the next one.
func TestAWorkAddressJoinsNobody(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	b.HR.Put(human("1", "Ada", "", "desk@example.com", "", date(1990, 5, 6)))
	b.Sync()
	b.HR.Put(human("2", "Bea", "", "desk@example.com", "", date(1990, 5, 6)))
	b.Sync()
	require.Equal(t, 1, accounts(b, "directory"))
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 1)
	require.Equal(t, []string{"new", "same:" + b.Person("1")}, cases[0].Choices)
}

func TestAHostDecidesWhoseARelationshipIs(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain, Tenant: func(c *provisioning.TenantConfig) {
		c.Correlate = func(w hrsource.Worker, like []provisioning.Lookalike) provisioning.Correlation {
			switch {
			case len(like) > 0 && w.Name.Given == "Same":
				return provisioning.Correlation{Person: like[0].Person, Why: "we say so"}
			case w.Name.Given == "New":
				return provisioning.Correlation{New: true, Why: "we know better"}
			case w.Name.Given == "Wrong":
				return provisioning.Correlation{Person: "p-nobody"}
			case w.Name.Given == "Both" && len(like) > 0:
				return provisioning.Correlation{Person: like[0].Person, New: true}
			case w.Name.Given == "Ask":
				return provisioning.Correlation{Why: "nothing but a feeling"}
			}
			return provisioning.Ladder(w, like)
		}
	}})
	b.HR.Put(human("1", "Ada", "K1", "desk@example.com", "", hrsource.Date{}))
	b.Sync()
	for i, name := range []string{"Same", "New", "Wrong", "Both", "Ask"} {
		b.HR.Put(human(fmt.Sprint(i+2), name, fmt.Sprint("K", i+2), "desk@example.com", "", hrsource.Date{}))
		b.Sync()
	}
	require.Equal(t, b.Person("1"), b.Person("2"), "in spite of their keys")
	require.NotEqual(t, b.Person("1"), b.Person("3"))
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 3)
	for i, evidence := range []string{"no evidence that would settle it", "no evidence that would settle it", "nothing but a feeling"} {
		require.Contains(t, cases[i].Question, "It has "+evidence)
		require.Contains(t, cases[i].Choices, "same:"+b.Person("1"), "all of them, since keys leave nobody")
		_, err := b.PersonOf(t.Context(), hrsource.WorkerKey{Source: provisioningtest.SourceName, ID: fmt.Sprint(i + 4)})
		require.ErrorIs(t, err, provisioning.ErrNoPerson)
	}
	notes := []string{}
	for _, e := range b.Sink.Entries(audit.EventLink) {
		notes = append(notes, e.Note)
	}
	require.Equal(t, []string{"nobody like that was known", "we say so", "we know better"}, notes)
}
