package peers

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed libraries.mjs
var libraries []byte

// Question is put to libraries of others: scim2-parse-filter 0.2.10 about a filter,
// scim-patch 0.8.3 about operations.
type Question struct {
	Filter    string           `json:"filter,omitempty"`
	Resources []map[string]any `json:"resources,omitempty"`

	Operations json.RawMessage `json:"operations,omitempty"`
	Resource   map[string]any  `json:"resource,omitempty"`
}

// Opinion is what a library answers.
type Opinion struct {
	Matches  []bool         `json:"matches"`  // for each of the resources
	Resource map[string]any `json:"resource"` // after the operations; numbers are json.Number
	Error    string         `json:"error"`    // why it refuses
}

// Ask puts questions, and returns as many answers. It skips the test as [Folder]
// does.
func Ask(t testing.TB, questions []Question) []Opinion {
	t.Helper()
	dir := Folder(t)
	file := filepath.Join(dir, "libraries.mjs")
	if err := os.WriteFile(file, libraries, 0o600); err != nil {
		t.Fatal(err)
	}
	var in, out, complaints bytes.Buffer
	encoder := json.NewEncoder(&in)
	for _, q := range questions {
		if err := encoder.Encode(q); err != nil {
			t.Fatal(err)
		}
	}
	program := exec.CommandContext(t.Context(), "node", file)
	program.Stdin, program.Stdout, program.Stderr = &in, &out, &complaints
	if err := program.Run(); err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	answers := make([]Opinion, 0, len(questions))
	decoder := json.NewDecoder(&out)
	decoder.UseNumber()
	for decoder.More() {
		var a Opinion
		if err := decoder.Decode(&a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(questions) {
		t.Fatalf("%d answers to %d questions: %s", len(answers), len(questions), complaints.String())
	}
	return answers
}
