package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/profile"
)

func TestByAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"https://scim.eu-west-1.amazonaws.com/abc-def/scim/v2": {"aws-iam-identity-center"},
		"https://API.slack.com/scim/v2/":                       {"slack"},
		"https://api.github.com/scim/v2/organizations/acme":    {"github-organization"},
		"https://api.github.com/scim/v2/enterprises/acme":      {"github-emu"},
		"https://acme.snowflakecomputing.com/scim/v2":          {"snowflake", "snowflake-2026-03"},
		"https://api.slack.com.example.com/scim/v2":            nil,
		"https://api.slack.com/other":                          nil,
		"https://scim.a.b.amazonaws.com.example.com/x":         nil,
		"https://example.com/scim/v2":                          nil,
		"api.slack.com/scim":                                   nil,
		"://":                                                  nil,
	} {
		require.Equal(t, want, profile.ByAddress(address), address)
	}
}
