package scim

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/connector"
)

// maxBody is the greatest answer that is read, in bytes.
const maxBody = 4 << 20

const mediaType = "application/scim+json"

// errNoObject is met when a server answers with something else than SCIM.
var errNoObject = errors.New("the answer is no JSON object")

// call is one request. Paths are below the base URL.
type call struct {
	method  string
	path    string
	query   url.Values
	body    object // nil for none
	ifMatch string
}

func (c call) String() string { return strings.ToLower(c.method) + " " + c.path }

func (c call) reads() bool { return c.method == http.MethodGet }

// do sends one request and returns the object in the answer, nil if there is
// none. Its errors carry the verdict that holds for this request alone: what was
// only to be read had no effect in any case.
func (t *Target) do(ctx context.Context, c call) (object, error) {
	answer, err := t.exchange(ctx, c)
	if err == nil {
		return answer, nil
	}
	err = fmt.Errorf("%s: %w", c, err)
	if c.reads() && connector.VerdictOf(err).Verdict == connector.VerdictUnknown {
		return nil, connector.RetryAfter(0, err)
	}
	return nil, err
}

func (t *Target) exchange(ctx context.Context, c call) (object, error) {
	if err := t.budget.turn(ctx, c); err != nil {
		return nil, err
	}
	req, secret, err := t.request(ctx, c)
	if err != nil {
		return nil, err
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return nil, transportError(err)
	}
	defer resp.Body.Close()
	after, told := retryAfter(resp.Header, time.Now())
	tooMany := resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable && told
	t.budget.answered(c, tooMany, after)
	if resp.StatusCode == http.StatusUnauthorized && t.config.Rejected != nil {
		t.config.Rejected(secret)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, refusal(c, resp, body, secret) // whatever of the body there is
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("the answer broke off: %w", err)
	case len(body) > maxBody:
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	case len(bytes.TrimSpace(body)) == 0:
		return nil, nil
	}
	answer, err := decode(body)
	if err != nil {
		return nil, errNoObject
	}
	return answer, nil
}

// request makes the HTTP request. Nothing has been sent when it fails.
func (t *Target) request(ctx context.Context, c call) (*http.Request, string, error) {
	var body io.Reader
	if c.body != nil {
		encoded, err := json.Marshal(c.body)
		if err != nil {
			return nil, "", connector.Permanent(fmt.Errorf("encoding the request: %w", err))
		}
		body = bytes.NewReader(encoded)
	}
	target := t.base + c.path
	if len(c.query) > 0 {
		// Some servers take + for a plus sign in a query.
		target += "?" + strings.ReplaceAll(c.query.Encode(), "+", "%20")
	}
	req, err := http.NewRequestWithContext(ctx, c.method, target, body)
	if err != nil {
		return nil, "", connector.Permanent(errors.New("the request has no valid URL"))
	}
	req.Header.Set("Accept", mediaType+", application/json;q=0.9")
	req.Header.Set("User-Agent", t.config.UserAgent)
	if c.body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	if c.ifMatch != "" {
		req.Header.Set("If-Match", c.ifMatch)
	}
	header, secret, err := t.authorization(ctx)
	if err != nil {
		if connector.VerdictOf(err).Verdict != connector.VerdictRetry { // which may say when
			err = connector.NotSent(err)
		}
		return nil, "", err
	}
	if header != "" {
		req.Header.Set("Authorization", header)
	}
	return req, secret, nil
}

// transportError judges an exchange without an answer. Only what is known to
// fail before a request is sent is marked as not sent.
func transportError(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the URL may hold names of people
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	operation, isOp := errors.AsType[*net.OpError](err)
	_, isLookup := errors.AsType[*net.DNSError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, isNotTLS := errors.AsType[tls.RecordHeaderError](err)
	if isOp && operation.Op == "dial" || isLookup || isCertificate || isNotTLS {
		return connector.NotSent(err)
	}
	return err
}

// unsettled is the error after a write whose result could not be seen. It takes
// the verdict away from err, which spoke of the reading alone.
func unsettled(what string, err error) error {
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%s, but not seen: %w", what, cause)
		}
	}
	return fmt.Errorf("%s, but not seen: %v", what, err) //nolint:errorlint // its verdict must not be found
}
