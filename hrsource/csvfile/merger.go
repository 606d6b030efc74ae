package csvfile

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
)

// maxRows is how many rows of one worker are read. Nobody has that many
// transfers; a placeholder such as 0000 in the place of an id has.
const maxRows = 1000

// merger is the second pass: it holds rows back until the last one of a worker
// has come and yields one record for them.
type merger struct {
	*reading
	yield   func(hrsource.Record) error
	waiting map[uint64][]row
	yielded int
}

func (m *merger) add(l layout, next row) error {
	id, problem := next.id(l)
	if problem != nil {
		rec := m.record(l, "", []row{next})
		if next.problem == nil {
			rec.Problems = slices.Insert(rec.Problems, 0, *problem)
		}
		return m.emit(rec)
	}
	hash := maphash.String(m.seed, id)
	if m.rows[hash] == 0 {
		return errChanged
	}
	m.rows[hash]--
	if m.rows[hash] == 0 && m.waiting[hash] == nil {
		return m.emit(m.record(l, id, []row{next}))
	}
	m.hold(l, hash, next)
	if m.rows[hash] > 0 {
		return nil
	}
	rows := m.waiting[hash]
	delete(m.waiting, hash)
	return m.emitAll(l, rows)
}

// hold keeps a row until the others have come, without its cells, which take
// several times the memory of the text.
func (m *merger) hold(l layout, hash uint64, next row) {
	switch held := len(m.waiting[hash]); {
	case held > maxRows:
		return
	case held == maxRows:
		next.cells = next.cells[:l.id+1]
		next.problem = &hrsource.Problem{
			Line: next.line, Value: shorten(next.raw, maxValue),
			Want: fmt.Sprintf("at most %d rows of one worker; the others from here on are not read", maxRows),
		}
	case next.problem == nil:
		next.cells = nil
	}
	m.waiting[hash] = append(m.waiting[hash], next)
}

// emitAll yields the rows that were held back. Two ids with the same hash are
// two workers.
func (m *merger) emitAll(l layout, rows []row) error {
	byID := map[string][]row{}
	var ids []string
	for _, held := range rows {
		if held.cells == nil {
			held.cells = resplit(held, l.comma)
		}
		id, _ := held.id(l)
		if byID[id] == nil {
			ids = append(ids, id)
		}
		byID[id] = append(byID[id], held)
	}
	for _, id := range ids {
		if err := m.emit(m.record(l, id, byID[id])); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) emit(rec hrsource.Record) error {
	m.yielded++
	m.yieldErr = m.yield(rec)
	return m.yieldErr
}

// record makes one record of the rows of a worker.
func (m *merger) record(l layout, id string, rows []row) hrsource.Record {
	b := builder{cfg: m.cfg, layout: l}
	raw := make([]string, len(rows))
	lines := make([]string, len(rows))
	for i, next := range rows {
		raw[i], lines[i] = next.raw, strconv.Itoa(next.line)
		b.add(next)
	}
	worker := b.worker()
	worker.Key = hrsource.WorkerKey{Source: m.cfg.Name, ID: id}
	return hrsource.Record{
		Worker:   worker,
		Fields:   l.told(m.cfg),
		Problems: b.problems,
		Position: shorten(m.file+":"+strings.Join(lines, ","), 200),
		Raw:      shorten(strings.Join(raw, "\n"), maxRaw),
	}
}
