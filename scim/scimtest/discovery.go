package scimtest

import (
	"net/http"
	"strings"

	elimity "github.com/elimity-com/scim/schema"

	"github.com/joinery-iam/joinery/scim/profile"
)

func (s *Server) serviceProviderConfig(*http.Request, []byte) (answer, error) {
	says := s.quirks.announces
	patch := !s.config.NoPatch && s.quirks.Update.Method != profile.PutAlone
	body := map[string]any{
		"schemas":        []any{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":          map[string]any{"supported": says("patch", patch)},
		"bulk":           map[string]any{"supported": says("bulk", false), "maxOperations": 0, "maxPayloadSize": 0},
		"filter":         map[string]any{"supported": says("filter", true), "maxResults": s.config.MaxResults},
		"changePassword": map[string]any{"supported": false},
		"sort":           map[string]any{"supported": says("sort", false)},
		"etag":           map[string]any{"supported": says("etag", s.config.ETag || s.quirks.untrusted())},
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "A fixed token in the Authorization header",
		}},
	}
	if s.quirks.Paging.Method == profile.ByCursor {
		body["pagination"] = map[string]any{
			"cursor": true, "index": false, "defaultPaginationMethod": "cursor", "maxPageSize": s.config.MaxResults,
		}
	}
	return answer{status: http.StatusOK, body: body}, nil
}

// served returns the tables that clients see, users first.
func (s *Server) served() []*table {
	if s.quirks.Groups.Absent {
		return []*table{s.directory.users}
	}
	return []*table{s.directory.users, s.directory.groups}
}

func (s *Server) schemas(r *http.Request, _ []byte) (answer, error) {
	var all []any
	for _, t := range s.served() {
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
	return answer{status: http.StatusOK, body: fill(listResponse(len(all), 1), all)}, nil
}

func (s *Server) resourceTypes(r *http.Request, _ []byte) (answer, error) {
	var all []any
	for _, t := range s.served() {
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
	return answer{status: http.StatusOK, body: fill(listResponse(len(all), 1), all)}, nil
}
