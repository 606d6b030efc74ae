package profile_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
)

func TestWhateverAProfileSaysReadsAsItPrints(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := random(r)
		require.NoError(t, p.Check(), "seed %d", seed)
		text := p.String()
		again, err := profile.Load("random", strings.NewReader(text))
		require.NoError(t, err, "seed %d:\n%s", seed, text)
		require.Equal(t, p, again, "seed %d:\n%s", seed, text)
		for field, value := range reflect.ValueOf(p).Fields() {
			said[field.Name] = said[field.Name] || !value.IsZero()
		}
	}
	for field, is := range said {
		require.True(t, is, "%s was never tried", field)
	}
}

// random returns a profile without faults.
func random(r *rand.Rand) profile.Profile {
	p := profile.Profile{
		Name: pick(r, "a", "a-1", "0", "null", "true", "1e3", "2026-11-01"), Product: "p" + text(r),
		Checked: time.Unix(r.Int64N(4e9), 0).UTC().Format(time.DateOnly),
	}
	p.Sources = list(r, func() string { return "https://example.com/" + pick(r, "", "a#b", "?c: d", "é") })
	p.Addresses = list(r, func() string { return "https://" + pick(r, "", "*.", "a.") + "example.com/" + pick(r, "", "*/b") })
	p.Unconfirmed = list(r, func() string { return pick(r, "rate", "groups", "groups.maxChanges", "etag", "lag", "filter.users") })
	p.Notes = list(r, func() string { return text(r) })
	p.Discovery = profile.Discovery{Absent: coin(r), Distrust: list(r, func() string { return pick(r, "patch", "bulk", "filter", "sort", "etag") })}
	attribute := func() string { return "a" + text(r) }
	p.Filter = profile.Filter{
		Users: list(r, attribute), Unsupported: pick(r, profile.Refused, profile.Empty, profile.Ignored),
		MaxNodes: r.IntN(3), NoProjection: coin(r),
	}
	p.Paging = profile.Paging{Method: pick(r, profile.ByIndex, profile.ByCursor, profile.ByID, profile.AtOnce), Shifts: coin(r), Synthetic: coin(r)}
	if p.Paging.Method != profile.AtOnce {
		p.Paging.MaxResults, p.Paging.MaxStart = r.IntN(1000), 1+r.IntN(1000)
	}
	p.Attributes = profile.Attributes{Single: coin(r), Unknown: list(r, attribute)}
	for range r.IntN(3) {
		if p.Attributes.Entitlements == nil {
			p.Attributes.Entitlements = map[string]string{}
		}
		p.Attributes.Entitlements["k"+text(r)] = attribute()
	}
	p.Update = profile.Update{
		Method: pick(r, profile.PatchOrPut, profile.PatchAlone, profile.PutAlone), NoValuePaths: coin(r), NoPath: coin(r),
		OneOperation: coin(r), Capitals: coin(r), TextBooleans: coin(r),
	}
	if p.Update.Method != profile.PutAlone {
		p.Update.PatchOnly = list(r, attribute)
	}
	p.Disable = profile.Disable{Deletes: coin(r), Hides: coin(r), NotAtCreation: coin(r)}
	p.Delete = pick(r, profile.Delete{}, profile.Delete{Disables: true}, profile.Delete{Refused: true})
	if p.Groups.Absent = coin(r); !p.Groups.Absent {
		p.Groups = profile.Groups{
			Members:    pick(r, profile.InBoth, profile.InGroup, profile.InUser, profile.ByFilter, profile.Invisible),
			MaxChanges: r.IntN(1000), MaxBytes: r.IntN(1e6), ReplaceMembers: coin(r), RemoveByValue: coin(r), DropsUnknown: coin(r),
		}
		p.Filter.Groups = list(r, attribute)
	}
	for range r.IntN(3) {
		p.Rate = append(p.Rate, profile.Rate{
			Class:    pick(r, profile.All, profile.Reads, profile.Writes, profile.UserWrites, profile.GroupReads, profile.GroupPatch, profile.UserDelete),
			Requests: 1 + r.IntN(1000), Per: time.Duration(1 + r.Int64N(int64(time.Hour))), Burst: r.IntN(5), Silent: coin(r),
		})
	}
	p.ETag = pick(r, profile.Announced, profile.Untrusted)
	p.Lag = pick(r, 0, time.Millisecond, 90*time.Second)
	return p
}

func coin(r *rand.Rand) bool { return r.IntN(2) == 0 }

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func list(r *rand.Rand, one func() string) (all []string) {
	for range r.IntN(3) {
		all = append(all, one())
	}
	return all
}

// text returns what YAML might take for something else.
func text(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(5) {
		b.WriteString(pick(r, "a", " ", ":", ": ", "#", " #", "-", "- ", "'", `"`, "\\", "{", "]", "&a", "*a", "!", "%", "@", "|", ">", "~", "null", "yes", "0x1", "é", "\u2028", "\ufeff", "\xff", "😀"))
	}
	return b.String()
}
