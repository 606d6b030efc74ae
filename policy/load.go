package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
	f, err := read(name, r, maxDocument)
	if err != nil {
		return nil, err
	}
	return load([]*sourceFile{f})
}

// read reads and parses a text.
func read(name string, r io.Reader, most int) (*sourceFile, error) {
	text, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, err)
	}
	if len(text) > most {
		return nil, errors.Join(&LoadError{File: name, Msg: fmt.Sprintf("the policy is longer than %d bytes", maxDocument)})
	}
	if !utf8.Valid(text) {
		return nil, errors.Join(&LoadError{File: name, Msg: "the policy is not UTF-8"})
	}
	root, err := parseYAML(name, text)
	if err != nil {
		return nil, err
	}
	return &sourceFile{name: name, text: text, root: root}, nil
}

// load makes a policy of files, of which there is at least one.
func load(files []*sourceFile) (*Policy, error) {
	fine := true
	for _, f := range files {
		fine = f.decode() && fine
	}
	m := merge(files)
	for _, f := range files {
		for _, p := range f.decoder.found {
			m.found = append(m.found, placed{f, p})
		}
	}
	var p *Policy
	if fine {
		var found problems
		p, found = compile(m.doc, func(path string) string {
			at := m.locate(problem{path: path, offset: -1})
			return at.file.place(at.path)
		})
		for _, one := range found {
			m.found = append(m.found, m.locate(one))
		}
	}
	if len(m.found) > 0 {
		return nil, loadErrors(m.found)
	}
	if len(files) == 1 {
		p.source = files[0].text
	}
	for _, f := range files {
		p.texts = append(p.texts, &sourceFile{name: f.name, text: f.text}) // without what was made of it
	}
	return p, nil
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
