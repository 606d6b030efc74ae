package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// sourceFile is a policy, or a part of one, as text.
type sourceFile struct {
	name    string
	text    []byte
	root    *yaml.Node
	decoder decoder
	doc     Document
	locator *locator
}

// decode turns the text into a document, and reports whether it could.
func (f *sourceFile) decode() bool {
	f.decoder = decoder{nodes: map[string]*yaml.Node{}, keys: map[string]*yaml.Node{}}
	if !f.decoder.plain(f.root, "", 0) {
		return false
	}
	f.doc = f.decoder.document(f.root)
	return true
}

// place is position, in words: "base.yaml:3:5".
func (f *sourceFile) place(path string) string {
	line, column := f.position(problem{path: path, offset: -1})
	return fmt.Sprintf("%s:%d:%d", f.name, line, column)
}

func (f *sourceFile) position(p problem) (line, column int) {
	if f.locator == nil {
		f.locator = newLocator(f.text, &f.decoder)
	}
	return f.locator.place(p)
}

// origin is where a part of a merged document stands.
type origin struct {
	file *sourceFile
	path string
}

// merged is a document that came from files, of which there is at least one.
type merged struct {
	files   []*sourceFile
	doc     Document
	origins map[string]origin // of parts, by their paths in the document
	found   []placed          // what is wrong, with where
}

// placed is a problem in a file.
type placed struct {
	file *sourceFile
	problem
}

// merge unites the documents of files.
func merge(files []*sourceFile) *merged {
	m := &merged{files: files, origins: map[string]origin{}}
	m.doc.Version = files[0].doc.Version
	for _, f := range files[1:] {
		if f.doc.Version != 1 {
			m.add(f, "version", "want version: 1, the only version of the format")
		}
	}
	for _, f := range files {
		switch days := f.doc.BridgeDays; {
		case days == 0:
		case m.doc.BridgeDays == 0:
			m.doc.BridgeDays, m.origins["bridgeDays"] = days, origin{f, "bridgeDays"}
		case m.doc.BridgeDays != days:
			m.conflict(f, "bridgeDays", "bridgeDays", m.origins["bridgeDays"])
		}
	}
	mergeMap(m, "attribute", "attributes", func(d *Document) *map[string]Attribute { return &d.Attributes })
	mergeMap(m, "role", "roles", func(d *Document) *map[string]Role { return &d.Roles })
	mergeMap(m, "entitlement", "entitlements", func(d *Document) *map[string]EntitlementInfo { return &d.Entitlements })
	mergeMap(m, "account", "accounts", func(d *Document) *map[string]AccountMapping { return &d.Accounts })
	mergeList(m, "rule", "rules", func(d *Document) *[]Rule { return &d.Rules }, func(r Rule) string { return r.Name })
	mergeList(m, "deny", "denies", func(d *Document) *[]Deny { return &d.Denies }, func(y Deny) string { return y.Name })
	mergeList(m, "exception", "exceptions", func(d *Document) *[]Exception { return &d.Exceptions }, func(e Exception) string { return e.Name })
	mergeList(m, "separation", "separation", func(d *Document) *[]Separation { return &d.Separation }, func(s Separation) string { return s.Name })
	return m
}

func (m *merged) add(f *sourceFile, path, format string, args ...any) {
	m.found = append(m.found, placed{f, problem{path, -1, fmt.Sprintf(format, args...)}})
}

func (m *merged) conflict(f *sourceFile, path, what string, first origin) {
	m.add(f, path, "%s is said in another way at %s", what, first.file.place(first.path))
}

func mergeMap[T any](m *merged, what, key string, of func(*Document) *map[string]T) {
	for _, f := range m.files {
		for _, name := range sortedKeys(*of(&f.doc)) {
			one, path := (*of(&f.doc))[name], child(key, name)
			all := of(&m.doc)
			before, there := (*all)[name]
			switch {
			case !there:
				if *all == nil {
					*all = map[string]T{}
				}
				(*all)[name], m.origins[path] = one, origin{f, path}
			case !same(before, one):
				m.conflict(f, path, fmt.Sprintf("%s %q", what, clip(name)), m.origins[path])
			}
		}
	}
}

// mergeList merges lists whose entries have names. Two of one name in one file are
// left to the compiler.
func mergeList[T any](m *merged, what, key string, of func(*Document) *[]T, name func(T) string) {
	first := map[string]int{}
	all := of(&m.doc)
	for _, f := range m.files {
		for i, one := range *of(&f.doc) {
			path := entry(key, i)
			k, there := first[name(one)]
			if there && m.origins[entry(key, k)].file != f {
				if !same((*all)[k], one) {
					m.conflict(f, path, fmt.Sprintf("%s %q", what, clip(name(one))), m.origins[entry(key, k)])
				}
				continue
			}
			if name(one) != "" && !there {
				first[name(one)] = len(*all)
			}
			m.origins[entry(key, len(*all))] = origin{f, path}
			*all = append(*all, one)
		}
	}
}

// same reports whether two parts of documents say the same.
func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// locate returns where a problem of the document stands. What is in no file in
// particular is in the first, or in the first that has its key.
func (m *merged) locate(p problem) placed {
	for path := p.path; path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
		if o, ok := m.origins[path]; ok {
			p.path = o.path + p.path[len(path):]
			return placed{o.file, p}
		}
	}
	for _, f := range m.files {
		if _, ok := f.decoder.nodes[p.path]; ok {
			return placed{f, p}
		}
	}
	return placed{m.files[0], p}
}
