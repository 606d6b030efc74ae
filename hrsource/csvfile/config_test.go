package csvfile_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource/csvfile"
)

func TestNewReportsEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := csvfile.New(csvfile.Config{
		Allowed:        map[string][]string{"departmet": {"A"}},
		Columns:        map[string]string{"Abteilung": "departmnt", "System": "source", "Ab": "x", "ab": "y", "##": "z"},
		Custom:         []string{"email", "Badge", "badge"},
		DateFormats:    []string{"02/01/06", "January 2006", "2006-01-02"},
		Delimiter:      'x',
		Evidence:       "sum",
		MaxBytes:       -1,
		MaxRecordBytes: 10,
		Required:       []string{"hire date"},
		Timezone:       "Local",
		Values:         map[string]map[string]string{"colour": {"a": "b"}},
	})
	for _, want := range []string{
		"Name is empty",
		"either Path or Open",
		`Allowed "departmet": want a field, or a custom attribute named in Custom or Columns; did you mean "department"?`,
		`Columns "Abteilung": "departmnt" is no field; did you mean "department"?`,
		`Columns "System": the source is always Name`,
		`Columns "Ab" and "ab" are the same header`,
		`Columns "##": want a header with a letter or digit`,
		`Custom "email": want the header of a column that is no field`,
		`Custom "Badge" and "badge" are the same header`,
		`DateFormats "02/01/06"`,
		`DateFormats "January 2006"`,
		`Delimiter 'x'`,
		`Evidence "sum"`,
		"MaxBytes -1",
		"MaxRecordBytes 10",
		`Required "hire date": want a field`,
		"Timezone: ",
		`Values "colour"`,
	} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), `DateFormats "2006-01-02"`)
}

func TestNewChecksEvidence(t *testing.T) {
	t.Parallel()
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("1")), nil }
	_, err := csvfile.New(csvfile.Config{Name: "hr", Open: open, Evidence: csvfile.DoneFile})
	require.ErrorContains(t, err, "want Done as well")
	_, err = csvfile.New(csvfile.Config{Name: "hr", Path: "x", Open: open})
	require.ErrorContains(t, err, "either Path or Open")

	s, err := csvfile.New(csvfile.Config{
		Name: "hr", Evidence: csvfile.DoneFile, Done: open,
		Open: func() (io.ReadCloser, error) { return stream{strings.NewReader("id\n7\n")}, nil },
	})
	require.NoError(t, err)
	require.Equal(t, "hr", s.Name())
	_, proof, err := read(t, s)
	require.NoError(t, err)
	require.True(t, proof.Covers(1))
	require.Equal(t, "the done file: 1 rows", proof.Basis)
}

func TestNewCopiesItsConfig(t *testing.T) {
	t.Parallel()
	cfg := csvfile.Config{
		Allowed: map[string][]string{"department": {"A"}},
		Columns: map[string]string{"Nr": "workerId"},
		Values:  map[string]map[string]string{"department": {"a": "A"}},
	}
	s := of(t, "Nr,dept\n7,a\n", cfg)
	cfg.Allowed["department"][0] = "B"
	cfg.Columns["Nr"] = "email"
	cfg.Values["department"]["a"] = "C"
	got, _, err := read(t, s)
	require.NoError(t, err)
	require.Equal(t, "A", got[0].Worker.Assignments[0].Department)
	require.Empty(t, got[0].Problems)
}

// TestCommonHeaders reads the headers of exports as people write them.
func TestCommonHeaders(t *testing.T) {
	t.Parallel()
	for header, field := range map[string]string{
		"Employee Number": "employeeNumber", "EMPLOYEE_NO": "employeeNumber", "First Name": "givenName", "first_name": "givenName",
		"firstName": "givenName", "Last-Name": "familyName", "Surname": "familyName", "Known As": "preferredName", "E-Mail": "email",
		"Cost Centre": "costCenter", "Job Level": "jobLevel", "Supervisor ID": "manager", "Legal Entity": "legalEntity",
		"Employment Type": "employmentType", "Office": "location", "Preferred First Name": "preferredName", "personKey": "personKey",
		"Business Unit": "businessUnit", "Division": "division", "Job Code": "jobCode", "Title": "jobTitle", "Phone": "phone",
	} {
		text := "x@example.com" // right for all of these fields
		got := records(t, "Employee ID,"+header+"\n1,"+text+"\n", csvfile.Config{})
		require.Equal(t, text, got[0].Worker.Text(got[0].Worker.Assignments[0], field), header)
	}
	for header, field := range map[string]string{
		"Start Date": "hireDate", "Date of Joining": "hireDate", "Last Day": "terminationDate", "Term Date": "terminationDate",
		"Last Day of Employment": "terminationDate", "Last Working Day": "lastDayOfWork", "last_day_of_work": "lastDayOfWork", "Last Day Worked": "lastDayOfWork",
		"Leave Start": "leaveStartDate", "First Day of Leave": "leaveStartDate", "leave_end_date": "leaveEndDate", "Last day of leave": "leaveEndDate",
		"Contract End": "contractEndDate", "DOB": "birthDate", "Original Hire Date": "originalHireDate", "Valid From": "effectiveFrom",
	} {
		got := records(t, "Worker ID,"+header+"\n1,2026-05-06\n", csvfile.Config{})
		require.Equal(t, "2026-05-06", got[0].Worker.Text(got[0].Worker.Assignments[0], field), header)
	}
}
