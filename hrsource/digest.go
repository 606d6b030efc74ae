package hrsource

import (
	"crypto/sha256"
	"encoding/json"
	"time"
)

// Digest returns the SHA-256 of what the worker says, so that a repetition can
// be told from news. Two workers have the same digest if every field is the
// same; the order of Custom, the zone AccessEnd is written in, and whether an
// attribute without values is there or missing make no difference. SourceVersion
// is not part of it, since it may move without any news.
func (w Worker) Digest() [sha256.Size]byte {
	w = w.clone()
	for name, values := range w.Custom {
		if len(values) == 0 {
			delete(w.Custom, name)
		}
	}
	body := struct {
		Worker
		AccessEnd string `json:"accessEnd,omitempty"` // shadows the one of Worker
	}{w, formatInstant(w.AccessEnd)}
	body.Worker.AccessEnd = time.Time{}
	body.SourceVersion = ""

	h := sha256.New()
	// Neither can fail: a hash takes all bytes, and the body is made of strings,
	// flags and dates. Map keys are written in order.
	_ = json.NewEncoder(h).Encode(body)
	return [sha256.Size]byte(h.Sum(nil))
}
