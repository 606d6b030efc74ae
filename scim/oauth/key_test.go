package oauth_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/oauth"
)

// withKey makes the authority know the client by a key.
func withKey(t *testing.T, a *authority, config oauth.Config, signer crypto.Signer, id string, algorithm oauth.Algorithm) oauth.Config {
	t.Helper()
	key, err := oauth.NewKey(signer, id, algorithm)
	require.NoError(t, err)
	a.method, a.keys = oauth.PrivateKeyJWT, map[string]crypto.PublicKey{id: signer.Public()}
	config.Secret, config.Key = nil, func(context.Context) (*oauth.Key, error) { return key, nil }
	return config
}

func newEd25519(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return private
}

func newECDSA(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return private
}

func newRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return private
}

// hidden is a signer of which nothing but the interface can be used, as with a
// key in a module.
type hidden struct{ crypto.Signer }

func TestAssertionsAreAccepted(t *testing.T) {
	t.Parallel()
	rsaKey, ecdsaKey, edKey := newRSA(t), newECDSA(t, elliptic.P256()), newEd25519(t)
	for _, c := range []struct {
		name      string
		signer    crypto.Signer
		id        string
		algorithm oauth.Algorithm
		header    string
	}{
		{"RS256", rsaKey, "k1", oauth.RS256, `{"alg":"RS256","kid":"k1","typ":"JWT"}`},
		{"PS256", rsaKey, "k1", oauth.PS256, `{"alg":"PS256","kid":"k1","typ":"JWT"}`},
		{"ES256", ecdsaKey, "k1", oauth.ES256, `{"alg":"ES256","kid":"k1","typ":"JWT"}`},
		{"EdDSA", edKey, "k1", oauth.EdDSA, `{"alg":"EdDSA","kid":"k1","typ":"JWT"}`},
		{"RSA by itself", hidden{rsaKey}, "k1", "", `{"alg":"RS256","kid":"k1","typ":"JWT"}`},
		{"ECDSA by itself", hidden{ecdsaKey}, "k1", "", `{"alg":"ES256","kid":"k1","typ":"JWT"}`},
		{"Ed25519 by itself", hidden{edKey}, "k1", "", `{"alg":"EdDSA","kid":"k1","typ":"JWT"}`},
		{"no kid", edKey, "", "", `{"alg":"EdDSA","typ":"JWT"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			source := newSource(t, withKey(t, a, config, c.signer, c.id, c.algorithm))
			want(t, source, "token-1")
			source.Rejected("token-1")
			want(t, source, "token-2") // with an assertion of its own
			header, _, _ := strings.Cut(a.requests[0].Get("client_assertion"), ".")
			raw, err := base64.RawURLEncoding.DecodeString(header)
			require.NoError(t, err)
			require.JSONEq(t, c.header, string(raw))
		})
	}
}

// TestAuthorityRefuses makes sure that the tests above could fail.
func TestAuthorityRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(a *authority, config *oauth.Config)
		why   string
	}{
		"another key":      {func(a *authority, _ *oauth.Config) { a.keys["k1"] = newEd25519(t).Public() }, "wrong signature"},
		"another kid":      {func(a *authority, _ *oauth.Config) { a.keys = nil }, `unknown kid "k1"`},
		"another audience": {func(_ *authority, c *oauth.Config) { c.AssertionAudience = "https://login.example.com" }, `aud "https://login.example.com"`},
		"another client":   {func(_ *authority, c *oauth.Config) { c.ClientID = "somebody" }, "wrong type of assertion"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			config = withKey(t, a, config, newEd25519(t), "k1", "")
			c.spoil(a, &config)
			_, err := newSource(t, config).Token(t.Context())
			require.ErrorContains(t, err, "status 401 invalid_client: "+c.why)
		})
	}

	t.Run("replays and old assertions", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			a, config := newAuthority()
			want(t, newSource(t, withKey(t, a, config, newEd25519(t), "k1", "")), "token-1")
			form := a.requests[0]
			replay := func() string {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tokenURL, nil)
				require.NoError(t, err)
				if err := a.authenticate(req, form); err != nil {
					return err.Error()
				}
				return "accepted"
			}
			require.Contains(t, replay(), "used again")
			a.seen = nil
			require.Equal(t, "accepted", replay())
			time.Sleep(time.Minute) //nolint:forbidigo // the bubble's time
			a.seen = nil
			require.Contains(t, replay(), "iat")
			form.Set("client_assertion", form.Get("client_assertion")+"A")
			require.NotEqual(t, "accepted", replay())
		})
	})
}

func TestAssertionAudience(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	a.audience = "https://login.example.com"
	config = withKey(t, a, config, newEd25519(t), "k1", "")
	config.AssertionAudience = "https://login.example.com"
	want(t, newSource(t, config), "token-1")
}

// TestKeysCanBeReplaced renews with the key of the moment.
func TestKeysCanBeReplaced(t *testing.T) {
	t.Parallel()
	a, config := newAuthority()
	before := withKey(t, a, config, newEd25519(t), "k1", "")
	after := withKey(t, a, config, newECDSA(t, elliptic.P256()), "k2", "")
	current := after.Key
	before.Key = func(ctx context.Context) (*oauth.Key, error) { return current(ctx) }
	source := newSource(t, before)
	want(t, source, "token-1")
	last := withKey(t, a, config, newEd25519(t), "k3", "")
	current = last.Key
	source.Rejected("token-1")
	want(t, source, "token-2")
}

// stub is a signer that returns what it is told to.
type stub struct {
	public    crypto.PublicKey
	signature []byte
	err       error
}

func (s stub) Public() crypto.PublicKey { return s.public }

func (s stub) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return s.signature, s.err }

func TestECDSASignaturesHaveOneLength(t *testing.T) {
	t.Parallel()
	asn := func(r, s *big.Int) []byte {
		out, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		require.NoError(t, err)
		return out
	}
	large := new(big.Int).Lsh(big.NewInt(1), 256)
	public := newECDSA(t, elliptic.P256()).Public()
	for name, c := range map[string]struct {
		signer stub
		want   []byte // nil for an error
		err    string
	}{
		"short numbers": {signer: stub{signature: asn(big.NewInt(1), big.NewInt(2))}, want: append(append(make([]byte, 31), 1), append(make([]byte, 31), 2)...)},
		"zero":          {signer: stub{signature: asn(big.NewInt(0), big.NewInt(2))}, err: "no ECDSA signature for P-256"},
		"negative":      {signer: stub{signature: asn(big.NewInt(1), big.NewInt(-2))}, err: "no ECDSA signature for P-256"},
		"too long":      {signer: stub{signature: asn(big.NewInt(1), large)}, err: "no ECDSA signature for P-256"},
		"with more":     {signer: stub{signature: append(asn(big.NewInt(1), big.NewInt(2)), 0)}, err: "no ECDSA signature for P-256"},
		"no ASN.1":      {signer: stub{signature: []byte("xyz")}, err: "no ECDSA signature for P-256"},
		"an error":      {signer: stub{err: errors.New("the module is locked")}, err: "signing the assertion: the module is locked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			c.signer.public = public
			config = withKey(t, a, config, c.signer, "k1", oauth.ES256)
			_, err := newSource(t, config).Token(t.Context())
			if c.want == nil {
				require.ErrorContains(t, err, c.err)
				require.Zero(t, a.count(), "requests sent")
				return
			}
			require.ErrorContains(t, err, "wrong signature")
			form := a.requests[0]
			got, err := base64.RawURLEncoding.DecodeString(last(form))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func last(form url.Values) string {
	parts := strings.Split(form.Get("client_assertion"), ".")
	return parts[len(parts)-1]
}

func TestNewKeyRefuses(t *testing.T) {
	t.Parallel()
	short := stub{public: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}}
	for name, c := range map[string]struct {
		signer    crypto.Signer
		algorithm oauth.Algorithm
		want      string
	}{
		"no signer":         {nil, "", "oauth: key without a signer"},
		"a short key":       {short, "", "oauth: RSA key of 1024 bits: want 2048 at least"},
		"another curve":     {newECDSA(t, elliptic.P384()), "", "oauth: ECDSA key: want one on the curve P-256"},
		"another kind":      {stub{public: "x"}, "", "oauth: key of the type string: want RSA, ECDSA or Ed25519"},
		"another algorithm": {newEd25519(t), oauth.ES256, `oauth: key is for [EdDSA], not for "ES256"`},
		"none":              {newEd25519(t), "none", `oauth: key is for [EdDSA], not for "none"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := oauth.NewKey(c.signer, "k1", c.algorithm)
			require.EqualError(t, err, c.want)
		})
	}
}

func TestKeyFunctionThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key  *oauth.Key
		err  error
		want string
	}{
		"an error":     {nil, io.ErrClosedPipe, "key: io: read/write on closed pipe"},
		"no key":       {nil, nil, "key: not made by NewKey"},
		"an empty key": {new(oauth.Key), nil, "key: not made by NewKey"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, config := newAuthority()
			config.Secret, config.Key = nil, func(context.Context) (*oauth.Key, error) { return c.key, c.err }
			_, err := newSource(t, config).Token(t.Context())
			require.ErrorContains(t, err, c.want)
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
			}
			require.Zero(t, a.count())
		})
	}
}
