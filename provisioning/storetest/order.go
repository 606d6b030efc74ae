package storetest

import (
	"fmt"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func orderCases() []testCase {
	return []testCase{
		{name: "order_person", clause: "who locks the person's row first gets the lower number: numbers rise in the order of a person's revisions", check: orderPerson},
		{name: "order_witness", clause: "witnesses are numbered 1, 2, 3 without a gap, also by many at once and beside rollbacks", check: orderWitness},
	}
}

// orderPerson is about numbers that are given out before the commit: whoever
// takes one before the row is locked can be overtaken while waiting for the row,
// and two steps of one person stand in the wrong order for ever.
func orderPerson(f *fixture) {
	const callers, times, people = 8, 6, 2
	id := func(person, revision int64) string { return fmt.Sprintf("p%d-%04d", person, revision) }
	for p := range people {
		f.putPeople(state.Person{ID: fmt.Sprint("p", p)})
	}
	f.parallel(callers, func(i int) {
		for n := range times {
			person := int64((i + n) % people)
			f.update(func(tx state.Tx) {
				p := must(tx.LockPerson(fmt.Sprint("p", person)))
				p.Revision++
				ok(tx.Write(sealed(id(person, p.Revision), ""), p.ID))
				ok(tx.PutPerson(p))
			})
		}
	})
	f.view(func(tx state.Tx) {
		next := make([]int64, people)
		for _, w := range must(tx.Witnesses(0, 1000)) {
			person := int64(w.Entry[1] - '0')
			next[person]++
			same(fmt.Sprintf("the step of the person with number %d", w.Seq), w.Entry, id(person, next[person]))
		}
		same("steps", next[0]+next[1], int64(callers*times))
	})
}

func orderWitness(f *fixture) {
	const callers, times = 8, 6
	f.parallel(callers, func(i int) {
		for n := range times {
			err := f.try(func(tx state.Tx) {
				ok(tx.Write(sealed(fmt.Sprintf("%d-%d-a", i, n), ""), ""))
				ok(tx.Write(sealed(fmt.Sprintf("%d-%d-b", i, n), ""), ""))
				if n%3 == 2 {
					fail("rolled back")
				}
			})
			if n%3 != 2 {
				ok(err)
			}
		}
	})
	f.view(func(tx state.Tx) {
		all := must(tx.Witnesses(0, 1000))
		for i, w := range all {
			same("number of a witness", w.Seq, int64(i+1))
		}
		same("witnesses", len(all), callers*times*2*2/3)
		same("entries", len(must(tx.Unsequenced(-1))), len(all))
	})
}
