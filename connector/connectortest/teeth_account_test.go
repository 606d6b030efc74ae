package connectortest_test

import (
	"context"
	"errors"
	"maps"

	"github.com/joinery-iam/joinery/connector"
)

func findBends() map[string]func(b *bent) {
	// after bends what Find returns.
	after := func(bend func(req connector.FindRequest, found []connector.Account) []connector.Account) func(b *bent) {
		return func(b *bent) {
			b.find = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
				found, err := b.System.Find(ctx, req)
				return bend(req, found), err
			}
		}
	}
	// around bends how Find looks.
	around := func(look func(ctx context.Context, b *bent, req connector.FindRequest) ([]connector.Account, error)) func(b *bent) {
		return func(b *bent) {
			b.find = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
				return look(ctx, b, req)
			}
		}
	}
	return map[string]func(b *bent){
		"find/nothing-asked": around(func(ctx context.Context, b *bent, req connector.FindRequest) ([]connector.Account, error) {
			if req.ID == "" && req.Name == "" && req.ExternalID == "" {
				return b.Accounts(), nil
			}
			return b.System.Find(ctx, req)
		}),
		"find/none": around(func(ctx context.Context, b *bent, req connector.FindRequest) ([]connector.Account, error) {
			found, err := b.System.Find(ctx, req)
			if err == nil && len(found) == 0 {
				return nil, connector.ErrNotFound
			}
			return found, err
		}),
		"find/by-id": after(func(req connector.FindRequest, found []connector.Account) []connector.Account {
			if req.Name == "" && req.ExternalID == "" {
				return nil
			}
			return found
		}),
		"find/by-name": after(func(req connector.FindRequest, found []connector.Account) []connector.Account {
			if req.ID == "" && req.ExternalID == "" {
				return nil
			}
			return found
		}),
		"find/by-external-id": after(func(req connector.FindRequest, found []connector.Account) []connector.Account {
			if req.ID == "" && req.Name == "" {
				return nil
			}
			return found
		}),
		"find/all-criteria": around(func(ctx context.Context, b *bent, req connector.FindRequest) ([]connector.Account, error) {
			if req.ID != "" {
				req.Name, req.ExternalID = "", ""
			}
			return b.System.Find(ctx, req)
		}),
		"find/many": after(func(_ connector.FindRequest, found []connector.Account) []connector.Account {
			return found[:min(1, len(found))]
		}),
		"find/entitlements": after(func(_ connector.FindRequest, found []connector.Account) []connector.Account {
			for i := range found {
				found[i].Entitlements, found[i].EntitlementsKnown = nil, false
			}
			return found
		}),
		"find/renamed": func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				if found, err := b.System.Find(ctx, connector.FindRequest{Name: req.Ref.Name}); err == nil && len(found) == 1 {
					req.Ref = found[0].Ref
				}
				return b.System.Update(ctx, req)
			}
		},
	}
}

func createBends() map[string]func(b *bent) {
	// around bends Create.
	around := func(create func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error)) func(b *bent) {
		return func(b *bent) {
			b.create = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
				if ctx.Err() != nil {
					return b.System.Create(ctx, req)
				}
				return create(ctx, b, req)
			}
		}
	}
	return map[string]func(b *bent){
		"create/find": around(func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error) {
			req.Attributes = maps.Clone(req.Attributes)
			delete(req.Attributes, "mail")
			return b.System.Create(ctx, req)
		}),
		"create/null": around(func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error) {
			req.Attributes = maps.Clone(req.Attributes)
			for name, v := range req.Attributes {
				if v.IsNull() {
					req.Attributes[name] = connector.String("null")
				}
			}
			return b.System.Create(ctx, req)
		}),
		"create/inactive": around(func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error) {
			req.Active = true
			return b.System.Create(ctx, req)
		}),
		"create/twice": around(func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error) {
			res, err := b.System.Create(ctx, req)
			if res.Outcome == connector.AlreadyInState {
				res.Outcome = connector.Applied
			}
			return res, err
		}),
		"create/same-owner": around(func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error) {
			taken, err := b.System.Find(ctx, connector.FindRequest{Name: req.Name})
			own, _ := b.System.Find(ctx, connector.FindRequest{ExternalID: req.ExternalID})
			if err != nil || len(taken) > 0 || len(own) == 0 {
				return b.System.Create(ctx, req)
			}
			a := b.Put(connector.Account{Ref: connector.Ref{Name: req.Name}, ExternalID: req.ExternalID, Active: true})
			return connector.Result{Outcome: connector.Applied, Account: a}, nil
		}),
		"create/name-taken": around(func(ctx context.Context, b *bent, req connector.CreateRequest) (connector.Result, error) {
			res, err := b.System.Create(ctx, req)
			if !errors.Is(err, connector.ErrAlreadyExists) {
				return res, err
			}
			taken, _ := b.System.Find(ctx, connector.FindRequest{Name: req.Name})
			b.change(taken[0].ID, func(a *connector.Account) { a.Attributes = req.Attributes })
			return res, err
		}),
	}
}

