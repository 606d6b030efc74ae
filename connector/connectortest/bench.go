package connectortest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// Bench is a fresh system and the connector to it, for one [Case].
type Bench struct {
	h     Harness
	c     connector.Connector
	apply connector.Handler
	kinds []connector.Kind // that the connector has
	has   map[Need]bool
	keys  atomic.Int64
	// sessions uses the last session of whoever signed in, by account id.
	sessions map[string]func() error
	// things tells of what was owned last to whom it belongs, by the id of the account that
	// owned it.
	things map[string]owner
}

// NewBench returns a bench for one case.
func NewBench(t *testing.T, h Harness) (*Bench, error) {
	t.Helper()
	if h.Patience <= 0 {
		h.Patience = 10 * time.Second
	}
	c := h.New(t)
	if c == nil {
		return nil, errors.New("connectortest: Harness.New returned nil")
	}
	var d connector.Description
	if describer, ok := c.(connector.Describer); ok {
		var err error
		if d, err = describer.Describe(t.Context()); err != nil {
			return nil, fmt.Errorf("connectortest: describe: %w", err)
		}
	}
	b := &Bench{h: h, c: c, apply: connector.Apply(c), sessions: map[string]func() error{}, things: map[string]owner{}}
	for _, k := range []connector.Kind{
		connector.Create, connector.Update, connector.Disable, connector.Enable,
		connector.Rename, connector.Grant, connector.Revoke, connector.EndSessions, connector.Transfer, connector.Delete,
	} {
		if connector.Supports(c, k) && !slices.Contains(d.Without, k) {
			b.kinds = append(b.kinds, k)
		}
	}
	if !b.can(connector.Create) {
		return nil, errors.New("connectortest: a connector without Create cannot be tested")
	}
	_, lister := c.(connector.Lister)
	_, catalog := c.(connector.Catalog)
	_, checker := c.(connector.Checker)
	b.has = map[Need]bool{
		NeedUpdate:       b.can(connector.Update),
		NeedRenamer:      b.can(connector.Rename),
		NeedSuspender:    b.can(connector.Disable) && b.can(connector.Enable),
		NeedDeleter:      b.can(connector.Delete),
		NeedSessionEnder: b.can(connector.EndSessions),
		NeedTransferrer:  b.can(connector.Transfer),
		NeedEntitler:     b.can(connector.Grant) && b.can(connector.Revoke),
		NeedLister:       lister && !d.NoSearch,
		NeedCatalog:      catalog && !d.NoSearch,
		NeedChecker:      checker,
		NeedExternalID:   !h.NoExternalID && !d.NoSearch,
		NeedEntitlement:  len(h.Entitlements) > 0,
		NeedTwo:          len(h.Entitlements) > 1,
		NeedUnknown:      h.Unknown != connector.Entitlement{},
		NeedGone:         b.can(connector.Delete) || h.Remove != nil,
		NeedRename:       h.Rename != nil,
		NeedDuplicate:    h.Duplicate != nil,
		NeedLoseReply:    h.LoseReply != nil,
		NeedHang:         h.Hang != nil,
		NeedSignIn:       h.SignIn != nil,
		NeedOwn:          h.Own != nil,
	}
	return b, nil
}

func (b *Bench) can(k connector.Kind) bool { return slices.Contains(b.kinds, k) }

// missing returns what a case needs and the bench does not have.
func (b *Bench) missing(c Case) []string {
	var missing []string
	for _, need := range c.Needs {
		if !b.has[need] {
			missing = append(missing, string(need))
		}
	}
	return missing
}

// account returns the request for account n, complete.
func (b *Bench) account(n int) connector.CreateRequest {
	req := b.h.Account(n)
	if req.ExternalID == "" {
		req.ExternalID = fmt.Sprintf("connectortest-person-%d", n)
	}
	req.Key, req.Active = b.key(), true
	return req
}

func (b *Bench) key() string { return fmt.Sprintf("connectortest-%d", b.keys.Add(1)) }

