package scimtest

import (
	"slices"
	"sync"
)

// maxLog is how many requests are remembered; the counts go on beyond it.
const maxLog = 1 << 20

// Request is one request for a SCIM endpoint as the server saw it.
type Request struct {
	Seq    int    `json:"seq"` // counts from 1, and goes on after ResetLog
	Method string `json:"method"`
	Path   string `json:"path"`
	Query  string `json:"query,omitempty"`
	// Status is the answer, or what it would have been had it not been lost.
	Status int `json:"status"`
	// Write is set for the methods that ask for a change, done or not.
	Write bool `json:"write"`
	// Committed is set if the request changed something.
	Committed bool `json:"committed"`
	// ReplyLost is set if the client was never told the status.
	ReplyLost bool `json:"replyLost,omitempty"`
	// ResourceID is the resource that was asked for or made, if it was one.
	ResourceID string `json:"resourceId,omitempty"`
}

// Summary counts requests.
type Summary struct {
	Reads     int `json:"reads"`
	Writes    int `json:"writes"`
	Committed int `json:"committed"`
}

type requestLog struct {
	mu      sync.Mutex
	seq     int
	entries []Request
	summary Summary
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	r.Seq = l.seq
	if r.Write {
		l.summary.Writes++
	} else {
		l.summary.Reads++
	}
	if r.Committed {
		l.summary.Committed++
	}
	if len(l.entries) >= maxLog {
		l.entries = slices.Clone(l.entries[maxLog/2:])
	}
	l.entries = append(l.entries, r)
}

// Requests returns the SCIM requests since the start or the last ResetLog, in
// the order in which they were finished. Of more than a million, the oldest are
// forgotten.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.Clone(s.log.entries)
}

// Writes counts the requests since the start or the last ResetLog that asked for
// a change, successful or not.
func (s *Server) Writes() int { return s.Summary().Writes }

// Summary counts the requests since the start or the last ResetLog.
func (s *Server) Summary() Summary {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.summary
}

// ResetLog forgets all requests.
func (s *Server) ResetLog() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries, s.log.summary = nil, Summary{}
}
