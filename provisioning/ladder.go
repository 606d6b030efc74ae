package provisioning

import (
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/hrsource"
)

// Lookalike is somebody whose a new work relationship may be.
type Lookalike struct {
	// Person is the engine's identifier. It is empty if it is not known yet whose the one
	// relationship in Workers is; then it cannot be an answer.
	Person string
	// Workers are all the relationships of the person, as told last.
	Workers []hrsource.Worker
}

// Correlation says whose a new work relationship is. The zero value asks a person, with
// a [CaseCorrelation].
type Correlation struct {
	// Person is the one of a [Lookalike]: it is theirs.
	Person string
	// New says that it is that of somebody who is not known.
	New bool
	// Why is the evidence, for the audit and for whoever is asked.
	Why string
}

// Ladder says whose a new work relationship is by the first of these that tells:
//
//   - The same person key: it is theirs. If several people have it, a person is asked.
//   - Another person key: it is not theirs, whatever else they have in common.
//   - The same private e-mail address and the same birth date: it is theirs. If that is
//     so of several people, a person is asked.
//   - An e-mail address in common, be it at work or private: a person is asked, since
//     addresses are given to somebody else.
//
// Otherwise it is that of somebody new. It is what the engine does unless
// [TenantConfig.Correlate] says otherwise, and may be called by that.
func Ladder(worker hrsource.Worker, like []Lookalike) Correlation {
	if keyed := those(like, func(w hrsource.Worker) bool { return w.PersonKey != "" && w.PersonKey == worker.PersonKey }); len(keyed) > 0 {
		return oneOf(keyed, "the same person key")
	}
	like = slices.DeleteFunc(slices.Clone(like), func(c Lookalike) bool { return c.differs(worker) })
	private := privateEmail(worker)
	same := those(like, func(w hrsource.Worker) bool {
		return private != "" && privateEmail(w) == private && !w.BirthDate.IsZero() && w.BirthDate == worker.BirthDate
	})
	switch {
	case len(same) > 0:
		return oneOf(same, "the same private e-mail address and birth date")
	case len(like) > 0:
		return Correlation{Why: "the same e-mail address, and no person key that would settle it"}
	}
	return Correlation{New: true, Why: "nobody like that was known"}
}

// oneOf answers with the one person among those alike, and asks if they are several, or if
// it is not known yet who they are.
func oneOf(alike []Lookalike, why string) Correlation {
	people := slices.DeleteFunc(slices.Clone(alike), func(c Lookalike) bool { return c.Person == "" })
	switch len(people) {
	case 0:
		return Correlation{Why: why}
	case 1:
		return Correlation{Person: people[0].Person, Why: why}
	}
	return Correlation{Why: why + " as several people"}
}

// those returns those of whom ok is true of any relationship.
func those(all []Lookalike, ok func(hrsource.Worker) bool) (some []Lookalike) {
	for _, c := range all {
		if slices.ContainsFunc(c.Workers, ok) {
			some = append(some, c)
		}
	}
	return some
}

// differs reports whether person keys show that a relationship is not theirs.
func (c Lookalike) differs(worker hrsource.Worker) bool {
	keyed := false
	for _, w := range c.Workers {
		if w.PersonKey == worker.PersonKey {
			return false
		}
		keyed = keyed || w.PersonKey != ""
	}
	return keyed && worker.PersonKey != ""
}

// privateEmail returns the private address by which a worker may be recognised.
func privateEmail(w hrsource.Worker) string {
	return strings.ToLower(strings.TrimSpace(w.PersonalEmail))
}
