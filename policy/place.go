package policy

// places finds where the parts of a policy stand in the texts that it was loaded
// from.
type places struct{ merged *merged }

// places returns what finds them. It reads the texts again, so that a policy need
// not hold more than them.
func (p *Policy) places() places {
	var files []*sourceFile
	for _, text := range p.texts {
		f := &sourceFile{name: text.name, text: text.text}
		root, err := parseYAML(f.name, f.text)
		if err != nil {
			return places{}
		}
		if f.root = root; !f.decode() {
			return places{}
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return places{}
	}
	return places{merge(files)}
}

// of returns the file, line and column of a path in the document; zero if the policy
// was not loaded from text.
func (p places) of(path string) (file string, line, column int) {
	if p.merged == nil {
		return "", 0, 0
	}
	at := p.merged.locate(problem{path: path, offset: -1})
	line, column = at.file.position(at.problem)
	return at.file.name, line, column
}
