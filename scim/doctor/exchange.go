package doctor

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	mediaType = "application/scim+json"
	maxBody   = 4 << 20 // the greatest answer that is read, in bytes
)

// visit is one examination.
type visit struct {
	config Config
	base   string
	client *http.Client
	report *Report
	hidden [][2]string       // what is not shown, and what is shown for it
	traits map[string]string // what was seen, in terms of profiles
	claims map[string]bool   // what ServiceProviderConfig says is supported
	made   []string          // paths of what was created
	tag    string            // tells this visit's resources from others
	user   subject
	second string // the id of another user of ours
	// byCursor says that lists cannot be walked by startIndex.
	byCursor bool
	paused   bool // a refusal for too many requests was noted
}

func newVisit(config Config) *visit {
	base := strings.TrimRight(config.Server.BaseURL, "/")
	client := &http.Client{Timeout: 30 * time.Second}
	if config.Server.Client != nil {
		copied := *config.Server.Client
		client = &copied
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visit{
		config: config, base: base, client: client, report: &Report{Server: base},
		traits: map[string]string{}, claims: map[string]bool{},
	}
}

// get reads a path with pairs of query parameters.
func (v *visit) get(ctx context.Context, path string, pairs ...string) answer {
	query := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		query.Set(pair[0], pair[1])
	}
	return v.send(ctx, http.MethodGet, path, query, nil)
}

func (v *visit) post(ctx context.Context, path string, body object) answer {
	a := v.send(ctx, http.MethodPost, path, nil, body)
	if id := a.text("id"); a.ok() && id != "" && (path == "/Users" || path == "/Groups") {
		v.made = append(v.made, path+"/"+url.PathEscape(id))
		v.hide(id, "id")
	}
	return a
}

// send makes a request, and waits where there were too many.
func (v *visit) send(ctx context.Context, method, path string, query url.Values, body object, header ...string) answer {
	deadline := time.Now().Add(v.config.Patience)
	for {
		a := v.once(ctx, method, path, query, body, true, header...)
		if a.status != http.StatusTooManyRequests {
			return a
		}
		wait, told := a.retryAfter()
		if !v.paused {
			v.paused = true
			if told {
				v.note(Good, "rate.announced", "Too many requests are refused, and the time to wait is told", "", a)
			} else {
				v.note(Deviation, "rate.silent", "Too many requests are refused, without a time to wait",
					"a Retry-After header; RFC 6585, section 4, allows it to be missing", a)
			}
		}
		if !told {
			wait = time.Second
		}
		if time.Now().Add(wait).After(deadline) || !pause(ctx, wait) {
			return a
		}
	}
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (v *visit) once(ctx context.Context, method, path string, query url.Values, body object, known bool, header ...string) answer {
	target, encoded := v.base+path, strings.ReplaceAll(query.Encode(), "+", "%20")
	shown := path
	if encoded != "" {
		target += "?" + encoded
		plain, err := url.PathUnescape(encoded)
		if err != nil {
			plain = encoded
		}
		shown += "?" + plain
	}
	a := answer{request: v.mask(method + " " + shown)}
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			a.err = err
			return a
		}
		content = bytes.NewReader(text)
		if operations, is := body["Operations"].([]object); is && method == http.MethodPatch {
			a.request += v.mask(" " + compact(operations))
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, target, content)
	if err != nil {
		a.err = fmt.Errorf("the request has no valid URL")
		return a
	}
	req.Header.Set("Accept", mediaType+", application/json;q=0.9")
	req.Header.Set("User-Agent", userAgent(v.config.Server.UserAgent))
	if body != nil {
		req.Header.Set("Content-Type", mediaType)
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
		a.request += " with " + pair[0]
	}
	if known {
		if a.err = v.authorize(ctx, req); a.err != nil {
			return a
		}
	}
	v.report.Requests++
	resp, err := v.client.Do(req)
	if err != nil {
		if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // it is what Do returns, and its URL is not to be shown
			err = wrapped.Err
		}
		a.err = err
		return a
	}
	defer resp.Body.Close()
	a.status, a.header = resp.StatusCode, resp.Header
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		a.err = err
		return a
	}
	a.read(text)
	a.problem = v.mask(a.problem)
	return a
}

// compact writes operations for a line.
func compact(operations []object) string {
	text, err := json.Marshal(operations)
	if err != nil {
		return ""
	}
	return string(text)
}

func userAgent(given string) string {
	if given != "" {
		return given
	}
	return "joinery-doctor (+https://github.com/joinery-iam/joinery)"
}

// authorize adds what lets us in, and makes sure that it is never shown.
func (v *visit) authorize(ctx context.Context, req *http.Request) error {
	switch server := v.config.Server; {
	case server.Token != nil:
		token, err := server.Token(ctx)
		if err != nil {
			return fmt.Errorf("token: %w", err)
		}
		v.hide(token, "token")
		req.Header.Set("Authorization", "Bearer "+token)
	case server.Basic != nil:
		name, password, err := server.Basic(ctx)
		if err != nil {
			return fmt.Errorf("password: %w", err)
		}
		v.hide(password, "password")
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(name+":"+password)))
	}
	return nil
}

// hide makes evidence show a name for a value, also where its letter case differs.
func (v *visit) hide(value, name string) {
	for _, spelling := range []string{value, strings.ToLower(value), strings.ToUpper(value)} {
		pair := [2]string{spelling, "‹" + name + "›"}
		if value != "" && !slices.Contains(v.hidden, pair) {
			v.hidden = append(v.hidden, pair)
		}
	}
}

// mask replaces what is hidden: long values anywhere, and short ones, which may
// well be part of other words, where they stand alone.
func (v *visit) mask(s string) string {
	for _, h := range v.hidden {
		if len(h[0]) > 4 {
			s = strings.ReplaceAll(s, h[0], h[1])
			continue
		}
		for _, frame := range []string{"/%s ", "/%s?", `"%s"`, "'%s'"} {
			s = strings.ReplaceAll(s, fmt.Sprintf(frame, h[0]), fmt.Sprintf(frame, h[1]))
		}
		if cut, ok := strings.CutSuffix(s, "/"+h[0]); ok {
			s = cut + "/" + h[1]
		}
	}
	return s
}

// retryAfter reads the header in both of its forms: RFC 9110, section 10.2.3.
func (a answer) retryAfter() (time.Duration, bool) {
	value := strings.TrimSpace(a.header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 16); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	return max(time.Until(at), 0), true
}
