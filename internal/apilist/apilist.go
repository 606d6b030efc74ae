// Package apilist lists what the public packages export, one line each, so that
// a change of the API is seen in review and cannot happen by accident.
package apilist

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// List is what the packages below a folder export.
type List struct {
	// Lines are the exported identifiers with their types, sorted.
	Lines []string
	// Undocumented are those without a doc comment, by position.
	Undocumented []string
}

// Read lists the packages below root, leaving out what nobody can import.
func Read(root string) (List, error) {
	var list List
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); path != root && (name == "internal" || name == "examples" || name == "testdata" || strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		return list.folder(root, path)
	})
	slices.Sort(list.Lines)
	list.Lines = slices.Compact(list.Lines)
	return list, err
}

func (l *List) folder(root, path string) error {
	files, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	documented, parsed := false, false
	for _, f := range files {
		if f.IsDir() || !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, filepath.Join(path, f.Name()), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		parsed, documented = true, documented || file.Doc.Text() != ""
		r := reader{list: l, fset: fset, pkg: filepath.ToSlash(name)}
		for _, decl := range file.Decls {
			r.decl(decl)
		}
	}
	if parsed && !documented {
		l.Undocumented = append(l.Undocumented, name+": the package")
	}
	return nil
}

// reader lists one package.
type reader struct {
	list *List
	fset *token.FileSet
	pkg  string
}

func (r reader) add(pos token.Pos, documented bool, format string, args ...any) {
	line := "pkg " + r.pkg + ", " + fmt.Sprintf(format, args...)
	r.list.Lines = append(r.list.Lines, line)
	if !documented {
		r.list.Undocumented = append(r.list.Undocumented, fmt.Sprintf("%s: %s", r.fset.Position(pos), line))
	}
}

func (r reader) decl(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() || (d.Recv != nil && !exportedReceiver(d.Recv)) {
			return
		}
		sig := strings.TrimPrefix(r.text(d.Type), "func")
		if d.Recv != nil {
			r.add(d.Pos(), d.Doc.Text() != "", "method (%s) %s%s", r.text(d.Recv.List[0].Type), d.Name.Name, sig)
			return
		}
		r.add(d.Pos(), d.Doc.Text() != "", "func %s%s", d.Name.Name, sig)
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			r.spec(d, spec)
		}
	}
}

func (r reader) spec(d *ast.GenDecl, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		documented := d.Doc.Text() != "" || s.Doc.Text() != "" || s.Comment.Text() != ""
		for _, name := range s.Names {
			if name.IsExported() {
				r.add(name.Pos(), documented, "%s %s", d.Tok, name.Name)
			}
		}
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			r.typ(s, s.Doc.Text() != "" || d.Doc.Text() != "")
		}
	}
}

func (r reader) typ(s *ast.TypeSpec, documented bool) {
	switch t := s.Type.(type) {
	case *ast.StructType:
		r.add(s.Pos(), documented, "type %s struct", s.Name.Name)
		r.fields(s.Name.Name, t.Fields)
	case *ast.InterfaceType:
		r.add(s.Pos(), documented, "type %s interface", s.Name.Name)
		r.fields(s.Name.Name, t.Methods)
	default:
		r.add(s.Pos(), documented, "type %s %s", s.Name.Name, r.text(s.Type))
	}
}

func (r reader) fields(of string, fields *ast.FieldList) {
	for _, f := range fields.List {
		if len(f.Names) == 0 {
			r.add(f.Pos(), true, "type %s, embedded %s", of, r.text(f.Type))
		}
		for _, name := range f.Names {
			if name.IsExported() {
				r.add(f.Pos(), true, "type %s, %s %s", of, name.Name, r.text(f.Type))
			}
		}
	}
}

func (r reader) text(node ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, r.fset, node); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func exportedReceiver(recv *ast.FieldList) bool {
	t := recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	name, ok := t.(*ast.Ident)
	return ok && name.IsExported()
}
