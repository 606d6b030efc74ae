package profile

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed data/*.yaml
var data embed.FS

// catalogue reads the profiles that come with this package, once.
var catalogue = sync.OnceValues(func() (map[string]Profile, error) {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil, err
	}
	all := make(map[string]Profile, len(files))
	for _, file := range files {
		text, err := data.ReadFile(path.Join("data", file.Name()))
		if err != nil {
			return nil, err
		}
		doc, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("profile %s: %w", file.Name(), err)
		}
		var p Profile
		if err := doc.decode(&p); err != nil {
			return nil, fmt.Errorf("profile %s: %w", file.Name(), err)
		}
		if p.Name+".yaml" != file.Name() {
			return nil, fmt.Errorf("profile %s: its name is %q", file.Name(), p.Name)
		}
		all[p.Name] = p
	}
	return all, nil
})

// Names returns the names of the profiles that come with this package, sorted.
func Names() []string {
	files, err := data.ReadDir("data")
	if err != nil {
		return nil // an embedded folder can be read
	}
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = strings.TrimSuffix(file.Name(), ".yaml")
	}
	slices.Sort(names) // the folder's order is that of "okta-catalogue.yaml" and "okta.yaml"
	return names
}

// Get returns a profile by its name. It is the caller's own and can be altered.
func Get(name string) (Profile, error) {
	all, err := catalogue()
	if err != nil {
		return Profile{}, err
	}
	p, ok := all[name]
	if !ok {
		return Profile{}, fmt.Errorf("profile %q: not known%s; there are %s", name, meant(name, Names()), strings.Join(Names(), ", "))
	}
	return p.clone(), nil
}

// clone returns a profile that shares nothing with p.
func (p Profile) clone() Profile {
	for _, list := range []*[]string{
		&p.Sources, &p.Addresses, &p.Unconfirmed, &p.Notes, &p.Discovery.Distrust, &p.Filter.Users, &p.Filter.Groups,
		&p.Attributes.Unknown, &p.Update.PatchOnly,
	} {
		*list = slices.Clone(*list)
	}
	p.Rate = slices.Clone(p.Rate)
	p.Attributes.Entitlements = maps.Clone(p.Attributes.Entitlements)
	return p
}
