package audittest

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/joinery-iam/joinery/audit"
)

// maxPositions bounds how many entries of each kind are tampered with.
const maxPositions = 16

// forgery is a bundle that is no longer true.
type forgery struct {
	name   string
	bundle []byte
}

// forger makes forgeries of one good bundle.
type forger struct {
	good bundle
	made []forgery
}

func forge(text []byte) ([]forgery, error) {
	good, err := parseBundle(text)
	if err != nil {
		return nil, err
	}
	signed, err := good.signed()
	if err != nil {
		return nil, err
	}
	sequenced, unsequenced := good.sequenced(), good.unsequenced()
	if min(signed, len(sequenced)) < 2 || len(unsequenced) < 2 {
		return nil, fmt.Errorf("it has %d entries that a checkpoint covers and %d without a leaf number, two of each are needed",
			min(signed, len(sequenced)), len(unsequenced))
	}
	f := &forger{good: good}
	for _, group := range []struct {
		name string
		at   []int
	}{{"sequenced", sequenced}, {"unsequenced", unsequenced}} {
		for _, i := range sample(len(group.at)) {
			name := fmt.Sprintf("%s entry %d", group.name, i)
			f.changes(name, group.at[i])
			f.drops(name, group.at[i])
			f.inserts(name, group.at[i])
			if i+1 < len(group.at) {
				f.swaps(name, group.at[i], group.at[i+1])
			}
		}
	}
	for _, i := range sample(min(signed, len(sequenced)-1)) {
		// Beyond the last checkpoint nothing binds a leaf to its number yet.
		f.swapNumbers(fmt.Sprintf("sequenced entry %d", i), sequenced[i], sequenced[i+1])
	}
	f.witnesses()
	f.wholes()
	return f.made, nil
}

// sample returns up to maxPositions of n, evenly spread, with the first and last.
func sample(n int) []int {
	var at []int
	for i := range min(n, maxPositions) {
		if n <= maxPositions {
			at = append(at, i)
		} else {
			at = append(at, i*(n-1)/(maxPositions-1))
		}
	}
	return at
}

// add makes one forgery of a copy of the good bundle.
func (f *forger) add(name string, tamper func(b *bundle)) {
	b := f.good.clone()
	tamper(&b)
	f.made = append(f.made, forgery{name, b.bytes()})
}

func (f *forger) changes(name string, at int) {
	original := *f.good.lines[at].entry
	f.add("change the digest of "+name, func(b *bundle) { b.lines[at].entry.Digest[31] ^= 1 })
	f.add("change the id of "+name, func(b *bundle) { b.lines[at].entry.ID += "0" })
	f.add("write anew "+name, func(b *bundle) {
		replaced := fabricate(original.ID, tenantOf(f.good))
		replaced.Leaf = original.Leaf
		*b.lines[at].entry = replaced
	})
	if original.Erased() {
		return
	}
	f.add("change the body of "+name, func(b *bundle) {
		e := b.lines[at].entry
		e.Body = bytes.Replace(e.Body, []byte(`{`), []byte(`{"forged":true,`), 1)
	})
	f.add("change the salt of "+name, func(b *bundle) {
		e := b.lines[at].entry
		e.Salt = append(slices.Clone(e.Salt), 0)
	})
}

func (f *forger) drops(name string, at int) {
	f.add("drop "+name, func(b *bundle) {
		b.lines = slices.Delete(b.lines, at, at+1)
		b.renumber()
	})
	f.add("drop "+name+" and leave a gap", func(b *bundle) { b.lines = slices.Delete(b.lines, at, at+1) })
}

func (f *forger) inserts(name string, at int) {
	original := f.good.lines[at].entry
	f.add("insert one after "+name, func(b *bundle) {
		inserted := fabricate(original.ID+"0", tenantOf(f.good))
		inserted.Leaf = original.Leaf
		b.lines = slices.Insert(b.lines, at+1, bundleLine{entry: &inserted})
		b.renumber()
	})
	f.add("repeat "+name, func(b *bundle) {
		repeated := *original
		b.lines = slices.Insert(b.lines, at+1, bundleLine{entry: &repeated})
		b.renumber()
	})
}

func (f *forger) swaps(name string, at, next int) {
	f.add("swap the lines of "+name+" and the next", func(b *bundle) {
		b.lines[at], b.lines[next] = b.lines[next], b.lines[at]
	})
	f.add("swap the ids of "+name+" and the next", func(b *bundle) {
		x, y := b.lines[at].entry, b.lines[next].entry
		x.ID, y.ID = y.ID, x.ID
	})
	f.add("swap what was done in "+name+" and the next", func(b *bundle) {
		x, y := b.lines[at].entry, b.lines[next].entry
		x.Digest, y.Digest = y.Digest, x.Digest
		x.Salt, y.Salt = y.Salt, x.Salt
		x.Body, y.Body = y.Body, x.Body
	})
}

func (f *forger) swapNumbers(name string, at, next int) {
	f.add("swap "+name+" and the next and renumber them", func(b *bundle) {
		b.lines[at], b.lines[next] = b.lines[next], b.lines[at]
		b.renumber()
	})
}

func (f *forger) witnesses() {
	at := f.good.where(func(l bundleLine) bool { return l.witness != nil })
	for _, i := range sample(len(at)) {
		name := fmt.Sprintf("witness %d", i)
		f.add("drop "+name, func(b *bundle) { b.lines = slices.Delete(b.lines, at[i], at[i]+1) })
		f.add("change the digest of "+name, func(b *bundle) { b.lines[at[i]].witness.Digest[0] ^= 1 })
		f.add("change the number of "+name, func(b *bundle) { b.lines[at[i]].witness.Seq += 2 })
		f.add("repeat "+name, func(b *bundle) {
			repeated := *b.lines[at[i]].witness
			b.lines = slices.Insert(b.lines, at[i]+1, bundleLine{witness: &repeated})
		})
	}
}

// wholes makes the forgeries that are not about one entry.
func (f *forger) wholes() {
	isCheckpoint := func(l bundleLine) bool { return l.checkpoint != "" }
	f.add("drop all checkpoints", func(b *bundle) { b.lines = slices.DeleteFunc(b.lines, isCheckpoint) })
	f.add("drop all witnesses", func(b *bundle) {
		b.lines = slices.DeleteFunc(b.lines, func(l bundleLine) bool { return l.witness != nil })
	})
	f.add("drop the last line", func(b *bundle) { b.lines = b.lines[:len(b.lines)-1] })
	at := f.good.where(isCheckpoint)
	for _, i := range sample(len(at)) {
		f.add(fmt.Sprintf("change checkpoint %d", i), func(b *bundle) {
			b.lines[at[i]].checkpoint = "x" + b.lines[at[i]].checkpoint
		})
	}
}

// tenantOf returns the tenant that a forger would write into an entry.
func tenantOf(b bundle) string {
	for _, l := range b.lines {
		if l.entry == nil {
			continue
		}
		if e, err := l.entry.Entry(); err == nil {
			return e.Tenant
		}
	}
	return ""
}

// fabricate seals an entry that never was.
func fabricate(id, tenant string) audit.Sealed {
	sealed, err := audit.Entry{ID: id, Tenant: tenant, Event: audit.EventOutcome, Note: "forged"}.Seal()
	if err != nil {
		panic(err) // the entry above can be sealed
	}
	return sealed
}
