package provisioning

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// kindOf returns the operation that brings an item from what is known to what is
// wanted, or "" if nothing is to be done.
func kindOf(account state.Account, it state.Item) connector.Kind {
	switch {
	case it.Kind == state.ItemAccount && (it.Desired == active || it.Desired == dormant) && !account.Exists:
		return connector.Create
	case satisfied(it) || !account.Exists:
		return ""
	case it.Kind == state.ItemAccount && it.Desired == active:
		return connector.Enable
	case it.Kind == state.ItemAccount:
		return connector.Disable
	case it.Kind == state.ItemProfile:
		return connector.Update
	case it.Desired == held:
		return connector.Grant
	}
	return connector.Revoke
}

// operation makes the operation of a kind for an item.
func (t *Tenant) operation(tx state.Tx, account state.Account, it state.Item, kind connector.Kind) (connector.Operation, error) {
	op := connector.Operation{
		Key: it.OpKey, Kind: kind, System: it.System, ExternalID: it.Person,
		Ref: connector.Ref{ID: account.RemoteID, Name: account.Name}, ETag: account.ETag,
	}
	switch kind {
	case connector.Create:
		row, err := tx.Item(it.Person, it.System, state.ItemProfile, "")
		if err != nil {
			return op, err
		}
		p := profileOf(row.Desired)
		if op.Name, err = t.reserve(tx, it, p.Candidates); err != nil {
			return op, err
		}
		op.Ref, op.ETag, op.Active = connector.Ref{}, "", it.Desired == active
		op.Attributes = p.named(op.Name).Attributes
	case connector.Update:
		p := profileOf(it.Desired).named(account.Name)
		op.Attributes = difference(p.Attributes, profileOf(it.Known).Attributes)
		if it.State == state.ItemSending {
			op.Attributes = p.Attributes // it is not known what arrived
		}
	case connector.Grant, connector.Revoke:
		var err error
		if op.Entitlement, err = connector.ParseEntitlement(it.Key); err != nil {
			return op, err
		}
		op.ETag = ""
	}
	return op, nil
}

// errNoName says that no login name is left for an account.
var errNoName = errors.New("no login name is free")

// maxCounter is the highest number that takes the place of policy.Counter.
const maxCounter = 9999

// namespace is where the login names of a system are reserved.
func namespace(system string) string { return "login:" + system }

// reserve returns the login name for an account that is to be made: the one this
// person was given before, or the first that is free. Names are never given to
// anybody else again, even if the account goes away. They are in lower case,
// since most systems do not tell names apart that differ in case alone.
func (t *Tenant) reserve(tx state.Tx, it state.Item, candidates []string) (string, error) {
	mine, err := tx.Names(namespace(it.System), it.Person)
	if err != nil {
		return "", err
	}
	if len(mine) > 0 {
		return mine[len(mine)-1], nil
	}
	return t.reserveNext(tx, it, candidates, mine)
}

// reserveNext reserves the first free candidate that is not one of tried.
func (t *Tenant) reserveNext(tx state.Tx, it state.Item, candidates, tried []string) (string, error) {
	for name := range series(candidates) {
		name = strings.ToLower(name)
		if slices.Contains(tried, name) {
			continue
		}
		// Names are told apart by when they were reserved: the last one counts.
		at := t.now().Add(time.Duration(len(tried)) * time.Microsecond)
		owner, err := tx.ReserveName(namespace(it.System), name, it.Person, at)
		if err != nil {
			return "", err
		}
		if owner == it.Person {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: tried %s", errNoName, strings.Join(candidates, ", "))
}

// series yields the candidates in order, those with a counter numbered.
func series(candidates []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range candidates {
			if !strings.Contains(c, policy.Counter) {
				if !yield(c) {
					return
				}
				continue
			}
			for n := 2; n <= maxCounter; n++ {
				if !yield(strings.ReplaceAll(c, policy.Counter, strconv.Itoa(n))) {
					return
				}
			}
		}
	}
}

// jitter takes a random part of up to a quarter off a wait, so that what failed
// together does not come back together.
func jitter(d time.Duration) time.Duration {
	if d < 4 {
		return d
	}
	return d - time.Duration(rand.Int64N(int64(d)/4))
}
