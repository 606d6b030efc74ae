package scimtest

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/joinery-iam/joinery/scim/internal/patch"
)

// problem is a refusal, as RFC 7644, section 3.12, has it.
type problem struct {
	status   int
	scimType string
	detail   string
}

func (p *problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.status, p.scimType, p.detail)
}

func badRequest(scimType, format string, args ...any) error {
	return &problem{http.StatusBadRequest, scimType, fmt.Sprintf(format, args...)}
}

func notFound(id string) error {
	return &problem{http.StatusNotFound, "", fmt.Sprintf("no resource %.80q", id)}
}

func notUser(id string) error { return badRequest("invalidValue", "member %.80q is no user", id) }

func taken(attr, value string) error {
	return &problem{http.StatusConflict, "uniqueness", fmt.Sprintf("%s %.80q is in use", attr, value)}
}

// asProblem turns what the handlers return into what is sent.
func asProblem(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if refused := patch.AsError(err); refused != nil {
		return &problem{http.StatusBadRequest, refused.Type, refused.Detail}
	}
	return &problem{http.StatusInternalServerError, "", err.Error()}
}

func (p *problem) body() map[string]any {
	body := map[string]any{
		"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:Error"},
		"status":  strconv.Itoa(p.status),
		"detail":  p.detail,
	}
	if p.scimType != "" {
		body["scimType"] = p.scimType
	}
	return body
}
