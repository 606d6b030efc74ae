package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// maxCode and maxDescription are how many characters of an error code and of a
	// server's explanation are kept.
	maxCode        = 60
	maxDescription = 200
	// maxWait is the longest Retry-After that is believed.
	maxWait = time.Hour
)

// ResponseError is an answer that is no success: RFC 6749, section 5.2.
type ResponseError struct {
	// Status is that of HTTP.
	Status int
	// Code is the error, such as invalid_client; empty if the answer has none.
	Code string
	// Description is the server's explanation for the administrator, made fit for a
	// line of a log.
	Description string
	// RetryAfter is how long the server asked to wait, with status 429 or 503, up to
	// an hour; 0 if it did not.
	RetryAfter time.Duration
}

// Error implements error.
func (e *ResponseError) Error() string {
	text := "status " + strconv.Itoa(e.Status)
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Description != "" {
		text += ": " + e.Description
	}
	return text
}

// refusal tells whether the server has understood the request and will have none
// of it. An answer without a code may come from anything on the way.
func (e *ResponseError) refusal() bool {
	switch {
	case e.Status < 400 || e.Status > 499 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests:
		return false
	case e.Code == "temporarily_unavailable" || e.Code == "server_error" || e.Code == "slow_down":
		return false
	}
	return e.Code != ""
}

// elsewhere tells whether the answer is what is found at an address where there
// is no token endpoint any more.
func (e *ResponseError) elsewhere() bool {
	switch e.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusMisdirectedRequest:
		return e.Code == ""
	}
	return e.Status >= 300 && e.Status <= 399
}

func responseError(resp *http.Response, body []byte, secrets []string) *ResponseError {
	e := &ResponseError{Status: resp.StatusCode}
	var message struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &message) == nil {
		e.Code = clean(message.Error, secrets, maxCode)
		e.Description = clean(message.Description, secrets, maxDescription)
	}
	if e.Description == "" && e.Status >= 300 && e.Status <= 399 {
		e.Description = "redirects are not followed"
	}
	if e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable {
		e.RetryAfter = retryAfter(resp.Header, time.Now())
	}
	return e
}

// retryAfter reads the header in both of its forms: RFC 9110, section 10.2.3.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxWait)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent // by the server's own clock
	}
	return min(max(at.Sub(now), 0), maxWait)
}

// exchangeError is why there was no answer. Its text may hold what the server
// sent, and so is cleaned.
type exchangeError struct {
	text  string
	cause error
}

func (e *exchangeError) Error() string { return e.text }
func (e *exchangeError) Unwrap() error { return e.cause }

func unanswered(err error, secrets []string) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // nobody needs the URL again
	}
	text := clean(err.Error(), secrets, maxDescription)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errors.New(text) // no context of any caller's
	}
	return &exchangeError{text, err}
}

// clean makes what a server wrote fit for a line of a log, and takes out what
// must not be there.
func clean(s string, secrets []string, limit int) string {
	s = redact(s, secrets)
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	s = redact(s, secrets) // what stood there in pieces
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit]) + "…"
	}
	return s
}

func redact(s string, secrets []string) string {
	for _, secret := range secrets {
		s = strings.ReplaceAll(s, secret, "[redacted]")
	}
	return s
}
