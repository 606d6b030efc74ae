package scim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// schemas holds the types that the server declares for attributes, by their names
// in lower case. RFC 7643, section 7.
type schemas map[string]string

// declared returns what the server declares, asked for once. A server that
// declares nothing, or will not tell, has only strings.
func (t *Target) declared(ctx context.Context) (schemas, error) {
	t.mu.Lock()
	known := t.schemas
	t.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	found := schemas{}
	if !t.config.Profile.Discovery.Absent {
		answer, err := t.do(ctx, call{method: http.MethodGet, path: "/Schemas"})
		if _, refused := errors.AsType[*statusError](err); err != nil && !errors.Is(err, errNoObject) &&
			(!refused || connector.VerdictOf(err).Verdict != connector.VerdictPermanent) {
			return nil, err
		}
		for _, schema := range answer.list("Resources") {
			found.learn(strings.ToLower(schema.text("id"))+":", schema.list("attributes"))
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.schemas = &found
	return found, nil
}

func (s schemas) learn(prefix string, attributes []object) {
	for _, a := range attributes {
		name := prefix + strings.ToLower(a.text("name"))
		s[name] = a.text("type")
		s.learn(name+".", a.list("subAttributes"))
	}
}

// changes checks names and values and gives those of extensions the types that
// the server declares for them.
func (t *Target) changes(ctx context.Context, values map[string]connector.Value) ([]change, error) {
	list, err := changes(values)
	if err != nil {
		return nil, err
	}
	limits := t.config.Profile.Attributes
	for i, c := range list {
		if slices.ContainsFunc(limits.Unknown, func(name string) bool { return name == c.name || name == c.key }) {
			return nil, fmt.Errorf("attribute %s: this server has none: %w", c.name, connector.ErrInvalid)
		}
		if limits.Single && len(c.value.All()) > 1 {
			return nil, fmt.Errorf("attribute %s: this server holds one value: %w", c.name, connector.ErrInvalid)
		}
		list[i].single = limits.Single
		if !strings.HasPrefix(c.name, "urn:") {
			continue
		}
		types, err := t.declared(ctx)
		if err != nil {
			return nil, err
		}
		list[i].jsonType = types[strings.ToLower(c.name)]
	}
	return list, nil
}

// typed returns a text as JSON of a type, and as a string if it is none of it: the
// server will say what it wants.
func typed(text, jsonType string) any {
	switch jsonType {
	case "boolean":
		if b, err := strconv.ParseBool(text); err == nil {
			return b
		}
	case "integer", "decimal":
		if n := json.Number(text); json.Valid([]byte(text)) {
			if _, err := n.Float64(); err == nil {
				return n
			}
		}
	}
	return text
}
