package connectortest

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
)

func sessionCases() []Case {
	ender, seen := []Need{NeedSessionEnder}, []Need{NeedSessionEnder, NeedSignIn}
	return []Case{
		{"sessions/effect", "SessionEnder: EndSessions makes every session of the account worthless, at once.", seen, sessionsEffect},
		{"sessions/others", "SessionEnder: EndSessions concerns the account alone: somebody else stays signed in.", seen, sessionsOthers},
		{"sessions/unchanged", "SessionEnder: EndSessions changes nothing else of the account.", ender, sessionsUnchanged},
		{"sessions/new", "SessionEnder: EndSessions leaves sign-in as it is: whoever may sign in can do so again.", seen, sessionsNew},
		{"sessions/twice", "SessionEnder: If there is none it is no error.", ender, sessionsTwice},
		{"sessions/gone", "SessionEnder: It answers AlreadyInState if the account is gone.", []Need{NeedSessionEnder, NeedGone}, sessionsGone},
		{"sessions/disabled", "SessionEnder: EndSessions ends what is left when sign-in was switched off.", []Need{NeedSessionEnder, NeedSignIn, NeedSuspender}, sessionsDisabled},
	}
}

// signIn lets the person of an account sign in, and returns what uses the session.
func (b *Bench) signIn(ctx context.Context, a connector.Account) (use func() error, err error) {
	use, err = b.h.SignIn(ctx, b.c, a.Ref)
	if err != nil {
		return nil, setup("sign in: %w", err)
	}
	if err := use(); err != nil {
		return nil, setup("a session that nobody ended: %w", err)
	}
	b.sessions[a.ID] = use
	return use, nil
}

// open makes account n and lets its person sign in, if the harness can.
func (b *Bench) open(ctx context.Context, n int) (a connector.Account, use func() error, err error) {
	if a, err = b.make(ctx, n); err == nil && b.has[NeedSignIn] {
		use, err = b.signIn(ctx, a)
	}
	return a, use, err
}

func sessionsEffect(ctx context.Context, b *Bench) error {
	a, first, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	second, err := b.signIn(ctx, a)
	if err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.EndSessions, a))
	if err := outcome(connector.Applied, res, err); err != nil {
		return err
	}
	for n, use := range []func() error{first, second} {
		if use() == nil {
			return fmt.Errorf("session %d of 2 goes on", n+1)
		}
	}
	return nil
}

func sessionsOthers(ctx context.Context, b *Bench) error {
	a, _, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	_, others, err := b.open(ctx, 1)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.EndSessions, a)); err != nil {
		return err
	}
	if err := others(); err != nil {
		return fmt.Errorf("somebody else's session was ended: %w", err)
	}
	return nil
}

func sessionsUnchanged(ctx context.Context, b *Bench) error {
	a, _, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	if b.has[NeedEntitler] && b.has[NeedEntitlement] {
		if err := b.prepare(ctx, b.entitle(connector.Grant, a, b.h.Entitlements[0])); err != nil {
			return err
		}
	}
	before, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.EndSessions, a)); err != nil {
		return err
	}
	after, err := b.see(ctx, a.ID)
	if err != nil {
		return err
	}
	return unchanged(after, before)
}

func sessionsNew(ctx context.Context, b *Bench) error {
	a, _, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.EndSessions, a)); err != nil {
		return err
	}
	switch after, err := b.see(ctx, a.ID); {
	case err != nil:
		return err
	case !after.Active || after.Name != a.Name:
		return setup("the account itself was changed")
	}
	use, err := b.h.SignIn(ctx, b.c, a.Ref)
	if err != nil {
		return fmt.Errorf("nobody can sign in any more: %w", err)
	}
	if err := use(); err != nil {
		return fmt.Errorf("a new session is worthless: %w", err)
	}
	return nil
}

func sessionsTwice(ctx context.Context, b *Bench) error {
	a, _, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.EndSessions, a)); err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.EndSessions, a))
	if err == nil && res.Outcome == connector.Applied {
		return nil // not every system can tell
	}
	return outcome(connector.AlreadyInState, res, err)
}

func sessionsGone(ctx context.Context, b *Bench) error {
	a, _, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.remove(ctx, a); err != nil {
		return err
	}
	res, err := b.do(ctx, b.on(connector.EndSessions, a))
	return outcome(connector.AlreadyInState, res, err)
}

// sessionsDisabled allows either of Disable: that it ends sessions, and that it does
// not.
func sessionsDisabled(ctx context.Context, b *Bench) error {
	a, use, err := b.open(ctx, 0)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, b.on(connector.Disable, a)); err != nil {
		return err
	}
	switch before, err := b.see(ctx, a.ID); {
	case err != nil:
		return err
	case before.Active:
		return setup("a disabled account is active")
	}
	left := use() == nil
	res, err := b.do(ctx, b.on(connector.EndSessions, a))
	switch {
	case err != nil:
		return fmt.Errorf("the sessions of a disabled account: %w", err)
	case use() == nil:
		return errors.New("a session of a disabled account goes on")
	case left && res.Outcome != connector.Applied:
		return fmt.Errorf("a session of a disabled account was ended, and the answer is %q; want %s", res.Outcome, connector.Applied)
	}
	after, err := b.see(ctx, a.ID)
	if err == nil && after.Active {
		err = errors.New("a disabled account is active again")
	}
	return err
}
