package doctor

import (
	"net/url"
	"strconv"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
)

// draft makes a profile of what was seen.
func (v *visit) draft() profile.Profile {
	p := profile.Profile{
		Name: "observed", Product: v.product(), Checked: time.Now().UTC().Format(time.DateOnly),
		Notes: []string{"Tried out by an examination, not read: see what each field rests on before relying on it."},
	}
	is := func(trait string) bool { return v.traits[trait] == "true" }
	p.Discovery.Absent = is("discovery.absent")
	if p.Filter.Users = v.searchable(); p.Filter.Users != nil && len(p.Filter.Users) == 0 {
		p.Notes = append(p.Notes, "No search found anybody.")
	}
	p.Filter.NoProjection = is("filter.noProjection")
	if answer := v.traits["filter.unsupported"]; answer != "refused" {
		p.Filter.Unsupported = profile.Answer(answer)
	}
	if is("paging.method") && !v.claims["cursor"] {
		p.Paging.Method = profile.ByCursor
	}
	p.Paging.MaxResults, _ = strconv.Atoi(v.traits["paging.maxResults"])
	for _, attr := range sent() {
		if is("attributes.unknown " + attr) {
			p.Attributes.Unknown = append(p.Attributes.Unknown, attr)
		}
	}
	switch {
	case is("update.noPatch"):
		p.Update.Method = profile.PutAlone
	case is("update.noPut"):
		p.Update.Method = profile.PatchAlone
	}
	p.Update.NoValuePaths = is("update.noValuePaths") && p.Update.Method != profile.PutAlone
	p.Update.OneOperation = is("update.oneOperation") && p.Update.Method != profile.PutAlone
	p.Disable.Deletes, p.Disable.Hides = is("disable.deletes"), is("disable.hides")
	p.Delete.Refused, p.Delete.Disables = is("delete.refused"), is("delete.disables")
	if v.traits["etag"] == "ignored" {
		p.ETag = profile.Untrusted
	}
	if p.Groups.Absent = is("groups.absent"); p.Groups.Absent {
		return p
	}
	switch place := v.traits["groups.members"]; place {
	case "", "both", "group":
	default:
		p.Groups.Members = profile.Membership(place)
	}
	p.Groups.RemoveByValue, p.Groups.DropsUnknown = is("groups.removeByValue"), is("groups.dropsUnknown")
	return p
}

// searchable returns what users are found by, nil if by everything that was tried.
func (v *visit) searchable() []string {
	works, all := []string{}, true
	for _, attr := range searched() {
		switch v.traits["filter.users "+attr] {
		case "true":
			works = append(works, attr)
		case "false":
			all = false
		}
	}
	if all {
		return nil
	}
	return works
}

func (v *visit) product() string {
	if u, err := url.Parse(v.base); err == nil {
		return u.Hostname()
	}
	return "unknown"
}
