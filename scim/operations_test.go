package scim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim/internal/filter"
	"github.com/joinery-iam/joinery/scim/internal/patch"
	"github.com/joinery-iam/joinery/scim/profile"
)

const guild = "urn:example:params:scim:schemas:guild:2.0:User"

// userRules are those of RFC 7643, section 4.1, as far as a PATCH needs them.
type userRules struct{}

func (userRules) CaseExact(string, string, string) bool { return false }

func (userRules) MultiValued(schema, attr string) bool {
	return schema == "" && len(plural[attr]) > 0 || schema == guild && attr == "tools"
}

func (userRules) Fixed(p filter.Path) bool { return p.Attr == "id" || p.Attr == "meta" }

func (userRules) Resolve(p filter.Path) (filter.Path, error) {
	if whole := p.Schema + ":" + p.Attr; whole == enterpriseSchema || whole == guild {
		return filter.Path{Schema: whole}, nil
	}
	return p, nil
}

type dice struct{ *rand.Rand }

func (d dice) of(from ...string) string { return from[d.IntN(len(from))] }

// names are all that change may name, and some of what it may select.
func names() []string {
	all := []string{
		`emails[type eq "home"].value`, `phoneNumbers[type eq "mobile"].value`, `addresses[type eq "work"].locality`,
		`addresses[type eq "work"].country`, `photos[primary eq true].value`, guild + ":badge", guild + ":desk.floor", guild + ":tools",
	}
	for _, a := range table {
		all = append(all, a.name)
	}
	return all
}

// user returns one who has some of everything.
func (d dice) user() object {
	u := object{"id": "1", "schemas": []any{userSchema}, "userName": "u", "active": true}
	for _, name := range names() {
		if a, err := lookup(name); err == nil && a.name != "userName" && a.selector.attr == "" && d.IntN(2) == 0 {
			change{attribute: a, value: d.value(a)}.write(u)
		}
	}
	for key, parts := range plural {
		var list []any
		primary := d.IntN(6)
		for i := range d.IntN(4) {
			one := object{}
			if d.IntN(5) > 0 {
				one["type"] = d.of("work", "home", "mobile", "other")
			}
			for _, part := range parts {
				one[part] = fmt.Sprint(part, i, d.IntN(9))
			}
			if i == primary {
				one["primary"] = true
			}
			list = append(list, map[string]any(one))
		}
		if len(list) > 0 {
			u[key] = list
		}
	}
	return plainly(u)
}

// plainly returns an object as decoding JSON would.
func plainly(o object) object {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	out, err := decode(text)
	if err != nil {
		panic(err)
	}
	return out
}

func (d dice) value(a attribute) connector.Value {
	switch {
	case a.list && d.IntN(2) == 0:
		return connector.Strings("saw", d.of("plane", "awl"))
	case a.name == "userName" || d.IntN(3) > 0:
		return connector.String(d.of("a", "B", "c d", `q"\`, "é"))
	default:
		return connector.Null()
	}
}

func (d dice) changes(t *testing.T) []change {
	t.Helper()
	wanted := map[string]connector.Value{}
	all := names()
	for range 1 + d.IntN(6) {
		name := all[d.IntN(len(all))]
		a, err := lookup(name)
		require.NoError(t, err)
		wanted[name] = d.value(a)
	}
	list, err := changes(wanted)
	require.NoError(t, err)
	return list
}

// Whatever a user has and is to have: the operations that are sent make of one the
// other by the letter of RFC 7644, leave alone what was not named, and once they
// are carried out there is nothing more to send.
func TestOperationsAlwaysMakeWhatIsWanted(t *testing.T) {
	t.Parallel()
	for name, update := range map[string]profile.Update{
		"plain": {}, "no value paths": {NoValuePaths: true}, "no path": {NoPath: true}, "one operation": {OneOperation: true},
		"capitals": {Capitals: true}, "no value paths, one operation": {NoValuePaths: true, OneOperation: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dice{rand.New(rand.NewPCG(7, uint64(len(name))))}
			f := facts{Profile: profile.Profile{Update: update}}
			for range 300 {
				user := d.user()
				wanted := d.changes(t)
				after := user
				for _, body := range f.bodies(f.operations(user, wanted)...) {
					after = applied(t, after, body)
				}
				story := func() string {
					text, _ := json.Marshal([]any{user, f.bodies(f.operations(user, wanted)...), after})
					return strings.ReplaceAll(string(text), userSchema, "…")
				}
				named := map[string]bool{}
				for _, c := range wanted {
					named[c.key] = true
					require.True(t, c.value.Equal(c.read(after)), "%s: want %v, not %v: %s", c.name, c.value, c.read(after), story())
				}
				for _, other := range append(elements(user), table...) {
					if !named[other.key] {
						require.True(t, other.read(user).Equal(other.read(after)), "%s: %s", other.name, story())
					}
				}
				require.Empty(t, f.operations(after, wanted), story())
			}
		})
	}
}

func applied(t *testing.T, user, body object) object {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	ops, err := patch.Parse(text)
	require.NoError(t, err)
	out, err := patch.Apply(user, ops, userRules{})
	require.NoError(t, err, "%s of %v", text, user)
	return out
}

func wantedOf(t *testing.T, name string, value connector.Value) []change {
	t.Helper()
	list, err := changes(map[string]connector.Value{name: value})
	require.NoError(t, err)
	return list
}

// Only the first of two work addresses was removed, and the second took its place.
func TestAKindThatIsClearedIsClearedWhole(t *testing.T) {
	t.Parallel()
	user := plainly(object{"emails": []any{object{"type": "work", "value": "a"}, object{"type": "work", "value": "b"}, object{"type": "home", "value": "c"}}})
	ops := facts{}.operations(user, wantedOf(t, "email", connector.Null()))
	require.Equal(t, []object{{"op": "remove", "path": `emails[type eq "work"]`}}, ops)
}

// A part of a name that was left out of what is merged was not taken away by it.
func TestAPartThatIsClearedByMergingIsNull(t *testing.T) {
	t.Parallel()
	user := plainly(object{"name": object{"givenName": "Ann", "middleName": "B"}})
	f := facts{Profile: profile.Profile{Update: profile.Update{NoPath: true}}}
	ops := f.operations(user, wantedOf(t, "name.middleName", connector.Null()))
	require.Len(t, ops, 1)
	require.Equal(t, plainly(object{"op": "replace", "value": object{"name": object{"givenName": "Ann", "middleName": nil}}}), plainly(ops[0]))
}
