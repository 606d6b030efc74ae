package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func valueCases() []testCase {
	return []testCase{
		{name: "value_time", clause: "instants are kept to the microsecond, in UTC; the zero time is none", check: valueTime},
		{name: "value_text", clause: "texts are data, whatever they contain", check: valueText, whole: true},
		{name: "value_nul", clause: "a text with a NUL is kept whole or refused, never cut", check: valueNUL},
		{name: "value_body", clause: "bodies are kept byte for byte, of 1 MiB too", check: valueBody},
		{name: "value_order", clause: "texts are ordered and compared byte by byte", check: valueOrder},
	}
}

func valueTime(f *fixture) {
	zone := time.FixedZone("east", 5*3600)
	for _, at := range []time.Time{
		{},
		time.Unix(0, 0),
		time.Unix(0, 1000),
		time.Unix(-1, 999999000),
		time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 2, 30, 0, 123456000, zone),
		time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
	} {
		want := at.UTC()
		if at.IsZero() {
			want = time.Time{}
		}
		f.update(func(tx state.Tx) { ok(tx.PutPerson(state.Person{ID: "p", DueAt: at, EventAt: at})) })
		f.view(func(tx state.Tx) {
			p := must(tx.Person("p"))
			same("an instant", p.EventAt, want)
			same("when it is due", p.DueAt, want)
			same("the next due instant", must(tx.NextDue()), want)
		})
	}
	f.update(func(tx state.Tx) {
		ok(tx.PutPerson(state.Person{ID: "p", EventAt: time.Date(2026, 1, 1, 0, 0, 0, 1999, time.UTC)}))
		same("an instant with nanoseconds", must(tx.Person("p")).EventAt, time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC))
	})
}

// odd are texts that SQL, JSON or a file format could take for something else.
func odd() []string {
	return []string{
		`O'Brien`, `"; DROP TABLE joinery_person; --`, "?1 $1 :a @update", `\`, "%_*", "Zoë Ångström", "Z\u0308oe", "山田 太郎", "👩‍💻",
		"\u202eright to left", "line\r\nline\ttab", " ", "null", "NULL", "0", "{}", strings.Repeat("long ", 1000), "\u2028", "<&>",
	}
}

func valueText(f *fixture) {
	for i, text := range odd() {
		id := fmt.Sprintf("%03d", i)
		f.as(text).update(func(tx state.Tx) {
			ok(tx.PutWorker(state.Worker{Source: text, ID: text, Person: text, PersonKey: text, Emails: []string{strings.ToLower(text)}, Manager: text}))
			ok(tx.PutCase(state.Case{ID: id, Kind: text, Subject: text, Question: text, State: "open", Choices: []string{text, ""}}))
			same("who has a name", must(tx.ReserveName(text, text, text, day(1))), text)
			ok(tx.PutItem(state.Item{Person: text, System: text, Kind: state.ItemGrant, Key: text, State: state.ItemParked, Problem: text, Reasons: text}))
		})
		f.as(text).view(func(tx state.Tx) {
			w := must(tx.Worker(text, text))
			same("a worker's texts", []string{w.Source, w.ID, w.Person, w.PersonKey, nth("e-mails", w.Emails, 0), w.Manager}, []string{text, text, text, text, strings.ToLower(text), text})
			same("workers found by key", len(must(tx.WorkersLike(text, nil))), 1)
			same("workers found by e-mail", len(must(tx.WorkersLike("", []string{text}))), 1)
			same("reports", must(tx.Reports(text, text)), []string{text})
			same("the choices of a case", must(tx.OpenCase(text, text)).Choices, []string{text, ""})
			same("names", must(tx.Names(text, text, time.Time{})), []string{text})
			same("an item's reasons", must(tx.Item(text, text, state.ItemGrant, text)).Reasons, text)
		})
	}
	same("the number of tenants", len(must(f.backend.Tenants(f.ctx))), len(odd()))
}

func valueNUL(f *fixture) {
	for _, text := range []string{"a\x00b", "\x00", "a\x00"} {
		err := f.try(func(tx state.Tx) {
			ok(tx.PutPerson(state.Person{ID: "a", Event: "before"}))
			ok(tx.PutPerson(state.Person{ID: text, Event: text}))
		})
		if err != nil {
			continue // refused as a whole
		}
		f.view(func(tx state.Tx) {
			same("a text with a NUL", must(tx.Person(text)).Event, text)
			same("the row without it", must(tx.Person("a")).Event, "before")
		})
	}
}

func valueBody(f *fixture) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i, body := range [][]byte{nil, []byte("{ \"b\": 1,\n \"a\": 1.0 }"), all, bytes.Repeat(all, 1<<12)} {
		seq := int64(i + 1)
		f.update(func(tx state.Tx) {
			ok(tx.AddVersion(state.Version{Source: "hr", ID: "1", Seq: seq, Digest: body, Body: body}))
			ok(tx.Stage("r", []state.Staged{{N: seq, Body: body}}))
			ok(tx.KeepPolicy(fmt.Sprint("v", seq), body))
		})
		f.view(func(tx state.Tx) {
			got := nth("versions", must(tx.Versions("hr", "1", time.Time{})), i)
			for what, b := range map[string][]byte{"a body": got.Body, "a digest": got.Digest, "a staged row": nth("staged rows", must(tx.Staged("r", seq-1, 1)), 0).Body, "a policy": must(tx.PolicySource(fmt.Sprint("v", seq)))} {
				if !bytes.Equal(b, body) {
					fail("%s of %d bytes came back as another one of %d", what, len(body), len(b))
				}
			}
		})
	}
}

func valueOrder(f *fixture) {
	ids := []string{"A", "B", "Z", "a", "b", "ä", "é", "ﬀ", "𝒳"}
	f.update(func(tx state.Tx) {
		for i := range ids {
			ok(tx.PutPerson(state.Person{ID: ids[(i*5)%len(ids)], DueAt: day(1)}))
		}
	})
	f.view(func(tx state.Tx) {
		var got, due []string
		for after := ""; ; {
			page := must(tx.PeopleAfter(after, 2))
			for _, p := range page {
				got, after = append(got, p.ID), p.ID
			}
			if len(page) < 2 {
				break
			}
		}
		for _, p := range must(tx.DuePeople(day(1), 100)) {
			due = append(due, p.ID)
		}
		same("people by ID", got, ids)
		same("people who are due at the same instant", due, ids)
		_, err := tx.Person("É")
		is("a person in another case", err, state.ErrNotFound)
	})
}
