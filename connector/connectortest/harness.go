package connectortest

import (
	"context"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// Harness is what the kit must be told about a connector. New, Account and Change
// are required.
//
// The functions that concern the system behind the connector get the connector
// which New made, to know the system by. They are called by one goroutine.
type Harness struct {
	// New returns a connector to a system of its own, without the accounts of
	// Account and with nobody holding Entitlements. It is called once for each
	// case, and releases what it takes with t.Cleanup.
	New func(t *testing.T) connector.Connector
	// Account returns the account number n, from 0: a name and attributes which the
	// system accepts and shows again as they were written. For different n, names
	// differ in more than case. Key, ExternalID (if it is empty) and Active are
	// filled in by the kit. It is called by many goroutines.
	Account func(n int) connector.CreateRequest
	// Change returns attributes to which account n can be updated. They differ from
	// those of Account, can be cleared, and there is at least one. It is called by
	// many goroutines.
	Change func(n int) map[string]connector.Value

	// Entitlements are some that exist in each system that New made, at best two or
	// more. Without any, an Entitler goes untested.
	Entitlements []connector.Entitlement
	// Unknown is an entitlement that does not exist and is not made by granting it.
	Unknown connector.Entitlement
	// NoExternalID says that the system has no place for our identifier.
	NoExternalID bool

	// Lag is how long a change may take to be seen. The kit waits for as long after
	// each operation.
	Lag time.Duration
	// Settle waits until all changes can be seen, instead of waiting for Lag.
	Settle func(ctx context.Context, c connector.Connector) error
	// Patience is how long a call may take that has nothing to wait for, such as
	// one whose context is done. Defaults to 10 seconds.
	Patience time.Duration

	// Remove removes an account behind the connector's back.
	Remove func(ctx context.Context, c connector.Connector, ref connector.Ref) error
	// Rename gives an account another name behind the connector's back.
	Rename func(ctx context.Context, c connector.Connector, ref connector.Ref, name string) error
	// Duplicate makes, behind the connector's back, another account with the
	// external id of a. Its name is another one.
	Duplicate func(ctx context.Context, c connector.Connector, a connector.Account) error
	// LoseReply lets the next operation of kind k have its effect, but its caller
	// get no answer. The function returned tells how often the system was asked
	// for an operation of that kind since; the kit calls it once. For a kind with
	// which that cannot be done the error is errors.ErrUnsupported.
	LoseReply func(ctx context.Context, c connector.Connector, k connector.Kind) (asked func() int, err error)
	// Hang lets the system not answer any more.
	Hang func(ctx context.Context, c connector.Connector) error
	// SignIn lets the person of an account sign in and stay signed in, or get a token.
	// The function returned uses that: it fails once the session was ended.
	SignIn func(ctx context.Context, c connector.Connector, ref connector.Ref) (use func() error, err error)
	// Own makes an account the owner of something more that Transfer hands over, such as a
	// document. The function returned tells the id of the account that owns it by then,
	// and none if nobody does.
	Own func(ctx context.Context, c connector.Connector, ref connector.Ref) (owner func() (id string, err error), err error)
}

// Need is something that a case cannot do without.
type Need string

// The needs of cases: what the connector or the harness must offer.
const (
	NeedUpdate       Need = "Update"       // not narrowed away
	NeedRenamer      Need = "Renamer"      // not narrowed away
	NeedSuspender    Need = "Suspender"    // neither of its methods narrowed away
	NeedDeleter      Need = "Deleter"      // not narrowed away
	NeedSessionEnder Need = "SessionEnder" // not narrowed away
	NeedTransferrer  Need = "Transferrer"  // not narrowed away
	NeedEntitler     Need = "Entitler"     // neither of its methods narrowed away
	NeedLister       Need = "Lister"       // not narrowed away by NoSearch
	NeedCatalog      Need = "Catalog"      // not narrowed away by NoSearch
	NeedChecker      Need = "Checker"

	NeedExternalID  Need = "a place for the external id" // that can be searched by
	NeedEntitlement Need = "Harness.Entitlements"
	NeedTwo         Need = "two Harness.Entitlements"
	NeedUnknown     Need = "Harness.Unknown"
	NeedGone        Need = "Deleter or Harness.Remove"
	NeedRename      Need = "Harness.Rename"
	NeedDuplicate   Need = "Harness.Duplicate"
	NeedLoseReply   Need = "Harness.LoseReply"
	NeedHang        Need = "Harness.Hang"
	NeedSignIn      Need = "Harness.SignIn"
	NeedOwn         Need = "Harness.Own"
)
