// Policy compares the evaluation of policies with other engines: the same people,
// the same rules, all results checked to be equal before anything is timed. It
// prints lines of name, value, and unit, and the ratios to our time.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 9, "how often each is timed; the median counts")
	count := flag.Int("count", 200, "how many people decisions are about")
	population := flag.Int("people", 0, "instead run over so many people, made as they are needed, such as 1000000")
	flag.Parse()
	if err := run(*rounds, *count, *population); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(rounds, count, population int) error {
	if population > 0 {
		return many(population)
	}
	missed := 0
	for _, m := range []mix{mixed, ranged, worst} {
		took := map[int]time.Duration{}
		for _, n := range []int{30, 300, 3000} {
			mine, misses, err := compare(m, n, rounds, people(count))
			if err != nil {
				return fmt.Errorf("%s, %d rules: %w", m, n, err)
			}
			took[n], missed = mine, missed+misses
		}
		growth := float64(took[3000]) / float64(took[300])
		fmt.Printf("%s/growth %.2f x%s\n", m, growth, judged(m == mixed, growth <= most["growth"], most["growth"], &missed))
	}
	if missed > 0 {
		return fmt.Errorf("%d targets MISSED", missed)
	}
	return nil
}

var engines = []engine{
	{name: "joinery", make: ours},
	{name: "joinery-decision", make: decided},
	{name: "expr-best", make: exprBest},
	{name: "expr-naive", make: exprNaive},
	{name: "cel", make: celEach},
	{name: "cedar", make: cedarOnce},
	{name: "opa", make: opaPartial},
	{name: "casbin", make: casbinBatch, most: 300},
}

// most are bounds of our own figures, of the mixed rules: how much longer ten times as
// many rules may take, 3,000 of 300, and the allocations for a person.
var most = map[string]float64{"growth": 1.5, "allocations": 8}

// targets are the ratios that are to be reached, of the mixed rules.
var targets = map[string]float64{
	"30 expr-best": 1.5, "300 expr-naive": 25, "300 expr-best": 6, "300 cedar": 10, "300 cel": 12, "300 opa": 15,
	"3000 opa": 35, "3000 expr-best": 70,
}

// judged says what became of a target, if there is one, and counts those missed.
func judged(has, reached bool, target float64, missed *int) string {
	switch {
	case !has:
		return ""
	case reached:
		return fmt.Sprintf("  target %.1f reached", target)
	}
	*missed++
	return fmt.Sprintf("  target %.1f MISSED", target)
}

// compare returns our time, and how many targets were missed.
func compare(m mix, n, rounds int, who []person) (mine time.Duration, missed int, err error) {
	list := rules(m, n)
	var want [][]int
	for _, e := range engines {
		if e.most > 0 && n > e.most {
			continue
		}
		match, err := e.make(list)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", e.name, err)
		}
		some := who
		if e.name == "casbin" {
			some = who[:min(len(who), 3)]
		}
		prepared := make([]any, len(some))
		for i, p := range some {
			prepared[i] = match.prepare(p)
		}
		got, err := matched(match, prepared)
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", e.name, err)
		}
		if want == nil {
			want = got
			held := 0
			for _, one := range want {
				held += len(one)
			}
			fmt.Printf("%s/%d/matches %.1f rules/person\n", m, n, float64(held)/float64(len(want)))
		}
		for i := range got {
			if !slices.Equal(got[i], want[i]) {
				return 0, 0, fmt.Errorf("%s: person %d: rules %v, want %v", e.name, i, got[i], want[i])
			}
		}
		took, allocations := timed(match, prepared, rounds)
		name := fmt.Sprintf("%s/%d/%s", m, n, e.name)
		first := e.name == "joinery"
		fmt.Printf("%s %.3f us/person\n%s/allocations %.1f 1/person%s\n", name, float64(took.Nanoseconds())/1e3, name, allocations,
			judged(first && m == mixed, allocations <= most["allocations"], most["allocations"], &missed))
		if first {
			mine = took
			continue
		}
		ratio, target := float64(took)/float64(mine), targets[fmt.Sprintf("%d %s", n, e.name)]
		fmt.Printf("%s/ratio %.1f x%s\n", name, ratio, judged(m == mixed && target > 0, ratio >= target, target, &missed))
	}
	return mine, missed, nil
}

// matched returns the rules of each person, sorted.
func matched(m matcher, prepared []any) ([][]int, error) {
	out := make([][]int, len(prepared))
	for i, p := range prepared {
		if err := m.match(p, func(rule int) { out[i] = append(out[i], rule) }); err != nil {
			return nil, err
		}
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out, nil
}

// timed returns the median time and the allocations for a person.
func timed(m matcher, prepared []any, rounds int) (time.Duration, float64) {
	var took []time.Duration
	held := 0
	pass := func() {
		for _, p := range prepared {
			if err := m.match(p, func(int) { held++ }); err != nil {
				panic(err) // it has answered before
			}
		}
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	pass()
	once := time.Since(began)
	runtime.ReadMemStats(&after)
	// A round takes some 20 ms, however fast the engine is.
	passes := max(1, int(20*time.Millisecond/max(once, 1)))
	if once > time.Second {
		rounds = min(rounds, 3)
	}
	for range rounds {
		began := time.Now()
		for range passes {
			pass()
		}
		took = append(took, time.Since(began)/time.Duration(passes*len(prepared)))
	}
	slices.Sort(took)
	return took[len(took)/2], float64(after.Mallocs-before.Mallocs) / float64(len(prepared))
}
