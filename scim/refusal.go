package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/joinery-iam/joinery/connector"
)

const (
	// maxDetail is how many characters of a server's explanation are kept.
	maxDetail = 200
	// maxWait is the longest Retry-After that is believed.
	maxWait = 24 * time.Hour
)

// The collections. Every server has the first.
const (
	usersPath  = "/Users"
	groupsPath = "/Groups"
)

// statusError is what an answer that is no success becomes.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

// refusal judges an answer that is no success. Only what is sure to have had no
// effect gets a mark or a sentinel: a server error may come after the change.
func refusal(c call, resp *http.Response, body []byte, token string) error {
	scimType, detail := explain(body, token)
	text := "status " + strconv.Itoa(resp.StatusCode)
	if scimType != "" {
		text += " " + scimType
	}
	if detail != "" {
		text += ": " + detail
	}
	plain := &statusError{status: resp.StatusCode, text: text}
	wait, told := retryAfter(resp.Header, time.Now())
	mark := func(kind error) error { return fmt.Errorf("%w: %w", plain, kind) }

	switch status := resp.StatusCode; status {
	case http.StatusTooManyRequests:
		return connector.RetryAfter(wait, plain)
	case http.StatusServiceUnavailable:
		if told {
			return connector.RetryAfter(wait, plain)
		}
		return plain
	case http.StatusUnauthorized:
		// A token has expired, and the next one may do. Nothing was changed.
		return connector.NotSent(mark(connector.ErrDenied))
	case http.StatusForbidden:
		return mark(connector.ErrDenied)
	case http.StatusNotFound, http.StatusGone:
		if c.path == usersPath {
			// Not an account is missing here, but the server: a wrong base URL, or a
			// proxy that knows nothing of it. That may pass, and says nothing of anybody.
			return connector.NotSent(fmt.Errorf("%w: no SCIM server answers here", plain))
		}
		return mark(connector.ErrNotFound)
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return mark(errors.ErrUnsupported)
	case http.StatusPreconditionFailed:
		return mark(connector.ErrConflict)
	case http.StatusConflict:
		if c.method == http.MethodPost || strings.EqualFold(scimType, "uniqueness") {
			return mark(connector.ErrAlreadyExists)
		}
		return mark(connector.ErrConflict)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return mark(connector.ErrInvalid)
	case http.StatusRequestTimeout:
		return plain
	default:
		if status >= 300 && status < 500 {
			return connector.Permanent(plain)
		}
		return plain
	}
}

// explain reads the error of RFC 7644, section 3.12, from a body, and an Errors
// list, as SCIM 1.1 and some vendors have it.
func explain(body []byte, token string) (scimType, detail string) {
	var message struct {
		ScimType string `json:"scimType"`
		Detail   string `json:"detail"`
		Errors   []struct {
			Description string `json:"description"`
		} `json:"Errors"`
	}
	if json.Unmarshal(body, &message) != nil {
		return "", ""
	}
	if message.Detail == "" && len(message.Errors) > 0 {
		message.Detail = message.Errors[0].Description
	}
	return clean(message.ScimType, token, 20), clean(message.Detail, token, maxDetail)
}

// clean makes what a server wrote fit for a line of a log.
func clean(s, token string, limit int) string {
	if token != "" {
		s = strings.ReplaceAll(s, token, "[redacted]")
	}
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit]) + "…"
	}
	return s
}

// retryAfter reads the header in both of its forms: RFC 9110, section 10.2.3.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxWait), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent // by the server's own clock
	}
	return min(max(at.Sub(now), 0), maxWait), true
}