func updateBends() map[string]func(b *bent) {
	// before bends what Update is asked.
	before := func(bend func(b *bent, req *connector.UpdateRequest)) func(b *bent) {
		return func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				req.Attributes = maps.Clone(req.Attributes)
				if ctx.Err() == nil {
					bend(b, &req)
				}
				return b.System.Update(ctx, req)
			}
		}
	}
	// after bends what came of it.
	after := func(bend func(b *bent, req connector.UpdateRequest, res *connector.Result, err error) error) func(b *bent) {
		return func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				res, err := b.System.Update(ctx, req)
				return res, bend(b, req, &res, err)
			}
		}
	}
	return map[string]func(b *bent){
		"update/sets": after(func(_ *bent, _ connector.UpdateRequest, res *connector.Result, err error) error {
			if res.Outcome == connector.Applied {
				res.Outcome = connector.Pending
			}
			return err
		}),
		"update/others": before(func(b *bent, req *connector.UpdateRequest) {
			// Replaces the whole account, as PUT does.
			if a, there := b.by(req.Ref.ID); there && len(req.Attributes) > 0 {
				for name := range a.Attributes {
					if _, wanted := req.Attributes[name]; !wanted && name == "mail" {
						req.Attributes[name] = connector.Null()
					}
				}
			}
		}),
		"update/clears": before(func(_ *bent, req *connector.UpdateRequest) {
			if req.ETag == "" {
				maps.DeleteFunc(req.Attributes, func(_ string, v connector.Value) bool { return v.IsNull() })
			}
		}),
		"update/twice": after(func(_ *bent, req connector.UpdateRequest, res *connector.Result, err error) error {
			if res.Outcome == connector.AlreadyInState && !req.Attributes["title"].IsNull() {
				res.Outcome = connector.Applied
			}
			return err
		}),
		"update/list-order": after(func(_ *bent, req connector.UpdateRequest, res *connector.Result, err error) error {
			if phones := req.Attributes["phone"].All(); len(phones) > 1 && phones[0] > phones[1] {
				res.Outcome = connector.Applied
			}
			return err
		}),
		"update/clear-twice": after(func(_ *bent, req connector.UpdateRequest, res *connector.Result, err error) error {
			if _, named := req.Attributes["phone"]; named && req.Attributes["phone"].IsNull() && res.Outcome == connector.AlreadyInState {
				return connector.ErrInvalid // nothing there to remove
			}
			return err
		}),
		"update/disabled": after(func(b *bent, req connector.UpdateRequest, res *connector.Result, err error) error {
			if err == nil {
				b.change(req.Ref.ID, func(a *connector.Account) { a.Active = true })
				res.Account.Active = true
			}
			return err
		}),
		"update/gone": after(func(_ *bent, req connector.UpdateRequest, _ *connector.Result, err error) error {
			if errors.Is(err, connector.ErrNotFound) {
				return connector.ErrInvalid
			}
			return err
		}),
		"update/etag": before(func(_ *bent, req *connector.UpdateRequest) { req.ETag = "" }),
	}
}

func suspendBends() map[string]func(b *bent) {
	missing := func(next switcher) switcher {
		return func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
			res, err := next(ctx, req)
			if errors.Is(err, connector.ErrNotFound) {
				return connector.Result{Outcome: connector.AlreadyInState, Account: connector.Account{Ref: req.Ref}}, nil
			}
			return res, err
		}
	}
	always := func(next switcher) switcher {
		return func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
			res, err := next(ctx, req)
			if err == nil {
				res.Outcome = connector.Applied
			}
			return res, err
		}
	}
	never := func(b *bent, next switcher) switcher {
		return func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
			before, there := b.by(req.Ref.ID)
			res, err := next(ctx, req)
			if there && err == nil {
				res.Account = b.Put(before)
			}
			return res, err
		}
	}
	return map[string]func(b *bent){
		"disable/effect": func(b *bent) { b.disable = never(b, b.System.Disable) },
		"disable/twice":  func(b *bent) { b.disable = always(b.System.Disable) },
		"disable/gone":   func(b *bent) { b.disable = missing(b.System.Disable) },
		"enable/effect":  func(b *bent) { b.enable = never(b, b.System.Enable) },
		"enable/twice":   func(b *bent) { b.enable = always(b.System.Enable) },
		"enable/gone":    func(b *bent) { b.enable = missing(b.System.Enable) },
	}
}

func deleteBends() map[string]func(b *bent) {
	return map[string]func(b *bent){
		"delete/effect": func(b *bent) {
			b.remove = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				a, there := b.by(req.Ref.ID)
				res, err := b.System.Delete(ctx, req)
				if there && err == nil { // moves it out of sight of its id, no more
					a.ID = "trash-" + a.ID
					b.Put(a)
				}
				return res, err
			}
		},
		"delete/twice": func(b *bent) {
			b.remove = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				res, err := b.System.Delete(ctx, req)
				if res.Outcome == connector.AlreadyInState {
					return connector.Result{}, connector.ErrNotFound
				}
				return res, err
			}
		},
		"delete/result": func(b *bent) {
			b.remove = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				before, _ := b.by(req.Ref.ID)
				res, err := b.System.Delete(ctx, req)
				res.Account = before
				return res, err
			}
		},
	}
}
