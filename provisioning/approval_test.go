package provisioning_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
)

func openCases(t *testing.T, b *provisioningtest.Bench) []provisioning.Case {
	t.Helper()
	cases, err := b.Cases(t.Context())
	require.NoError(t, err)
	return cases
}

// decides answers the one open question.
func decides(t *testing.T, b *provisioningtest.Bench, choice string) provisioning.Case {
	t.Helper()
	c := openCase(t, b)
	require.NoError(t, b.Answer(t.Context(), provisioning.AnswerRequest{Case: c.ID, Choice: choice, Actor: "boss", Note: "as agreed", Digest: c.Digest}))
	b.Settle()
	return c
}

func TestWhatNeedsAnApprovalIsAskedForOnceAndGivenAsLongAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{ID: "REQ-1", Entitlement: payer, Until: at("2026-02-01")})
	c := openCase(t, b)
	require.Equal(t, []string{provisioning.CaseApproval, b.Person("1") + " directory:role/payer", provisioning.ChoiceRefuse}, []string{c.Kind, c.Subject, c.Default})
	require.Equal(t, []string{provisioning.ChoiceApprove, provisioning.ChoiceRefuse}, c.Choices)
	require.Equal(t, "Ada Ada is to have directory:role/payer by request REQ-1, which needs an approval. Approve it until 2026-02-01T00:00:00Z?", c.Question)
	b.GoTo("2026-01-03")
	require.Equal(t, c, openCase(t, b), "another look asks nothing else")
	require.NotContains(t, holdsNow(t, b, "1"), "role/payer")
	decides(t, b, provisioning.ChoiceApprove)
	require.Contains(t, holdsNow(t, b, "1"), "role/payer")

	facts, err := b.Facts(t.Context(), b.Person("1"))
	require.NoError(t, err)
	require.Equal(t, provisioning.Fact{
		ID: c.ID, Kind: provisioning.FactApproval, Person: b.Person("1"), Entitlement: payer, Until: at("2026-02-01"), Actor: "boss", Note: "as agreed", RecordedAt: b.Clock.Now(),
	}, facts[1])
	x, err := b.Explain(t.Context(), b.Person("1"), payer)
	require.NoError(t, err)
	var said []string
	for _, e := range x.Trail {
		if e.Event == audit.EventCase || e.Event == audit.EventFact {
			said = append(said, string(e.Event)+" "+e.Outcome+" "+e.Actor)
		}
	}
	require.Equal(t, []string{"fact recorded ada", "case open ", "fact recorded boss", "case approve boss"}, said)

	b.GoTo("2026-02-01")
	require.NotContains(t, holdsNow(t, b, "1"), "role/payer")
	require.Empty(t, openCases(t, b), "nobody asks for it any more")
}

func TestWhoIsRefusedIsNotAskedAboutAgain(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	first := asks(t, b, policy.Request{ID: "REQ-1", Entitlement: payer})
	c := decides(t, b, provisioning.ChoiceRefuse)
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].JobTitle = "Head" })
	b.GoTo("2026-03-01")
	require.Empty(t, openCases(t, b))
	require.NotContains(t, holdsNow(t, b, "1"), "role/payer")
	var entries []audit.Entry
	for _, e := range b.Sink.Entries(audit.EventCase) {
		if e.Outcome == provisioning.ChoiceRefuse {
			entries = append(entries, e)
		}
	}
	require.Len(t, entries, 1)
	require.Equal(t, []string{"boss", "as agreed", b.Person("1"), "directory", "role/payer"}, []string{entries[0].Actor, entries[0].Note, entries[0].Person, entries[0].System, entries[0].Entitlement})

	second := asks(t, b, policy.Request{ID: "REQ-2", Entitlement: payer})
	require.Contains(t, openCase(t, b).Question, "by request REQ-1, request REQ-2", "another request is another question")
	withdraw(t, b, second)
	require.Empty(t, openCases(t, b))
	withdraw(t, b, c.ID) // the refusal
	require.Contains(t, openCase(t, b).Question, "request REQ-1")
	withdraw(t, b, first)
	require.Empty(t, openCases(t, b))
}

func TestAQuestionThatHasAnsweredItselfIsClosed(t *testing.T) {
	t.Parallel()
	for name, settle := range map[string]func(t *testing.T, b *provisioningtest.Bench){
		"it is withdrawn": func(t *testing.T, b *provisioningtest.Bench) { withdraw(t, b, "R") },
		"somebody else approved": func(t *testing.T, b *provisioningtest.Bench) {
			told(t, b, provisioning.RecordRequest{Actor: "boss", Approval: &policy.Approval{Entitlement: payer}})
		},
		"the time is over": func(_ *testing.T, b *provisioningtest.Bench) { b.GoTo("2026-02-01") },
		"they leave":       func(_ *testing.T, b *provisioningtest.Bench) { b.HR.End("1", "2025-12-31"); b.Sync() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := askers(t, provisioningtest.Config{})
			asks(t, b, policy.Request{ID: "R", Entitlement: payer, Until: at("2026-02-01")})
			c := openCase(t, b)
			settle(t, b)
			require.Empty(t, openCases(t, b))
			require.ErrorIs(t, b.Answer(t.Context(), provisioning.AnswerRequest{Case: c.ID, Choice: provisioning.ChoiceApprove, Actor: "boss"}), provisioning.ErrNoCase)
		})
	}
}

