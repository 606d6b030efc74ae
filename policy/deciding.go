package policy

import (
	"context"
	"fmt"
	"slices"
)

// deciding is the work on one decision, which is bounded: neither a policy from
// somebody else nor what HR delivers can stall it.
type deciding struct {
	ctx  context.Context // of the decision
	read int             // bytes that templates have read, each filter counting anew
	made int             // bytes of names and attributes of accounts

	looked int // comparisons of what is given with what denies and separations of duties name
}

// spend counts a value that a template reads or a filter changes. It returns an error
// if that is too much for one decision, and that of ctx.
func (w *deciding) spend(value string) error {
	before := w.read
	if w.read += 8 + len(value); w.spent() {
		return fmt.Errorf("templates read more than %d bytes in all", maxRead)
	}
	if before/askedEach != w.read/askedEach {
		return w.ctx.Err()
	}
	return nil
}

// look counts comparisons of what is given with what denies and separations name, as
// spend does.
func (w *deciding) look(n int) error {
	before := w.looked
	if w.looked += n; w.looked > maxLooked {
		return fmt.Errorf("what is given would be compared with denies and separations of duties more than %d times in all", maxLooked)
	}
	if before/askedEach != w.looked/askedEach {
		return w.ctx.Err()
	}
	return nil
}

// spent reports whether templates have read too much already.
func (w *deciding) spent() bool { return w.read > maxRead }

// produce counts what came of a template for an account, as spend does.
func (w *deciding) produce(values []string) error {
	for _, v := range values {
		w.made += len(v)
	}
	if w.made > maxMade {
		return fmt.Errorf("names and attributes of accounts come to more than %d bytes in all", maxMade)
	}
	return nil
}

// distinct are texts in the order in which they came, each once.
type distinct struct {
	list []string
	seen map[string]bool // made when there are so many that it is of use
}

func (d *distinct) add(s string) {
	const few = 8
	if len(d.list) < few {
		if !slices.Contains(d.list, s) {
			d.list = append(d.list, s)
		}
		return
	}
	if d.seen == nil {
		d.seen = make(map[string]bool, 2*few)
		for _, had := range d.list {
			d.seen[had] = true
		}
	}
	if !d.seen[s] {
		d.seen[s] = true
		d.list = append(d.list, s)
	}
}
