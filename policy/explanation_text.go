package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// String returns the explanation as lines of text for people.
func (e Explanation) String() string {
	var out strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	if e.Given {
		line("%s has %s at %s%s.", e.who(), e.what(), moment(e.At), e.disabled())
		e.writeGiven(line)
	} else {
		line("%s does not have %s at %s.", e.who(), e.what(), moment(e.At))
		e.writeMissing(line)
	}
	e.writeTime(line)
	e.writeChange(line)
	return out.String()
}

type writeLine func(format string, args ...any)

func (e Explanation) who() string {
	if e.Person == "" {
		return "The person"
	}
	return e.Person
}

func (e Explanation) what() string {
	if e.System != "" {
		return "an account in " + e.System
	}
	return e.Entitlement.String()
}

func (e Explanation) disabled() string {
	switch e.Disabled {
	case Enabled:
		return ""
	case Ahead:
		return ", disabled until the first day"
	default:
		return ", disabled: " + string(e.Disabled)
	}
}

func (e Explanation) writeGiven(line writeLine) {
	line("Given by:")
	for _, l := range e.Leads {
		line("  %s", l)
		if l.Until.IsZero() {
			continue
		}
		line("    until %s%s", moment(l.Until), because(l.Obstacles, l.Until))
	}
	switch origin, several := e.origin(); {
	case len(e.Leads) == 1:
		line("Nothing else would keep it.")
	case several:
		line("Each of these %d suffices: the others would keep it.", len(e.Leads))
	default:
		line("Each of these %d suffices, but without %s nothing would keep it.", len(e.Leads), origin)
	}
	if e.Approval != "" {
		line("Approved by %s.", e.Approval)
	}
	for _, l := range e.Lifted {
		line("Exception %s lifts deny %s.", l.Exception, l.Deny)
	}
}

// origin returns the first rule, exception or request of the reasons, and whether
// there are others.
func (e Explanation) origin() (first string, several bool) {
	for i, l := range e.Leads {
		of := Reason{Rule: l.Rule, Exception: l.Exception, Request: l.Request}.String()
		if several = several || i > 0 && of != first; i == 0 {
			first = of
		}
	}
	return first, several
}

// because writes what ends something at an instant.
func because(list []Obstacle, at time.Time) string {
	if len(list) == 0 {
		return ""
	}
	texts := make([]string, len(list))
	for i, o := range list {
		if texts[i] = o.String(); o.Until.Equal(at) && (o.Kind == ObstacleWindow || o.Kind == ObstacleRelationship) {
			texts[i] = "when " + o.Where + " ends"
		}
	}
	return ": " + strings.Join(texts, "; ")
}

func (e Explanation) writeMissing(line writeLine) {
	switch {
	case len(e.Leads) > 0:
		line("What could give it, and what keeps it back:")
	case e.System != "":
		line("Nothing in the policy gives anything there to this person.%s", e.suggestion())
	default:
		line("Nothing in the policy gives it to this person.%s", e.suggestion())
	}
	for _, l := range e.Leads {
		line("  %s", l)
		for _, o := range l.Obstacles {
			line("    %s", o)
		}
	}
	if e.More {
		line("  and more")
	}
	for _, name := range e.Roles {
		line("Role %s gives it, but nothing gives this person the role.", name)
	}
	for _, a := range e.Absent {
		if !slices.ContainsFunc(e.Leads, func(l Lead) bool {
			return slices.ContainsFunc(l.Obstacles, func(o Obstacle) bool { return o.Kind == ObstacleRelationship && l.Relationship == a.Relationship })
		}) {
			line("%s.", a)
		}
	}
	if e.Requestable {
		line("It may be asked for.")
	}
}

func (e Explanation) suggestion() string {
	if e.Nearest == "" {
		return ""
	}
	return " Did you mean " + e.Nearest + "?"
}

func (e Explanation) writeTime(line writeLine) {
	switch {
	case !e.Until.IsZero() && e.Given:
		line("It ends at %s, by what is known now.", moment(e.Until))
	case !e.Until.IsZero():
		line("It will be given at %s, by what is known now.", moment(e.Until))
	case !e.Looked.IsZero():
		line("That was looked at until %s, and stays so until then.", moment(e.Looked))
	}
}

