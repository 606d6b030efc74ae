package scim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// List walks all users. What is concluded from the walk depends on how the server
// pages. By index it counts as complete if totalResults was the same on every page
// and agrees with the number of ids seen, none of them twice; by cursor, if it came
// to the end, without a contradiction. A walk that was disturbed is repeated, twice
// at most. The accounts have EntitlementsKnown if the server shows the groups of
// users. Where lists show what is not there, the error is errors.ErrUnsupported.
func (t *Target) List(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return connector.Proof{}, fmt.Errorf("listing: %w", err)
	}
	if err := found.cannotList(); err != nil {
		return connector.Proof{}, fmt.Errorf("listing: %w", err)
	}
	var stopped error
	proof, err := t.walk(ctx, listing{path: usersPath, thorough: true}, func(user object) error {
		stopped = yield(found.account(user))
		return stopped
	})
	if stopped != nil {
		return connector.Proof{}, stopped
	}
	if err != nil {
		return connector.Proof{}, fmt.Errorf("listing: %w", err)
	}
	return proof, nil
}

// Entitlements lists the groups by name, and after them what the server has of
// other kinds. Groups of the same name are listed once, and cannot be granted.
func (t *Target) Entitlements(ctx context.Context) ([]connector.Entitlement, error) {
	found, err := t.discovered(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing entitlements: %w", err)
	}
	if err := found.cannotList(); err != nil {
		return nil, fmt.Errorf("listing entitlements: %w", err)
	}
	var all []connector.Entitlement
	if !found.Groups.Absent || len(found.Attributes.Entitlements) == 0 {
		_, err = t.walk(ctx, listing{path: groupsPath, bare: true, thorough: true}, func(group object) error {
			if name := group.text("displayName"); name != "" {
				all = append(all, connector.Entitlement{Kind: GroupKind, Name: name})
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("listing groups: %w", withoutGroups(err))
		}
	}
	more, err := t.offered(ctx, found)
	if err != nil {
		return nil, fmt.Errorf("listing entitlements: %w", err)
	}
	all = append(all, more...)
	slices.SortFunc(all, connector.Entitlement.Compare)
	return slices.Compact(all), nil
}

// cannotList returns why a list without a filter is not asked for: what is in it is
// not there, and what is there is not in it.
func (f facts) cannotList() error {
	if f.Paging.Synthetic {
		return fmt.Errorf("the server is known to list what is not there: %w", errors.ErrUnsupported)
	}
	return nil
}

// withoutGroups turns "no such endpoint" into what it means: ErrNotFound is for
// accounts.
func withoutGroups(err error) error {
	if errors.Is(err, connector.ErrNotFound) {
		return fmt.Errorf("the server has no groups: %w", errors.ErrUnsupported)
	}
	return err
}

// search returns the resources whose attribute has a value, by the server's
// filter if that is known to work, and else by looking through all of them. What
// comes is compared here, without regard to case if fold.
func (t *Target) search(ctx context.Context, path, attr, value string, fold bool) ([]object, error) {
	var found []object
	match := func(r object) error {
		if text := r.text(attr); text == value || fold && strings.EqualFold(text, value) {
			found = append(found, r)
		}
		return nil
	}
	if t.filters.judged(path, attr) != broken {
		_, err := t.walk(ctx, listing{path: path, filter: equal(attr, value), bare: true}, match)
		switch {
		case errors.Is(err, connector.ErrInvalid):
			t.filters.judge(path, attr, broken)
		case err != nil:
			return nil, err
		case len(found) > 0:
			t.filters.judge(path, attr, working)
			return found, nil
		default:
			// Nobody: but some servers answer that to a filter which they do not know.
			absent, err := t.probe(ctx, path, attr)
			if err != nil || absent {
				return nil, err
			}
		}
	}
	if t.config.Profile.Paging.Synthetic {
		return nil, fmt.Errorf("this server cannot be searched by %s: %w", attr, errors.ErrUnsupported)
	}
	found = nil
	_, err := t.walk(ctx, listing{path: path, bare: true, thorough: true}, match)
	return found, err
}
