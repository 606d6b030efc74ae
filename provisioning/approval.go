package provisioning

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/policy"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// maxAsked is how many approvals are asked for at a time for one person.
const maxAsked = 100

// toApprove is what a [CaseApproval] is about: one thing that a person would be given if
// somebody approved it.
type toApprove struct {
	Person      string             `json:"person"`
	Entitlement policy.Entitlement `json:"entitlement,omitzero"`
	Role        string             `json:"role,omitempty"`
	// Ways are what leads to it, such as "request REQ-1" or "rule sales", sorted.
	Ways []string `json:"ways"`
	// Until is when the last of the requests ends; zero if one does not, or if something
	// else leads to it as well.
	Until time.Time `json:"until,omitzero"`
}

func (a toApprove) String() string {
	if a.Role != "" {
		return "role " + a.Role
	}
	return a.Entitlement.String()
}

func (a toApprove) subject() string { return a.Person + " " + a.String() }

// question asks for the approval, for people.
func (a toApprove) question(name string) string {
	const enough = 5
	ways := strings.Join(a.Ways[:min(enough, len(a.Ways))], ", ")
	if more := len(a.Ways) - enough; more > 0 {
		ways += fmt.Sprintf(" and %d more", more)
	}
	until := ""
	if !a.Until.IsZero() {
		until = " until " + a.Until.Format(time.RFC3339)
	}
	return fmt.Sprintf("%s is to have %s by %s, which needs an approval. Approve it%s?", name, a, ways, until)
}

// askApprovals asks for each approval that alone is missing, once as long as nothing else
// leads to what was refused, and closes what is not to be asked any more.
func (d *decision) askApprovals(s subject) error {
	open, err := d.tx.OpenCasesOf(CaseApproval, d.person.ID)
	if err != nil || len(open)+len(d.Denied) == 0 {
		return err
	}
	missing := d.missingApprovals(s)
	for _, c := range open {
		if _, ok := missing[c.Subject]; !ok {
			if err := d.close(d.tx, c.Kind, c.Subject, "it was approved, or nothing else is left that leads to it"); err != nil {
				return err
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	name, err := nameOf(d.tx, d.person.ID)
	if err != nil {
		return err
	}
	subjects := slices.Sorted(maps.Keys(missing))
	for _, subject := range subjects[:min(maxAsked, len(subjects))] {
		asked := missing[subject]
		body, err := json.Marshal(asked)
		if err != nil {
			return err
		}
		if err := d.ask(d.tx, state.Case{
			Kind: CaseApproval, Subject: subject, Run: d.run, Body: body, Question: asked.question(name),
			Choices: []string{ChoiceApprove, ChoiceRefuse}, Default: ChoiceRefuse,
		}); err != nil {
			return err
		}
	}
	return nil
}

// missingApprovals returns what is denied for the lack of an approval alone and was not
// refused, by subject. What needs several approvals needs all of them.
func (d *decision) missingApprovals(s subject) map[string]toApprove {
	missing := map[string]toApprove{}
	ends := map[string]time.Time{}
	for _, q := range s.Requests {
		ends[q.ID] = q.Until
	}
	for _, denial := range d.Denied {
		if slices.ContainsFunc(denial.Causes, func(c policy.Cause) bool { return c.Kind != policy.CauseApproval }) {
			continue
		}
		for _, cause := range denial.Causes {
			for _, why := range denial.Reasons {
				asked := toApprove{Person: d.person.ID, Role: cause.Role}
				if cause.Role == "" {
					asked.Entitlement = denial.Entitlement
				} else if !slices.Contains(why.Roles, cause.Role) {
					continue
				}
				if known, ok := missing[asked.subject()]; ok {
					asked = known
				} else {
					asked.Until = ends[why.Request]
				}
				if end := ends[why.Request]; end.IsZero() {
					asked.Until = end
				} else if !asked.Until.IsZero() {
					asked.Until = latest(asked.Until, end)
				}
				why.Roles = nil
				if way := why.String(); !slices.Contains(asked.Ways, way) {
					asked.Ways = append(asked.Ways, way)
					slices.Sort(asked.Ways)
				}
				missing[asked.subject()] = asked
			}
		}
	}
	maps.DeleteFunc(missing, func(_ string, asked toApprove) bool {
		return slices.ContainsFunc(s.refusals, asked.refused)
	})
	return missing
}

// refused reports whether a refusal that counts leaves no other way to it.
func (a toApprove) refused(f Fact) bool {
	return f.Entitlement == a.Entitlement && f.Role == a.Role &&
		!slices.ContainsFunc(a.Ways, func(way string) bool { return !slices.Contains(f.Ways, way) })
}

// settleApproval records an approval, or a refusal, as somebody answered. It ends with what
// was asked for, and otherwise not by itself: it gives nothing that nothing else leads to.
func (t *Tenant) settleApproval(tx state.Tx, c state.Case, req AnswerRequest) error {
	var asked toApprove
	if err := json.Unmarshal(c.Body, &asked); err != nil {
		return err
	}
	withdrawn, err := allWithdrawn(tx, asked.Ways)
	if err != nil {
		return err
	}
	if withdrawn || !asked.Until.IsZero() && !asked.Until.After(t.now()) {
		return fmt.Errorf("case %s: nothing is left that leads to it: %w", c.ID, ErrMoved)
	}
	f := Fact{
		ID: c.ID, Kind: FactApproval, Person: asked.Person, Entitlement: asked.Entitlement, Role: asked.Role, Until: asked.Until,
		Actor: req.Actor, Note: req.Note,
	}
	if req.Choice == ChoiceRefuse {
		f.Kind, f.Ways = FactRefusal, asked.Ways
	}
	if err := (Fact{Kind: f.Kind, Actor: req.Actor, Note: req.Note}).checkTexts(); err != nil {
		return err // the rest is policy's
	}
	_, err = t.addFact(tx, f)
	return err
}

// allWithdrawn reports whether all that led to something were requests that were
// withdrawn since.
func allWithdrawn(tx state.Tx, ways []string) (bool, error) {
	for _, way := range ways {
		id, asked := strings.CutPrefix(way, "request ")
		if !asked {
			return false, nil
		}
		row, err := tx.Fact(id)
		if errors.Is(err, state.ErrNotFound) || err == nil && row.WithdrawnAt.IsZero() {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
