package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
)

func entry(id string) audit.Entry {
	return audit.Entry{
		ID:        id,
		Tenant:    "acme",
		At:        time.Date(2026, 3, 1, 10, 0, 0, 5000, time.FixedZone("CET", 3600)),
		Event:     audit.EventOutcome,
		Person:    "p1",
		System:    "directory",
		Operation: "disable",
		After:     `{"active":false,"note":"<&>"}`,
		Trigger:   audit.Trigger{Source: "hr", Event: "worker 1007 changed"},
		Reasons:   []string{"rule leavers"},
		Attempt:   2,
		Outcome:   "applied",
	}
}

func seal(t *testing.T, e audit.Entry) audit.Sealed {
	t.Helper()
	s, err := e.Seal()
	require.NoError(t, err)
	return s
}

func TestSealKeepsTheEntry(t *testing.T) {
	t.Parallel()
	want := entry("e1")
	s := seal(t, want)
	require.NoError(t, s.Check())
	require.EqualValues(t, -1, s.Leaf)
	require.Len(t, s.Salt, 16)
	require.False(t, s.Erased())

	got, err := s.Entry()
	require.NoError(t, err)
	want.At = want.At.UTC()
	require.Equal(t, want, got)
}

func TestDigestIsMadeOfDomainSaltAndBody(t *testing.T) {
	t.Parallel()
	s := seal(t, entry("e1"))
	var input []byte
	for _, part := range [][]byte{[]byte("joinery audit entry v1"), s.Salt, s.Body} {
		input = binary.BigEndian.AppendUint64(input, uint64(len(part)))
		input = append(input, part...)
	}
	require.Equal(t, audit.Digest(sha256.Sum256(input)), s.Digest)
}

func TestSealSaltsEachEntry(t *testing.T) {
	t.Parallel()
	first, second := seal(t, entry("e1")), seal(t, entry("e1"))
	require.Equal(t, first.Body, second.Body, "the body of an entry is canonical")
	require.NotEqual(t, first.Salt, second.Salt)
	require.NotEqual(t, first.Digest, second.Digest)
}

func TestSealedSurvivesJSON(t *testing.T) {
	t.Parallel()
	e := entry("e1")
	e.Note = "<script>&amp;</script> \u2028 \u2029 \xff Zoë"
	s := seal(t, e)
	for _, escape := range []bool{true, false} {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(escape)
		require.NoError(t, encoder.Encode(s))
		var back audit.Sealed
		require.NoError(t, json.Unmarshal(text.Bytes(), &back))
		require.Equal(t, s, back)
		require.NoError(t, back.Check())
	}
}

func TestCheckFindsChanges(t *testing.T) {
	t.Parallel()
	good, other := seal(t, entry("e1")), seal(t, entry("e2"))
	for name, change := range map[string]func(s *audit.Sealed){
		"body":           func(s *audit.Sealed) { s.Body = bytes.Replace(s.Body, []byte("disable"), []byte("enabled"), 1) },
		"body gone":      func(s *audit.Sealed) { s.Body = nil },
		"salt":           func(s *audit.Sealed) { s.Salt = other.Salt },
		"salt gone":      func(s *audit.Sealed) { s.Salt = nil },
		"digest":         func(s *audit.Sealed) { s.Digest[0] ^= 1 },
		"id":             func(s *audit.Sealed) { s.ID = "e2" },
		"shifted border": func(s *audit.Sealed) { s.Salt, s.Body = append(s.Salt[:16:16], s.Body[0]), s.Body[1:] },
		"another entry":  func(s *audit.Sealed) { s.Digest, s.Salt, s.Body = other.Digest, other.Salt, other.Body },
	} {
		s := good
		change(&s)
		require.ErrorIs(t, s.Check(), audit.ErrMismatch, name)
		_, err := s.Entry()
		require.ErrorIs(t, err, audit.ErrMismatch, name)
	}
	require.NoError(t, good.Check())
}

func TestErasedEntriesCannotBeChecked(t *testing.T) {
	t.Parallel()
	s := seal(t, entry("e1"))
	s.Salt, s.Body = nil, nil
	require.True(t, s.Erased())
	require.ErrorIs(t, s.Check(), audit.ErrErased)
	_, err := s.Entry()
	require.ErrorIs(t, err, audit.ErrErased)
}

func TestSealRefuses(t *testing.T) {
	t.Parallel()
	_, err := entry("").Seal()
	require.Error(t, err)

	_, err = entry(strings.Repeat("i", audit.MaxID+1)).Seal()
	require.ErrorIs(t, err, audit.ErrTooLarge)

	large := entry("e1")
	large.After = strings.Repeat("a", audit.MaxBody)
	_, err = large.Seal()
	require.ErrorIs(t, err, audit.ErrTooLarge)

	late := entry("e1")
	late.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	_, err = late.Seal()
	require.Error(t, err)
}

func TestDigestText(t *testing.T) {
	t.Parallel()
	d := seal(t, entry("e1")).Digest
	text, err := d.MarshalText()
	require.NoError(t, err)
	require.Equal(t, d.String(), string(text))

	var back audit.Digest
	require.NoError(t, back.UnmarshalText(text))
	require.Equal(t, d, back)

	for _, bad := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("0", 66), strings.Repeat("g", 64)} {
		require.Error(t, back.UnmarshalText([]byte(bad)), bad)
		require.Equal(t, d, back, "a failed read leaves the digest alone")
	}
}
