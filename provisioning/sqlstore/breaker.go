package sqlstore

import "github.com/joinery-iam/joinery/provisioning/internal/state"

const (
	breakerColumns = `system, failures, denials, accounts, opened_at, probes, probing, probe_at, urgent_at, error`

	getBreaker  = `/* breaker */ SELECT ` + breakerColumns + ` FROM joinery_breaker WHERE tenant = ?1 AND system = ?2`
	lockBreaker = getBreaker + ` @update`
	allBreakers = `/* breakers */ SELECT ` + breakerColumns + ` FROM joinery_breaker WHERE tenant = ?1 ORDER BY system`
	putBreaker  = `/* put breaker */ INSERT INTO joinery_breaker (tenant, ` + breakerColumns + `)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
		ON CONFLICT (tenant, system) DO UPDATE SET failures = excluded.failures, denials = excluded.denials, accounts = excluded.accounts,
		opened_at = excluded.opened_at, probes = excluded.probes, probing = excluded.probing, probe_at = excluded.probe_at,
		urgent_at = excluded.urgent_at, error = excluded.error`
)

func scanBreaker(r row, b *state.Breaker) error {
	return r.Scan(&b.System, &b.Failures, &b.Denials, list{&b.Accounts}, at{&b.OpenedAt}, &b.Probes, &b.Probing, at{&b.ProbeAt},
		at{&b.UrgentAt}, &b.Error)
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
	_, err = t.exec(putBreaker, b.System, b.Failures, b.Denials, accounts, micros(b.OpenedAt), b.Probes, b.Probing, micros(b.ProbeAt),
		micros(b.UrgentAt), b.Error)
	return err
}

// Breakers implements [state.Breakers].
func (t *transaction) Breakers() ([]state.Breaker, error) {
	return listOf(t, scanBreaker, allBreakers)
}
