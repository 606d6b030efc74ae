package provisioning_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

// It could still be answered otherwise, and left an account that nobody looked after.
func TestAQuestionThatAnsweredItselfIsClosed(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	ada := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	ada.Email, ada.PersonKey = "a@example.com", "K1"
	b.HR.Put(ada)
	b.Sync()
	two := provisioningtest.Worker("2", "Bea", "Eng", "2025-01-01")
	two.Email = "a@example.com"
	b.HR.Put(two)
	b.Sync()
	asked, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, asked, 1)
	two.PersonKey = "K2"
	b.HR.Put(two)
	b.Sync()
	require.Equal(t, 2, activeAt(b.Target("directory")), "linked by itself to somebody new")
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Empty(t, cases)
	err = b.Answer(t.Context(), provisioning.AnswerRequest{Case: asked[0].ID, Choice: "same:" + b.Person("1"), Actor: "test"})
	require.ErrorIs(t, err, provisioning.ErrNoCase)
}

func TestWhoWasJustFoundMayBeTheAnswerToAnotherQuestion(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: plain})
	put := func(id, name string) {
		w := provisioningtest.Worker(id, name, "Eng", "2025-01-01")
		w.Email = "shared@example.com"
		b.HR.Put(w)
	}
	put("1", "Ada")
	b.Sync()
	put("2", "Bea")
	put("3", "Bea")
	b.Sync()
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 2)
	require.NoError(t, b.Answer(t.Context(), provisioning.AnswerRequest{Case: cases[0].ID, Choice: "new", Actor: "me"}))
	b.Settle()
	b.Sync()
	cases, err = b.Cases(t.Context())
	require.NoError(t, err)
	require.Len(t, cases, 1)
	require.Contains(t, cases[0].Choices, "same:"+b.Person("2"), "%v", cases[0].Choices)
}
