package sqlstore

import "github.com/joinery-iam/joinery/provisioning/internal/state"

const (
	breakerColumns = `system, failures, denials, accounts, opened_at, probes, probing, probe_at, urgent_at, error,
		refused, refused_by, refusal, refused_at, try_at, tries, tried`

	getBreaker  = `/* breaker */ SELECT ` + breakerColumns + ` FROM joinery_breaker WHERE tenant = ?1 AND system = ?2`
	lockBreaker = getBreaker + ` @update`
	allBreakers = `/* breakers */ SELECT ` + breakerColumns + ` FROM joinery_breaker WHERE tenant = ?1 ORDER BY system`
	putBreaker  = `/* put breaker */ INSERT INTO joinery_breaker (tenant, ` + breakerColumns + `)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
		ON CONFLICT (tenant, system) DO UPDATE SET failures = excluded.failures, denials = excluded.denials, accounts = excluded.accounts,
		opened_at = excluded.opened_at, probes = excluded.probes, probing = excluded.probing, probe_at = excluded.probe_at,
		urgent_at = excluded.urgent_at, error = excluded.error, refused = excluded.refused, refused_by = excluded.refused_by,
		refusal = excluded.refusal, refused_at = excluded.refused_at, try_at = excluded.try_at, tries = excluded.tries, tried = excluded.tried`
)

func scanBreaker(r row, b *state.Breaker) error {
	return r.Scan(&b.System, &b.Failures, &b.Denials, list{&b.Accounts}, at{&b.OpenedAt}, &b.Probes, &b.Probing, at{&b.ProbeAt},
		at{&b.UrgentAt}, &b.Error, &b.Refused, list{&b.RefusedBy}, &b.Refusal, at{&b.RefusedAt}, at{&b.TryAt}, &b.Tries, &b.Tried)
}

// Breaker implements [state.Breakers].
func (t *transaction) Breaker(system string) (state.Breaker, error) {
	return oneOf(t, scanBreaker, getBreaker, system)
}

// LockBreaker implements [state.Breakers].
func (t *transaction) LockBreaker(system string) (state.Breaker, error) {
	if !t.write {
		return state.Breaker{}, errReadOnly
	}
	return oneOf(t, scanBreaker, lockBreaker, system)
}

// PutBreaker implements [state.Breakers].
func (t *transaction) PutBreaker(b state.Breaker) error {
	accounts, err := words(b.Accounts)
	if err != nil {
		return err
	}
	refusedBy, err := words(b.RefusedBy)
	if err != nil {
		return err
	}
	_, err = t.exec(putBreaker, b.System, b.Failures, b.Denials, accounts, micros(b.OpenedAt), b.Probes, b.Probing, micros(b.ProbeAt),
		micros(b.UrgentAt), b.Error, b.Refused, refusedBy, b.Refusal, micros(b.RefusedAt), micros(b.TryAt), b.Tries, b.Tried)
	return err
}

// Breakers implements [state.Breakers].
func (t *transaction) Breakers() ([]state.Breaker, error) {
	return listOf(t, scanBreaker, allBreakers)
}
