package connectortest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/joinery-iam/joinery/connector"
)

// outcome demands that an operation went well, and how.
func outcome(want connector.Outcome, res connector.Result, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("got the error %w; want %s", err, want)
	case res.Outcome != want:
		return fmt.Errorf("got %q; want %q", res.Outcome, want)
	}
	return nil
}

// refused demands an error of a kind.
func refused(want error, res connector.Result, err error) error {
	switch {
	case err == nil:
		return fmt.Errorf("got %q and no error; want the error %q", res.Outcome, want)
	case errors.Is(err, ErrSetup):
		return err
	case !errors.Is(err, want):
		return fmt.Errorf("got the error %q; want %q", err, want)
	}
	return nil
}

// shows demands that an account has attributes; Null means that it has not.
func shows(a connector.Account, want map[string]connector.Value) error {
	for name, value := range want {
		if got := a.Attributes[name]; !got.Equal(value) {
			return fmt.Errorf("account %s: %s is %s; want %s", a.ID, name, got, value)
		}
	}
	return nil
}

// same demands that two reads of an account agree in all that both tell.
func same(got, want connector.Account) error {
	switch {
	case got.ID != want.ID:
		return fmt.Errorf("got account %s; want %s", got.ID, want.ID)
	case got.Name != want.Name:
		return fmt.Errorf("account %s: the name is %q; want %q", got.ID, got.Name, want.Name)
	case got.ExternalID != want.ExternalID:
		return fmt.Errorf("account %s: the external id is %q; want %q", got.ID, got.ExternalID, want.ExternalID)
	case got.Active != want.Active:
		return fmt.Errorf("account %s: active is %t; want %t", got.ID, got.Active, want.Active)
	case got.EntitlementsKnown && want.EntitlementsKnown && !slices.Equal(got.Entitlements, want.Entitlements):
		return fmt.Errorf("account %s: it holds %s; want %s", got.ID, got.Entitlements, want.Entitlements)
	}
	for name, value := range want.Attributes {
		if v, known := got.Attributes[name]; known && !v.Equal(value) {
			return fmt.Errorf("account %s: %s is %s; want %s", got.ID, name, v, value)
		}
	}
	return nil
}

// unchanged demands that an account is seen as before, with all that was seen.
func unchanged(got, before connector.Account) error {
	if err := same(got, before); err != nil {
		return err
	}
	return shows(got, before.Attributes)
}

// exactly demands which accounts were found, in any order.
func exactly(found []connector.Account, ids ...string) error {
	var got []string
	for _, a := range found {
		got = append(got, a.ID)
	}
	slices.Sort(got)
	slices.Sort(ids)
	if !slices.Equal(got, ids) {
		return fmt.Errorf("found %s; want the accounts %q", names(found), ids)
	}
	return nil
}

func names(found []connector.Account) string {
	if len(found) == 0 {
		return "none"
	}
	refs := make([]string, len(found))
	for i, a := range found {
		refs[i] = fmt.Sprintf("%s (%s)", a.ID, a.Name)
	}
	return strings.Join(refs, ", ")
}
