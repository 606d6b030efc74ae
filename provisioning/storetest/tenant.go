package storetest

import (
	"slices"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

func tenantCases() []testCase {
	return []testCase{
		{name: "tenant_read", clause: "no method shows another tenant's rows", check: tenantRead},
		{name: "tenant_write", clause: "no method changes another tenant's rows", check: tenantWrite},
		{name: "tenant_list", clause: "Tenants lists those that have any row, sorted", check: tenantList, whole: true},
	}
}

func tenantRead(f *fixture) {
	other := f.other()
	before := other.looked()
	f.update(func(tx state.Tx) { fill(tx) })
	unchanged("seen by another tenant", other.looked(), before)
	after := f.looked()
	for i, p := range probes() {
		if after[i] == before[i] {
			fail("%s shows nothing of the rows that are there: %s", p.method, before[i])
		}
	}
}

func tenantWrite(f *fixture) {
	f.update(func(tx state.Tx) { fill(tx) })
	before, other := f.looked(), f.other()
	for _, w := range append(writes(), endings()...) {
		other.update(func(tx state.Tx) { w.do(tx, " of another") })
	}
	unchanged("after all that another tenant did to the same rows", f.looked(), before)
}

func tenantList(f *fixture) {
	names := func() []string { return must(f.backend.Tenants(f.ctx)) }
	same("tenants of an empty store", names(), []string{})
	needy := []string{"TakeTimers", "Claim", "Release", "Sequence", "GiveNames"} // they need rows of others
	for i, w := range writes() {
		if slices.Contains(needy, w.method) {
			continue
		}
		f.as("tenant " + string(rune('z'-i))).update(func(tx state.Tx) { w.do(tx, "") })
	}
	got := names()
	for i := 1; i < len(got); i++ {
		if got[i-1] >= got[i] {
			fail("tenants are not sorted: %q", got)
		}
	}
	same("number of tenants, each with a row of another kind", len(got), len(writes())-len(needy))
	f.as("fleeting").update(func(tx state.Tx) {
		ok(tx.Stage("r1", []state.Staged{{N: 1}}))
		ok(tx.DropStaged("r1"))
	})
	f.as("reader").view(func(tx state.Tx) { must(tx.PeopleAfter("", 1)) })
	same("tenants after one that kept nothing", names(), got)
}
