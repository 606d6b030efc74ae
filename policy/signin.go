package policy

import "slices"

// How people sign in to a system, beside the name of an identity provider that they
// do it through: see [AccountMapping].
const (
	// SignInProvider is for the identity provider itself.
	SignInProvider = "identityProvider"
	// SignInOwn is for a system that keeps passwords of its own.
	SignInOwn = "own"
)

// SignInTeller is an [Evaluator] that says how people sign in to systems. Of one that is
// none it is not known.
type SignInTeller interface {
	Evaluator
	// SignIn returns [SignInProvider], [SignInOwn], the name of the system through which
	// people sign in to this one, or "" if that is not known.
	SignIn(system string) string
}

var _ SignInTeller = (*Policy)(nil)

// SignIn returns what the account mapping of a system says: see [SignInTeller].
func (p *Policy) SignIn(system string) string { return p.doc.Accounts[system].SignIn }

// signIn checks how people sign in to a system. Through another is through an
// identity provider, so that nobody goes in a circle.
func (c *compilation) signIn(system string) {
	path, how := child("accounts", system)+".signIn", c.doc.Accounts[system].SignIn
	switch {
	case how == "" || how == SignInProvider || how == SignInOwn:
	case !c.isSystem(how):
		names := slices.Concat([]string{SignInProvider, SignInOwn}, c.systems)
		mean := c.spell.didYouMean(how, names)
		if mean == "" {
			mean = "; want identityProvider, own or the system through which people sign in"
		}
		c.found.add(path, "unknown system %q%s", clip(how), mean)
	case how == system:
		c.found.add(path, "nobody can sign in to %q through itself; want identityProvider if people sign in there, or own", clip(system))
	case c.doc.Accounts[how].SignIn != SignInProvider:
		c.found.add(path, "people cannot sign in through %q, which does not say signIn: identityProvider", clip(how))
	}
}
