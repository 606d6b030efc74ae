package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxLifetime is the longest lifetime that is believed.
const maxLifetime = 365 * 24 * time.Hour

// errNoObject is met when a server answers with something else than JSON.
var errNoObject = errors.New("the answer is no JSON object")

// bearer reads the answer of RFC 6749, section 5.1, to a request that was sent at
// the given time.
func (s *server) bearer(body []byte, sent time.Time, secrets []string) (*bearer, error) {
	var answer struct {
		AccessToken string          `json:"access_token"`
		TokenType   string          `json:"token_type"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
		Error       string          `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil, errNoObject // the decoder's error may repeat the body
	}
	token := answer.AccessToken
	switch {
	case token == "" && answer.Error != "":
		return nil, fmt.Errorf("the answer is the error %s, but its status is 200", clean(answer.Error, secrets, maxCode))
	case token == "" || !isVisible(token, ""):
		return nil, errors.New("access_token: missing, or not made of printable characters")
	case !strings.EqualFold(answer.TokenType, "Bearer"):
		return nil, fmt.Errorf("token_type: %q: want Bearer", clean(answer.TokenType, append(secrets, token), maxCode))
	}
	lifetime, err := lifetime(answer.ExpiresIn)
	if err != nil {
		return nil, err
	}
	if lifetime == 0 {
		lifetime = s.config.Lifetime
	}
	expires := sent.Add(lifetime)
	return &bearer{token: token, renew: expires.Add(-min(s.config.Margin, lifetime/4)), expires: expires}, nil
}

// lifetime reads expires_in, which some servers send as a string or with
// decimals. 0 is what it means not to say: a token that has already expired is of
// no use to anybody.
func lifetime(raw json.RawMessage) (time.Duration, error) {
	text := string(raw)
	if text == "" || text == "null" {
		return 0, nil
	}
	if strings.HasPrefix(text, `"`) && json.Unmarshal(raw, &text) != nil {
		return 0, errNoObject
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) || seconds < 0 {
		return 0, errors.New("expires_in: not a number of seconds")
	}
	return time.Duration(min(seconds, maxLifetime.Seconds()) * float64(time.Second)), nil
}
