package quality_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

func TestAFindingIsReadByPeopleAndMachines(t *testing.T) {
	t.Parallel()
	got := findings(t, quality.Config{}, worker("1", set("employeeNumber", "7")), worker("2", set("employeeNumber", "7")))
	require.Len(t, got, 1)
	message := `employee number "7" is also of hr/2: want one person key if they are one human, a number of their own for each if not`
	require.Equal(t, "error for HR: hr/1: "+message+" (employeeNumberShared)", got[0].String())

	text, err := json.Marshal(got[0])
	require.NoError(t, err)
	require.JSONEq(t, fmt.Sprintf(`{
		"rule": "employeeNumberShared", "severity": "error", "owner": "HR",
		"worker": {"source": "hr", "id": "1"}, "others": [{"source": "hr", "id": "2"}],
		"field": "employeeNumber", "value": "7", "message": %q
	}`, message), string(text))
	var back quality.Finding
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, got[0], back)
}

// TestNothingPrivateIsTold looks for private values in everything that findings
// and problems say.
func TestNothingPrivateIsTold(t *testing.T) {
	t.Parallel()
	secret := []string{"1990-12-10", "secret-key", "secret at home", "+44", "secret badge", "secret place"}
	cfg := quality.Config{
		Now:     now,
		Custom:  []string{"badge"},
		Private: []string{"badge", "location"},
		Allowed: map[string][]string{"phone": {"none"}, "badge": {"red"}, "location": {"here"}, "personKey": {"anybody"}},
		Values: map[string]map[string]string{
			"birthDate": {"1990-12-10": "1990-12-11"}, "personalEmail": {"secret at home": ""}, "badge": {"b": "red"},
		},
	}
	var people []hrsource.Worker
	for _, id := range []string{"1", "2"} {
		people = append(people, worker(id, set("birthDate", "1990-12-10"), set("personalEmail", "secret at home"), set("phone", "+44 1"),
			set("personKey", "secret-key"), set("givenName", "Ada"), set("location", "secret place"), set("primary", "true"),
			badge("secret badge", "b"), func(w *hrsource.Worker) { w.PersonKey += id }))
	}
	c := checker(t, cfg)
	for _, w := range people {
		c.Add(w)
	}
	rules, withheld := map[quality.Rule]bool{}, 0
	for _, f := range c.Findings() {
		rules[f.Rule] = true
		if f.Value == "***" {
			withheld++
		}
		text, err := json.Marshal(f)
		require.NoError(t, err)
		for _, s := range secret {
			require.NotContains(t, f.String()+string(text), s)
		}
	}
	require.Equal(t, map[quality.Rule]bool{quality.ValueNotAllowed: true, quality.ValueReplaced: true, quality.PersonTwice: true}, rules)
	require.Equal(t, 14, withheld, "of both: four that are not allowed, three that are replaced")

	for _, r := range read(t, quality.Source(&feed{records: []hrsource.Record{{Worker: people[0]}}}, c)) {
		require.Len(t, r.Problems, 4)
		for _, p := range r.Problems {
			require.Equal(t, "***", p.Value, p.Field)
			for _, s := range secret {
				require.NotContains(t, p.String(), s)
			}
		}
	}
}

func TestPersonalEmailIsMasked(t *testing.T) {
	t.Parallel()
	got := findings(t, quality.Config{}, worker("1", set("personalEmail", "ada at home")))
	require.Len(t, got, 1)
	require.Equal(t, quality.EmailInvalid, got[0].Rule)
	require.Equal(t, "***", got[0].Value)
	require.NotContains(t, got[0].String(), "home")
}

func TestLongFindingsAreShortened(t *testing.T) {
	t.Parallel()
	var people []hrsource.Worker
	for i := range 1000 {
		people = append(people, worker(fmt.Sprintf("%04d", i), set("email", "all@example.com")))
	}
	people[500].Timezone = "x" + strings.Repeat("ä", 1000)
	got := findings(t, quality.Config{}, people...)
	require.Len(t, got, 2)
	require.Len(t, got[0].Others, 999)
	require.Contains(t, got[0].Message, ", hr/0020, … (979 more): want")
	require.NotContains(t, got[0].Message, "hr/0021")
	require.Equal(t, "x"+strings.Repeat("ä", 49), got[1].Value, "whole letters in 100 bytes")
	require.Less(t, len(got[1].Message), 200)

	var sites []string
	for i := range 1000 {
		sites = append(sites, fmt.Sprint("Gebäude ", i))
	}
	got = findings(t, quality.Config{Allowed: map[string][]string{"location": sites}}, worker("1", set("location", "x")))
	require.Len(t, got, 1)
	require.Contains(t, got[0].Message, `location is "x": want one of Gebäude 0, Gebäude 1,`)
	require.Less(t, len(got[0].Message), 500)
	require.True(t, utf8.ValidString(got[0].Message))
}
