package policy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// LoadFile reads a policy from a file. See [Load].
func LoadFile(path string) (*Policy, error) { return LoadFiles(path) }

// LoadFiles reads one policy from several files, the order of which means nothing.
// Each begins with version: 1, and what they say unites. Where two say the same,
// it counts once; where they give one name two meanings, that is an error which
// names both places. See [Load].
func LoadFiles(paths ...string) (*Policy, error) {
	return loadNamed(paths, func(path string) (io.ReadCloser, error) { return os.Open(path) })
}

// LoadFS reads one policy from the files of fsys that match any of the patterns, as
// [LoadFiles] does. The patterns are those of [path.Match]; one that no file
// matches is an error.
func LoadFS(fsys fs.FS, patterns ...string) (*Policy, error) {
	var names []string
	for _, pattern := range patterns {
		matches, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", pattern, err)
		}
		if len(matches) == 0 {
			return nil, fmt.Errorf("policy %s: %w", pattern, fs.ErrNotExist)
		}
		names = append(names, matches...)
	}
	return loadNamed(names, func(name string) (io.ReadCloser, error) { return fsys.Open(name) })
}

func loadNamed(names []string, open func(string) (io.ReadCloser, error)) (*Policy, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	switch {
	case len(names) == 0:
		return nil, errors.New("policy: no files")
	case len(names) > maxFiles:
		return nil, fmt.Errorf("policy: %d files, the limit is %d", len(names), maxFiles)
	}
	var files []*sourceFile
	var errs []error
	left := maxDocument
	for _, name := range names {
		f, err := readFile(name, left, open)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		left -= len(f.text)
		files = append(files, f)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return load(files)
}

func readFile(name string, most int, open func(string) (io.ReadCloser, error)) (*sourceFile, error) {
	r, err := open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return read(name, r, most)
}
