package scim_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// crowd starts a server with people and a group, and returns their ids.
func crowd(t *testing.T, n int, config scim.Config) (*scimtest.Server, *scim.Target, []string) {
	t.Helper()
	server, err := scimtest.New(scimtest.Config{})
	require.NoError(t, err)
	_, err = server.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.NoError(t, err)
	ids := make([]string, n)
	for i := range ids {
		user, err := server.AddUser(scimtest.User{UserName: fmt.Sprint("u", i), Active: true})
		require.NoError(t, err)
		ids[i] = user.ID
	}
	url, err := server.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	config.BaseURL = url + scimtest.BasePath
	return server, connect(t, config), ids
}

func TestSetMembersSendsTheDifferenceInPartsAndAddsFirst(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23"}
	p.Groups.MaxChanges = 10
	server, target, ids := crowd(t, 60, scim.Config{Profile: p})
	_, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids[:35]})
	require.NoError(t, err)
	server.ResetLog()

	report, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids[25:]})
	require.NoError(t, err)
	require.Equal(t, scim.MembersReport{Added: 25, Removed: 25}, report)
	require.ElementsMatch(t, ids[25:], server.Groups()[0].Members)
	require.Equal(t, 6, server.Writes(), "25 in parts of 10, twice")

	server.ResetLog()
	report, err = target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids[25:]})
	require.NoError(t, err)
	require.Zero(t, report)
	require.Zero(t, server.Writes())
}

func TestSetMembersThatBreaksOffHasOnlyAdded(t *testing.T) {
	t.Parallel()
	server, target, ids := crowd(t, 20, scim.Config{})
	_, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids[:10]})
	require.NoError(t, err)
	writes := 0
	server.SetFault(func(r *http.Request) (f scimtest.Fault) {
		if r.Method == http.MethodPatch {
			if writes++; writes > 1 {
				f.Status = http.StatusInternalServerError
			}
		}
		return f
	})
	report, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids[10:]})
	require.Error(t, err)
	require.Equal(t, scim.MembersReport{Added: 10}, report)
	require.Len(t, server.Groups()[0].Members, 20, "nobody has lost anything")
}

func TestSetMembersByBytes(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23"}
	p.Groups.MaxBytes = 600
	server, target, ids := crowd(t, 60, scim.Config{Profile: p})
	longest := int64(0)
	server.SetFault(func(r *http.Request) scimtest.Fault {
		if r.Method == http.MethodPatch {
			longest = max(longest, r.ContentLength)
		}
		return scimtest.Fault{}
	})
	_, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids})
	require.NoError(t, err)
	require.Len(t, server.Groups()[0].Members, 60)
	require.LessOrEqual(t, longest, int64(600))
}

func TestAnEmptyListOfMembersEmptiesNothingByAccident(t *testing.T) {
	t.Parallel()
	server, target, ids := crowd(t, 3, scim.Config{})
	_, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: ids})
	require.NoError(t, err)
	for _, members := range [][]string{nil, {}, {ids[0], ""}} {
		_, err = target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: members})
		require.ErrorIs(t, err, connector.ErrInvalid)
	}
	require.Len(t, server.Groups()[0].Members, 3)
	report, err := target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Empty: true})
	require.NoError(t, err)
	require.Equal(t, 3, report.Removed)
	require.Empty(t, server.Groups()[0].Members)
	_, err = target.SetMembers(t.Context(), scim.MembersRequest{Group: "ops", Members: ids})
	require.ErrorIs(t, err, connector.ErrUnknownEntitlement)
}

// TestMembersThatCannotBeSeenAreLeftAlone has a server that would do what it is told.
func TestMembersThatCannotBeSeenAreLeftAlone(t *testing.T) {
	t.Parallel()
	p := profile.Profile{Name: "p", Product: "p", Checked: "2026-11-23", Groups: profile.Groups{Members: profile.Invisible}}
	server, err := scimtest.New(scimtest.Config{Profile: p})
	require.NoError(t, err)
	amy, err := server.AddUser(scimtest.User{UserName: "amy", Active: true})
	require.NoError(t, err)
	_, err = server.AddGroup(scimtest.Group{DisplayName: "eng", Members: []string{amy.ID}})
	require.NoError(t, err)
	target := beside(t, server, p)
	_, err = target.SetMembers(t.Context(), scim.MembersRequest{Group: "eng", Members: []string{amy.ID}})
	require.ErrorIs(t, err, errors.ErrUnsupported)
	req := connector.GrantRequest{Ref: connector.Ref{ID: amy.ID}, Entitlement: group("eng")}
	_, err = target.Grant(t.Context(), req)
	require.ErrorIs(t, err, errors.ErrUnsupported)
	_, err = target.Revoke(t.Context(), req)
	require.ErrorIs(t, err, errors.ErrUnsupported, "not: it is not held")
	found, err := target.Find(t.Context(), connector.FindRequest{ID: amy.ID, Entitlements: true})
	require.NoError(t, err)
	require.False(t, found[0].EntitlementsKnown)
	require.Zero(t, server.Writes())
}
