package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
)

// Whatever is read is either refused or a sound profile, which says the same when
// it is printed and read again.
func FuzzLoad(f *testing.F) {
	for _, name := range profile.Names() {
		p, err := profile.Get(name)
		require.NoError(f, err)
		f.Add(p.String())
		f.Add("extends: " + name + "\nrate: [{requests: 1, per: 1s}]\nnotes:\n")
	}
	for _, text := range []string{
		"", "---", "--- a\n--- b", "a: &a [*a]", "<<: {a: b}", "? {a: b}\n: c", "!!binary YQ==", "[[[[", "{{{{", "extends: *a",
		head + "attributes: {entitlements: {1: 2, ~: x}}", head + "unconfirmed: [!!binary YQ==, 1, ~]", head + "rate: [~]", head + "lag: 9999999h",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := load(text)
		if err != nil {
			require.Zero(t, p)
			return
		}
		require.NoError(t, p.Check())
		again, err := load(p.String())
		require.NoError(t, err, p.String())
		require.Equal(t, p.String(), again.String())
	})
}
