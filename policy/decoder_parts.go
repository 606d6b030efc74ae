package policy

import "go.yaml.in/yaml/v3"

func (d *decoder) attribute(n *yaml.Node, path string) (a Attribute) {
	d.fields(n, path, []field{
		{"type", func(n *yaml.Node, path string) { a.Type = AttributeType(d.text(n, path)) }},
		{"values", func(n *yaml.Node, path string) { a.Values = listOf(d, n, path, d.text) }},
		{"description", func(n *yaml.Node, path string) { a.Description = d.text(n, path) }},
	})
	return a
}

func (d *decoder) role(n *yaml.Node, path string) (r Role) {
	d.fields(n, path, []field{
		{"kind", func(n *yaml.Node, path string) { r.Kind = RoleKind(d.text(n, path)) }},
		{"parameters", func(n *yaml.Node, path string) { r.Parameters = listOf(d, n, path, d.text) }},
		{"when", func(n *yaml.Node, path string) { r.When = d.text(n, path) }},
		{"inherits", func(n *yaml.Node, path string) { r.Inherits = listOf(d, n, path, d.text) }},
		{"grants", func(n *yaml.Node, path string) { r.Grants = listOf(d, n, path, d.text) }},
		{"addOns", func(n *yaml.Node, path string) { r.AddOns = listOf(d, n, path, d.addOn) }},
		{"sensitivity", func(n *yaml.Node, path string) { r.Sensitivity = Sensitivity(d.text(n, path)) }},
		{"requestable", func(n *yaml.Node, path string) { r.Requestable = d.flag(n, path) }},
		{"approval", func(n *yaml.Node, path string) { r.Approval = d.flag(n, path) }},
		{"owner", func(n *yaml.Node, path string) { r.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { r.ReviewDays = d.number(n, path) }},
		{"description", func(n *yaml.Node, path string) { r.Description = d.text(n, path) }},
	})
	return r
}

func (d *decoder) entitlement(n *yaml.Node, path string) (e EntitlementInfo) {
	d.fields(n, path, []field{
		{"sensitivity", func(n *yaml.Node, path string) { e.Sensitivity = Sensitivity(d.text(n, path)) }},
		{"requestable", func(n *yaml.Node, path string) { e.Requestable = d.flag(n, path) }},
		{"approval", func(n *yaml.Node, path string) { e.Approval = d.flag(n, path) }},
		{"owner", func(n *yaml.Node, path string) { e.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { e.ReviewDays = d.number(n, path) }},
		{"description", func(n *yaml.Node, path string) { e.Description = d.text(n, path) }},
	})
	return e
}

func (d *decoder) rule(n *yaml.Node, path string) (r Rule) {
	d.fields(n, path, []field{
		{"name", func(n *yaml.Node, path string) { r.Name = d.text(n, path) }},
		{"when", func(n *yaml.Node, path string) { r.When = d.text(n, path) }},
		{"roles", func(n *yaml.Node, path string) { r.Roles = listOf(d, n, path, d.text) }},
		{"grants", func(n *yaml.Node, path string) { r.Grants = listOf(d, n, path, d.text) }},
		{"with", func(n *yaml.Node, path string) { r.With = mapOf(d, n, path, d.text) }},
		{"addOns", func(n *yaml.Node, path string) { r.AddOns = listOf(d, n, path, d.addOn) }},
		{"from", func(n *yaml.Node, path string) { r.From = d.text(n, path) }},
		{"until", func(n *yaml.Node, path string) { r.Until = d.text(n, path) }},
		{"overlapDays", func(n *yaml.Node, path string) { r.OverlapDays = d.number(n, path) }},
		{"owner", func(n *yaml.Node, path string) { r.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { r.ReviewDays = d.number(n, path) }},
		{"description", func(n *yaml.Node, path string) { r.Description = d.text(n, path) }},
	})
	return r
}

func (d *decoder) account(n *yaml.Node, path string) (a AccountMapping) {
	d.fields(n, path, []field{
		{"name", func(n *yaml.Node, path string) { a.Name = d.text(n, path) }},
		{"candidates", func(n *yaml.Node, path string) { a.Candidates = listOf(d, n, path, d.text) }},
		{"attributes", func(n *yaml.Node, path string) { a.Attributes = mapOf(d, n, path, d.templates) }},
		{"after", func(n *yaml.Node, path string) { a.After = listOf(d, n, path, d.text) }},
		{"aheadDays", func(n *yaml.Node, path string) { a.AheadDays = d.number(n, path) }},
		{"suspend", func(n *yaml.Node, path string) { a.Suspend = d.text(n, path) }},
		{"suspendUrgently", func(n *yaml.Node, path string) { a.SuspendUrgently = d.text(n, path) }},
		{"rename", func(n *yaml.Node, path string) { a.Rename = d.flag(n, path) }},
		{"signIn", func(n *yaml.Node, path string) { a.SignIn = d.text(n, path) }},
		{"owner", func(n *yaml.Node, path string) { a.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { a.ReviewDays = d.number(n, path) }},
	})
	return a
}

func (d *decoder) addOn(n *yaml.Node, path string) (a AddOn) {
	d.fields(n, path, []field{
		{"when", func(n *yaml.Node, path string) { a.When = d.text(n, path) }},
		{"roles", func(n *yaml.Node, path string) { a.Roles = listOf(d, n, path, d.text) }},
		{"grants", func(n *yaml.Node, path string) { a.Grants = listOf(d, n, path, d.text) }},
		{"with", func(n *yaml.Node, path string) { a.With = mapOf(d, n, path, d.text) }},
		{"from", func(n *yaml.Node, path string) { a.From = d.text(n, path) }},
		{"until", func(n *yaml.Node, path string) { a.Until = d.text(n, path) }},
	})
	return a
}

func (d *decoder) deny(n *yaml.Node, path string) (y Deny) {
	d.fields(n, path, []field{
		{"name", func(n *yaml.Node, path string) { y.Name = d.text(n, path) }},
		{"when", func(n *yaml.Node, path string) { y.When = d.text(n, path) }},
		{"roles", func(n *yaml.Node, path string) { y.Roles = listOf(d, n, path, d.text) }},
		{"grants", func(n *yaml.Node, path string) { y.Grants = listOf(d, n, path, d.text) }},
		{"from", func(n *yaml.Node, path string) { y.From = d.text(n, path) }},
		{"until", func(n *yaml.Node, path string) { y.Until = d.text(n, path) }},
		{"owner", func(n *yaml.Node, path string) { y.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { y.ReviewDays = d.number(n, path) }},
		{"urgent", func(n *yaml.Node, path string) { y.Urgent = d.flag(n, path) }},
		{"description", func(n *yaml.Node, path string) { y.Description = d.text(n, path) }},
	})
	return y
}

func (d *decoder) exception(n *yaml.Node, path string) (e Exception) {
	d.fields(n, path, []field{
		{"name", func(n *yaml.Node, path string) { e.Name = d.text(n, path) }},
		{"person", func(n *yaml.Node, path string) { e.Person = d.text(n, path) }},
		{"relationship", func(n *yaml.Node, path string) { e.Relationship = d.text(n, path) }},
		{"roles", func(n *yaml.Node, path string) { e.Roles = listOf(d, n, path, d.text) }},
		{"grants", func(n *yaml.Node, path string) { e.Grants = listOf(d, n, path, d.text) }},
		{"lifts", func(n *yaml.Node, path string) { e.Lifts = listOf(d, n, path, d.text) }},
		{"from", func(n *yaml.Node, path string) { e.From = d.text(n, path) }},
		{"until", func(n *yaml.Node, path string) { e.Until = d.text(n, path) }},
		{"reason", func(n *yaml.Node, path string) { e.Reason = d.text(n, path) }},
		{"owner", func(n *yaml.Node, path string) { e.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { e.ReviewDays = d.number(n, path) }},
	})
	return e
}

func (d *decoder) separation(n *yaml.Node, path string) (s Separation) {
	d.fields(n, path, []field{
		{"name", func(n *yaml.Node, path string) { s.Name = d.text(n, path) }},
		{"between", func(n *yaml.Node, path string) { s.Between = listOf(d, n, path, d.side) }},
		{"atMost", func(n *yaml.Node, path string) { s.AtMost = d.number(n, path) }},
		{"action", func(n *yaml.Node, path string) { s.Action = SeparationAction(d.text(n, path)) }},
		{"mitigations", func(n *yaml.Node, path string) { s.Mitigations = listOf(d, n, path, d.mitigation) }},
		{"owner", func(n *yaml.Node, path string) { s.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { s.ReviewDays = d.number(n, path) }},
		{"description", func(n *yaml.Node, path string) { s.Description = d.text(n, path) }},
	})
	return s
}

func (d *decoder) side(n *yaml.Node, path string) (s Side) {
	d.fields(n, path, []field{
		{"roles", func(n *yaml.Node, path string) { s.Roles = listOf(d, n, path, d.text) }},
		{"grants", func(n *yaml.Node, path string) { s.Grants = listOf(d, n, path, d.text) }},
	})
	return s
}

func (d *decoder) mitigation(n *yaml.Node, path string) (m Mitigation) {
	d.fields(n, path, []field{
		{"person", func(n *yaml.Node, path string) { m.Person = d.text(n, path) }},
		{"relationship", func(n *yaml.Node, path string) { m.Relationship = d.text(n, path) }},
		{"from", func(n *yaml.Node, path string) { m.From = d.text(n, path) }},
		{"until", func(n *yaml.Node, path string) { m.Until = d.text(n, path) }},
		{"reason", func(n *yaml.Node, path string) { m.Reason = d.text(n, path) }},
		{"owner", func(n *yaml.Node, path string) { m.Owner = d.text(n, path) }},
		{"reviewDays", func(n *yaml.Node, path string) { m.ReviewDays = d.number(n, path) }},
	})
	return m
}
