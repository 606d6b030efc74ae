package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// LoadError is one thing that is wrong with a policy. [Load] and [Compile]
// return all of them, joined as [errors.Join] does.
type LoadError struct {
	// File is the name that was given to [Load]; empty from [Compile].
	File string
	// Line and Column count from 1, columns in characters. They are zero if the
	// policy was not read from text.
	Line, Column int
	// Path is the place in the document, such as rules[2].when.
	Path string
	// Msg says what is wrong and, where possible, what would be right.
	Msg string
}

// Error returns "file:line:column: message" or, without a position,
// "path: message".
func (e *LoadError) Error() string {
	var where []string
	if e.File != "" {
		where = append(where, e.File)
	}
	switch {
	case e.Line > 0:
		where = append(where, fmt.Sprintf("%d:%d", e.Line, e.Column))
	case e.Path != "":
		where = append(where, e.Path)
	}
	return strings.TrimPrefix(strings.Join(where, ":")+": "+e.Msg, ": ")
}

// problem is a [LoadError] whose position is not known yet.
type problem struct {
	path   string
	offset int // in characters into the text at path; -1 for the whole
	msg    string
}

// problems collects what is wrong with a document.
type problems []problem

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, problem{path, -1, fmt.Sprintf(format, args...)})
}

// addAt is add for a place within the text at path.
func (p *problems) addAt(path string, offset int, msg string) {
	*p = append(*p, problem{path, offset, msg})
}

// loadErrors returns problems as errors, sorted by position.
func loadErrors(found []placed) error {
	list := make([]*LoadError, 0, len(found))
	for _, one := range found {
		e := &LoadError{Path: one.path, Msg: one.msg}
		if one.file != nil {
			e.File = one.file.name
			e.Line, e.Column = one.file.position(one.problem)
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b *LoadError) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	list = slices.CompactFunc(list, func(a, b *LoadError) bool { return *a == *b })
	if more := len(list) - maxProblems; more > 0 {
		list = append(list[:maxProblems], &LoadError{File: list[0].File, Msg: fmt.Sprintf("and %d more problems", more)})
	}
	errs := make([]error, len(list))
	for i, e := range list {
		errs[i] = e
	}
	return errors.Join(errs...)
}

// child returns the path of an entry of a mapping.
func child(path, key string) string {
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return fmt.Sprintf("%s[%q]", path, key)
		}
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// entry returns the path of an entry of a list.
func entry(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
