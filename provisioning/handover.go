package provisioning

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Handover says who gets what a leaver owns in a system, once nobody can sign in there as
// the leaver: the first of those it names who has an active account there, and is to keep
// it. As long as there is none it waits, and [Tenant.Leaving] says so; nothing else does,
// but that the account is not deleted before. What was handed over is not given back if
// the leaver returns. The zero Handover hands nothing over.
type Handover struct {
	// To is who gets it.
	To HandoverTo
	// Heirs names workers to be asked before the managers, the first one first, such as
	// the head of the department. It gets the leaver's primary relationship, and has to be
	// pure. Nil names nobody.
	Heirs func(leaver hrsource.Worker) []hrsource.WorkerKey
	// Fallback is an account of the system that gets what nobody else can. Its ID is the
	// target's own. Without one it waits for an heir.
	Fallback connector.Ref
}

// HandoverTo is who gets what leavers own.
type HandoverTo string

// Who gets what leavers own.
const (
	ToNobody   HandoverTo = ""         // it stays with the account
	ToManagers HandoverTo = "managers" // the manager, or else the manager's manager, and so on
	// ToWaste lets it be lost: it stays with the account, and a deletion does not mind.
	ToWaste HandoverTo = "waste"
)

// checkHandover returns what is wrong with how a system hands over.
func (s System) checkHandover() error {
	can := connector.Supports(s.Connector, connector.Transfer)
	switch h := s.Handover; {
	case h.To != ToNobody && h.To != ToManagers && h.To != ToWaste:
		return fmt.Errorf("handover to %q: want \"\", %q or %q", h.To, ToManagers, ToWaste)
	case h.To == ToManagers && !can:
		return fmt.Errorf("handover: %s", cannot(connector.Transfer))
	case h.To != ToManagers && (h.Heirs != nil || h.Fallback != connector.Ref{}):
		return fmt.Errorf("handover: Heirs and Fallback are for To: %q", ToManagers)
	case h.Fallback.ID == "" && h.Fallback.Name != "":
		return errors.New("handover: Fallback has no ID: want the target's own, names can be given to others")
	case s.DeleteAfter > 0 && can && h.To == ToNobody:
		return fmt.Errorf("DeleteAfter would delete what leavers own: want Handover to %q, or to %q if it may be lost", ToManagers, ToWaste)
	}
	return nil
}

// handsOver reports whether what leavers own in a system is handed over.
func (t *Tenant) handsOver(system string) bool {
	s := t.cfg.Systems[system]
	return s.Handover.To == ToManagers && s.Mode != AddOnly
}

// handedOver is what becomes of what a leaver owns.
const handedOver = "handedOver"

// The problem of what nobody is there to get. It is looked at again after lookAgain; a
// change of the manager's account or of the facts is noticed before.
const (
	waitsForHeir    = "nobody who would get it has an active account here"
	longestChain    = 100 // of managers
	wentWithAccount = "gone"
)

// errNoHeir says that there is nobody to hand over to, for now.
var errNoHeir = errors.New(waitsForHeir)

// compareOwnership is about what somebody owns who has left for good.
func (d *decision) compareOwnership(system string, wanted bool) error {
	key := itemKey{system, state.ItemOwnership, ""}
	it, seen := d.items[key]
	known := d.accounts[system]
	left := !wanted && !d.Live && !d.expected && d.handsOver(system)
	if !seen && (!left || !known.Exists) {
		return nil
	}
	switch {
	case !seen:
	case left && !known.Exists:
		it.Known = wentWithAccount
		d.items[key] = it
	case !left || known.Active:
		it.Known = "" // what they own from now on was not handed over
		d.items[key] = it
	}
	if !left {
		return d.want(system, key.kind, "", "", nil, "")
	}
	waits := ""
	switch _, err := d.heir(d.tx, d.person.ID, system); {
	case known.Active:
		waits = waitsForDisable
	case errors.Is(err, errNoHeir):
		waits = waitsForHeir
		if it.Known == "" {
			d.opens = sooner(d.opens, d.now.Add(lookAgain))
		}
	case err != nil:
		return err
	}
	return d.want(system, key.kind, "", handedOver, nil, waits)
}

// heir returns the account that gets what somebody owns in a system, or errNoHeir.
func (t *Tenant) heir(tx state.Tx, leaver, system string) (connector.Ref, error) {
	handover := t.cfg.Systems[system].Handover
	asked := map[string]bool{leaver: true}
	ask := func(worker hrsource.WorkerKey) (person string, ref connector.Ref, err error) {
		row, err := tx.Worker(worker.Source, worker.ID)
		if errors.Is(err, state.ErrNotFound) || err == nil && (row.Person == "" || asked[row.Person]) {
			return "", ref, nil
		}
		if err != nil {
			return "", ref, err
		}
		asked[row.Person] = true
		ref, err = stays(tx, row.Person, system)
		return row.Person, ref, err
	}
	for at := leaver; at != "" && len(asked) < longestChain; {
		s, err := t.relationshipsOf(tx, at, t.now())
		if err != nil {
			return connector.Ref{}, err
		}
		w, rel, ok := s.main()
		if !ok {
			break
		}
		if at == leaver && handover.Heirs != nil {
			for _, worker := range handover.Heirs(w) {
				if _, ref, err := ask(worker); err != nil || ref.ID != "" {
					return ref, err
				}
			}
		}
		if rel.Start.After(s.At) { // who is to begin has a manager by then
			s.At = rel.Start
		}
		next, ref, err := ask(hrsource.WorkerKey{Source: w.Key.Source, ID: managerAt(w, s.At, rel.Zone)})
		if err != nil || ref.ID != "" {
			return ref, err
		}
		at = next
	}
	if handover.Fallback.ID != "" {
		return handover.Fallback, nil
	}
	return connector.Ref{}, errNoHeir
}

// stays returns somebody's account in a system, if it is active and is to be.
func stays(tx state.Tx, person, system string) (connector.Ref, error) {
	account, err := tx.Account(person, system)
	if errors.Is(err, state.ErrNotFound) || err == nil && (!account.Exists || !account.Active) {
		return connector.Ref{}, nil
	}
	if err != nil {
		return connector.Ref{}, err
	}
	it, err := tx.Item(person, system, state.ItemAccount, "")
	if errors.Is(err, state.ErrNotFound) || err == nil && it.Desired != active {
		return connector.Ref{}, nil
	}
	return connector.Ref{ID: account.RemoteID, Name: account.Name}, err
}

// owns is what is known of an ownership item: who has got it.
func owns(to connector.Ref) string {
	out, err := json.Marshal(to)
	if err != nil {
		return "" // strings always marshal
	}
	return string(out)
}

// heirOf reads what owns wrote; the zero Ref if nobody has got it.
func heirOf(known string) (to connector.Ref) {
	_ = json.Unmarshal([]byte(known), &to) // we wrote it, or it was gone before
	return to
}

// owedToNobody reports whether an account may be deleted as far as what it owns goes.
func (d *decision) owedToNobody(system string) bool {
	return !d.handsOver(system) || d.items[itemKey{system, state.ItemOwnership, ""}].Known != ""
}

// waitForHeir keeps what a leaver owns until there is somebody to get it.
func (j *job) waitForHeir(tx state.Tx, it state.Item) error {
	it.State, it.Problem = state.ItemWaiting, waitsForHeir
	if err := tx.PutItem(it); err != nil {
		return err
	}
	return j.wakeAt(tx, it.Person, j.now().Add(lookAgain))
}
