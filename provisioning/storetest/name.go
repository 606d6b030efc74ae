package storetest

import (
	"fmt"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func nameCases() []testCase {
	return []testCase{
		{name: "name_reserve", clause: "a name goes to who is first, for ever, and to them again", check: nameReserve},
		{name: "name_race", clause: "of many who want a name at once one gets it, and all learn who", check: nameRace},
		{name: "name_list", clause: "Names returns what a person has in a namespace, oldest first", check: nameList},
		{name: "name_give", clause: "GiveNames gives what a person has in one namespace, and nothing else", check: nameGive},
		{name: "name_owner", clause: "NameOwner reserves nothing", check: nameOwner},
		{name: "name_exact", clause: "names are compared as they are given", check: nameExact},
	}
}

func nameReserve(f *fixture) {
	f.update(func(tx state.Tx) {
		same("owner of a free name", must(tx.ReserveName("login", "ada", "p", day(1))), "p")
		same("owner when another wants it", must(tx.ReserveName("login", "ada", "q", day(2))), "p")
		same("owner when the first wants it again", must(tx.ReserveName("login", "ada", "p", day(3))), "p")
		same("owner in another namespace", must(tx.ReserveName("mail", "ada", "q", day(2))), "q")
		same("names of q", must(tx.Names("login", "q", time.Time{})), []string{})
	})
}

func nameRace(f *fixture) {
	const callers = 32
	owners := make([]string, callers)
	f.parallel(callers, func(i int) {
		f.update(func(tx state.Tx) { owners[i] = must(tx.ReserveName("login", "ada", fmt.Sprintf("p%02d", i), day(i))) })
	})
	for _, owner := range owners {
		same("owner", owner, owners[0])
	}
	f.view(func(tx state.Tx) {
		same("stored owner", must(tx.NameOwner("login", "ada")), owners[0])
		have := 0
		for i := range callers {
			have += len(must(tx.Names("login", fmt.Sprintf("p%02d", i), time.Time{})))
		}
		same("people who have the name", have, 1)
	})
}

func nameList(f *fixture) {
	f.update(func(tx state.Tx) {
		must(tx.ReserveName("login", "ada", "p", day(1)))
		must(tx.ReserveName("login", "zoe", "p", day(2)))
		must(tx.ReserveName("login", "ada", "p", day(3))) // wanted again
		must(tx.ReserveName("login", "ada", "q", day(4)))
		must(tx.ReserveName("login", "bob", "q", day(1)))
		must(tx.ReserveName("mail", "ada", "p", day(0)))
		same("names", must(tx.Names("login", "p", time.Time{})), []string{"zoe", "ada"})
		same("names since the second day", must(tx.Names("login", "p", day(2))), []string{"zoe", "ada"})
		same("names since the third day", must(tx.Names("login", "p", day(3))), []string{"ada"})
		same("names of somebody else", must(tx.Names("login", "r", time.Time{})), []string{})
	})
}

func nameGive(f *fixture) {
	f.update(func(tx state.Tx) {
		for i, name := range []string{"ada", "bob"} {
			must(tx.ReserveName("login", name, "p", day(i+1)))
		}
		must(tx.ReserveName("mail", "ada", "p", day(1)))
		must(tx.ReserveName("login", "zoe", "q", day(3)))
		must(tx.ReserveName("login", "eve", "r", day(1)))
		ok(tx.GiveNames("login", "p", "q"))
		ok(tx.GiveNames("login", "p", "q")) // there is nothing left
		same("names of who gave", must(tx.Names("login", "p", time.Time{})), []string{})
		same("names of who got", must(tx.Names("login", "q", time.Time{})), []string{"ada", "bob", "zoe"})
		same("owner of the other", must(tx.NameOwner("login", "eve")), "r")
		same("owner in another namespace", must(tx.NameOwner("mail", "ada")), "p")
	})
}

func nameOwner(f *fixture) {
	f.update(func(tx state.Tx) {
		same("owner of a free name", must(tx.NameOwner("login", "ada")), "")
		same("owner of it later", must(tx.ReserveName("login", "ada", "q", day(1))), "q")
		same("owner of a reserved name", must(tx.NameOwner("login", "ada")), "q")
		same("owner in another namespace", must(tx.NameOwner("mail", "ada")), "")
	})
}

func nameExact(f *fixture) {
	f.update(func(tx state.Tx) {
		for i, name := range []string{"ada", "Ada", "ada ", "ada\u0301", "ad\u00e1"} {
			person := fmt.Sprint("p", i)
			same("owner of "+name, must(tx.ReserveName("login", name, person, day(1))), person)
		}
	})
}
