package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/hrsource"
)

// spoiled is a read of three workers, of which the second is spoiled.
type spoiled struct {
	held  hrsource.Worker
	field string
	got   hrsource.Record
	found bool
}

func (sys System) spoil(ctx context.Context, mark string) (spoiled, error) {
	if sys.Spoil == nil {
		return spoiled{}, needs("Spoil")
	}
	s := spoiled{field: sys.Spoils}
	if s.field == "" {
		s.field = "hireDate"
	}
	if !slices.Contains(sys.fields(), s.field) {
		return s, fmt.Errorf("System.Spoils: %s is not in System.Fields", s.field)
	}
	held, err := sys.hold(mark, 3)
	if err != nil {
		return s, err
	}
	s.held = held[1]
	if err := sys.Spoil(s.held.Key.ID, s.field); err != nil {
		return s, fmt.Errorf("System.Spoil: %w", err)
	}
	all, _, err := sys.read(ctx, hrsource.SnapshotRequest{})
	if err != nil {
		return s, fmt.Errorf("one unreadable %s fails the whole read: %w", s.field, err)
	}
	s.got, s.found = find(all, s.held.Key.ID)
	return s, nil
}

func checkSpoiledYielded(ctx context.Context, sys System) error {
	s, err := sys.spoil(ctx, "dropped")
	if err == nil && !s.found {
		return fmt.Errorf("%s was dropped because its %s is unreadable", s.held.Key, s.field)
	}
	return err
}

func checkProblem(ctx context.Context, sys System) error {
	s, err := sys.spoil(ctx, "named")
	if err != nil || !s.found {
		return err
	}
	i := slices.IndexFunc(s.got.Problems, func(p hrsource.Problem) bool { return p.Field == s.field })
	switch {
	case i < 0:
		return fmt.Errorf("%s: no problem names %s", s.held.Key, s.field)
	case s.got.Problems[i].Want == "":
		return fmt.Errorf("%s: the problem of %s does not say what would be right", s.held.Key, s.field)
	case s.got.Problems[i].Value == "":
		return fmt.Errorf("%s: the problem of %s does not say what was found", s.held.Key, s.field)
	case s.got.Position == "":
		return errors.New("the record does not say where it stands")
	}
	return nil
}

func checkSpoiledZero(ctx context.Context, sys System) error {
	s, err := sys.spoil(ctx, "zero")
	if err != nil || !s.found {
		return err
	}
	if text := s.got.Worker.Text(job(s.got.Worker), s.field); text != "" {
		return fmt.Errorf("%s: %s could not be read and is %q", s.held.Key, s.field, text)
	}
	return nil
}

func checkSpoiledRest(ctx context.Context, sys System) error {
	s, err := sys.spoil(ctx, "rest")
	if err != nil || !s.found {
		return err
	}
	rest := slices.DeleteFunc(slices.Clone(sys.fields()), func(f string) bool { return f == s.field })
	return differ(s.got.Worker, s.held, rest)
}
