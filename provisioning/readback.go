package provisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// The verdicts of the engine itself, beside those of connectors.
const (
	verdictDone   connector.Verdict = "done"   // it is as the operation wanted
	verdictUndone connector.Verdict = "undone" // it was seen not to be so
	verdictTaken  connector.Verdict = "taken"  // somebody else has the login name
)

// outcome is what came of an attempt.
type outcome struct {
	verdict connector.Verdict
	sign    sign
	check   check
	how     string            // applied, alreadyInState, verified …
	account connector.Account // as observed, if it was
	after   time.Duration     // how long to wait at least before the next attempt
	pending bool
	unseen  bool // nobody is seen to have the name that is taken
	err     error
}

// readBack looks whether an operation whose outcome is not known has had its
// effect. Nothing is written.
func (j *job) readBack(ctx context.Context, a attempt) outcome {
	grant := a.op.Entitlement.Kind != ""
	req := connector.FindRequest{ID: a.op.Ref.ID, Entitlements: grant}
	if a.op.Kind == connector.Create {
		req = j.byExternalID(ctx, a.op.ExternalID, a.op.Name)
	}
	found, err := j.target.Connector.Find(ctx, req)
	switch {
	case err != nil:
		return outcome{verdict: connector.VerdictUnknown, sign: signOf(err), after: connector.VerdictOf(err).After, err: fmt.Errorf("reading back: %w", err)}
	case len(found) > 1:
		return outcome{verdict: connector.VerdictPermanent, sign: works, err: fmt.Errorf("%d accounts have external id %s: %w", len(found), a.op.ExternalID, connector.ErrAmbiguous)}
	case len(found) == 0 && a.op.Kind == connector.Create:
		return j.notSeen(ctx, a, outcome{verdict: verdictUndone, sign: works, err: errors.New("the account is not there")})
	case len(found) == 0:
		return j.confirmGone(ctx, a)
	}
	account := found[0]
	if effective, known := hasEffect(a.op, account); !known || !effective {
		return j.notSeen(ctx, a, outcome{verdict: verdictUndone, sign: works, account: account, err: errors.New("it has had no effect")})
	}
	return outcome{verdict: verdictDone, sign: works, how: "verified", account: account}
}

// notSeen is the outcome of an operation of which nothing is to be seen: where that
// may take a while, it is not known before a look that comes so much later.
func (j *job) notSeen(ctx context.Context, a attempt, o outcome) outcome {
	if lag := j.target.describe(ctx).VisibilityLag; lag > 0 && !a.look {
		o.verdict, o.after = connector.VerdictUnknown, lag
	}
	return o
}

// byExternalID asks for an account by our own identifier, together with the last
// known name where a system cannot search for it alone.
func (j *job) byExternalID(ctx context.Context, externalID, name string) connector.FindRequest {
	req := connector.FindRequest{ExternalID: externalID}
	if j.target.describe(ctx).NoSearch {
		req.Name = name
	}
	return req
}

// confirmGone makes sure that an account which was not found is not there, by
// another question. One wrong answer, such as that of a proxy which knows nothing
// of the system, must not make an account count as gone that is still in use.
func (j *job) confirmGone(ctx context.Context, a attempt) outcome {
	req := j.byExternalID(ctx, a.op.ExternalID, a.op.Ref.Name)
	if j.claim.Account.Origin == adopted { // it does not carry ours
		req = connector.FindRequest{Name: a.op.Ref.Name}
	}
	found, err := j.target.Connector.Find(ctx, req)
	switch {
	case err != nil:
		return outcome{verdict: connector.VerdictUnknown, sign: signOf(err), after: connector.VerdictOf(err).After, err: fmt.Errorf("not found, and not known to be gone: %w", err)}
	case len(found) == 0:
		return outcome{verdict: connector.VerdictPermanent, err: connector.ErrNotFound}
	case len(found) > 1:
		return outcome{verdict: connector.VerdictPermanent, sign: works, err: fmt.Errorf("%d accounts have external id %s: %w", len(found), a.op.ExternalID, connector.ErrAmbiguous)}
	}
	return outcome{verdict: verdictUndone, sign: works, account: found[0], err: fmt.Errorf("account %s is %s now", a.op.Ref.ID, found[0].ID)}
}

// hasEffect reports whether an account is as an operation wanted it. If the
// account does not tell, known is false.
func hasEffect(op connector.Operation, account connector.Account) (effective, known bool) {
	switch op.Kind {
	case connector.Create:
		return true, true
	case connector.Enable:
		return account.Active, true
	case connector.Disable:
		return !account.Active, true
	case connector.Rename:
		return strings.EqualFold(account.Name, op.Name), true
	case connector.Update:
		return len(difference(op.Attributes, account.Attributes)) == 0, true
	case connector.Grant:
		return slices.Contains(account.Entitlements, op.Entitlement), account.EntitlementsKnown
	case connector.Revoke:
		return !slices.Contains(account.Entitlements, op.Entitlement), account.EntitlementsKnown
	}
	return false, false
}

// nameTaken finds out who has the login name that could not be had.
func (j *job) nameTaken(ctx context.Context, a attempt, o outcome) outcome {
	found, err := j.target.Connector.Find(ctx, connector.FindRequest{Name: a.op.Name})
	switch {
	case err != nil:
		return outcome{verdict: connector.VerdictRetry, sign: signOf(err), after: connector.VerdictOf(err).After, err: errors.Join(o.err, err)}
	case len(found) == 1 && a.op.Kind == connector.Rename && found[0].ID == a.op.Ref.ID:
		return outcome{verdict: verdictDone, sign: works, how: string(connector.AlreadyInState), account: found[0]}
	case a.op.Kind == connector.Rename:
	case len(found) == 1 && found[0].ExternalID == a.op.ExternalID:
		return outcome{verdict: verdictDone, sign: works, how: string(connector.AlreadyInState), account: found[0]}
	case len(found) == 1 && found[0].ExternalID == "" && j.target.AdoptByName && !j.target.protectsLogin(found[0].Name):
		return outcome{verdict: verdictDone, sign: works, how: adopted, account: found[0]}
	}
	return outcome{verdict: verdictTaken, sign: works, err: o.err, unseen: len(found) == 0}
}
