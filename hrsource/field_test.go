package hrsource_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
)

// sample has a value of its own for every built-in field.
var sample = map[string]string{
	"source": "hr", "workerId": "w-17", "personKey": "p-4", "employeeNumber": "0017", "workerType": "employee",
	"employmentType": "fullTime", "status": "onLeave", "primary": "true", "givenName": "Ada", "middleName": "King",
	"familyName": "Byron", "preferredName": "Addie", "displayName": "A. Byron", "email": "ada@example.com",
	"personalEmail": "ada@home.example", "phone": "+44 20 1234", "birthDate": "1985-12-10", "language": "en-GB",
	"timezone": "Europe/London", "originalHireDate": "2010-02-01", "hireDate": "2020-02-01", "contractEndDate": "2030-02-01",
	"terminationDate": "2029-02-01", "lastDayOfWork": "2029-01-15", "leaveStartDate": "2024-01-01", "leaveEndDate": "2024-06-30", "accessEnd": "2028-01-01T10:00:00Z", "involuntary": "true", "effectiveFrom": "2021-01-01",
	"jobTitle": "Analyst", "jobCode": "J1", "jobLevel": "L5", "department": "Engines", "division": "Research", "businessUnit": "BU",
	"costCenter": "4711", "legalEntity": "Ltd", "location": "London", "country": "GB", "manager": "w-1",
}

func build(t *testing.T, values map[string]string) (hrsource.Worker, hrsource.Assignment) {
	t.Helper()
	var w hrsource.Worker
	var a hrsource.Assignment
	for name, text := range values {
		require.Nil(t, w.Set(&a, name, text), name)
	}
	w.Assignments = []hrsource.Assignment{a}
	return w, a
}

func TestFieldTableIsComplete(t *testing.T) {
	t.Parallel()
	require.Len(t, hrsource.FieldNames(), len(sample))
	require.True(t, slices.IsSorted(hrsource.FieldNames()))
	w, a := build(t, sample)
	for name, text := range sample {
		require.Equal(t, text, w.Text(a, name), name)
		f, ok := hrsource.FieldOf(name)
		require.True(t, ok)
		require.Equal(t, name, f.Name)
	}
	_, ok := hrsource.FieldOf("favouriteColour")
	require.False(t, ok)

	// A field added to a struct and not to the table stays zero here.
	w.Custom, w.SourceVersion = map[string][]string{"x": {"y"}}, "v"
	requireFull(t, reflect.ValueOf(w))
	requireFull(t, reflect.ValueOf(a))
}

func requireFull(t *testing.T, v reflect.Value) {
	t.Helper()
	for i := range v.NumField() {
		name := v.Type().Name() + "." + v.Type().Field(i).Name
		require.False(t, v.Field(i).IsZero(), name)
		if v.Field(i).Kind() == reflect.Struct && v.Field(i).Type() != reflect.TypeFor[time.Time]() {
			requireFull(t, v.Field(i))
		}
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ field, text, want, problem string }{
		{"department", "  Sales ", "Sales", ""},
		{"department", "", "", ""},
		{"department", "Sa\nles", "", "line breaks"},
		{"department", "Sa\xffles", "", "UTF-8"},
		{"hireDate", "2026-02-30", "", "YYYY-MM-DD"},
		{"hireDate", "01/02/2026", "", "YYYY-MM-DD"},
		{"effectiveFrom", "soon", "", "YYYY-MM-DD"},
		{"accessEnd", "2026-03-31T17:00:00+02:00", "2026-03-31T15:00:00Z", ""},
		{"accessEnd", "2026-03-31 17:00", "", "with a zone"},
		{"primary", "Yes", "true", ""},
		{"primary", "0", "", ""},
		{"involuntary", "perhaps", "", "true or false"},
		{"status", "On Leave", "onLeave", ""},
		{"status", "no_show", "noShow", ""},
		{"status", "Actve", "", "one of pending, active"},
		{"status", "--", "", "one of pending, active"},
		{"workerType", "Contingent Worker", "contingentWorker", ""},
		{"workerType", "volunteer", "volunteer", ""},
		{"email", "ada@example.com", "ada@example.com", ""},
		{"email", "n/a", "", "e-mail"},
		{"email", "a@b@c", "", "e-mail"},
		{"email", "Ada <ada@example.com>", "", "e-mail"},
		{"personalEmail", "@example.com", "", "e-mail"},
		{"language", "pt-BR", "pt-BR", ""},
		{"language", "Portuguese (Brazil)", "", "BCP 47"},
		{"language", "pt--BR", "", "BCP 47"},
		{"timezone", "Berlin", "", "IANA"},
		{"timezone", "Local", "", "IANA"},
		{"country", "de", "DE", ""},
		{"country", "Germany", "", "3166"},
		{"shoeSize", " 43 ", "43", ""},
		{"shoeSize", "", "", ""},
		{"address", "1 Road\nTown", "1 Road\nTown", ""},
		{"address", "a\x00b", "", "control"},
		{"address", "a\xff", "", "UTF-8"},
	} {
		w, a := build(t, map[string]string{c.field: sample[c.field]}) // what stood there must go
		p := w.Set(&a, c.field, c.text)
		require.Equal(t, c.want, w.Text(a, c.field), "%s %q", c.field, c.text)
		if c.problem == "" {
			require.Nil(t, p, "%s %q", c.field, c.text)
			continue
		}
		require.NotNil(t, p, "%s %q", c.field, c.text)
		require.Equal(t, c.field, p.Field)
		require.Contains(t, p.Want, c.problem)
	}
}

func TestSetShortensTheValueOfAProblem(t *testing.T) {
	t.Parallel()
	long := ""
	for range 60 {
		long += "ä"
	}
	for _, pad := range []string{"", "x"} { // the cut falls between and inside a letter
		p := (&hrsource.Worker{}).Set(nil, "email", pad+long)
		require.NotNil(t, p)
		require.LessOrEqual(t, len(p.Value), 100)
		require.Greater(t, len(p.Value), 96)
		require.Equal(t, (pad + long)[:len(p.Value)], p.Value)
	}
}

func TestAttributes(t *testing.T) {
	t.Parallel()
	w, a := build(t, sample)
	w.Custom = map[string][]string{"badge": {"blue", "", "red"}, "none": {""}, "department": {"forged"}, "birthDate": {"forged"}}
	got := w.Attributes(a)
	want := map[string][]string{"badge": {"blue", "red"}}
	for name, text := range sample {
		want[name] = []string{text}
	}
	for _, hidden := range []string{"workerId", "personKey", "birthDate", "accessEnd", "involuntary", "effectiveFrom"} {
		delete(want, hidden)
	}
	require.Equal(t, want, got)

	got["badge"][0] = "changed"
	require.Equal(t, "blue", w.Custom["badge"][0], "the result is the caller's own")
}

func TestAttributesWithoutValues(t *testing.T) {
	t.Parallel()
	var a hrsource.Assignment
	forged := hrsource.Worker{Custom: map[string][]string{"department": {"Finance"}}}
	require.Equal(t, map[string][]string{"primary": {"false"}}, forged.Attributes(a))

	w := hrsource.Worker{Name: hrsource.Name{Given: "Ada", Family: "Byron"}}
	require.Equal(t, []string{"Ada Byron"}, w.Attributes(a)["displayName"])
	w.Name.Preferred = "Addie"
	require.Equal(t, []string{"Addie Byron"}, w.Attributes(a)["displayName"])
	w.Name = hrsource.Name{Family: "Byron"}
	require.Equal(t, []string{"Byron"}, w.Attributes(a)["displayName"])
}
