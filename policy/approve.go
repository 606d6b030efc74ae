package policy

import (
	"strings"
	"unicode/utf8"
)

// approve withholds what nobody approved who had to, what was asked for and cannot
// be, and what is sensitive by the value of a parameter alone.
func (o *outcome) approve(p *Policy, s Subject) {
	taken := takings{}
	o.approvals = map[Entitlement]string{}
	for e, ways := range o.given {
		info := p.info(e)
		var missing bool
		if info.Approval {
			id, ok := s.approval(func(a Approval) bool { return a.Entitlement == e })
			if missing = !ok; ok {
				o.approvals[e] = id
			}
		}
		for i, why := range ways {
			if missing {
				taken.take(e, i, Cause{Kind: CauseApproval})
			}
			for _, name := range why.Roles {
				if !p.roles[name].approval {
					continue
				}
				if _, ok := s.approval(func(a Approval) bool { return a.Role == name }); !ok {
					taken.take(e, i, Cause{Kind: CauseApproval, Role: name})
				}
			}
			if why.Request != "" && !p.requestable(e, why) {
				taken.take(e, i, Cause{Kind: CauseRequest, Name: why.Request})
			}
			if role := p.unsaid(e, info.Sensitivity, why.Roles); info.Sensitivity != "" && role != "" {
				taken.take(e, i, Cause{Kind: CauseSensitivity, Role: role})
			}
		}
	}
	o.take(taken)
}

// approval returns the ID of the first approval that is in force and about
// something.
func (s Subject) approval(about func(Approval) bool) (id string, ok bool) {
	for _, a := range s.Approvals {
		if a.inForce(s.At) && about(a) {
			return a.ID, true
		}
	}
	return "", false
}

// requestable reports whether what a request leads to could be asked for: the role,
// or else the entitlement.
func (p *Policy) requestable(e Entitlement, why Reason) bool {
	if len(why.Roles) > 0 {
		return p.roles[why.Roles[0]].requestable
	}
	_, known := p.accounts[e.System]
	return known && p.info(e).Requestable
}

// request adds what is asked for.
func (x *expansion) request(s Subject, r *Relationship, f *facts) error {
	for _, q := range s.Requests {
		if !within(s.At, q.From, q.Until) {
			continue
		}
		x.steps, x.ways = 0, 0 // so that many requests cannot make the rules fail
		why := Reason{Request: q.ID, Relationship: r.ID}
		if q.Role == "" {
			if err := x.add(q.Entitlement, why); err != nil {
				return err
			}
			continue
		}
		role, ok := x.policy.roles[q.Role]
		if !ok || !q.sound() {
			continue // of a policy that is no more, or such that no policy could give it
		}
		ref := reference{role: role}
		for _, name := range role.parameters {
			ref.with = append(ref.with, template{parts: []part{{text: q.With[name]}}})
		}
		if err := x.role(ref, f, why); err != nil {
			return err
		}
	}
	return nil
}

// sound reports whether the values of a request can be part of a name. One that is
// not leads to nothing, rather than to an error: nobody is to keep what they have
// by asking for nonsense.
func (q Request) sound() bool {
	for _, v := range q.With {
		if len(v) > maxNameLength || strings.ContainsFunc(v, isControl) || !utf8.ValidString(v) {
			return false
		}
	}
	return true
}
