package oauth_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/oauth"
)

const (
	clientID = "joinery:1" // with a colon, which Basic must encode
	secret   = "p+w %3A:ü&=\"<"
	tokenURL = "https://login.example.com/oauth/token"
)

// authority is an authorization server that believes nothing it has not checked.
type authority struct {
	method   oauth.Method
	secret   string
	keys     map[string]crypto.PublicKey // by kid
	audience string                      // of assertions
	lifetime string                      // expires_in as JSON; empty to leave it out

	// answer, if set, may answer in place of the server; n counts from 1.
	answer func(w http.ResponseWriter, r *http.Request, n int) bool

	mu       sync.Mutex
	requests []url.Values
	seen     map[string]bool // jti
}

// count is how many requests for a token there were.
func (a *authority) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.requests)
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, err := url.ParseQuery(string(body))
	a.mu.Lock()
	a.requests = append(a.requests, form)
	n := len(a.requests)
	a.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if a.answer != nil && a.answer(w, r, n) {
		return
	}
	switch {
	case err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded":
		refuse(w, 400, "invalid_request", "no form")
		return
	case form.Get("grant_type") != "client_credentials":
		refuse(w, 400, "unsupported_grant_type", form.Get("grant_type"))
		return
	}
	if err := a.authenticate(r, form); err != nil {
		refuse(w, 401, "invalid_client", err.Error())
		return
	}
	grant(w, fmt.Sprintf("token-%d", n), a.lifetime)
}

func grant(w http.ResponseWriter, token, lifetime string) {
	w.Header().Set("Content-Type", "application/json")
	if lifetime != "" {
		lifetime = `,"expires_in":` + lifetime
	}
	fmt.Fprintf(w, `{"access_token":%q,"token_type":"bearer"%s}`, token, lifetime)
}

func refuse(w http.ResponseWriter, status int, code, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": description})
}

func (a *authority) authenticate(r *http.Request, form url.Values) error {
	name, password, basic := r.BasicAuth()
	name, err1 := url.QueryUnescape(name)
	password, err2 := url.QueryUnescape(password)
	methods := 0
	for _, used := range []bool{basic, form.Has("client_secret"), form.Has("client_assertion")} {
		if used {
			methods++
		}
	}
	switch {
	case methods != 1:
		return fmt.Errorf("%d methods of authentication", methods) // RFC 6749, section 2.3
	case a.method == oauth.ClientSecretBasic && (!basic || err1 != nil || err2 != nil || name != clientID || password != a.secret):
		return errors.New("wrong password in header")
	case a.method == oauth.ClientSecretPost && (form.Get("client_id") != clientID || form.Get("client_secret") != a.secret):
		return errors.New("wrong password in body")
	case a.method == oauth.PrivateKeyJWT:
		if form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || form.Get("client_id") != clientID {
			return errors.New("wrong type of assertion")
		}
		return a.verify(form.Get("client_assertion"))
	}
	return nil
}

// verify checks an assertion by RFC 7515 and RFC 7523 with the standard library.
func (a *authority) verify(assertion string) error {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return errors.New("not in compact form")
	}
	var header struct{ Alg, Kid, Typ string }
	var claims struct {
		Iss, Sub, Aud, Jti string
		Iat, Exp           int64
	}
	if err := errors.Join(decode(parts[0], &header), decode(parts[1], &claims)); err != nil {
		return err
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	key, known := a.keys[header.Kid]
	if !known || header.Typ != "JWT" {
		return fmt.Errorf("unknown kid %q or typ %q", header.Kid, header.Typ)
	}
	if !signed(key, header.Alg, parts[0]+"."+parts[1], signature) {
		return errors.New("wrong signature")
	}
	now := time.Now().Unix()
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case claims.Iss != clientID || claims.Sub != clientID:
		return fmt.Errorf("iss %q, sub %q", claims.Iss, claims.Sub)
	case claims.Aud != a.audience:
		return fmt.Errorf("aud %q", claims.Aud)
	case claims.Iat > now || claims.Iat < now-5:
		return fmt.Errorf("iat %d at %d", claims.Iat, now)
	case claims.Exp <= now || claims.Exp > claims.Iat+60:
		return fmt.Errorf("exp %d for iat %d at %d", claims.Exp, claims.Iat, now)
	case len(claims.Jti) < 20 || a.seen[claims.Jti]:
		return fmt.Errorf("jti %q used again", claims.Jti)
	}
	if a.seen == nil {
		a.seen = map[string]bool{}
	}
	a.seen[claims.Jti] = true
	return nil
}

func decode(part string, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func signed(key crypto.PublicKey, algorithm, input string, signature []byte) bool {
	digest := sha256.Sum256([]byte(input))
	switch key := key.(type) {
	case *rsa.PublicKey:
		switch algorithm {
		case "RS256":
			return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
		case "PS256": // RFC 7518, section 3.5: the salt is as long as the hash
			return rsa.VerifyPSS(key, crypto.SHA256, digest[:], signature, &rsa.PSSOptions{SaltLength: 32}) == nil
		}
	case *ecdsa.PublicKey:
		if algorithm == "ES256" && len(signature) == 64 {
			return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
		}
	case ed25519.PublicKey:
		return algorithm == "EdDSA" && ed25519.Verify(key, []byte(input), signature)
	}
	return false
}

// inProcess lets a handler answer without a socket, as synctest wants it.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	received := req.Clone(req.Context())
	if received.Body == nil {
		received.Body = http.NoBody
	}
	defer received.Body.Close()
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, received)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	response := recorder.Result()
	response.Request = req
	return response, nil
}

// newAuthority returns a server that knows the client by its secret, and the
// configuration to reach it without a socket.
func newAuthority() (*authority, oauth.Config) {
	a := &authority{method: oauth.ClientSecretBasic, secret: secret, lifetime: "3600", audience: tokenURL}
	return a, oauth.Config{
		ClientID: clientID,
		TokenURL: tokenURL,
		Secret:   func(context.Context) (string, error) { return secret, nil },
		Client:   &http.Client{Transport: inProcess{a}},
	}
}

func newSource(t *testing.T, config oauth.Config) *oauth.Source {
	t.Helper()
	source, err := oauth.New(config)
	require.NoError(t, err)
	return source
}

// want asks for a token and requires that it is the given one.
func want(t *testing.T, source *oauth.Source, token string) {
	t.Helper()
	got, err := source.Token(t.Context())
	require.NoError(t, err)
	require.Equal(t, token, got)
}