// on returns an operation of kind k on an account.
func (b *Bench) on(k connector.Kind, a connector.Account) connector.Operation {
	return connector.Operation{Key: b.key(), Kind: k, System: "connectortest", Ref: a.Ref}
}

// entitle returns a Grant or Revoke.
func (b *Bench) entitle(k connector.Kind, a connector.Account, e connector.Entitlement) connector.Operation {
	op := b.on(k, a)
	op.Entitlement = e
	return op
}

// update returns an Update.
func (b *Bench) update(a connector.Account, attributes map[string]connector.Value) connector.Operation {
	op := b.on(connector.Update, a)
	op.Attributes = attributes
	return op
}

func creation(req connector.CreateRequest) connector.Operation {
	return connector.Operation{
		Key: req.Key, Kind: connector.Create, System: "connectortest",
		ExternalID: req.ExternalID, Name: req.Name, Attributes: req.Attributes, Active: req.Active,
	}
}

// do carries out an operation and waits until it can be seen.
func (b *Bench) do(ctx context.Context, op connector.Operation) (connector.Result, error) {
	res, err := b.apply(ctx, op)
	if settled := b.settle(ctx); settled != nil {
		return res, settled
	}
	if err != nil {
		return res, fmt.Errorf("%s: %w", op.Kind, err)
	}
	return res, nil
}

func (b *Bench) settle(ctx context.Context) error {
	if b.h.Settle != nil {
		if err := b.h.Settle(ctx, b.c); err != nil {
			return setup("settle: %w", err)
		}
		return nil
	}
	if b.h.Lag <= 0 {
		return nil
	}
	timer := time.NewTimer(b.h.Lag)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return setup("waiting for the lag: %w", ctx.Err())
	}
}

// prepare carries out operations that a case builds on.
func (b *Bench) prepare(ctx context.Context, ops ...connector.Operation) error {
	for _, op := range ops {
		if _, err := b.do(ctx, op); err != nil {
			return setup("%w", err)
		}
	}
	return nil
}

// make creates account n and returns it as found.
func (b *Bench) make(ctx context.Context, n int) (connector.Account, error) {
	res, err := b.do(ctx, creation(b.account(n)))
	if err != nil {
		return connector.Account{}, setup("%w", err)
	}
	return b.see(ctx, res.Account.ID)
}

// gone creates an account, and removes it.
func (b *Bench) gone(ctx context.Context) (connector.Account, error) {
	a, err := b.make(ctx, 0)
	if err != nil {
		return a, err
	}
	return a, b.remove(ctx, a)
}

// remove removes an account, by the connector or behind its back.
func (b *Bench) remove(ctx context.Context, a connector.Account) error {
	if b.can(connector.Delete) {
		return b.prepare(ctx, b.on(connector.Delete, a))
	}
	if err := b.h.Remove(ctx, b.c, a.Ref); err != nil {
		return setup("remove: %w", err)
	}
	return b.settle(ctx)
}

// see returns the account with an id, with what it holds.
func (b *Bench) see(ctx context.Context, id string) (connector.Account, error) {
	if id == "" {
		return connector.Account{}, setup("an account without an id")
	}
	found, err := b.c.Find(ctx, connector.FindRequest{ID: id, Entitlements: b.has[NeedEntitler]})
	switch {
	case err != nil:
		return connector.Account{}, setup("find: %w", err)
	case len(found) != 1 || found[0].ID != id:
		return connector.Account{}, setup("looking for account %s: found %s", id, names(found))
	}
	return found[0], nil
}

// holds reports whether the account with an id has an entitlement.
func (b *Bench) holds(ctx context.Context, id string, e connector.Entitlement) (bool, error) {
	a, err := b.see(ctx, id)
	if err == nil && !a.EntitlementsKnown {
		err = setup("account %s does not say what it holds", id)
	}
	return slices.Contains(a.Entitlements, e), err
}