// An approval that nothing leads to would be there for whoever asks next.
func TestWhatIsMootIsNotApprovedBeforeItIsNoticed(t *testing.T) {
	t.Parallel()
	for _, choice := range []string{provisioning.ChoiceApprove, provisioning.ChoiceRefuse} {
		b := askers(t, provisioningtest.Config{})
		asks(t, b, policy.Request{ID: "R", Entitlement: payer})
		c := openCase(t, b)
		require.NoError(t, b.Withdraw(t.Context(), provisioning.WithdrawRequest{ID: "R", Actor: "ada"}))
		err := b.Answer(t.Context(), provisioning.AnswerRequest{Case: c.ID, Choice: choice, Actor: "boss"})
		require.ErrorIs(t, err, provisioning.ErrMoved)
		facts, err := b.Facts(t.Context(), b.Person("1"))
		require.NoError(t, err)
		require.Len(t, facts, 1)
	}
}

func TestARoleThatGivesMuchIsOneQuestion(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	asks(t, b, policy.Request{ID: "R", Role: "ledger"})
	require.Contains(t, openCase(t, b).Question, "role ledger by request R, which needs an approval. Approve it?")
	decides(t, b, provisioning.ChoiceApprove)
	require.Equal(t, []string{"group/staff", "role/accounts", "role/books"}, holdsNow(t, b, "1"))
	require.Empty(t, openCases(t, b))
}

// That for the role does not cover what needs one of its own.
func TestWhatNeedsTwoApprovalsAsksForBoth(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{Policy: strings.Replace(asking, "rules:", "  directory:role/books: {approval: true}\nrules:", 1)})
	asks(t, b, policy.Request{ID: "R", Role: "ledger"})
	require.Len(t, openCases(t, b), 2)
	b.AnswerCase(provisioning.CaseApproval, provisioning.ChoiceApprove)
	b.Settle()
	require.NotContains(t, holdsNow(t, b, "1"), "role/books")
	decides(t, b, provisioning.ChoiceApprove)
	require.Contains(t, holdsNow(t, b, "1"), "role/books")
}

func TestWhatARuleGivesAndNeedsAnApprovalIsAskedForAsWell(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Treasury" })
	b.Sync()
	require.Contains(t, openCase(t, b).Question, "directory:role/payer by rule treasury, which needs an approval. Approve it?")
	asks(t, b, policy.Request{ID: "R", Entitlement: payer, Until: at("2026-02-01")})
	require.Contains(t, openCase(t, b).Question, "by request R, rule treasury, which needs an approval. Approve it?", "the rule has no end")
	decides(t, b, provisioning.ChoiceApprove)
	b.GoTo("2027-01-01")
	require.Contains(t, holdsNow(t, b, "1"), "role/payer")
	b.HR.Change("1", func(w *hrsource.Worker) { w.Assignments[0].Department = "Eng" })
	b.Sync()
	require.NotContains(t, holdsNow(t, b, "1"), "role/payer", "an approval gives nothing by itself")
}

func TestWhatIsDeniedForAnotherReasonAsksNobody(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{Policy: strings.Replace(asking, "accounts:", `denies:
  - {name: not engineers, when: department == "Eng", grants: [directory:role/payer]}
accounts:`, 1)})
	asks(t, b, policy.Request{Entitlement: payer})
	asks(t, b, policy.Request{Entitlement: policy.Entitlement{System: "directory", Kind: "group", Name: "secret"}})
	require.Empty(t, openCases(t, b))
}

// What two people ask for are two questions, and a plan tells of them.
func TestEachAsksForThemselves(t *testing.T) {
	t.Parallel()
	b := askers(t, provisioningtest.Config{})
	hire(b, "10", "Bob", "Eng")
	b.Sync()
	for _, worker := range []string{"1", "10"} {
		told(t, b, provisioning.RecordRequest{Person: b.Person(worker), Request: &policy.Request{Entitlement: payer}})
	}
	require.Len(t, openCases(t, b), 2)
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{})
	require.NoError(t, err)
	require.Len(t, plan.Notes, 2)
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.Contains(t, openCase(t, b).Question, "Bob")
}
