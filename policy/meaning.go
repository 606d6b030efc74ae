package policy

import (
	"maps"
	"slices"
)

// The meaning of a part of a document is that part without what decisions do not depend
// on.

func (r Rule) meaning() Rule {
	r.Description, r.Owner, r.ReviewDays = "", "", 0
	return r
}

func (r Role) meaning() Role {
	r.Description, r.Owner, r.ReviewDays = "", "", 0
	return r
}

func (d Deny) meaning() Deny {
	d.Description, d.Owner, d.ReviewDays = "", "", 0
	return d
}

func (e Exception) meaning() Exception {
	e.Reason, e.Owner, e.ReviewDays = "", "", 0
	return e
}

func (s Separation) meaning() Separation {
	s.Description, s.Owner, s.ReviewDays = "", "", 0
	s.Mitigations = slices.Clone(s.Mitigations)
	for i := range s.Mitigations {
		s.Mitigations[i].Owner, s.Mitigations[i].ReviewDays = "", 0
	}
	return s
}

func (a AccountMapping) meaning() AccountMapping {
	a.SignIn, a.Owner, a.ReviewDays = "", "", 0
	return a
}

// meanings are those of all accounts.
func meanings(accounts map[string]AccountMapping) map[string]AccountMapping {
	accounts = maps.Clone(accounts)
	for system, a := range accounts {
		accounts[system] = a.meaning()
	}
	return accounts
}
