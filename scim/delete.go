package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/joinery-iam/joinery/connector"
)

// Delete removes the user, and looks whether it is gone: some servers keep it
// and say otherwise. Then the outcome is unknown.
func (t *Target) Delete(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	result, err := t.remove(ctx, req)
	if err != nil {
		return connector.Result{}, fmt.Errorf("deleting %s: %w", req.Ref.ID, err)
	}
	return result, nil
}

func (t *Target) remove(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
	gone := connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Result{}, err
	}
	user, err := t.user(ctx, req.Ref.ID)
	if errors.Is(err, connector.ErrNotFound) {
		return gone, nil
	}
	if err == nil {
		err = found.checkVersion(user, req.ETag)
	}
	if err != nil {
		return connector.Result{}, err
	}
	c := call{method: http.MethodDelete, path: usersPath + "/" + url.PathEscape(req.Ref.ID)}
	if found.versions {
		c.ifMatch = req.ETag
	}
	_, err = t.do(ctx, c)
	if errors.Is(err, connector.ErrNotFound) {
		return gone, nil
	}
	if err != nil {
		return connector.Result{}, err
	}
	t.newcomers.remove(req.Ref.ID) // who is not seen now is not late
	err = t.patiently(ctx, func() (bool, error) {
		_, err := t.user(ctx, req.Ref.ID)
		return errors.Is(err, connector.ErrNotFound), err
	})
	switch {
	case err == nil:
		return connector.Result{}, unsettled("sent", errors.New("the account is still there"))
	case !errors.Is(err, connector.ErrNotFound):
		return connector.Result{}, unsettled("sent", err)
	}
	gone.Outcome = connector.Applied
	return gone, nil
}
