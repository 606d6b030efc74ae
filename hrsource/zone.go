package hrsource

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones must not depend on what the host has installed
)

// zones remembers what was loaded, since loading reads a file each time and every
// worker names a zone. Only names that exist are kept, so it cannot grow without
// bound.
var zones sync.Map //nolint:gochecknoglobals // a cache of constants

// LoadZone returns the location with an IANA name such as Europe/Berlin. Unlike
// [time.LoadLocation] it refuses "Local", whose meaning depends on the machine. It
// is safe for concurrent use.
func LoadZone(name string) (*time.Location, error) {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("time zone %q: want an IANA name such as Europe/Berlin", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: want an IANA name such as Europe/Berlin", name)
	}
	zones.Store(name, loc)
	return loc, nil
}
