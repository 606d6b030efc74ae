package connector_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/joinery-iam/joinery/connector"
	"github.com/stretchr/testify/require"
)

// minimal has the methods of a Connector alone, and keeps what it was asked.
type minimal struct {
	create connector.CreateRequest
	update connector.UpdateRequest
}

func (m *minimal) Find(context.Context, connector.FindRequest) ([]connector.Account, error) {
	return nil, errors.New("nobody finds anything here")
}

func (m *minimal) Create(_ context.Context, req connector.CreateRequest) (connector.Result, error) {
	m.create = req
	return connector.Result{Handle: "create"}, nil
}

func (m *minimal) Update(_ context.Context, req connector.UpdateRequest) (connector.Result, error) {
	m.update = req
	return connector.Result{Handle: "update"}, nil
}

// full can do everything, and keeps what it was asked.
type full struct {
	minimal
	account  connector.AccountRequest
	transfer connector.TransferRequest
	rename   connector.RenameRequest
	grant    connector.GrantRequest
}

func (f *full) whole(req connector.AccountRequest, handle string) (connector.Result, error) {
	f.account = req
	return connector.Result{Handle: handle}, nil
}

func (f *full) part(req connector.GrantRequest, handle string) (connector.Result, error) {
	f.grant = req
	return connector.Result{Handle: handle}, nil
}

func (f *full) Disable(_ context.Context, req connector.AccountRequest) (connector.Result, error) {
	return f.whole(req, "disable")
}

func (f *full) Enable(_ context.Context, req connector.AccountRequest) (connector.Result, error) {
	return f.whole(req, "enable")
}

func (f *full) EndSessions(_ context.Context, req connector.AccountRequest) (connector.Result, error) {
	return f.whole(req, "endSessions")
}

func (f *full) Transfer(_ context.Context, req connector.TransferRequest) (connector.Result, error) {
	f.transfer = req
	return connector.Result{Handle: "transfer"}, nil
}

func (f *full) Delete(_ context.Context, req connector.AccountRequest) (connector.Result, error) {
	return f.whole(req, "delete")
}

func (f *full) Rename(_ context.Context, req connector.RenameRequest) (connector.Result, error) {
	f.rename = req
	return connector.Result{Handle: "rename"}, nil
}

func (f *full) Grant(_ context.Context, req connector.GrantRequest) (connector.Result, error) {
	return f.part(req, "grant")
}

func (f *full) Revoke(_ context.Context, req connector.GrantRequest) (connector.Result, error) {
	return f.part(req, "revoke")
}

var kinds = []connector.Kind{
	connector.Create, connector.Update, connector.Rename, connector.Disable, connector.Enable, connector.EndSessions,
	connector.Transfer, connector.Delete, connector.Grant, connector.Revoke,
}

func operation(k connector.Kind) connector.Operation {
	return connector.Operation{
		Key: "key", Kind: k, System: "directory", Ref: connector.Ref{ID: "7", Name: "ada"}, ExternalID: "person-1", Name: "ada",
		Attributes: map[string]connector.Value{"title": connector.String("Engineer")}, Active: true,
		Entitlement: connector.Entitlement{Kind: "group", Name: "staff"}, To: connector.Ref{ID: "8", Name: "grace"}, ETag: "3",
	}
}

func TestApplyHandsOverEverything(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		f, op := &full{}, operation(k)
		res, err := connector.Apply(f)(t.Context(), op)
		require.NoError(t, err)
		require.Equal(t, string(k), res.Handle, "the method of the kind is called")
		want := full{}
		switch k {
		case connector.Create:
			want.create = connector.CreateRequest{Key: "key", ExternalID: "person-1", Name: "ada", Attributes: op.Attributes, Active: true}
		case connector.Update:
			want.update = connector.UpdateRequest{Key: "key", Ref: op.Ref, Attributes: op.Attributes, ETag: "3"}
		case connector.Rename:
			want.rename = connector.RenameRequest{Key: "key", Ref: op.Ref, Name: "ada", ETag: "3"}
		case connector.Transfer:
			want.transfer = connector.TransferRequest{Key: "key", Ref: op.Ref, To: op.To}
		case connector.Grant, connector.Revoke:
			want.grant = connector.GrantRequest{Key: "key", Ref: op.Ref, Entitlement: op.Entitlement}
		default:
			want.account = connector.AccountRequest{Key: "key", Ref: op.Ref, ETag: "3"}
		}
		require.Equal(t, want, *f, k)
	}
}

func TestApplyWithoutTheMethod(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		_, err := connector.Apply(&minimal{})(t.Context(), operation(k))
		if k == connector.Create || k == connector.Update {
			require.NoError(t, err, k)
			continue
		}
		require.ErrorIs(t, err, errors.ErrUnsupported, k)
		require.ErrorContains(t, err, "directory", k)
		require.Equal(t, connector.VerdictPermanent, connector.VerdictOf(err).Verdict, k)
	}
	for _, k := range []connector.Kind{"", "CREATE", "find"} {
		_, err := connector.Apply(&full{})(t.Context(), operation(k))
		require.ErrorIs(t, err, connector.ErrInvalid, k)
	}
}

func TestSupports(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		require.True(t, connector.Supports(&full{}, k), k)
		require.Equal(t, k == connector.Create || k == connector.Update, connector.Supports(&minimal{}, k), k)
		require.False(t, connector.Supports(nil, k), k)
	}
	require.False(t, connector.Supports(&full{}, "find"))
}

func TestRemoves(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		removes := k == connector.Disable || k == connector.EndSessions || k == connector.Delete || k == connector.Revoke
		require.Equal(t, removes, k.Removes(), k)
	}
}

func TestInterceptorsNestTheFirstOutermost(t *testing.T) {
	t.Parallel()
	var steps []string
	note := func(name string) connector.Interceptor {
		return func(next connector.Handler) connector.Handler {
			return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
				steps = append(steps, "> "+name)
				defer func() { steps = append(steps, "< "+name) }()
				return next(ctx, op)
			}
		}
	}
	refuse := func(connector.Handler) connector.Handler {
		return func(context.Context, connector.Operation) (connector.Result, error) {
			return connector.Result{}, connector.NotSent(connector.ErrDenied)
		}
	}
	m := &minimal{}
	h := connector.Apply(m, note("outer"), note("inner"))
	for range 2 {
		_, err := h(t.Context(), operation(connector.Create))
		require.NoError(t, err)
	}
	once := []string{"> outer", "> inner", "< inner", "< outer"}
	require.Equal(t, append(once, once...), steps)

	m = &minimal{}
	_, err := connector.Apply(m, note("outer"), refuse)(t.Context(), operation(connector.Create))
	require.ErrorIs(t, err, connector.ErrDenied)
	require.Zero(t, *m, "the connector is not called")
}

func TestOperationIsPlainData(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(operation(connector.Update))
	require.NoError(t, err)
	require.JSONEq(t, `{
		"key": "key", "kind": "update", "system": "directory", "ref": {"id": "7", "name": "ada"}, "externalId": "person-1",
		"name": "ada", "attributes": {"title": "Engineer"}, "active": true,
		"entitlement": {"kind": "group", "name": "staff"}, "to": {"id": "8", "name": "grace"}, "etag": "3"
	}`, string(data))
	var back connector.Operation
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, operation(connector.Update), back)

	data, err = json.Marshal(connector.Operation{Key: "k", Kind: connector.Create, System: "s", ExternalID: "p"})
	require.NoError(t, err)
	require.JSONEq(t, `{"key": "k", "kind": "create", "system": "s", "externalId": "p"}`, string(data))
}
