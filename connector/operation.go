package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Kind is what an operation does.
type Kind string

// The kinds of operation.
const (
	Create  Kind = "create"
	Update  Kind = "update"
	Disable Kind = "disable"
	Enable  Kind = "enable"
	Delete  Kind = "delete"
	Rename  Kind = "rename"
	Grant   Kind = "grant"
	Revoke  Kind = "revoke"

	EndSessions Kind = "endSessions"
	Transfer    Kind = "transfer"
)

// Removes reports whether the kind takes access away.
func (k Kind) Removes() bool {
	return k == Disable || k == EndSessions || k == Delete || k == Revoke
}

// Operation is one intended change of one account, as a value: it can be
// printed, stored, compared, approved and applied. It holds no secret.
type Operation struct {
	// Key is the same for each attempt of one operation, and unique otherwise.
	Key    string `json:"key"`
	Kind   Kind   `json:"kind"`
	System string `json:"system"`
	// Ref points at the account; it is empty for Create.
	Ref Ref `json:"ref,omitzero"`
	// ExternalID is our identifier of the person.
	ExternalID string `json:"externalId"`
	// Name is the login name, for Create and Rename.
	Name string `json:"name,omitempty"`
	// Attributes are set by Create and Update.
	Attributes map[string]Value `json:"attributes,omitempty"`
	// Active is the state in which Create makes the account.
	Active bool `json:"active,omitempty"`
	// Entitlement is what Grant and Revoke concern.
	Entitlement Entitlement `json:"entitlement,omitzero"`
	// To is the account to which Transfer hands over.
	To Ref `json:"to,omitzero"`
	// ETag makes Update, Rename, Disable, Enable and Delete conditional.
	ETag string `json:"etag,omitempty"`
}

// Handler carries out an operation.
type Handler func(ctx context.Context, op Operation) (Result, error)

// Interceptor adds something around every operation, whatever its kind: a rate
// limit, a trace, a test's fault. It may call next once, or not at all; then it
// returns an error with a verdict.
type Interceptor func(next Handler) Handler

// Apply returns the Handler that hands each operation to the method of c which
// its kind names, inside the interceptors, the first one outermost. A kind that
// c has no method for is an error that wraps errors.ErrUnsupported, and a kind
// that does not exist one that wraps ErrInvalid.
func Apply(c Connector, interceptors ...Interceptor) Handler {
	h := func(ctx context.Context, op Operation) (Result, error) { return apply(ctx, c, op) }
	for _, intercept := range slices.Backward(interceptors) {
		h = intercept(h)
	}
	return h
}

// Supports reports whether c has the method that an operation of kind k needs.
// It asks the type alone; a [Describer] may still narrow it.
func Supports(c Connector, k Kind) bool {
	var ok bool
	switch k {
	case Create, Update:
		ok = c != nil
	case Disable, Enable:
		_, ok = c.(Suspender)
	case EndSessions:
		_, ok = c.(SessionEnder)
	case Transfer:
		_, ok = c.(Transferrer)
	case Delete:
		_, ok = c.(Deleter)
	case Rename:
		_, ok = c.(Renamer)
	case Grant, Revoke:
		_, ok = c.(Entitler)
	}
	return ok
}

func apply(ctx context.Context, c Connector, op Operation) (Result, error) {
	whole := AccountRequest{Key: op.Key, Ref: op.Ref, ETag: op.ETag}
	part := GrantRequest{Key: op.Key, Ref: op.Ref, Entitlement: op.Entitlement}
	switch op.Kind {
	case Create:
		return c.Create(ctx, CreateRequest{
			Key: op.Key, ExternalID: op.ExternalID, Name: op.Name, Attributes: op.Attributes, Active: op.Active,
		})
	case Update:
		return c.Update(ctx, UpdateRequest{Key: op.Key, Ref: op.Ref, Attributes: op.Attributes, ETag: op.ETag})
	case Disable:
		if s, ok := c.(Suspender); ok {
			return s.Disable(ctx, whole)
		}
	case Enable:
		if s, ok := c.(Suspender); ok {
			return s.Enable(ctx, whole)
		}
	case EndSessions:
		if s, ok := c.(SessionEnder); ok {
			return s.EndSessions(ctx, whole)
		}
	case Transfer:
		if t, ok := c.(Transferrer); ok {
			return t.Transfer(ctx, TransferRequest{Key: op.Key, Ref: op.Ref, To: op.To})
		}
	case Delete:
		if d, ok := c.(Deleter); ok {
			return d.Delete(ctx, whole)
		}
	case Rename:
		if r, ok := c.(Renamer); ok {
			return r.Rename(ctx, RenameRequest{Key: op.Key, Ref: op.Ref, Name: op.Name, ETag: op.ETag})
		}
	case Grant:
		if e, ok := c.(Entitler); ok {
			return e.Grant(ctx, part)
		}
	case Revoke:
		if e, ok := c.(Entitler); ok {
			return e.Revoke(ctx, part)
		}
	default:
		return Result{}, fmt.Errorf("operation %s: kind %q: %w", op.Key, op.Kind, ErrInvalid)
	}
	return Result{}, fmt.Errorf("system %s: %s: %w", op.System, op.Kind, errors.ErrUnsupported)
}
