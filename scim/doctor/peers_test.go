package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/doctor"
	"github.com/joinery-iam/joinery/scim/internal/peers"
)

// deviations are what is known of the servers, by trying them by hand: no more may
// be found, and no less.
func deviations(name string) map[string]doctor.Level {
	return map[string]map[string]doctor.Level{
		peers.Scimmy: {
			"etag.write":          doctor.Danger, // If-Match is ignored
			"etag.hash":           doctor.Deviation,
			"filter.userNameCase": doctor.Danger,
			"filter.department":   doctor.Danger,
			"filter.emailsValue":  doctor.Deviation, // as soon as somebody has no address
			"filter.valuePath":    doctor.Deviation,
			"filter.unknown":      doctor.Deviation,
			"filter.broken":       doctor.Deviation,
			"create.location":     doctor.Deviation,
			"resource.location":   doctor.Deviation,
			"list.itemsPerPage":   doctor.Deviation,
			"paging.beyond":       doctor.Deviation,
			"patch.manager":       doctor.Deviation,
			"patch.textBooleans":  doctor.Note,
			"patch.createByPath":  doctor.Note,
			"patch.managerBare":   doctor.Note,
			"bulk.forward":        doctor.Deviation,
			"groups.ofUser":       doctor.Deviation,
			"groups.stranger":     doctor.Deviation,
		},
		peers.BetterAuth: {
			"filter.startsWith": doctor.Deviation, // only eq
			"filter.and":        doctor.Deviation,
			"filter.department": doctor.Deviation,
			"groups.ofUser":     doctor.Deviation,
		},
	}[name]
}

func TestDeviationsOfServersOfOthersAreNamed(t *testing.T) {
	t.Parallel()
	peers.Folder(t)
	for _, name := range peers.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := examine(t, doctor.Config{
				Server: scim.Config{
					BaseURL: peers.Start(t, name), Token: func(context.Context) (string, error) { return peers.Token, nil },
				},
				Write: true,
			})
			seen := map[string]doctor.Level{}
			for _, f := range report.Findings {
				if f.Level != doctor.Good {
					seen[f.Code] = f.Level
				}
			}
			require.Equal(t, deviations(name), seen, text(t, report))
			require.Empty(t, report.Left)
			require.Equal(t, name, report.Fits[0].Profile, text(t, report))
			require.Empty(t, report.Fits[0].Contradicts)
		})
	}
}
