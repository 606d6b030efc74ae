package hrsource

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on what the host has installed
)

// LoadZone returns the location with an IANA name such as Europe/Berlin. Unlike
// [time.LoadLocation] it refuses "Local", whose meaning depends on the machine.
func LoadZone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("time zone %q: want an IANA name such as Europe/Berlin", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: want an IANA name such as Europe/Berlin", name)
	}
	return loc, nil
}
