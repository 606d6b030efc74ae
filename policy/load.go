package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Load reads a policy from YAML, of which JSON is a part. name is what errors
// call the text, such as a file name. More than 1 MiB is refused. Anchors, aliases
// and tags are refused, and so is every key that is not known.
//
// All that is wrong is reported at once, up to 100 problems: the error joins
// [LoadError] values sorted by position. An error of r itself is returned as it
// is.
func Load(name string, r io.Reader) (*Policy, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, err)
	}
	if len(text) > maxDocument {
		return nil, errors.Join(&LoadError{File: name, Msg: fmt.Sprintf("the policy is longer than %d bytes", maxDocument)})
	}
	if !utf8.Valid(text) {
		return nil, errors.Join(&LoadError{File: name, Msg: "the policy is not UTF-8"})
	}
	root, err := parseYAML(name, text)
	if err != nil {
		return nil, err
	}
	d := decoder{nodes: map[string]*yaml.Node{}, keys: map[string]*yaml.Node{}}
	var p *Policy
	if d.plain(root, "", 0) {
		var found problems
		p, found = compile(d.document(root))
		d.found = append(d.found, found...)
	}
	if len(d.found) > 0 {
		return nil, d.found.err(name, newLocator(text, &d).place)
	}
	p.source = text
	return p, nil
}

// LoadFile reads a policy from a file. See [Load].
func LoadFile(path string) (*Policy, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Load(path, f)
}

var yamlErrorLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parseYAML returns the root of the only document in text.
func parseYAML(name string, text []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if err == nil {
		if dec.Decode(&more) == nil {
			return nil, errors.Join(&LoadError{File: name, Line: max(1, more.Line), Column: 1, Msg: "a second document begins here; a policy is one document"})
		}
		return doc.Content[0], nil
	}
	if errors.Is(err, io.EOF) {
		return nil, errors.Join(&LoadError{File: name, Line: 1, Column: 1, Msg: "the policy is empty; it begins with version: 1"})
	}
	e := &LoadError{File: name, Line: 1, Column: 1, Msg: err.Error()}
	if m := yamlErrorLine.FindStringSubmatch(err.Error()); m != nil {
		e.Msg = "not YAML: " + m[2]
		if line, err := strconv.Atoi(m[1]); err == nil {
			e.Line = line
		}
	}
	return nil, errors.Join(e)
}
