package provisioning

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// correlate finds out whose a new work relationship is, and returns the person,
// or "" if a case has to be answered first.
func (t *Tenant) correlate(tx state.Tx, run state.Run, row state.Worker, w hrsource.Worker) (string, error) {
	like, err := t.candidates(tx, row, w)
	if err != nil {
		return "", err
	}
	decide := t.cfg.Correlate
	if decide == nil {
		decide = Ladder
	}
	answer := decide(w, like)
	among := slices.ContainsFunc(like, func(c Lookalike) bool { return c.Person != "" && c.Person == answer.Person })
	switch {
	case among && !answer.New:
		if err := t.close(tx, CaseCorrelation, w.Key.String(), "it is somebody we know: "+answer.Why); err != nil {
			return "", err
		}
		return answer.Person, t.linked(tx, run.ID, w.Key, answer.Person, answer.Why, "")
	case answer.New && answer.Person == "":
		if err := t.close(tx, CaseCorrelation, w.Key.String(), "it is somebody new: "+answer.Why); err != nil {
			return "", err
		}
		return t.newPerson(tx, run.ID, w.Key, answer.Why, "")
	}
	return "", t.askWho(tx, run, w, like, answer.Why)
}

// candidates returns those who have the person key or an e-mail address in common with a
// relationship.
func (t *Tenant) candidates(tx state.Tx, row state.Worker, w hrsource.Worker) ([]Lookalike, error) {
	similar, err := tx.WorkersLike(w.PersonKey, emailsOf(w))
	if err != nil {
		return nil, err
	}
	var like []Lookalike
	for _, s := range similar {
		known := slices.ContainsFunc(like, func(c Lookalike) bool { return s.Person != "" && c.Person == s.Person })
		if known || s.Source == row.Source && s.ID == row.ID {
			continue
		}
		c := Lookalike{Person: s.Person, Workers: make([]hrsource.Worker, 1)}
		if s.Person == "" {
			err = json.Unmarshal(s.Body, &c.Workers[0])
		} else {
			c.Workers, err = workersOf(tx, s.Person)
		}
		if err != nil {
			return nil, err
		}
		like = append(like, c)
	}
	return like, nil
}

// doubt is what a correlation case is about.
type doubt struct {
	Worker     hrsource.WorkerKey `json:"worker"`
	Candidates []string           `json:"candidates"`
	Evidence   string             `json:"evidence"`
}

// askWho opens a case about whose a relationship is: one of those whom no other person
// key shows to be somebody else, if there are any.
func (t *Tenant) askWho(tx state.Tx, run state.Run, w hrsource.Worker, like []Lookalike, evidence string) error {
	maybe := slices.DeleteFunc(slices.Clone(like), func(c Lookalike) bool { return c.differs(w) })
	if len(maybe) == 0 {
		maybe = like
	}
	choices, candidates := []string{ChoiceNew}, []string{}
	for _, c := range maybe {
		if c.Person != "" {
			choices, candidates = append(choices, choiceSame+c.Person), append(candidates, c.Person)
		}
	}
	evidence = cmp.Or(evidence, "no evidence that would settle it")
	body, err := json.Marshal(doubt{w.Key, candidates, evidence})
	if err != nil {
		return err
	}
	return t.ask(tx, state.Case{
		Kind: CaseCorrelation, Subject: w.Key.String(), Run: run.ID, Body: body,
		Question: fmt.Sprintf("Is worker %s (%s %s) somebody we know? It has %s", w.Key, w.Name.Given, w.Name.Family, evidence),
		Choices:  choices,
	})
}

// settleCorrelation links a relationship as somebody answered.
func (t *Tenant) settleCorrelation(tx state.Tx, c state.Case, req AnswerRequest) error {
	var asked doubt
	if err := json.Unmarshal(c.Body, &asked); err != nil {
		return err
	}
	key := asked.Worker
	row, err := tx.Worker(key.Source, key.ID)
	if err != nil {
		return err
	}
	if row.Person != "" {
		return fmt.Errorf("worker %s belongs to person %s by now: %w", key, row.Person, ErrMoved)
	}
	run, err := t.openRun(tx, "answer", c.Kind+" "+c.Subject, state.RunDeciding)
	if err != nil {
		return err
	}
	why := "answered " + req.Choice
	if person, ok := strings.CutPrefix(req.Choice, choiceSame); ok {
		row.Person, err = person, t.linked(tx, run.ID, key, person, why, req.Actor)
	} else {
		row.Person, err = t.newPerson(tx, run.ID, key, why, req.Actor)
	}
	if err != nil {
		return err
	}
	if err := tx.PutWorker(row); err != nil {
		return err
	}
	if err := t.touch(tx, row.Person, run.ID, fmt.Sprintf("worker %s was linked by %s", key, req.Actor), false); err != nil {
		return err
	}
	return t.askAgain(tx, run, c.ID)
}

// askAgain asks the other questions of whose a relationship is anew: the person who
// was just found may be the answer to one of them.
func (t *Tenant) askAgain(tx state.Tx, run state.Run, answered string) error {
	cases, err := tx.Cases(false)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.Kind != CaseCorrelation || c.ID == answered {
			continue
		}
		var asked doubt
		if err := json.Unmarshal(c.Body, &asked); err != nil {
			return err
		}
		row, err := tx.Worker(asked.Worker.Source, asked.Worker.ID)
		if err != nil {
			return err
		}
		var w hrsource.Worker
		if err := json.Unmarshal(row.Body, &w); err != nil {
			return err
		}
		if row.Person, err = t.correlate(tx, run, row, w); err != nil {
			return err
		}
		if row.Person == "" {
			continue
		}
		if err := tx.PutWorker(row); err != nil {
			return err
		}
		if err := t.touch(tx, row.Person, run.ID, fmt.Sprintf("worker %s was linked after an answer", asked.Worker), false); err != nil {
			return err
		}
	}
	return nil
}

// newPerson makes a person for a relationship.
//
// The identifier is a digest of the tenant and the first relationship, so that
// an engine which lost its database finds its own accounts again when it reads
// the same HR system, and two engines never mistake each other's.
func (t *Tenant) newPerson(tx state.Tx, run string, key hrsource.WorkerKey, why string, actor Actor) (string, error) {
	for n := 0; ; n++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "joinery person\x00%s\x00%s\x00%s\x00%d", t.id, key.Source, key.ID, n))
		id := "p-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
		_, err := tx.Person(id)
		if err == nil {
			continue // the relationship was split from that person
		}
		if !errors.Is(err, state.ErrNotFound) {
			return "", err
		}
		if err := tx.PutPerson(state.Person{ID: id}); err != nil {
			return "", err
		}
		return id, t.linked(tx, run, key, id, why, actor)
	}
}

func (t *Tenant) linked(tx state.Tx, run string, key hrsource.WorkerKey, person, why string, actor Actor) error {
	return t.write(tx, audit.Entry{
		Event: audit.EventLink, Person: person, Run: run, Actor: string(actor), Note: why,
		Trigger: audit.Trigger{Source: key.Source, Event: "worker " + key.String(), Recorded: t.now()},
	})
}
