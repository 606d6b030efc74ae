package scim

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// authorization returns the header of that name, empty for none, and the secret
// in it.
func (t *Target) authorization(ctx context.Context) (header, secret string, err error) {
	switch {
	case t.config.Token != nil:
		token, err := t.config.Token(ctx)
		if err != nil {
			return "", "", fmt.Errorf("token: %w", err)
		}
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "", "", errors.New("token: empty, or not made of printable characters")
		}
		return "Bearer " + token, token, nil
	case t.config.Basic != nil:
		name, password, err := t.config.Basic(ctx)
		if err != nil {
			return "", "", fmt.Errorf("password: %w", err)
		}
		// RFC 7617, section 2: the name ends at the first colon.
		if password == "" || strings.Contains(name, ":") || strings.ContainsFunc(name+password, isControl) {
			return "", "", errors.New("password: empty, or with control characters, or a colon in the name")
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password)), password, nil
	default:
		return "", "", nil
	}
}
