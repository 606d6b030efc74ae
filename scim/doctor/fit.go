package doctor

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/scim/profile"
)

// Fit says how well a profile of the catalogue describes what was seen.
type Fit struct {
	// Profile is its name.
	Profile string
	// Address says that the base URL is one of its addresses.
	Address bool
	// Explains are the deviations that were seen and that the profile names, as
	// fields in their YAML form.
	Explains []string
	// Contradicts are what was seen to be otherwise than the profile says.
	Contradicts []string
	// Unseen are deviations that the profile names and that nobody tried.
	Unseen []string
}

// claims are what a profile says of traits: the values that agree with it. It says
// nothing of others.
type claims map[string][]string

// searched are the attributes that searching tries.
func searched() []string {
	return []string{"userName", "externalId", "id", "emails.value", `emails[type eq "work"].value`, enterpriseSchema + ":department"}
}

// sent are the attributes of a new user that may be dropped.
func sent() []string {
	return []string{"displayName", "emails", "name", "title", enterpriseSchema + ":department"}
}

func claimsOf(p profile.Profile) claims {
	c := claims{}
	is := func(trait string, value bool) {
		c[trait] = []string{map[bool]string{true: "true", false: "false"}[value]}
	}
	is("discovery.absent", p.Discovery.Absent)
	for _, attr := range searched() {
		is("filter.users "+attr, len(p.Filter.Users) == 0 || slices.ContainsFunc(p.Filter.Users, func(known string) bool {
			return strings.EqualFold(known, attr)
		}))
	}
	c["filter.unsupported"] = []string{cmp.Or(string(p.Filter.Unsupported), "refused")}
	is("filter.noProjection", p.Filter.NoProjection)
	if p.Paging.Method == profile.ByCursor {
		is("paging.method", true)
	}
	for _, attr := range sent() {
		is("attributes.unknown "+attr, slices.ContainsFunc(p.Attributes.Unknown, func(known string) bool {
			return strings.EqualFold(known, attr) || strings.EqualFold(known, enterpriseSchema) && strings.HasPrefix(attr, enterpriseSchema)
		}))
	}
	switch p.Update.Method {
	case profile.PutAlone:
		is("update.noPatch", true)
		is("update.noPut", false)
	case profile.PatchAlone:
		is("update.noPatch", false)
		is("update.noPut", true)
	case profile.PatchOrPut: // either will do
	}
	is("update.noValuePaths", p.Update.NoValuePaths)
	is("update.oneOperation", p.Update.OneOperation)
	is("lag", p.Lag > 0)
	if p.ETag == profile.Untrusted {
		c["etag"] = []string{"ignored"}
	} else {
		c["etag"] = []string{"works"}
	}
	is("groups.absent", p.Groups.Absent)
	if p.Groups.Members == profile.InBoth {
		c["groups.members"] = []string{"both", "group", "user"}
	} else {
		c["groups.members"] = []string{string(p.Groups.Members)}
	}
	is("groups.removeByValue", p.Groups.RemoveByValue)
	is("groups.dropsUnknown", p.Groups.DropsUnknown)
	is("disable.deletes", p.Disable.Deletes)
	is("disable.hides", p.Disable.Hides)
	is("delete.refused", p.Delete.Refused)
	is("delete.disables", p.Delete.Disables)
	return c
}

// fit compares a profile with what was seen.
func (v *visit) fit(p profile.Profile) Fit {
	f := Fit{Profile: p.Name, Address: slices.Contains(profile.ByAddress(v.base), p.Name)}
	says, standard := claimsOf(p), claimsOf(profile.Profile{})
	for _, trait := range slices.Sorted(maps.Keys(says)) {
		special := !slices.Equal(says[trait], standard[trait]) && (len(standard[trait]) > 0 || says[trait][0] == "true")
		value, seen := v.traits[trait]
		switch {
		case !seen && special:
			f.Unseen = append(f.Unseen, trait)
		case !seen:
		case !slices.Contains(says[trait], value):
			f.Contradicts = append(f.Contradicts, trait)
		case special:
			f.Explains = append(f.Explains, trait)
		}
	}
	return f
}

// generic is the profile of a server without peculiarities. It goes before others
// that fit as well.
const generic = "generic"

// conclude compares what was seen with the catalogue, and drafts a profile.
func (v *visit) conclude() {
	for _, name := range append([]string{generic}, profile.Names()...) {
		if slices.ContainsFunc(v.report.Fits, func(f Fit) bool { return f.Profile == name }) {
			continue
		}
		if p, err := profile.Get(name); err == nil {
			v.report.Fits = append(v.report.Fits, v.fit(p))
		}
	}
	slices.SortStableFunc(v.report.Fits, func(a, b Fit) int {
		return cmp.Or(
			cmp.Compare(rank(b.Address), rank(a.Address)),
			cmp.Compare(len(a.Contradicts), len(b.Contradicts)),
			cmp.Compare(len(b.Explains), len(a.Explains)),
			cmp.Compare(len(a.Unseen), len(b.Unseen)),
		)
	})
	v.report.Draft = v.draft()
}

func rank(is bool) int {
	if is {
		return 1
	}
	return 0
}
