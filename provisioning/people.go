package provisioning

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Person is one human, as the engine knows them.
type Person struct {
	// ID is the engine's identifier. It never changes, and systems that keep an
	// external id hold it.
	ID string
	// Name is what the person is called, for people.
	Name string
	// Live says whether any relationship gave access when they were last looked at.
	Live bool
	// Spell numbers the employments, from 1; 0 before the first.
	Spell int64
	// Relationships are the work relationships, as told last.
	Relationships []hrsource.Worker
	// Accounts are the accounts that are known to exist, by system.
	Accounts []PersonAccount
	// Problem says why policy gave no answer at the last look; empty if it did.
	Problem string
}

// PersonAccount is an account of a person in one system.
type PersonAccount struct {
	System string
	ID     string // the target's identifier
	Login  string
	Active bool
	// Adopted says that the account was there before we wanted it.
	Adopted bool
}

// Person returns somebody, or [ErrNoPerson].
func (t *Tenant) Person(ctx context.Context, id string) (p Person, err error) {
	err = t.backend.View(ctx, t.id, func(tx state.Tx) error {
		row, err := tx.Person(id)
		if err != nil {
			return err
		}
		p, err = personOf(tx, row)
		return err
	})
	if errors.Is(err, state.ErrNotFound) {
		return Person{}, fmt.Errorf("person %s: %w", id, ErrNoPerson)
	}
	return p, err
}

// People returns everybody, by ID. An error ends the sequence. What changes while
// it is walked may or may not be seen; nothing is locked meanwhile.
func (t *Tenant) People(ctx context.Context) iter.Seq2[Person, error] {
	return func(yield func(Person, error) bool) {
		after := ""
		for {
			var page []Person
			err := t.backend.View(ctx, t.id, func(tx state.Tx) error {
				rows, err := tx.PeopleAfter(after, batch)
				page = make([]Person, len(rows))
				for i := 0; err == nil && i < len(rows); i++ {
					page[i], err = personOf(tx, rows[i])
				}
				return err
			})
			if err != nil {
				yield(Person{}, err)
				return
			}
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
			}
			if len(page) < batch {
				return
			}
			after = page[len(page)-1].ID
		}
	}
}

func personOf(tx state.Tx, row state.Person) (p Person, err error) {
	p = Person{ID: row.ID, Live: row.Live, Spell: row.Spell, Problem: row.Problem}
	if p.Relationships, err = workersOf(tx, row.ID); err != nil {
		return p, err
	}
	if n := len(p.Relationships); n > 0 {
		p.Name = displayName(p.Relationships[n-1])
	}
	accounts, err := tx.AccountsOf(row.ID)
	for _, a := range accounts {
		if a.Exists {
			p.Accounts = append(p.Accounts, PersonAccount{a.System, a.RemoteID, a.Name, a.Active, a.Origin == adopted})
		}
	}
	return p, err
}