func (e Explanation) writeChange(line writeLine) {
	c, does := e.Change, "give it"
	if e.Given {
		does = "take it away"
	}
	switch {
	case len(c.Attributes) > 0:
		line("A change that would %s:", does)
		for _, a := range c.Attributes {
			line("  %s", a)
		}
		if !c.Smallest {
			line("  There may be one of fewer attributes.")
		}
	case c.Impossible:
		line("No change of attributes would %s.", does)
	case c.Searched > 0:
		line("No change of up to %d attributes was found that would %s.", c.Searched, does)
	}
}

// moment writes an instant.
func moment(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// String returns the way in words, with the relationship.
func (l Lead) String() string {
	out := l.Reason.String()
	if l.Overlap {
		out += ", by its overlap"
	}
	if l.Entitlement != (Entitlement{}) {
		out = l.Entitlement.String() + " by " + out
	}
	return out + " (relationship " + l.Relationship + ")"
}

// String says what keeps something back.
func (o Obstacle) String() string {
	of := ""
	if o.Role != "" {
		of = " what comes through role " + o.Role
	}
	switch o.Kind {
	case ObstacleCondition:
		return fmt.Sprintf("%s wants %s%s", o.Where, o.Part, told(o.Seen))
	case ObstacleWindow:
		switch {
		case !o.From.IsZero():
			return fmt.Sprintf("%s begins at %s%s", o.Where, moment(o.From), told(o.Seen))
		case !o.Until.IsZero():
			return fmt.Sprintf("%s ended at %s%s", o.Where, moment(o.Until), told(o.Seen))
		}
		return fmt.Sprintf("%s depends on a date%s", o.Where, told(o.Seen))
	case ObstacleParameter:
		switch {
		case o.Part == "":
			return fmt.Sprintf("%s has no value%s", o.Where, told(o.Seen))
		case len(o.Names) == 0:
			return fmt.Sprintf("%s gives %s for nothing%s", o.Where, o.Part, told(o.Seen))
		}
		return fmt.Sprintf("%s gives %s, which comes out as %s%s", o.Where, o.Part, strings.Join(o.Names, ", "), told(o.Seen))
	case ObstacleRelationship:
		if !o.From.IsZero() {
			return fmt.Sprintf("%s begins at %s", o.Where, moment(o.From))
		}
		return fmt.Sprintf("%s ended at %s", o.Where, moment(o.Until))
	case ObstacleDeny:
		until := ""
		if !o.Until.IsZero() {
			until = ", until " + moment(o.Until)
		}
		return fmt.Sprintf("%s takes%s back%s: %s%s; an exception could lift it", o.Where, of, until, o.Part, told(o.Seen))
	case ObstacleSeparation:
		return fmt.Sprintf("%s keeps%s apart from %s", o.Where, of, strings.Join(o.Names, ", "))
	case ObstacleApproval:
		return o.Where + " needs an approval and has none"
	case ObstacleRequest:
		return o.Where + " asks for what cannot be asked for"
	default:
		return o.Where + " does not say that it gives what is sensitive"
	}
}

// told writes what attributes are, behind something else.
func told(list []Seen) string {
	if len(list) == 0 {
		return ""
	}
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.String()
	}
	return "; " + strings.Join(texts, ", ")
}

// String returns the attribute and what it is.
func (s Seen) String() string {
	out := s.Attribute + " is " + values(s.Values)
	if s.Relationship != "" {
		out += " in relationship " + s.Relationship
	}
	return out
}

// values quotes what an attribute holds.
func values(list []string) string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == "" })
	if len(list) == 0 {
		return "missing"
	}
	for i, s := range list {
		list[i] = fmt.Sprintf("%q", clip(s))
	}
	return some(list)
}

// String says that the relationship gives no access.
func (a Absence) String() string {
	switch {
	case !a.From.IsZero() && !a.Until.IsZero():
		return "Relationship " + a.Relationship + " ends before it begins"
	case !a.From.IsZero():
		return "Relationship " + a.Relationship + " begins at " + moment(a.From)
	}
	return "Relationship " + a.Relationship + " ended at " + moment(a.Until)
}

// String returns the attribute with what it is and would be.
func (c AttributeChange) String() string {
	to := values(c.To)
	if c.Any {
		to = "anything else"
	}
	out := fmt.Sprintf("relationship %s: %s from %s to %s", c.Relationship, c.Attribute, values(c.From), to)
	if c.Want != "" {
		out += " (" + c.Want + ")"
	}
	return out
}
