package connectortest_test

import (
	"context"
	"errors"
	"slices"

	"github.com/joinery-iam/joinery/connector"
)

// moreBends are further faults of cases that look at more than one thing.
func moreBends() map[string]func(b *bent) {
	stripped := func(b *bent, next switcher) switcher {
		return func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
			res, err := next(ctx, req)
			if res.Outcome == connector.Applied {
				b.change(req.Ref.ID, func(a *connector.Account) { a.Attributes = nil })
				res.Account.Attributes = nil
			}
			return res, err
		}
	}
	refusing := func(bend func(b *bent, req connector.CreateRequest) error) func(b *bent) {
		return func(b *bent) {
			b.create = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
				res, err := b.System.Create(ctx, req)
				if errors.Is(err, connector.ErrAlreadyExists) {
					err = bend(b, req)
				}
				return res, err
			}
		}
	}
	return map[string]func(b *bent){
		"find/entitlements unsorted": func(b *bent) {
			b.find = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
				found, err := b.System.Find(ctx, req)
				for _, a := range found {
					slices.Reverse(a.Entitlements)
				}
				return found, err
			}
		},
		"find/all-criteria any": func(b *bent) {
			b.find = func(ctx context.Context, req connector.FindRequest) ([]connector.Account, error) {
				if req.Name != "" && req.ExternalID != "" && req.ID == "" {
					req.Name = ""
				}
				return b.System.Find(ctx, req)
			}
		},
		"create/name-taken other name": refusing(func(b *bent, req connector.CreateRequest) error {
			b.Put(connector.Account{Ref: connector.Ref{Name: req.Name + "-2"}, ExternalID: req.ExternalID, Active: true})
			return connector.ErrAlreadyExists
		}),
		"create/name-taken other error": refusing(func(*bent, connector.CreateRequest) error { return connector.ErrConflict }),
		"update/etag refuses": func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				if req.ETag != "" {
					return connector.Result{}, connector.ErrConflict
				}
				return b.System.Update(ctx, req)
			}
		},
		"update/gone makes it": func(b *bent) {
			b.update = func(ctx context.Context, req connector.UpdateRequest) (connector.Result, error) {
				res, err := b.System.Update(ctx, req)
				if errors.Is(err, connector.ErrNotFound) {
					a := b.Put(connector.Account{Ref: req.Ref, Attributes: req.Attributes, Active: true})
					return connector.Result{Outcome: connector.Applied, Account: a}, nil
				}
				return res, err
			}
		},
		"disable/effect strips": func(b *bent) { b.disable = stripped(b, b.System.Disable) },
		"enable/effect strips":  func(b *bent) { b.enable = stripped(b, b.System.Enable) },
		"delete/effect all": func(b *bent) {
			b.remove = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				res, err := b.System.Delete(ctx, req)
				if res.Outcome == connector.Applied {
					for _, a := range b.Accounts() {
						b.Remove(a.ID)
					}
				}
				return res, err
			}
		},
		"grant/others all": func(b *bent) {
			b.grant = func(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
				res, err := b.System.Grant(ctx, req)
				if res.Outcome == connector.Applied {
					for _, a := range b.Accounts() {
						b.change(a.ID, func(a *connector.Account) { a.Entitlements = append(a.Entitlements, req.Entitlement) })
					}
				}
				return res, err
			}
		},
		"list/stops in silence": func(b *bent) {
			b.list = func(ctx context.Context, yield func(connector.Account) error) (connector.Proof, error) {
				var failed error
				proof, err := b.System.List(ctx, func(a connector.Account) error {
					failed = yield(a)
					return failed
				})
				if failed != nil {
					return connector.Proof{}, nil
				}
				return proof, err
			}
		},
		"cancel/effect disable": func(b *bent) {
			b.disable = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				if ctx.Err() == nil {
					return b.System.Disable(ctx, req)
				}
				_, err := b.System.Disable(context.WithoutCancel(ctx), req)
				return connector.Result{}, connector.NotSent(errors.Join(ctx.Err(), err))
			}
		},
		"cancel/effect delete": func(b *bent) {
			b.remove = func(ctx context.Context, req connector.AccountRequest) (connector.Result, error) {
				if ctx.Err() == nil {
					return b.System.Delete(ctx, req)
				}
				_, err := b.System.Delete(context.WithoutCancel(ctx), req)
				return connector.Result{}, connector.NotSent(errors.Join(ctx.Err(), err))
			}
		},
		"reply/once revoke": func(b *bent) {
			b.revoke = func(ctx context.Context, req connector.GrantRequest) (connector.Result, error) {
				res, err := b.System.Revoke(ctx, req)
				if err != nil && ctx.Err() == nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
					return b.System.Revoke(ctx, req)
				}
				return res, err
			}
		},
		"reply/unknown create": func(b *bent) {
			b.create = func(ctx context.Context, req connector.CreateRequest) (connector.Result, error) {
				res, err := b.System.Create(ctx, req)
				if err != nil && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
					err = connector.RetryAfter(0, err)
				}
				return res, err
			}
		},
	}
}

func renameBends() map[string]func(b *bent) {
	around := func(rename func(ctx context.Context, b *bent, req connector.RenameRequest) (connector.Result, error)) func(b *bent) {
		return func(b *bent) {
			b.rename = func(ctx context.Context, req connector.RenameRequest) (connector.Result, error) {
				return rename(ctx, b, req)
			}
		}
	}
	return map[string]func(b *bent){
		"rename/effect": around(func(ctx context.Context, b *bent, req connector.RenameRequest) (connector.Result, error) {
			res, err := b.System.Rename(ctx, req)
			if a, there := b.by(req.Ref.ID); there && err == nil && a.ExternalID == "connectortest-person-0" {
				b.change(req.Ref.ID, func(a *connector.Account) { a.Attributes = nil })
			}
			return res, err
		}),
		"rename/twice": around(func(ctx context.Context, b *bent, req connector.RenameRequest) (connector.Result, error) {
			res, err := b.System.Rename(ctx, req)
			if err == nil {
				res.Outcome = connector.Applied
			}
			return res, err
		}),
		"rename/taken": around(func(ctx context.Context, b *bent, req connector.RenameRequest) (connector.Result, error) {
			res, err := b.System.Rename(ctx, req)
			if errors.Is(err, connector.ErrAlreadyExists) {
				b.change(req.Ref.ID, func(a *connector.Account) { a.Name = req.Name })
			}
			return res, err
		}),
		"rename/back": func(b *bent) {
			given := map[string]bool{}
			around(func(ctx context.Context, b *bent, req connector.RenameRequest) (connector.Result, error) {
				a, there := b.by(req.Ref.ID)
				if there && a.Name != req.Name && given[req.Name] {
					return connector.Result{}, connector.ErrAlreadyExists
				}
				given[a.Name] = true
				return b.System.Rename(ctx, req)
			})(b)
		},
		"rename/gone": around(func(ctx context.Context, b *bent, req connector.RenameRequest) (connector.Result, error) {
			res, err := b.System.Rename(ctx, req)
			if errors.Is(err, connector.ErrNotFound) {
				return connector.Result{Outcome: connector.AlreadyInState}, nil
			}
			return res, err
		}),
	}
}
