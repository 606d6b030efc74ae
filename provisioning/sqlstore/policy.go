package sqlstore

import "github.com/joinery-iam/joinery/provisioning/internal/state"

const (
	activationColumns = `seq, version, policy, activated_at, run, actor, note`

	activations = `/* activations */ SELECT ` + activationColumns + ` FROM joinery_activation WHERE tenant = ?1 ORDER BY seq DESC LIMIT ?2`
	inForce     = `/* in force */ SELECT ` + activationColumns + ` FROM joinery_activation WHERE tenant = ?1 ORDER BY seq DESC LIMIT 1`
	activate    = `/* activate */ INSERT INTO joinery_activation (tenant, ` + activationColumns + `) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`

	policySource = `/* policy source */ SELECT source FROM joinery_policy WHERE tenant = ?1 AND version = ?2`
	keepPolicy   = `/* keep policy */ INSERT INTO joinery_policy (tenant, version, source) VALUES (?1, ?2, ?3) ON CONFLICT (tenant, version) DO NOTHING`
)

func scanActivation(r row, a *state.Activation) error {
	return r.Scan(&a.Seq, &a.Version, &a.Policy, at{&a.At}, &a.Run, &a.Actor, &a.Note)
}

// InForce implements [state.Policies].
func (t *transaction) InForce() (state.Activation, error) {
	return oneOf(t, scanActivation, inForce)
}

// Activate implements [state.Policies].
func (t *transaction) Activate(a state.Activation) error {
	_, err := t.exec(activate, a.Seq, a.Version, a.Policy, micros(a.At), a.Run, a.Actor, a.Note)
	return err
}

// Activations implements [state.Policies].
func (t *transaction) Activations(limit int) ([]state.Activation, error) {
	return listOf(t, scanActivation, activations, limit)
}

// PolicySource implements [state.Policies].
func (t *transaction) PolicySource(policy string) ([]byte, error) {
	return oneOf(t, func(r row, source *[]byte) error { return r.Scan(bytes{source}) }, policySource, policy)
}

// KeepPolicy implements [state.Policies].
func (t *transaction) KeepPolicy(policy string, source []byte) error {
	_, err := t.exec(keepPolicy, policy, blob(source))
	return err
}
