package storetest

import "github.com/joinery-iam/joinery/provisioning/internal/state"

func caseCases() []testCase {
	return []testCase{
		{name: "case", clause: "a case's row is kept and replaced whole", check: caseKept},
		{name: "case_open", clause: "OpenCase finds the open case of a kind about a subject", check: caseOpen},
		{name: "case_open_of", clause: "OpenCasesOf finds the open cases of a kind about things of a person, by subject", check: caseOpenOf},
		{name: "case_list", clause: "Cases returns the open cases, or all, oldest first", check: caseList},
	}
}

func caseKept(f *fixture) {
	full := state.Case{
		ID: "c", Kind: "k", Subject: "s", Question: "q", Digest: "d", Body: []byte("{}"), Choices: []string{"b", "a"}, Default: "a", State: "open",
		OpenedAt: day(1), Expires: day(2), Run: "r", Answer: "x", Actor: "y", Note: "z", AnsweredAt: day(3),
	}
	f.update(func(tx state.Tx) {
		_, err := tx.Case("c")
		is("an unknown case", err, state.ErrNotFound)
		for _, c := range []state.Case{full, {ID: "c"}, full} {
			ok(tx.PutCase(c))
			same("case", must(tx.Case("c")), c)
		}
	})
}

func (f *fixture) putCases(list ...state.Case) {
	f.update(func(tx state.Tx) {
		for _, c := range list {
			ok(tx.PutCase(c))
		}
	})
}

func caseOpen(f *fixture) {
	f.putCases(state.Case{ID: "a", Kind: "k", Subject: "s", State: "closed", OpenedAt: day(1)}, state.Case{ID: "b", Kind: "k", Subject: "s", State: "open", OpenedAt: day(2)},
		state.Case{ID: "c", Kind: "k", Subject: "t", State: "answered", OpenedAt: day(1)})
	f.update(func(tx state.Tx) {
		c := must(tx.OpenCase("k", "s"))
		same("open case", c.ID, "b")
		_, err := tx.OpenCase("k", "t")
		is("a case that was answered", err, state.ErrNotFound)
		_, err = tx.OpenCase("l", "s")
		is("a case of another kind", err, state.ErrNotFound)
		c.State = "answered"
		ok(tx.PutCase(c))
		_, err = tx.OpenCase("k", "s")
		is("a case that is answered now", err, state.ErrNotFound)
	})
}

func caseOpenOf(f *fixture) {
	f.putCases(state.Case{ID: "a", Kind: "k", Subject: "p y", State: "open", OpenedAt: day(1)}, state.Case{ID: "b", Kind: "k", Subject: "p x", State: "open", OpenedAt: day(2)},
		state.Case{ID: "c", Kind: "k", Subject: "p z", State: "answered", OpenedAt: day(1)}, state.Case{ID: "d", Kind: "l", Subject: "p z", State: "open", OpenedAt: day(1)},
		state.Case{ID: "e", Kind: "k", Subject: "p", State: "open", OpenedAt: day(1)}, state.Case{ID: "f", Kind: "k", Subject: "p2 x", State: "open", OpenedAt: day(1)})
	f.view(func(tx state.Tx) {
		var found []string
		for _, c := range must(tx.OpenCasesOf("k", "p")) {
			found = append(found, c.ID)
		}
		same("open cases of p", found, []string{"b", "a"})
		same("open cases of nobody", must(tx.OpenCasesOf("k", "q")), []state.Case{})
	})
}

func caseList(f *fixture) {
	f.putCases(state.Case{ID: "a", State: "open", OpenedAt: day(3)}, state.Case{ID: "b", State: "answered", OpenedAt: day(2)},
		state.Case{ID: "c", State: "open", OpenedAt: day(1)}, state.Case{ID: "d", State: "closed", OpenedAt: day(4)})
	list := func(all bool) (out []string) {
		f.view(func(tx state.Tx) {
			for _, c := range must(tx.Cases(all)) {
				out = append(out, c.ID)
			}
		})
		return out
	}
	same("open cases", list(false), []string{"c", "a"})
	same("all cases", list(true), []string{"c", "b", "a", "d"})
}
