package profile

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// maxProfile is the greatest profile in bytes.
const maxProfile = 64 << 10

// Load reads one profile from YAML and checks it. name is what errors call the
// text, such as a file name. A key that is not known is an error, and so are a
// second document and an alias.
//
// The key extends names a profile of this package whose facts hold where the text
// says nothing, its name and its sources among them. A list is replaced as a whole.
// To attributes.entitlements, which is a map, kinds are added. A list or map without
// a value becomes empty.
func Load(name string, r io.Reader) (Profile, error) {
	p, err := load(r)
	if err != nil {
		return Profile{}, fmt.Errorf("profile %s: %w", name, err)
	}
	return p, nil
}

func load(r io.Reader) (p Profile, err error) {
	text, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil {
		return Profile{}, err
	}
	if len(text) > maxProfile {
		return Profile{}, fmt.Errorf("it is longer than %d bytes", maxProfile)
	}
	doc, err := parse(text)
	if err != nil {
		return Profile{}, err
	}
	if base := doc.extends; base != nil {
		if p, err = Get(base.Value); err != nil {
			return Profile{}, fmt.Errorf("line %d, column %d: extends: %w", base.Line, base.Column, err)
		}
	}
	if err := doc.decode(&p); err != nil {
		return Profile{}, err
	}
	if wrong := p.faults(); len(wrong) > 0 {
		return Profile{}, doc.locate(wrong)
	}
	return p, nil
}

// String returns the profile as YAML, as [Load] reads it.
func (p Profile) String() string {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := errors.Join(e.Encode(p), e.Close()); err != nil {
		return fmt.Sprintf("# %s: %v\n", p.Name, err) // not for any value of these types
	}
	return out.String()
}
