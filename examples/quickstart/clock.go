package main

import (
	"log"
	"time"
)

// clock is business time that moves when it is told to.
type clock struct{ now time.Time }

// Now returns what the clock shows.
func (c *clock) Now() time.Time { return c.now }

func (c *clock) set(now time.Time) { c.now = now }

// at reads an instant that is written in this program.
func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		log.Fatal(err)
	}
	return t
}
