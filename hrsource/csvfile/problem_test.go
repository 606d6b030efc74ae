package csvfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
)

// problems returns what was wrong, with the position each is reported at.
func problems(got []hrsource.Record) []string {
	var all []string
	for _, r := range got {
		for _, p := range r.Problems {
			all = append(all, p.String())
		}
	}
	return all
}

func ids(got []hrsource.Record) []string {
	var all []string
	for _, r := range got {
		all = append(all, r.Worker.Key.ID)
	}
	return all
}

func TestBadCellCostsItsField(t *testing.T) {
	t.Parallel()
	got := records(t, "id,email,hire date,last day,dept,status,country\n"+
		"1,n/a,03/04/2026,2026-03-31,Engins,Actif,Germany\n", csvfile.Config{
		Allowed: map[string][]string{"department": {"Engines", "Sales"}},
	})
	require.Equal(t, []string{
		`line 2, column 3: email "n/a": want one e-mail address such as ada@example.com`,
		`line 2, column 7: hireDate "03/04/2026": want a calendar day written like 2026-12-31; Config.DateFormats may name other forms`,
		`line 2, column 29: department "Engins": want one of Engines, Sales; did you mean "Engines"?`,
		`line 2, column 36: status "Actif": want one of pending, active, onLeave, suspended, terminated, noShow`,
		`line 2, column 42: country "Germany": want a country of two letters (ISO 3166-1 alpha-2) such as DE`,
	}, problems(got))
	require.Equal(t, hrsource.Worker{
		Key:             hrsource.WorkerKey{Source: "hr", ID: "1"},
		TerminationDate: hrsource.Date{Year: 2026, Month: 3, Day: 31},
		Assignments:     []hrsource.Assignment{{}},
	}, got[0].Worker, "the termination on the row stands")
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		formats    []string
		text, want string
		problem    string
	}{
		{nil, "2026-02-01", "2026-02-01", ""},
		{nil, "2026-02-30", "", "2026-12-31"},
		{nil, "45292", "", "2026-12-31"},
		{[]string{"02.01.2006"}, "01.02.2026", "2026-02-01", ""},
		{[]string{"02.01.2006"}, "2026-02-01", "", "31.12.2026"},
		{[]string{"02/01/2006", "01/02/2006"}, "13/02/2026", "2026-02-13", ""},
		{[]string{"02/01/2006", "01/02/2006"}, "03/04/2026", "", "in one way only"},
		{[]string{"02/01/2006", "01/02/2006"}, "04/04/2026", "2026-04-04", ""},
		{[]string{"2006-01-02", "2006-01-02 15:04:05"}, "2026-02-01 00:00:00", "2026-02-01", ""},
	} {
		got := records(t, "id,hire date\n1,"+c.text+"\n", csvfile.Config{DateFormats: c.formats})
		require.Equal(t, c.want, got[0].Worker.HireDate.String(), "%+v", c)
		if c.problem == "" {
			require.Empty(t, got[0].Problems)
		} else {
			require.Contains(t, got[0].Problems[0].Want, c.problem)
		}
	}
}

func TestUnknownZoneIsNotReplaced(t *testing.T) {
	t.Parallel()
	got := records(t, "id,timezone\n1,Berlin\n2,\n3,Asia/Tokyo\n", csvfile.Config{Timezone: "Europe/Paris"})
	require.Equal(t, "", got[0].Worker.Timezone)
	require.Equal(t, "Europe/Paris", got[1].Worker.Timezone)
	require.Equal(t, "Asia/Tokyo", got[2].Worker.Timezone)
}

