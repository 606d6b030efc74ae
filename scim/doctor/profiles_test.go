package doctor_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/doctor"
	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// A server that behaves as a profile says is never said to contradict it, and no
// profile explains more of what was seen without a contradiction.
func TestEveryProfileIsRecognised(t *testing.T) {
	t.Parallel()
	for _, name := range profile.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := profile.Get(name)
			require.NoError(t, err)
			p.Rate = nil // or it would be waited for
			config := scimtest.Config{Profile: p}
			if p.Lag > 0 {
				config.HiddenReads = 2
			}
			_, url := behind(t, config, nil)
			asked := admitted(url)
			asked.Write = true
			report := examine(t, asked)
			at := slices.IndexFunc(report.Fits, func(f doctor.Fit) bool { return f.Profile == name })
			fit, best := report.Fits[at], report.Fits[0]
			require.Empty(t, fit.Contradicts, text(t, report))
			require.Len(t, best.Explains, len(fit.Explains), "%s explains more\n%s", best.Profile, text(t, report))
			require.NoError(t, report.Draft.Check())
		})
	}
}
