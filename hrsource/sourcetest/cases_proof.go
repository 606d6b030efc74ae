package sourcetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/hrsource"
)

func checkAfresh(ctx context.Context, sys System) error {
	if _, _, _, err := sys.take(ctx, "before", 3); err != nil {
		return err
	}
	_, got, _, err := sys.take(ctx, "after", 3)
	if err != nil {
		return err
	}
	if _, ok := find(got, "before-0"); ok {
		return errors.New("the second read tells of a worker that is not in the system any more")
	}
	if _, ok := find(got, "after-0"); !ok {
		return errors.New("the second read does not tell of a worker that came after the first")
	}
	return nil
}

func checkOwnership(ctx context.Context, sys System) error {
	held, got, _, err := sys.take(ctx, "own", 3)
	if err != nil {
		return err
	}
	for _, r := range got {
		for i := range r.Worker.Assignments {
			r.Worker.Assignments[i] = hrsource.Assignment{Department: "overwritten", EffectiveFrom: hrsource.Date{Year: 1, Month: 1, Day: 1}}
		}
		for name, values := range r.Worker.Custom {
			for i := range values {
				values[i] = "overwritten"
			}
			r.Worker.Custom[name+" too"] = values
		}
	}
	again, _, err := sys.read(ctx, hrsource.SnapshotRequest{})
	if err != nil {
		return err
	}
	for _, w := range held {
		r, _ := find(again, w.Key.ID)
		if job(r.Worker).Department == "overwritten" {
			return fmt.Errorf("%s: what the caller wrote into a record is in the next read", w.Key)
		}
		for name, values := range r.Worker.Custom {
			if len(values) > 0 && values[0] == "overwritten" {
				return fmt.Errorf("%s: what the caller wrote into %s is in the next read", w.Key, name)
			}
		}
	}
	return nil
}

func checkProof(ctx context.Context, sys System) error {
	_, got, proof, err := sys.take(ctx, "p", 7)
	if err != nil {
		return err
	}
	if proof.Complete && !proof.Covers(len(got)) {
		return fmt.Errorf("the proof speaks of %d records, %d were yielded", proof.Count, len(got))
	}
	if proof.Complete && proof.Basis == "" {
		return errors.New("the proof names no evidence")
	}
	return nil
}

func checkErrorProof(ctx context.Context, sys System) error {
	_, proof, err := sys.stopAt(ctx, "z", 1)
	if err != nil && proof != (hrsource.Proof{}) {
		return fmt.Errorf("with an error of yield the proof is %+v", proof)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, proof, err = sys.read(canceled, hrsource.SnapshotRequest{})
	if err != nil && proof != (hrsource.Proof{}) {
		return fmt.Errorf("with a canceled context the proof is %+v", proof)
	}
	return nil
}

func checkCut(ctx context.Context, sys System) error {
	if sys.Cut == nil {
		return needs("Cut")
	}
	if _, err := sys.hold("cut", 9); err != nil {
		return err
	}
	if err := sys.Cut(4); err != nil {
		return fmt.Errorf("System.Cut: %w", err)
	}
	got, proof, err := sys.read(ctx, hrsource.SnapshotRequest{})
	if err == nil && proof.Complete {
		return fmt.Errorf("%d of 9 workers were read, and the proof says complete: %s", len(got), proof.Basis)
	}
	return nil
}

// shrink reads 4 workers after an accepted read of 10, of which half may go.
func (sys System) shrink(ctx context.Context) (yielded int, err error) {
	if _, err := sys.hold("few", 4); err != nil {
		return 0, err
	}
	got, _, err := sys.read(ctx, hrsource.SnapshotRequest{Previous: 10, MaxShrink: 0.5})
	return len(got), err
}

func checkShrink(ctx context.Context, sys System) error {
	if !sys.Counts {
		return needs("Counts")
	}
	_, err := sys.shrink(ctx)
	shrunk, ok := errors.AsType[*hrsource.ShrunkError](err)
	if !ok {
		return fmt.Errorf("4 workers after 10, of which half may be missing: want a *ShrunkError, not %w", err)
	}
	if shrunk.Previous != 10 || shrunk.Seen != 4 {
		return fmt.Errorf("4 workers after 10: the error says %d after %d", shrunk.Seen, shrunk.Previous)
	}
	return nil
}

func checkWithinLimit(ctx context.Context, sys System) error {
	if _, err := sys.hold("enough", 5); err != nil {
		return err
	}
	if _, _, err := sys.read(ctx, hrsource.SnapshotRequest{Previous: 10, MaxShrink: 0.5}); err != nil {
		return fmt.Errorf("5 workers after 10, of which half may be missing: %w", err)
	}
	return nil
}

func checkShrinkYields(ctx context.Context, sys System) error {
	yielded, err := sys.shrink(ctx)
	if _, refused := errors.AsType[*hrsource.ShrunkError](err); refused && yielded > 0 {
		return fmt.Errorf("the read was refused after %d records", yielded)
	}
	return nil
}

func checkZeroRequest(ctx context.Context, sys System) error {
	if _, _, _, err := sys.take(ctx, "many", 100); err != nil {
		return err
	}
	if _, _, _, err := sys.take(ctx, "one", 1); err != nil {
		return fmt.Errorf("one worker after 100, with the zero request: %w", err)
	}
	return nil
}