func TestRowsThatAreNotWellFormed(t *testing.T) {
	t.Parallel()
	const head = "id,name,dept\n"
	for _, c := range []struct {
		name, rows string
		ids, want  []string
	}{
		{
			"an open quote costs one line", "1,\"Ada,A\n2,Bo,B\n3,\"Cy\",C\n",
			[]string{"1", "2", "3"}, []string{`line 2, column 3: "Ada,A": want a closing quote`},
		},
		{
			"two open quotes cost two lines", "1,\"Ada,A\n2,Bo,B\n3,\"Cy,C\n4,Di,D\n",
			[]string{"1", "2", "3", "4"}, []string{
				`line 2, column 3: "Ada,A": want a closing quote`,
				`line 4, column 3: "Cy,C": want a closing quote`,
			},
		},
		{
			"two open quotes that look like one cell", "1,\"Ada,A\n2,Bo\",B\n3,Cy,C\n",
			[]string{"1", "2", "3"}, []string{
				`line 2, column 3: "Ada,A\n2,Bo": want a closing quote on the same line`,
				`line 3, column 5: "Bo\"": want quotes around the whole cell and each quote inside it twice`,
			},
		},
		{
			"a quote inside", "1,5\" disk,A\n2,Bo,B\n",
			[]string{"1", "2"}, []string{`line 2, column 4: "5\" disk": want quotes around the whole cell and each quote inside it twice`},
		},
		{
			"text after a quote", "1,\"Ada\"x,A\n2,Bo,B\n",
			[]string{"1", "2"}, []string{`line 2, column 8: "x,A": want a delimiter after a closing quote, or a quote inside a cell written twice`},
		},
		{
			"an open quote before the id", "\"1,Ada,A\n2,Bo,B\n",
			[]string{"", "2"}, []string{`line 2, column 1: "1,Ada,A": want a closing quote`},
		},
		{
			"too few cells", "1,Ada\n2,Bo,B\n",
			[]string{"1", "2"}, []string{`line 2, column 1: "1,Ada": want 3 cells as in the header, there are 2`},
		},
		{
			"too many cells", "1,Byron, Ada,A\n2,Bo,B\n",
			[]string{"1", "2"}, []string{`line 2, column 1: "1,Byron, Ada,A": want 3 cells as in the header, there are 4`},
		},
		{
			"a file cut off in the middle of an id", "1,Ada,A\n12",
			[]string{"1", ""}, []string{`line 3, column 1: "12": want 3 cells as in the header, there are 1`},
		},
		{
			"no id", " ,Ada,A\n2,Bo,B\n",
			[]string{"", "2"}, []string{`line 2, column 1: workerId " ": want the id of a worker`},
		},
		{
			"an id that is no text", "1\x002,Ada,A\n2,Bo,B\n",
			[]string{"", "2"}, []string{`line 2, column 1: workerId "1\x002": want text without line breaks and other control characters`},
		},
		{
			"spaces around quotes", "1, \"Ada\" ,A\n",
			[]string{"1"}, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := records(t, head+c.rows, csvfile.Config{})
			require.Equal(t, c.ids, ids(got))
			require.Equal(t, c.want, problems(got))
		})
	}
}

func TestNothingIsTakenFromABrokenRow(t *testing.T) {
	t.Parallel()
	got := records(t, "id,name,dept\n1,Byron,Ada,A\n", csvfile.Config{})
	require.Equal(t, hrsource.Worker{Key: hrsource.WorkerKey{Source: "hr", ID: "1"}}, got[0].Worker)
	require.Equal(t, "1,Byron,Ada,A", got[0].Raw)
}

func TestIDNotInFirstPlaceOfABrokenRow(t *testing.T) {
	t.Parallel()
	got := records(t, "name,id,dept\nByron, Ada,1,A\nBo,2,\"B\nCy,3,C\n", csvfile.Config{})
	require.Equal(t, []string{"", "2", "3"}, ids(got), "a cell too many may stand before the id")
}

func TestLineBreaks(t *testing.T) {
	t.Parallel()
	got := records(t, "id,address,notes,dept\r\n1,\"1 Road\r\nTown\",\"x\r\n\r\ny\",A\r\n2,,,B\r\n", csvfile.Config{Custom: []string{"address"}})
	require.Empty(t, problems(got))
	require.Equal(t, []string{"1 Road\nTown"}, got[0].Worker.Custom["address"])
	require.Equal(t, "A", got[0].Worker.Assignments[0].Department)
	require.Equal(t, "people.csv:6", got[1].Position)
}

func TestLongRows(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5000)
	got := records(t, "id,notes,dept\n1,"+long+",A\n2,,B\n3,\""+strings.Repeat("x\n", 3000)+"\",C\n4,,D\n", csvfile.Config{MaxRecordBytes: 1024})
	require.Contains(t, got[0].Problems[0].String(), "want a shorter row")
	require.Equal(t, "", got[0].Worker.Key.ID)
	require.LessOrEqual(t, len(got[0].Raw), 4096)
	require.Equal(t, "2", got[1].Worker.Key.ID)
	require.Equal(t, "3", got[2].Worker.Key.ID)
	require.Contains(t, got[2].Problems[0].String(), "want a closing quote")
	require.Equal(t, "4", got[len(got)-1].Worker.Key.ID, "the rows after a long one are read")

	got = records(t, "id,notes\n1,"+long+"\n", csvfile.Config{})
	require.Empty(t, got[0].Problems)
	require.Len(t, got[0].Raw, 4096)
}

