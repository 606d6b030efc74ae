package policy

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema returns a JSON Schema, of draft 7, of policy documents, so that editors
// complete and check them as they are written. What it refuses [Load] refuses, too,
// numbers in quotes apart; Load sees more.
func Schema() []byte { return slices.Clone(schema) }
