package policy

import "slices"

// EntitlementInfo says how an entitlement is governed.
type EntitlementInfo struct {
	// Sensitivity says how much harm the entitlement can do; empty for little.
	Sensitivity Sensitivity `json:"sensitivity,omitempty"`
	// Requestable entitlements may be asked for: see [Request].
	Requestable bool `json:"requestable,omitempty"`
	// Approval says that nobody is given the entitlement, whatever leads to it,
	// without an [Approval] for it. That for a role, through which it may come, does
	// not cover it: a role can grow after it was approved.
	Approval bool `json:"approval,omitempty"`
	// Owner answers for the entitlement.
	Owner string `json:"owner,omitempty"`
	// ReviewDays is how often it is to be reviewed who has it; zero means never.
	ReviewDays int `json:"reviewDays,omitempty"`
	// Description is for people.
	Description string `json:"description,omitempty"`
}

// Sensitivity says how much harm an entitlement can do.
type Sensitivity string

// The sensitivities, of which Privileged is the higher.
const (
	Sensitive  Sensitivity = "sensitive"
	Privileged Sensitivity = "privileged"
)

var sensitivities = []Sensitivity{Sensitive, Privileged}

// rank orders sensitivities; zero is that of what is not sensitive.
func (s Sensitivity) rank() int { return slices.Index(sensitivities, s) + 1 }

// info returns how an entitlement is governed: by itself, or by the longest
// beginning that matches.
func (p *Policy) info(e Entitlement) EntitlementInfo {
	if one, ok := p.governs[e]; ok {
		return one
	}
	return p.infoOf(e.String())
}

// infoOf returns how those are governed that begin with a text.
func (p *Policy) infoOf(text string) EntitlementInfo {
	info, _ := p.governsMany.of(text)
	return info
}

func (c *compilation) entitlements() {
	c.policy.governs = map[Entitlement]EntitlementInfo{}
	for _, name := range sortedKeys(c.doc.Entitlements) {
		info, path := c.doc.Entitlements[name], child("entitlements", name)
		c.enum(path+".sensitivity", "sensitivity", string(info.Sensitivity), strs(sensitivities))
		c.governance(path, info.Owner, info.ReviewDays)
		c.prose(path+".description", info.Description)
		c.policy.readsApprovals = c.policy.readsApprovals || info.Approval
		switch p, ok := c.pattern(path, name); {
		case !ok:
		case p.prefix == "":
			c.policy.governs[p.one] = info
		default:
			c.policy.governsMany.add(p.prefix, info)
		}
	}
}

// governance checks an owner and how often something is to be reviewed.
func (c *compilation) governance(path, owner string, reviewDays int) {
	if owner != "" {
		c.text(path+".owner", owner, maxNameLength)
	}
	if reviewDays < 0 || reviewDays > maxOffset {
		c.found.add(path+".reviewDays", "%d days; want 0 to %d", reviewDays, maxOffset)
	}
}
