package doctor

import (
	"context"
	"net/url"
	"strconv"
	"strings"
)

func escape(id string) string { return url.PathEscape(id) }

// outcome is what a search came to.
type outcome string

const (
	found    outcome = "found"   // the subject and nobody else
	nobody   outcome = "nobody"  // an empty list
	others   outcome = "others"  // somebody who was not asked for
	refusal  outcome = "refused" // status 4xx
	failed   outcome = "failed"  // status 5xx, or no answer
	notKnown outcome = "not known"
)

// search asks for users by a filter.
func (v *visit) search(ctx context.Context, filter string) (outcome, answer) {
	a := v.get(ctx, "/Users", "filter", filter)
	switch {
	case a.status == 429:
		return notKnown, a
	case a.refused() || a.status == 501:
		return refusal, a
	case !a.ok() || a.object == nil:
		return failed, a
	case len(a.resources()) == 0:
		return nobody, a
	}
	for _, r := range a.resources() {
		if r.text("id") != v.user.id {
			return others, a
		}
	}
	return found, a
}

// searching finds the subject in the ways that clients use.
func (v *visit) searching(ctx context.Context) {
	const section = " (RFC 7644, section 3.4.2.2)"
	answers := map[outcome][]answer{}
	for _, s := range []struct {
		code, attr, value string
		operator          string
	}{
		{"filter.userName", "userName", v.user.userName, "eq"},
		{"filter.userNameCase", "userName", otherCase(v.user.userName), "eq"},
		{"filter.externalId", "externalId", v.user.externalID, "eq"},
		{"filter.id", "id", v.user.id, "eq"},
		{"filter.emailsValue", "emails.value", v.user.anyEmail, "eq"},
		{"filter.valuePath", `emails[type eq "work"].value`, v.user.email, "eq"},
		{"filter.department", enterpriseSchema + ":department", v.user.department, "eq"},
		{"filter.startsWith", "userName", v.user.userName, "sw"},
	} {
		if s.value == "" {
			continue
		}
		result, a := v.search(ctx, s.attr+" "+s.operator+" "+strconv.Quote(s.value))
		switch result {
		case found:
			v.note(Good, s.code, "A user is found by "+s.attr+" "+s.operator+caseHint(s.code), "", a)
		case nobody:
			v.note(Danger, s.code, "A user who is there is not found by "+s.attr+" "+s.operator+caseHint(s.code)+", and no error says why",
				"that user, or status 400"+section, a)
		case others:
			if s.code == "filter.startsWith" || s.code == "filter.department" {
				v.note(Good, s.code, "Users are found by "+s.attr+" "+s.operator, "", a)
				continue
			}
			v.note(Danger, s.code, "A search by "+s.attr+" finds others than who was meant: the filter is ignored, or not unique",
				"that user, or status 400"+section, a)
		case refusal:
			v.note(Deviation, s.code, "Users cannot be searched by "+s.attr+" "+s.operator+caseHint(s.code), "that user"+section, a)
		default:
			v.unclear(s.code, "a search by "+s.attr, a)
			continue
		}
		if s.operator == "eq" && s.code != "filter.userNameCase" {
			v.saw("filter.users "+s.attr, result == found)
		}
		if result != found {
			answers[result] = append(answers[result], a)
		}
	}
	v.combined(ctx)
	if result, a := v.search(ctx, `userName eq "joinery-doctor-knows-nobody"`); result == nobody {
		v.note(Good, "filter.miss", "Who does not exist is not found", "", a)
	} else if result == others {
		v.note(Danger, "filter.ignored", "A search for nobody finds somebody: filters are ignored", "an empty list"+section, a)
		answers[others] = append(answers[others], a)
	} else {
		v.note(Deviation, "filter.miss", "A search for nobody is no empty list", "status 200 and an empty list"+section, a)
	}
	v.senseless(ctx, answers)
	v.concludeUnsupported(answers)
}

func otherCase(s string) string {
	if upper := strings.ToUpper(s); upper != s {
		return upper
	}
	return strings.ToLower(s)
}

func caseHint(code string) string {
	if code == "filter.userNameCase" {
		return " in other letter case"
	}
	return ""
}

// combined asks for two things at once.
func (v *visit) combined(ctx context.Context) {
	result, a := v.search(ctx, "userName eq "+strconv.Quote(v.user.userName)+` and userName pr`)
	switch result {
	case found:
		v.note(Good, "filter.and", "Comparisons can be combined", "", a)
	case refusal:
		v.note(Deviation, "filter.and", "Comparisons cannot be combined", "that user (RFC 7644, section 3.4.2.2)", a)
	case nobody, others:
		v.note(Danger, "filter.and", "Combined comparisons give a wrong answer, and no error", "that user (RFC 7644, section 3.4.2.2)", a)
	default:
		v.unclear("filter.and", "whether comparisons can be combined", a)
	}
}

// senseless sends filters that no server can evaluate.
func (v *visit) senseless(ctx context.Context, answers map[outcome][]answer) {
	for _, s := range []struct{ code, filter, what string }{
		{"filter.unknown", `joineryDoctor eq "x"`, "an attribute that is not known"},
		{"filter.broken", `userName eq`, "half a filter"},
	} {
		result, a := v.search(ctx, s.filter)
		switch result {
		case refusal:
			v.note(Good, s.code, "A search by "+s.what+" is refused", "", a)
		case nobody:
			v.note(Deviation, s.code, "A search by "+s.what+" finds nobody, and no error says why",
				"status 400 invalidFilter (RFC 7644, section 3.4.2.2)", a)
		case others, found:
			v.note(Danger, s.code, "A search by "+s.what+" finds people", "status 400 invalidFilter (RFC 7644, section 3.4.2.2)", a)
			result = others
		default:
			v.unclear(s.code, "a search by "+s.what, a)
		}
		answers[result] = append(answers[result], a)
	}
}

// concludeUnsupported notes the worst that comes of a filter that is not
// understood.
func (v *visit) concludeUnsupported(answers map[outcome][]answer) {
	switch {
	case len(answers[others]) > 0:
		v.traits["filter.unsupported"] = "ignored"
	case len(answers[nobody]) > 0:
		v.traits["filter.unsupported"] = "empty"
	case len(answers[refusal]) > 0:
		v.traits["filter.unsupported"] = "refused"
	}
}
