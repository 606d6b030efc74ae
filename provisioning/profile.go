package provisioning

import (
	"encoding/json"
	"maps"
	"strings"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// profile is the desired or known state of a profile item. Desired are the attributes,
// and, as long as there is no account, what it takes to make one. Known are those that
// were written, or seen before anything was.
type profile struct {
	NameAttribute string                     `json:"nameAttribute,omitempty"`
	Candidates    []string                   `json:"candidates,omitempty"`
	Attributes    map[string]connector.Value `json:"attributes,omitempty"`
	// Shown is what the system shows instead of what was written, where that is known and
	// left so: it writes the value in its own way, or others have changed it.
	Shown map[string]connector.Value `json:"shown,omitempty"`
}

func profileOf(text string) profile {
	var p profile
	if text != "" {
		_ = json.Unmarshal([]byte(text), &p) // we wrote it
	}
	return p
}

func (p profile) String() string {
	out, err := json.Marshal(p)
	if err != nil {
		return "" // strings and lists of strings always marshal
	}
	return string(out)
}

// named puts the login name that an account got where policy asked for it, and those that
// it had before.
func (p profile) named(name string, former []string) profile {
	p.Candidates = nil
	attributes := make(map[string]connector.Value, len(p.Attributes))
	for key, v := range p.Attributes {
		list := []string{}
		for _, s := range v.All() {
			s = strings.ReplaceAll(s, policy.NamePlaceholder, name)
			if !strings.Contains(s, policy.FormerNamePlaceholder) {
				list = append(list, s)
				continue
			}
			for _, old := range former {
				list = append(list, strings.ReplaceAll(s, policy.FormerNamePlaceholder, old))
			}
		}
		attributes[key] = valueOf(list)
	}
	p.Attributes = attributes
	return p
}

// wrote returns what is known once attributes were written and the account was shown.
func (p profile) wrote(sent, shown map[string]connector.Value) profile {
	p = p.with(sent)
	p.Shown = maps.Clone(p.Shown)
	for name, v := range sent {
		switch have, ok := shown[name]; {
		case ok && have.Equal(v):
			delete(p.Shown, name)
		case ok:
			p = p.showing(name, have)
		}
	}
	return p
}

// with returns what is known once attributes are.
func (p profile) with(known map[string]connector.Value) profile {
	p.Attributes = maps.Clone(p.Attributes)
	if p.Attributes == nil {
		p.Attributes = map[string]connector.Value{}
	}
	maps.Copy(p.Attributes, known)
	return p
}

// showing returns what is known once an attribute is left as it is shown.
func (p profile) showing(name string, have connector.Value) profile {
	p.Shown = maps.Clone(p.Shown)
	if p.Shown == nil {
		p.Shown = map[string]connector.Value{}
	}
	p.Shown[name] = have
	return p
}

// forget makes attributes unknown that are about to be written: until it is known what
// came of it they may be as they were, or as they were to be. The others stay as they are.
func forget(it *state.Item, sent map[string]connector.Value) {
	if it.Kind != state.ItemProfile {
		return
	}
	known := profileOf(it.Known)
	maps.DeleteFunc(known.Attributes, func(name string, _ connector.Value) bool { _, ok := sent[name]; return ok })
	it.Known = known.String()
}
