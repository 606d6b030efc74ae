package sqlstore

import "github.com/joinery-iam/joinery/provisioning/internal/state"

const (
	accountColumns = `person, system, remote_id, name, present, active, origin, observed, holds, former, etag, seen_at, owner, epoch, lease_until`

	getAccount      = `/* account */ SELECT ` + accountColumns + ` FROM joinery_account WHERE tenant = ?1 AND person = ?2 AND system = ?3`
	accountsOf      = `/* accounts of */ SELECT ` + accountColumns + ` FROM joinery_account WHERE tenant = ?1 AND person = ?2 ORDER BY system`
	accountByRemote = `/* account by remote id */ SELECT ` + accountColumns + ` FROM joinery_account
		WHERE tenant = ?1 AND system = ?2 AND remote_id = ?3 AND remote_id <> ''`
	accountsIn = `/* accounts in */ SELECT ` + accountColumns + ` FROM joinery_account
		WHERE tenant = ?1 AND system = ?2 AND remote_id > ?3 AND remote_id <> '' ORDER BY remote_id LIMIT ?4`
	putAccount = `/* put account */ INSERT INTO joinery_account (tenant, ` + accountColumns + `, begun)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, '', 0, 0, 0)
		ON CONFLICT (tenant, person, system) DO UPDATE SET remote_id = excluded.remote_id, name = excluded.name, present = excluded.present,
		active = excluded.active, origin = excluded.origin, observed = excluded.observed, holds = excluded.holds, former = excluded.former,
		etag = excluded.etag, seen_at = excluded.seen_at`

	// How many hold a grant does not matter: those beyond the limit are not read.
	holders = `/* holders */ SELECT i.person FROM joinery_item i
		JOIN joinery_account a ON a.tenant = i.tenant AND a.person = i.person AND a.system = i.system AND a.present = 1 AND a.active = 1
		JOIN joinery_item s ON s.tenant = i.tenant AND s.person = i.person AND s.system = i.system AND s.kind = 'account' AND s.item_key = ''
		WHERE i.tenant = ?1 AND i.system = ?2 AND i.item_key = ?3 AND i.kind = 'grant' AND i.known = 'held'
		AND (i.desired = 'held' OR i.state = 'waiting') AND (s.desired = 'active' OR s.state = 'waiting') ORDER BY i.person LIMIT ?4`

	holdLease = `/* hold lease */ SELECT ` + accountColumns + ` FROM joinery_account
		WHERE tenant = ?1 AND person = ?2 AND system = ?3 AND owner = ?4 AND epoch = ?5 AND owner <> '' @update`
	beginWork = `/* begin work */ UPDATE joinery_account SET begun = 1 WHERE tenant = ?1 AND person = ?2 AND system = ?3 AND begun = 0`
	endLease  = `/* end lease */ UPDATE joinery_account SET owner = '', lease_until = 0
		WHERE tenant = ?1 AND person = ?2 AND system = ?3 AND owner = ?4 AND epoch = ?5 AND owner <> ''`
)

func scanAccount(r row, a *state.Account) error {
	return r.Scan(&a.Person, &a.System, &a.RemoteID, &a.Name, &a.Exists, &a.Active, &a.Origin, bytes{&a.Observed}, list{&a.Holds},
		list{&a.Former}, &a.ETag, at{&a.SeenAt}, &a.Owner, &a.Epoch, at{&a.LeaseUntil})
}

// Account implements [state.Work].
func (t *transaction) Account(person, system string) (state.Account, error) {
	return oneOf(t, scanAccount, getAccount, person, system)
}

// PutAccount implements [state.Work].
func (t *transaction) PutAccount(a state.Account) error {
	holds, err := words(a.Holds)
	if err != nil {
		return err
	}
	former, err := words(a.Former)
	if err != nil {
		return err
	}
	_, err = t.exec(putAccount, a.Person, a.System, a.RemoteID, a.Name, bit(a.Exists), bit(a.Active), a.Origin, blob(a.Observed),
		holds, former, a.ETag, micros(a.SeenAt))
	return err
}

// Holders implements [state.Work].
func (t *transaction) Holders(system, key string, limit int) ([]string, error) {
	return listStrings(t, holders, system, key, atMost(limit))
}

// AccountsOf implements [state.Work].
func (t *transaction) AccountsOf(person string) ([]state.Account, error) {
	return listOf(t, scanAccount, accountsOf, person)
}

// AccountsIn implements [state.Work].
func (t *transaction) AccountsIn(system, after string, limit int) ([]state.Account, error) {
	return listOf(t, scanAccount, accountsIn, system, after, limit)
}

// AccountByRemote implements [state.Work].
func (t *transaction) AccountByRemote(system, remoteID string) (state.Account, error) {
	return oneOf(t, scanAccount, accountByRemote, system, remoteID)
}

// Lock implements [state.Work].
func (t *transaction) Lock(person, system, owner string, epoch int64) (state.Account, error) {
	if !t.write {
		return state.Account{}, errReadOnly
	}
	held, err := listOf(t, scanAccount, holdLease, person, system, owner, epoch)
	if err != nil {
		return state.Account{}, err
	}
	if len(held) == 0 {
		return state.Account{}, state.ErrFenced
	}
	_, err = t.exec(beginWork, person, system)
	return held[0], err
}

// Unclaim implements [state.Work].
func (t *transaction) Unclaim(person, system, owner string, epoch int64) error {
	_, err := t.exec(endLease, person, system, owner, epoch)
	return err
}
