package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// scenario is one turn of a working life.
type scenario struct {
	name  string // as -only takes it
	title string // the case, and what must come of it
	play  func(o *office)
	// processes says how many play it, one after the other: with two, the first is killed
	// where play says so.
	processes int
}

func scenarios() []scenario {
	return slices.Concat(joiners(), movers(), stayers(), leavers(), returners(), feeds(), policies())
}

// run plays a scenario in an office of its own.
func (s scenario) run(ctx context.Context, where setting, out io.Writer) (ok bool, err error) {
	if !where.dies {
		if _, err := fmt.Fprintf(out, "\n── %s: %s\n", s.name, s.title); err != nil {
			return false, err
		}
	}
	o, err := openOffice(ctx, where, out)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	if s.processes > 1 && !where.dies {
		o.before(s.name)
	}
	s.play(o)
	o.verify()
	return o.wrong == 0, o.err
}
