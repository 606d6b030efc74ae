package policy_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/policy"
)

const signIns = `version: 1
rules:
  - {name: everybody, when: "true", grants: [idp:account/user, app:account/user, old:account/user]}
accounts:
  idp: {name: login, candidates: ["{email}"], signIn: identityProvider}
  app: {name: login, candidates: ["{email}"], signIn: idp}
  old: {name: login, candidates: ["{email}"], signIn: own}
`

func TestASignInLeadsToAnIdentityProvider(t *testing.T) {
	t.Parallel()
	load(t, signIns)
	for _, c := range [][2]string{
		{"ipd", `policy.yaml:6:55: unknown system "ipd", did you mean "idp"?`},
		{"identityProvidr", `policy.yaml:6:55: unknown system "identityProvidr", did you mean "identityProvider"?`},
		{"somewhere", `policy.yaml:6:55: unknown system "somewhere"; want identityProvider, own or the system through which people sign in`},
		{"app", `policy.yaml:6:55: nobody can sign in to "app" through itself; want identityProvider if people sign in there, or own`},
		{"old", `policy.yaml:6:55: people cannot sign in through "old", which does not say signIn: identityProvider`},
	} {
		require.Equal(t, []string{c[1]}, loadError(t, replace(signIns, "signIn: idp", "signIn: "+c[0])))
	}
}

// Two files that say it in two ways contradict each other.
func TestSignInsOfSeveralFiles(t *testing.T) {
	t.Parallel()
	for how, fine := range map[string]bool{"idp": true, "own": false} {
		_, err := policy.LoadFS(files(
			"a.yaml", signIns,
			"b.yaml", "version: 1\naccounts:\n  app: {name: login, candidates: [\"{email}\"], signIn: "+how+"}\n",
		), "*.yaml")
		require.Equal(t, fine, err == nil, how)
		if !fine {
			require.EqualError(t, err, `b.yaml:3:3: account "app" is said in another way at a.yaml:6:3`)
		}
	}
}

// How people sign in decides nothing, so nobody has to be decided about anew.
func TestAnotherSignInConcernsNobody(t *testing.T) {
	t.Parallel()
	before := load(t, signIns)
	after := load(t, replace(signIns, "signIn: own", "signIn: idp"))
	require.NotEqual(t, before.Version(), after.Version())
	s := person(policy.Attributes{"email": {"a@b.example"}})
	require.Equal(t, evaluate(t, before, s), evaluate(t, after, s))
	require.False(t, policy.Compare(before, after).Concerns(s))
	require.Equal(t, policy.SignInOwn, before.Document().Accounts["old"].SignIn, "comparing changes neither")

	other := load(t, strings.Replace(signIns, "[\"{email}\"], signIn: own", "[\"{email}\"], rename: true, signIn: own", 1))
	require.True(t, policy.Compare(before, other).Concerns(s))
}
