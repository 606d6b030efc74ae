package policy

import (
	"maps"
	"slices"
)

// clone returns a copy of d that shares nothing with it.
func (d Document) clone() Document {
	d.Attributes = cloneMap(d.Attributes)
	d.Roles = cloneMap(d.Roles)
	d.Entitlements = maps.Clone(d.Entitlements)
	d.Rules = cloneList(d.Rules)
	d.Accounts = cloneMap(d.Accounts)
	d.Denies = cloneList(d.Denies)
	d.Exceptions = cloneList(d.Exceptions)
	d.Separation = cloneList(d.Separation)
	return d
}

// cloner is a part of a document.
type cloner[T any] interface{ clone() T }

func cloneMap[T cloner[T]](m map[string]T) map[string]T {
	m = maps.Clone(m)
	for name, one := range m {
		m[name] = one.clone()
	}
	return m
}

func cloneList[T cloner[T]](list []T) []T {
	list = slices.Clone(list)
	for i, one := range list {
		list[i] = one.clone()
	}
	return list
}

func (a Attribute) clone() Attribute {
	a.Values = slices.Clone(a.Values)
	return a
}

func (r Role) clone() Role {
	r.Parameters, r.Inherits, r.Grants = slices.Clone(r.Parameters), slices.Clone(r.Inherits), slices.Clone(r.Grants)
	r.AddOns = cloneList(r.AddOns)
	return r
}

func (a AddOn) clone() AddOn {
	a.Roles, a.Grants, a.With = slices.Clone(a.Roles), slices.Clone(a.Grants), maps.Clone(a.With)
	return a
}

func (r Rule) clone() Rule {
	r.Roles, r.Grants, r.With = slices.Clone(r.Roles), slices.Clone(r.Grants), maps.Clone(r.With)
	r.AddOns = cloneList(r.AddOns)
	return r
}

func (d Deny) clone() Deny {
	d.Roles, d.Grants = slices.Clone(d.Roles), slices.Clone(d.Grants)
	return d
}

func (e Exception) clone() Exception {
	e.Roles, e.Grants, e.Lifts = slices.Clone(e.Roles), slices.Clone(e.Grants), slices.Clone(e.Lifts)
	return e
}

func (s Separation) clone() Separation {
	s.Between, s.Mitigations = cloneList(s.Between), slices.Clone(s.Mitigations)
	return s
}

func (s Side) clone() Side {
	s.Roles, s.Grants = slices.Clone(s.Roles), slices.Clone(s.Grants)
	return s
}

func (a AccountMapping) clone() AccountMapping {
	a.Candidates, a.After, a.Attributes = slices.Clone(a.Candidates), slices.Clone(a.After), maps.Clone(a.Attributes)
	for name, templates := range a.Attributes {
		a.Attributes[name] = slices.Clone(templates)
	}
	return a
}