func TestRowsOfOneWorker(t *testing.T) {
	t.Parallel()
	got := records(t, "id,name,effective date,dept,job title,badge\n"+
		"1,Ada,2026-07-01,Sales,Lead,blue\n"+
		"2,Bo,,Ops,,\n"+
		"1,Ada,2026-01-01,Engines,Lead,blue\n", csvfile.Config{Custom: []string{"badge"}})
	require.Equal(t, []string{"2", "1"}, ids(got), "a worker comes with its last row")
	require.Empty(t, problems(got))
	ada := got[1]
	require.Equal(t, "people.csv:2,4", ada.Position)
	require.Equal(t, "1,Ada,2026-07-01,Sales,Lead,blue\n1,Ada,2026-01-01,Engines,Lead,blue", ada.Raw)
	require.Equal(t, []hrsource.Assignment{
		{EffectiveFrom: hrsource.Date{Year: 2026, Month: 1, Day: 1}, Department: "Engines", JobTitle: "Lead"},
		{EffectiveFrom: hrsource.Date{Year: 2026, Month: 7, Day: 1}, Department: "Sales", JobTitle: "Lead"},
	}, ada.Worker.Assignments)
}

func TestRowsThatContradictEachOther(t *testing.T) {
	t.Parallel()
	got := records(t, "id,name,last day,effective date,dept,badge\n"+
		"1,Ada,2026-03-31,2026-01-01,Engines,blue\n"+
		"1,Ida,2026-03-31,2026-01-01,Sales,red\n"+
		"1,Ada,2026-03-31,2026-07-01,Ops,blue\n", csvfile.Config{Custom: []string{"badge"}})
	require.Equal(t, []string{
		`line 3, column 3: displayName "Ida": want the same as in line 2, "Ada": both rows are of one worker`,
		`line 3, column 35: badge "red": want the same as in line 2, "blue": both rows are of one worker`,
		`line 3, column 29: department "Sales": want the same as in line 2, "Engines": both rows are of one worker and one effectiveFrom`,
	}, problems(got))
	require.Equal(t, hrsource.Worker{
		Key:             hrsource.WorkerKey{Source: "hr", ID: "1"},
		TerminationDate: hrsource.Date{Year: 2026, Month: 3, Day: 31},
		Assignments: []hrsource.Assignment{
			{EffectiveFrom: hrsource.Date{Year: 2026, Month: 1, Day: 1}},
			{EffectiveFrom: hrsource.Date{Year: 2026, Month: 7, Day: 1}, Department: "Ops"},
		},
		Custom: map[string][]string{},
	}, got[0].Worker)
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	got := records(t, "id,dept,last day\n1,A,2026-03-31\n1,B,2026-03-31\n2,A,\n2,A,\n3,x,bad\n3,x,2026-01-01\n4,x,2026-01-01\n4,x,bad\n", csvfile.Config{})
	require.Equal(t, []string{"1", "2", "3", "4"}, ids(got), "never twice for one key")
	require.Len(t, got[0].Problems, 1)
	require.Equal(t, "department", got[0].Problems[0].Field)
	require.Equal(t, "2026-03-31", got[0].Worker.TerminationDate.String(), "what both say stands")
	require.Empty(t, got[1].Problems, "the same row twice says nothing else")
	require.Equal(t, "people.csv:4,5", got[1].Position)
	for _, r := range got[2:] {
		require.Len(t, r.Problems, 1)
		require.Equal(t, "terminationDate", r.Problems[0].Field)
		require.True(t, r.Worker.TerminationDate.IsZero(), "one of two rows is unreadable")
	}
}

func TestUnknownDayLeavesTheAssignmentOut(t *testing.T) {
	t.Parallel()
	got := records(t, "id,email,effective date,dept\n1,a@example.com,soon,Sales\n1,a@example.com,2026-01-01,Engines\n", csvfile.Config{})
	require.Equal(t, "effectiveFrom", got[0].Problems[0].Field)
	require.Len(t, got[0].Worker.Assignments, 1)
	require.Equal(t, "Engines", got[0].Worker.Assignments[0].Department)
	require.Equal(t, "a@example.com", got[0].Worker.Email)
}

func TestBrokenRowAmongThoseOfAWorker(t *testing.T) {
	t.Parallel()
	got := records(t, "id,name,dept\n1,Ada,A\n2,Bo,B\n1,Ada\n", csvfile.Config{})
	require.Equal(t, []string{"2", "1"}, ids(got))
	require.Len(t, got[1].Problems, 1)
	require.Empty(t, got[1].Problems[0].Field, "a problem of the record as a whole")
	require.Equal(t, "A", got[1].Worker.Assignments[0].Department)
}

func TestPlaceholderInsteadOfIDs(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,dept\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "0000,D%d\n", i)
	}
	b.WriteString("7,A\n")
	got := records(t, b.String(), csvfile.Config{})
	require.Equal(t, []string{"0000", "7"}, ids(got))
	last := got[0].Problems[len(got[0].Problems)-1]
	require.Empty(t, last.Field)
	require.Contains(t, last.Want, "at most 1000 rows of one worker")
	require.LessOrEqual(t, len(got[0].Raw), 4096)
}
