package connector_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
)

// An Interceptor stands around every operation, whatever its kind: one that
// prints what is done, and one that forbids what would take access away.
func ExampleApply() {
	trace := func(next connector.Handler) connector.Handler {
		return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
			res, err := next(ctx, op)
			fmt.Println(op.Kind, res.Outcome, err)
			return res, err
		}
	}
	addOnly := func(next connector.Handler) connector.Handler {
		return func(ctx context.Context, op connector.Operation) (connector.Result, error) {
			if op.Kind.Removes() {
				return connector.Result{}, fmt.Errorf("nothing is taken away yet: %w", connector.ErrDenied)
			}
			return next(ctx, op)
		}
	}
	directory := memory.New(memory.Config{})
	apply := connector.Apply(directory, trace, addOnly)

	ctx := context.Background()
	create := connector.Operation{Key: "op-1", Kind: connector.Create, System: "directory", ExternalID: "person-1", Name: "ada", Active: true}
	res, _ := apply(ctx, create)
	_, _ = apply(ctx, create)
	_, _ = apply(ctx, connector.Operation{Key: "op-2", Kind: connector.Disable, System: "directory", Ref: res.Account.Ref})
	fmt.Println("signs in:", directory.SignIn("ada") == nil)
	// Output:
	// create applied <nil>
	// create alreadyInState <nil>
	// disable  nothing is taken away yet: denied
	// signs in: true
}

// What an error means for the operation that met it is one question.
func ExampleVerdictOf() {
	for _, err := range []error{
		errors.New("connection reset by peer"),
		connector.RetryAfter(30*time.Second, errors.New("429 Too Many Requests")),
		connector.NotSent(errors.New("no such host")),
		fmt.Errorf("create ada: %w", connector.ErrAlreadyExists),
	} {
		verdict := connector.VerdictOf(err)
		fmt.Println(verdict.Verdict, verdict.After)
	}
	// Output:
	// unknown 0s
	// retry 30s
	// retry 0s
	// permanent 0s
}
