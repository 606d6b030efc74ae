package profile

import (
	"net/url"
	"path"
	"strings"
)

// ByAddress returns the names of the profiles of this package whose Addresses a
// base URL begins with, sorted; none if it is no URL.
func ByAddress(baseURL string) []string {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" {
		return nil
	}
	all, err := catalogue()
	if err != nil {
		return nil // Get says why
	}
	var names []string
	for _, name := range Names() {
		for _, address := range all[name].Addresses {
			if begins(segments(u), address) {
				names = append(names, name)
				break
			}
		}
	}
	return names
}

// segments splits a URL into its host and the parts of its path.
func segments(u *url.URL) []string {
	parts := []string{strings.ToLower(u.Hostname())}
	for part := range strings.SplitSeq(u.Path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// begins reports whether a URL begins with an address, segment by segment.
func begins(parts []string, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	patterns := segments(u)
	if len(patterns) > len(parts) {
		return false
	}
	for i, pattern := range patterns {
		if ok, err := path.Match(pattern, parts[i]); err != nil || !ok {
			return false
		}
	}
	return true
}
