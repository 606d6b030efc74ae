package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"runtime"
	"time"

	"github.com/joinery-iam/joinery/policy"
)

// many runs over a population of which nobody is kept: what it takes to recompute
// everybody, to find whom an edited rule concerns, and to tell what they gain and
// lose. Making the people takes time as well, and is told and taken off.
func many(n int) error {
	list := rules(mixed, 300)
	doc := document(list)
	before, err := policy.Compile(doc)
	if err != nil {
		return err
	}
	doc = before.Document()
	doc.Rules[0].When += ` && oncall`
	after, err := policy.Compile(doc)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("people/%d", n)
	made := passed(n, func(policy.Subject) error { return nil })
	print := func(what string, took time.Duration) {
		fmt.Printf("%s/%s %.2f s\n", name, what, took.Seconds())
	}
	print("made", made)

	var names []string
	held := 0
	print("rules-of-everybody", passed(n, func(s policy.Subject) (err error) {
		names, err = before.AppendRules(names[:0], s.Relationships[0].Spans[0].Attributes)
		held += len(names)
		return err
	})-made)
	print("decisions-about-everybody", passed(n, func(s policy.Subject) error {
		_, err := before.Evaluate(context.Background(), s)
		return err
	})-made)

	concerned := 0
	difference := policy.Compare(before, after)
	print("concerned-by-an-edit", passed(n, func(s policy.Subject) error {
		if difference.Concerns(s) {
			concerned++
		}
		return nil
	})-made)
	began, changed := time.Now(), 0
	for i, err := range policy.Impacts(context.Background(), before, after, subjects(n)) {
		if err != nil || i.Err != nil {
			return fmt.Errorf("%w, %w", err, i.Err)
		}
		changed++
	}
	print("impact-of-an-edit", time.Since(began)-made)

	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	fmt.Printf("%s/rules-held %d\n%s/concerned %d people\n%s/changed %d people\n%s/memory %.1f MB\n",
		name, held, name, concerned, name, changed, name, float64(memory.Sys)/1e6)
	return nil
}

// passed returns how long it takes to make everybody and do something for each.
func passed(n int, do func(policy.Subject) error) time.Duration {
	began := time.Now()
	for s := range subjects(n) {
		if err := do(s); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	}
	return time.Since(began)
}

func subjects(n int) iter.Seq2[policy.Subject, error] {
	return func(yield func(policy.Subject, error) bool) {
		for i := range n {
			if !yield(subject(fmt.Sprint(i), one(i)), nil) {
				return
			}
		}
	}
}
