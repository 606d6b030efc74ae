package scimtest

import (
	"net/http"
	"strings"

	elimity "github.com/elimity-com/scim/schema"
)

func (s *Server) serviceProviderConfig(*http.Request, []byte) (answer, error) {
	no := map[string]any{"supported": false}
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas":        []any{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":          map[string]any{"supported": !s.config.NoPatch},
		"bulk":           map[string]any{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter":         map[string]any{"supported": true, "maxResults": s.config.MaxResults},
		"changePassword": no,
		"sort":           no,
		"etag":           map[string]any{"supported": s.config.ETag},
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "A fixed token in the Authorization header",
		}},
	}}, nil
}

func (s *Server) schemas(r *http.Request, _ []byte) (answer, error) {
	var all []any
	for _, t := range []*table{s.directory.users, s.directory.groups} {
		for _, schema := range append([]elimity.Schema{t.rules.core}, t.rules.extensions...) {
			if strings.EqualFold(schema.ID, r.PathValue("urn")) {
				return answer{status: http.StatusOK, body: schema.ToMap()}, nil
			}
			all = append(all, schema.ToMap())
		}
	}
	if urn := r.PathValue("urn"); urn != "" {
		return answer{}, notFound(urn)
	}
	return answer{status: http.StatusOK, body: listResponse(len(all), 1, all)}, nil
}

func (s *Server) resourceTypes(r *http.Request, _ []byte) (answer, error) {
	var all []any
	for _, t := range []*table{s.directory.users, s.directory.groups} {
		extensions := []any{}
		for _, schema := range t.rules.extensions {
			extensions = append(extensions, map[string]any{"schema": schema.ID, "required": false})
		}
		one := map[string]any{
			"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
			"id":      t.resourceType, "name": t.resourceType, "endpoint": "/" + t.resourceType + "s",
			"schema": t.rules.core.ID, "schemaExtensions": extensions,
		}
		if strings.EqualFold(t.resourceType, r.PathValue("name")) {
			return answer{status: http.StatusOK, body: one}, nil
		}
		all = append(all, one)
	}
	if name := r.PathValue("name"); name != "" {
		return answer{}, notFound(name)
	}
	return answer{status: http.StatusOK, body: listResponse(len(all), 1, all)}, nil
}
