package sqlstore

import (
	"encoding/json"
	"fmt"
	"time"
)

// yearOne is the Unix time, in seconds, of the zero time.
const yearOne = -62135596800

// micros returns an instant as it is stored: microseconds since the year 1, which
// is 0 for the zero time and for no other instant of later years.
func micros(t time.Time) int64 {
	return (t.Unix()-yearOne)*1e6 + int64(t.Nanosecond()/1000)
}

// instant returns what micros was given, to the microsecond.
func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	seconds, rest := n/1e6, n%1e6
	return time.Unix(seconds+yearOne, rest*1000).UTC()
}

// at scans an instant.
type at struct{ to *time.Time }

// Scan implements sql.Scanner.
func (c at) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("an instant is stored as %T", src)
	}
	*c.to = instant(n)
	return nil
}

// bit returns a truth value as it is stored.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// blob returns bytes as they are stored, where there is no NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// bytes scans bytes; none at all are nil.
type bytes struct{ to *[]byte }

// Scan implements sql.Scanner.
func (c bytes) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		*c.to = append([]byte(nil), v...)
	case string:
		*c.to = []byte(v)
	case nil:
		*c.to = nil
	default:
		return fmt.Errorf("bytes are stored as %T", src)
	}
	if len(*c.to) == 0 {
		*c.to = nil
	}
	return nil
}

// hash scans bytes of a known number.
type hash struct{ to []byte }

// Scan implements sql.Scanner.
func (c hash) Scan(src any) error {
	v, ok := src.([]byte)
	if !ok || len(v) != len(c.to) {
		return fmt.Errorf("a hash of %d bytes is stored as something else", len(c.to))
	}
	copy(c.to, v)
	return nil
}

// words returns a list of strings as it is stored.
func words(list []string) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	out, err := json.Marshal(list)
	return string(out), err
}

// list scans what words returned; an empty list is nil.
type list struct{ to *[]string }

// Scan implements sql.Scanner.
func (c list) Scan(src any) error {
	*c.to = nil
	var text []byte
	switch v := src.(type) {
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("a list is stored as %T", src)
	}
	if string(text) == "[]" {
		return nil
	}
	return json.Unmarshal(text, c.to)
}
