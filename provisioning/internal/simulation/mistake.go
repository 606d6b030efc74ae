package simulation

import (
	"context"
	"fmt"
	"time"
)

// massMistake lets HR end a third of all, for an hour.
func (w *world) massMistake(ctx context.Context) error {
	w.Log("HR ends a third of all by mistake")
	return w.mistake(ctx, 1, len(w.oracle.Humans)/3)
}

// slowMistake does it in ten steps, each below every limit.
func (w *world) slowMistake(ctx context.Context) error {
	w.Log("HR ends a third of all by mistake, in ten steps")
	return w.mistake(ctx, 10, len(w.oracle.Humans)/30)
}

// mistake ends people in steps, and takes it back after it was seen how many of them
// were hit.
func (w *world) mistake(ctx context.Context, steps, each int) error {
	if err := w.judge(ctx); err != nil { // so that whatever is wrong then is of the mistake
		return err
	}
	before := w.active()
	for range steps {
		for n := 0; n < each; {
			h := one(w, w.oracle.Humans)
			w.mistakes[h.Jobs[len(h.Jobs)-1].ID] = w.today().AddDays(-1)
			n++
		}
		if err := w.turn(ctx); err != nil {
			return err
		}
		w.pass(time.Minute)
	}
	hit := 0
	for id := range before {
		if !w.active()[id] {
			hit++
		}
	}
	// The percentage is of those who can sign in, and those who could until lately; of 50
	// at least.
	if limit := max(len(before)+len(before)/10, 50) * maxPercent / 100; hit > limit {
		return fmt.Errorf("%d of %d people lost their sign-in by a mistake; the guard lets pass %d", hit, len(before), limit)
	}
	clear(w.mistakes)
	return w.judge(ctx)
}
