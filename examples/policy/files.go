package main

import (
	"embed"
	"io"
	"io/fs"
	"os"

	"github.com/joinery-iam/joinery/policy"
)

//go:embed sample
var sample embed.FS

// files is where files are read: in fsys, or on the disk if that is nil.
type files struct{ fsys fs.FS }

func (f files) policy(names []string) (*policy.Policy, error) {
	if f.fsys != nil {
		return policy.LoadFS(f.fsys, names...)
	}
	return policy.LoadFiles(names...)
}

func (f files) open(name string) (io.ReadCloser, error) {
	if f.fsys != nil {
		return f.fsys.Open(name)
	}
	return os.Open(name)
}

func (f files) read(name string) ([]byte, error) {
	if f.fsys != nil {
		return fs.ReadFile(f.fsys, name)
	}
	return os.ReadFile(name)
}
