package scimtest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// maxBody is the greatest request body in bytes.
const maxBody = 4 << 20

// answer is what a handler wants to be sent.
type answer struct {
	status    int
	body      any // nil for none
	id        string
	location  string
	etag      string
	committed bool
}

type handler func(r *http.Request, body []byte) (answer, error)

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, _ := s.settings()
	if token != "" && !sameToken(r.Header.Get("Authorization"), token) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="scimtest"`)
		refused := &problem{http.StatusUnauthorized, "", "the bearer token is missing or wrong"}
		if strings.HasPrefix(r.URL.Path, BasePath+"/") {
			s.log.add(Request{Method: r.Method, Path: r.URL.Path, Status: refused.status, Write: isWrite(r.Method)})
		}
		send(w, answer{status: refused.status, body: refused.body()})
		return
	}
	s.mux.ServeHTTP(w, r)
}

// sameToken compares in constant time, whatever the lengths.
func sameToken(header, token string) bool {
	scheme, given, _ := strings.Cut(header, " ")
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

func isWrite(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// scim wraps the handler of a SCIM endpoint: faults, body, log, reply.
func (s *Server) scim(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var fault Fault
		tooMany := s.quirks.tooMany(w, r)
		if _, decide := s.settings(); decide != nil && tooMany == nil {
			fault = decide(r)
		}
		// Only with the body read does net/http notice a client that leaves.
		body, err := read(w, r)
		if tooMany != nil {
			err = tooMany
		}
		if !pause(r, fault.Delay) {
			return
		}
		var a answer
		if fault.Status != 0 {
			if fault.RetryAfter != "" {
				w.Header().Set("Retry-After", fault.RetryAfter)
			}
			err = &problem{fault.Status, "", "refused for the test's sake"}
		}
		if err == nil {
			a, err = h(r, body)
		}
		if err != nil {
			p := asProblem(err)
			a = answer{status: p.status, body: p.body(), id: a.id}
		}
		if a.id == "" {
			a.id = r.PathValue("id")
		}
		s.log.add(Request{
			Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: a.status, Write: isWrite(r.Method),
			Committed: a.committed, ReplyLost: fault.LoseReply, ResourceID: a.id,
		})
		if a.committed && s.config.AfterCommit != nil {
			s.config.AfterCommit(r.Method, r.URL.Path)
		}
		if fault.LoseReply {
			panic(http.ErrAbortHandler) // net/http's way to drop a connection
		}
		send(w, a)
	}
}

func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
			return nil, &problem{http.StatusRequestEntityTooLarge, "", "the body is too long"}
		}
		return nil, badRequest("invalidSyntax", "the body broke off")
	}
	if len(body) == 0 {
		return nil, nil
	}
	switch media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media {
	case "application/scim+json", "application/json":
		return body, nil
	default:
		return nil, &problem{http.StatusUnsupportedMediaType, "", "want application/scim+json"}
	}
}

func send(w http.ResponseWriter, a answer) {
	header := w.Header()
	for name, value := range map[string]string{"Location": a.location, "ETag": a.etag} {
		if value != "" {
			header.Set(name, value)
		}
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	encoded, err := json.Marshal(a.body)
	if err != nil {
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	header.Set("Content-Type", "application/scim+json")
	w.WriteHeader(a.status)
	_, _ = w.Write(encoded) // a client that went away misses nothing but this
}
