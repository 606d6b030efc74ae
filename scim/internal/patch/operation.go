package patch

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/joinery-iam/joinery/scim/internal/filter"
)

// MaxOperations is the number of operations read from one request.
const MaxOperations = 1000

// MessageSchema marks a request body as a PATCH.
const MessageSchema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"

// Verb is what an operation does, in lower case.
type Verb string

// The verbs.
const (
	Add     Verb = "add"
	Remove  Verb = "remove"
	Replace Verb = "replace"
)

// Operation is one operation of a request.
type Operation struct {
	Verb Verb
	// Path is where it applies; nil means the resource, and then Value is an
	// object of attributes.
	Path *filter.Path
	// Value is decoded JSON with numbers as json.Number. It is nil both if it was
	// absent and if it was null, which clears.
	Value any
}

// Error says why a request was refused, in the terms of RFC 7644, table 9.
type Error struct {
	Type   string // scimType, such as noTarget
	Detail string
}

// Error returns the type and the detail.
func (e *Error) Error() string { return e.Type + ": " + e.Detail }

func refuse(scimType, format string, args ...any) *Error {
	return &Error{Type: scimType, Detail: fmt.Sprintf(format, args...)}
}

// Parse reads the body of a PATCH request. Verbs may be in any letter case. All
// its errors are of type [*Error].
func Parse(body []byte) ([]Operation, error) {
	var message struct {
		Schemas    []string `json:"schemas"`
		Operations []struct {
			Op    string  `json:"op"`
			Path  *string `json:"path"`
			Value any     `json:"value"`
		} `json:"Operations"`
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&message); err != nil {
		return nil, refuse("invalidSyntax", "the body is no PATCH request in JSON")
	}
	if len(message.Schemas) != 1 || !strings.EqualFold(message.Schemas[0], MessageSchema) {
		return nil, refuse("invalidSyntax", "schemas must be [%q]", MessageSchema)
	}
	if n := len(message.Operations); n == 0 || n > MaxOperations {
		return nil, refuse("invalidSyntax", "%d operations, want 1 to %d", n, MaxOperations)
	}
	ops := make([]Operation, 0, len(message.Operations))
	for i, raw := range message.Operations {
		op := Operation{Verb: Verb(strings.ToLower(raw.Op)), Value: raw.Value}
		if op.Verb != Add && op.Verb != Remove && op.Verb != Replace {
			return nil, refuse("invalidSyntax", "operation %d: op %.20q", i+1, raw.Op)
		}
		if raw.Path != nil && *raw.Path != "" {
			path, err := filter.ParsePath(*raw.Path)
			if err != nil {
				return nil, refuse("invalidPath", "operation %d: %v", i+1, err)
			}
			op.Path = &path
		}
		ops = append(ops, op)
	}
	return ops, nil
}
