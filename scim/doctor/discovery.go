package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// discovery asks the server about itself.
func (v *visit) discovery(ctx context.Context) {
	config, types, schemas := v.get(ctx, "/ServiceProviderConfig"), v.get(ctx, "/ResourceTypes"), v.get(ctx, "/Schemas")
	absent := config.refused() && types.refused() && schemas.refused()
	v.saw("discovery.absent", absent)
	if absent {
		v.note(Deviation, "discovery.absent", "The server does not describe itself",
			"ServiceProviderConfig, ResourceTypes and Schemas (RFC 7644, section 4)", config, types, schemas)
		return
	}
	if v.good(config.ok() && config.object != nil, "discovery.config", "ServiceProviderConfig can be read",
		"ServiceProviderConfig cannot be read", "an object (RFC 7643, section 5)", config) {
		v.read(config)
	}
	v.good(types.ok() && types.object != nil, "discovery.types", "ResourceTypes can be read", "ResourceTypes cannot be read",
		"a list (RFC 7644, section 4)", types)
	v.good(schemas.ok() && schemas.object != nil, "discovery.schemas", "Schemas can be read", "Schemas cannot be read",
		"a list (RFC 7644, section 4)", schemas)
}

// read takes in what ServiceProviderConfig claims.
func (v *visit) read(config answer) {
	var announced, missing []string
	odd := false
	for _, feature := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
		value := config.object.object(feature).get("supported")
		is, told := truth(value)
		if _, proper := value.(bool); told && !proper {
			odd = true
		}
		v.claims[feature] = is
		if is {
			announced = append(announced, feature)
		} else {
			missing = append(missing, feature)
		}
	}
	if cursor, _ := truth(config.object.object("pagination").get("cursor")); cursor {
		v.claims["cursor"] = true
		announced = append(announced, "cursor")
	} else {
		missing = append(missing, "cursor")
	}
	v.note(Good, "discovery.claims", fmt.Sprintf("It announces %s; not %s", list(announced), list(missing)), "", config)
	if odd {
		v.note(Deviation, "discovery.booleans", "ServiceProviderConfig has booleans that are text or numbers",
			"true or false (RFC 7643, section 2.3.2)", config)
	}
}

func list(words []string) string {
	if len(words) == 0 {
		return "anything"
	}
	return strings.Join(words, ", ")
}

// admission looks whether the server lets in those who show nothing.
func (v *visit) admission(ctx context.Context) {
	if v.config.Server.Token == nil && v.config.Server.Basic == nil {
		v.note(Note, "auth.untried", "No token was given, and the server answers: whether it asks others for one was not tried", "")
		return
	}
	a := v.once(ctx, http.MethodGet, "/Users", url.Values{"count": {"1"}}, nil, false)
	a.request += " without a token"
	switch {
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		v.note(Good, "auth.demanded", "Without a token nobody gets in", "", a)
	case a.ok():
		v.note(Danger, "auth.open", "Everybody gets in", "status 401 (RFC 7644, section 2)", a)
	default:
		v.unclear("auth.unclear", "whether somebody without a token gets in", a)
	}
}
