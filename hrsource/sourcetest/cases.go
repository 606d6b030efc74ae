package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/hrsource"
)

// Case is one sentence of the contract and the check that proves it.
type Case struct {
	Name string
	// Clause is the sentence, as the comment in package hrsource has it.
	Clause string
	// Check returns what is wrong with the source of sys, nil if nothing is, and
	// an error that is [errors.ErrUnsupported] if sys cannot tell.
	Check func(ctx context.Context, sys System) error
}

// Cases returns all cases, the simple ones first.
func Cases() []Case {
	return []Case{
		{"name", "Name is the constant, non-empty name of the source.", checkName},
		{"key names its source", "Every key that Snapshot yields has it as its Source.", checkKeySource},
		{"everything is read", "Snapshot reads everything and calls yield once for each worker.", checkEverything},
		{"values are those of the system", "A Source reads people out of a system of record and interprets nothing.", checkValues},
		{"fields that are told are named", "Fields names the fields that the record tells of.", checkFields},
		{"no key twice", "... and never twice for one key.", checkTwice},
		{"yield stops it", "It stops at the first error of yield ...", checkYieldStops},
		{"yield's error is returned", "... and returns it.", checkYieldError},
		{"context stops it", "It stops when ctx is done and returns an error then.", checkContext},
		{"it reads afresh", "It may be called again and then reads afresh.", checkAfresh},
		{"what was yielded belongs to the caller", "It may be called again and then reads afresh.", checkOwnership},
		{"proof counts", "The Proof tells whether what was yielded is everything.", checkProof},
		{"error has no proof", "With an error, it is the zero Proof.", checkErrorProof},
		{"truncated read is not complete", "The zero Proof means that it is not known to be complete: nobody may be taken as gone.", checkCut},
		{"shrinkage is refused", "A source that can tell before it yields that it would break req.MaxShrink returns a *ShrunkError ...", checkShrink},
		{"what is within the limit is read", "MaxShrink is the part of Previous that may be missing before the read is refused.", checkWithinLimit},
		{"refused read yields nothing", "... and yields nothing.", checkShrinkYields},
		{"zero request refuses nothing", "The zero value asks for a read without such a comparison.", checkZeroRequest},
		{"spoiled record is yielded", "A source never drops what it cannot understand.", checkSpoiledYielded},
		{"problem names its field", "It yields the record with its Problem list: which field, what it held and what would be right.", checkProblem},
		{"spoiled field is zero", "A field that is named in Problems holds its zero value.", checkSpoiledZero},
		{"rest of a spoiled record stands", "The fields that were understood stand.", checkSpoiledRest},
	}
}

func checkName(_ context.Context, sys System) error {
	name := sys.Source.Name()
	if name == "" {
		return errors.New("the name is empty")
	}
	if again := sys.Source.Name(); again != name {
		return fmt.Errorf("the name is %q and then %q", name, again)
	}
	return nil
}

func checkKeySource(ctx context.Context, sys System) error {
	_, got, _, err := sys.take(ctx, "k", 3)
	if err != nil {
		return err
	}
	for _, r := range got {
		if r.Worker.Key.Source != sys.Source.Name() {
			return fmt.Errorf("key %q: its source is %q, the name %q", r.Worker.Key, r.Worker.Key.Source, sys.Source.Name())
		}
	}
	return nil
}

func checkEverything(ctx context.Context, sys System) error {
	held, got, _, err := sys.take(ctx, "e", 120)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, w := range held {
		known[w.Key.ID] = true
		if _, ok := find(got, w.Key.ID); !ok {
			return fmt.Errorf("%s is missing", w.Key.ID)
		}
	}
	for _, r := range got {
		if !known[r.Worker.Key.ID] {
			return fmt.Errorf("%q is not in the system", r.Worker.Key.ID)
		}
	}
	return nil
}

func checkValues(ctx context.Context, sys System) error {
	held, got, _, err := sys.take(ctx, "v", 3)
	if err != nil {
		return err
	}
	for _, w := range held {
		r, ok := find(got, w.Key.ID)
		if !ok {
			continue // another case
		}
		if len(r.Problems) > 0 {
			return fmt.Errorf("%s: a sound worker has a problem: %s", w.Key, r.Problems[0])
		}
		if err := differ(r.Worker, w, sys.fields()); err != nil {
			return err
		}
	}
	return nil
}

func checkFields(ctx context.Context, sys System) error {
	_, got, _, err := sys.take(ctx, "f", 3)
	if err != nil {
		return err
	}
	for _, r := range got {
		for _, field := range sys.fields() {
			if r.Fields != nil && field != "source" && field != "workerId" && !slices.Contains(r.Fields, field) {
				return fmt.Errorf("%s: the source reads %s, and Fields does not name it: nobody would take it over", r.Worker.Key, field)
			}
		}
	}
	return nil
}

func checkTwice(ctx context.Context, sys System) error {
	_, got, _, err := sys.take(ctx, "t", 5)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, r := range got {
		if seen[r.Worker.Key.ID] {
			return fmt.Errorf("%s was yielded twice", r.Worker.Key)
		}
		seen[r.Worker.Key.ID] = true
	}
	return nil
}

// errStop is what yield returns to stop a read.
var errStop = errors.New("sourcetest: yield stops here")

// stopAt reads and lets yield fail with the nth record.
func (sys System) stopAt(ctx context.Context, mark string, n int) (calls int, proof hrsource.Proof, err error) {
	if _, err := sys.hold(mark, 5); err != nil {
		return 0, hrsource.Proof{}, err
	}
	proof, err = sys.Source.Snapshot(ctx, hrsource.SnapshotRequest{}, func(hrsource.Record) error {
		if calls++; calls >= n {
			return errStop
		}
		return nil
	})
	return calls, proof, err
}

func checkYieldStops(ctx context.Context, sys System) error {
	if calls, _, _ := sys.stopAt(ctx, "s", 2); calls != 2 {
		return fmt.Errorf("yield failed with call 2 and was called %d times", calls)
	}
	return nil
}

func checkYieldError(ctx context.Context, sys System) error {
	if _, _, err := sys.stopAt(ctx, "y", 2); !errors.Is(err, errStop) {
		return fmt.Errorf("yield's error is not in what Snapshot returned: %w", err)
	}
	return nil
}

func checkContext(ctx context.Context, sys System) error {
	const workers = 200
	if _, err := sys.hold("c", workers); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	calls := 0
	_, err := sys.Source.Snapshot(ctx, hrsource.SnapshotRequest{}, func(hrsource.Record) error {
		calls++
		cancel()
		return nil
	})
	if err == nil {
		return errors.New("the context was canceled with the first record, and there is no error")
	}
	if calls == workers {
		return fmt.Errorf("the context was canceled with the first record, and all %d were yielded", calls)
	}
	if _, _, err := sys.read(ctx, hrsource.SnapshotRequest{}); err == nil {
		return errors.New("the context was canceled before, and there is no error")
	}
	return nil
}

// find returns the record of a worker.
func find(all []hrsource.Record, id string) (hrsource.Record, bool) {
	i := slices.IndexFunc(all, func(r hrsource.Record) bool { return r.Worker.Key.ID == id })
	if i < 0 {
		return hrsource.Record{}, false
	}
	return all[i], true
}
