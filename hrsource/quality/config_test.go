package quality_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource/quality"
)

func TestNewReportsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := quality.New(quality.Config{
		Allowed: map[string][]string{
			"departement": {"A"}, "workerId": {"1"}, "primary": {"true"}, "hireDate": {"2026-01-01"}, "division": {},
			"country": {"Germany", "de", ""}, "status": {"active", "terminated"}, "location": {"Paris", "Rome"},
		},
		Custom:   []string{"email", " ", "badge"},
		Off:      []quality.Rule{"managerGone"},
		Owners:   map[quality.Rule]quality.Owner{"other": quality.HR, quality.ManagerLeft: "Legal"},
		Private:  []string{"salary"},
		Required: []string{"cost_center", "Badge", "source", "effectiveFrom", "involuntary", "terminationDate", "accessEnd"},
		Values: map[string]map[string]string{
			"colour": {"a": "b"}, "workerId": {"a": "b"}, "primary": {"true": ""},
			"department":      {"Eng": "Engineering", " eng": "R&D", "HR": "People", "people": "People & Culture", "": "Other"},
			"status":          {"A": "working"},
			"contractEndDate": {"31.12.9999": "", "9999-12-31": "never"},
			"location":        {"LON": "London"},
		},
	})
	for _, want := range []string{
		`Allowed "departement": want a field, or a custom attribute named in Custom`,
		`Allowed "workerId": want another field, since this one says whose record it is`,
		`Allowed "primary": want a field that is no flag`,
		`Allowed "hireDate": want a field of text`,
		`Allowed division: want a value at least, or no list`,
		`Allowed country: "Germany": want a country of two letters`,
		`Allowed country: "de": want "DE"`,
		`Allowed country: want no empty value`,
		`Allowed status: want "noShow" in the list`,
		`Custom "email" is a field: want the name of a custom attribute`,
		`Custom " ": want the name of a custom attribute`,
		`Off "managerGone": want one of the rules workerTwice, requiredEmpty,`,
		`Owners "other": want one of the rules`,
		`Owners managerLeft: "Legal" is no owner: want one of HR, IT, Security`,
		`Private "salary": want a field`,
		`Required "cost_center": want a field, or a custom attribute named in Custom; did you mean "costCenter"?`,
		`Required "Badge": want a field, or a custom attribute named in Custom; did you mean "badge"?`,
		`Required "source": want another field`,
		`Required "effectiveFrom": want another field`,
		`Required "involuntary": want a field that is no flag`,
		`Required "terminationDate": want another field, since whoever works here has none`,
		`Required "accessEnd": want another field, since whoever works here has none`,
		`Values "colour": want a field`,
		`Values "workerId": want another field`,
		`Values "primary": want a field that is no flag`,
		`Values department: " eng" and "Eng" are the same value: want one replacement, not "R&D" and "Engineering"`,
		`Values department: "HR" by "People", which is replaced by "People & Culture": want "People & Culture" at once`,
		`Values department: nothing is replaced by "Other": want a value`,
		`Values status: "A" by "working": want one of pending, active`,
		`Values contractEndDate: "31.12.9999" is replaced: want a calendar day written YYYY-MM-DD`,
		`Values contractEndDate: "9999-12-31" by "never": want a calendar day written YYYY-MM-DD, or nothing`,
		`Values location: "LON" by "London", which Allowed does not have: want one of Paris, Rome`,
	} {
		require.ErrorContains(t, err, want)
	}
	for _, right := range []string{`"badge": want`, `"terminated"`, `location: "Paris"`} {
		require.NotContains(t, err.Error(), right)
	}
}

func TestNewTakesTheZeroConfig(t *testing.T) {
	t.Parallel()
	require.Empty(t, findings(t, quality.Config{}, worker("1")))
}

// TestNewCopiesTheConfig makes sure that a caller who changes a map later changes
// nothing.
func TestNewCopiesTheConfig(t *testing.T) {
	t.Parallel()
	cfg := quality.Config{
		Allowed:  map[string][]string{"department": {"Engineering"}},
		Owners:   map[quality.Rule]quality.Owner{quality.RequiredEmpty: quality.IT},
		Required: []string{"email"},
		Values:   map[string]map[string]string{"department": {"Eng": "Engineering"}},
	}
	c := checker(t, cfg)
	cfg.Allowed["department"][0] = "Sales"
	cfg.Owners[quality.RequiredEmpty] = quality.HR
	cfg.Required[0] = "phone"
	cfg.Values["department"]["Eng"] = "Sales"
	c.Add(worker("1", set("department", "Eng")))
	got := c.Findings()
	require.Len(t, got, 2)
	require.Equal(t, "email", got[0].Field)
	require.Equal(t, quality.IT, got[0].Owner)
	require.Equal(t, `department is "Eng": want "Engineering", which is taken instead`, got[1].Message)
}
