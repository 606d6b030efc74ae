package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// locate makes sure that there is a token endpoint. One that is in doubt is looked
// up again, and kept if that fails: it was right once.
func (s *server) locate(ctx context.Context) error {
	if s.config.Issuer == "" || s.endpoint != "" && !s.doubtful {
		return nil
	}
	endpoint, err := s.discover(ctx)
	if err == nil {
		s.endpoint, s.doubtful = endpoint, false
	}
	if s.endpoint == "" {
		return err
	}
	return nil
}

// discover returns the token endpoint from the metadata of RFC 8414.
func (s *server) discover(ctx context.Context) (string, error) {
	issuer, err := url.Parse(s.config.Issuer)
	if err != nil {
		return "", errors.New("the issuer is no valid URL")
	}
	// Section 3.1: what is known goes between host and path.
	place := issuer.Scheme + "://" + issuer.Host + "/.well-known/oauth-authorization-server" +
		strings.TrimSuffix(issuer.EscapedPath(), "/")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return "", errors.New("the issuer is no valid URL")
	}
	body, err := s.exchange(req, nil)
	if err != nil {
		return "", err
	}
	var metadata struct {
		Issuer        string `json:"issuer"`
		TokenEndpoint string `json:"token_endpoint"`
	}
	if json.Unmarshal(body, &metadata) != nil {
		return "", errNoObject
	}
	// Section 3.3: without this, one server could speak for another.
	if metadata.Issuer != s.config.Issuer {
		return "", fmt.Errorf("issuer: %q is not the one asked for", clean(metadata.Issuer, nil, maxDescription))
	}
	endpoint, err := parseURL(metadata.TokenEndpoint, s.config.AllowHTTP)
	if err != nil {
		return "", fmt.Errorf("token_endpoint: %w", err)
	}
	if endpoint.Scheme != issuer.Scheme && endpoint.Scheme == "http" && !s.config.AllowHTTP {
		// A server elsewhere has no business with what listens on this machine.
		return "", errors.New("token_endpoint: http, but the issuer is https")
	}
	return metadata.TokenEndpoint, nil
}
