package oauth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// maxBody is the greatest answer that is read, in bytes.
	maxBody = 64 << 10
	// assertionLife is how long an assertion may be used: it is sent at once.
	assertionLife = time.Minute
)

// server is the authorization server. It is used by one goroutine at a time.
type server struct {
	config   Config
	client   *http.Client
	endpoint string // empty until discovered
	doubtful bool   // endpoint may have moved
}

// token requests a token.
func (s *server) token(ctx context.Context) (*bearer, error) {
	if err := s.locate(ctx); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	req, secrets, err := s.request(ctx)
	if err != nil {
		return nil, err
	}
	sent := time.Now().Round(0) // the token may be as old as this
	answer, err := s.exchange(req, secrets)
	if err == nil {
		got, err := s.bearer(answer, sent, secrets)
		if err == nil {
			return got, nil
		}
		return nil, fmt.Errorf("token request: %w", err)
	}
	refusal, answered := errors.AsType[*ResponseError](err)
	s.doubtful = !answered || refusal.elsewhere()
	return nil, fmt.Errorf("token request: %w", err)
}

// request makes the request of RFC 6749, section 4.4.2, and returns what must not
// be repeated from it.
func (s *server) request(ctx context.Context) (*http.Request, []string, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(s.config.Scopes) > 0 {
		form.Set("scope", strings.Join(s.config.Scopes, " "))
	}
	if len(s.config.Resource) > 0 {
		form["resource"] = s.config.Resource
	}
	if len(s.config.Audience) > 0 {
		form["audience"] = s.config.Audience
	}
	authorization, secrets, err := s.authenticate(ctx, form)
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, nil, errors.New("the token endpoint has no valid URL")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return req, secrets, nil
}

// authenticate adds to the form what proves who the client is, or returns a
// header with it.
func (s *server) authenticate(ctx context.Context, form url.Values) (authorization string, secrets []string, err error) {
	if s.config.Method == PrivateKeyJWT {
		assertion, err := s.assertion(ctx)
		if err != nil {
			return "", nil, err
		}
		form.Set("client_id", s.config.ClientID) // may be left out, but some servers insist
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		form.Set("client_assertion", assertion)
		return "", []string{assertion, assertion[strings.LastIndexByte(assertion, '.')+1:]}, nil
	}
	secret, err := s.config.Secret(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("secret: %w", err)
	}
	if secret == "" {
		return "", nil, errors.New("secret: empty")
	}
	secrets = []string{secret, url.QueryEscape(secret)}
	if s.config.Method == ClientSecretPost {
		form.Set("client_id", s.config.ClientID)
		form.Set("client_secret", secret)
		return "", secrets, nil
	}
	pair := url.QueryEscape(s.config.ClientID) + ":" + url.QueryEscape(secret)
	encoded := base64.StdEncoding.EncodeToString([]byte(pair))
	return "Basic " + encoded, append(secrets, encoded), nil
}

// assertion makes the assertion of RFC 7523, section 3.
func (s *server) assertion(ctx context.Context) (string, error) {
	key, err := s.config.Key(ctx)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	if key == nil || key.signer == nil {
		return "", errors.New("key: not made by NewKey")
	}
	audience := s.config.AssertionAudience
	if audience == "" {
		audience = s.endpoint
	}
	now := time.Now()
	return key.sign(claims{
		Issuer:   s.config.ClientID,
		Subject:  s.config.ClientID,
		Audience: audience,
		Issued:   now.Unix(),
		Expires:  now.Unix() + int64(assertionLife/time.Second),
		ID:       rand.Text(),
	})
}

// exchange sends a request and returns the body of an answer with status 200.
func (s *server) exchange(req *http.Request, secrets []string) ([]byte, error) {
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", s.config.UserAgent)
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, unanswered(err, secrets)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, responseError(resp, body, secrets) // whatever of the body there is
	case err != nil:
		return nil, fmt.Errorf("the answer broke off: %w", unanswered(err, secrets))
	case len(body) > maxBody:
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
	return body, nil
}
