package csvfile_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/csvfile"
)

// of returns a source of content; cfg needs no name.
func of(t *testing.T, content string, cfg csvfile.Config) *csvfile.Source {
	t.Helper()
	cfg.Name = "hr"
	if cfg.Path == "" && cfg.Open == nil {
		cfg.Path = filepath.Join(t.TempDir(), "people.csv")
		require.NoError(t, os.WriteFile(cfg.Path, []byte(content), 0o600))
	}
	s, err := csvfile.New(cfg)
	require.NoError(t, err)
	return s
}

func read(t *testing.T, s *csvfile.Source) ([]hrsource.Record, hrsource.Proof, error) {
	t.Helper()
	var all []hrsource.Record
	proof, err := s.Snapshot(t.Context(), hrsource.SnapshotRequest{}, func(r hrsource.Record) error {
		all = append(all, r)
		return nil
	})
	return all, proof, err
}

// records reads content, which must be readable.
func records(t *testing.T, content string, cfg csvfile.Config) []hrsource.Record {
	t.Helper()
	all, _, err := read(t, of(t, content, cfg))
	require.NoError(t, err)
	return all
}

func TestReadsRows(t *testing.T) {
	t.Parallel()
	got := records(t, "Employee ID,First Name,Last_Name,WORK EMAIL,start date,Dept,Cost Centre,Manager ID,Notes\n"+
		"17,Ada,Byron,ada@example.com,2026-02-01,Engines,4711,9,ignored\n"+
		"\n"+
		" 9 ,Charles,\"Babbage, sen.\",,,\"The \"\"Engines\"\"\",,,\n", csvfile.Config{Timezone: "Europe/London"})
	require.Len(t, got, 2)
	require.Equal(t, hrsource.Record{
		Worker: hrsource.Worker{
			Key:         hrsource.WorkerKey{Source: "hr", ID: "17"},
			Name:        hrsource.Name{Given: "Ada", Family: "Byron"},
			Email:       "ada@example.com",
			Timezone:    "Europe/London",
			HireDate:    hrsource.Date{Year: 2026, Month: 2, Day: 1},
			Assignments: []hrsource.Assignment{{Department: "Engines", CostCenter: "4711", Manager: "9"}},
		},
		Fields:   []string{"workerId", "givenName", "familyName", "email", "hireDate", "department", "costCenter", "manager", "timezone"},
		Position: "people.csv:2",
		Raw:      "17,Ada,Byron,ada@example.com,2026-02-01,Engines,4711,9,ignored",
	}, got[0])
	require.Equal(t, "hr/9", got[1].Worker.Key.String())
	require.Equal(t, "Babbage, sen.", got[1].Worker.Name.Family)
	require.Equal(t, `The "Engines"`, got[1].Worker.Assignments[0].Department)
	require.Equal(t, "people.csv:4", got[1].Position)
}

func TestCustomColumnsAndMappings(t *testing.T) {
	t.Parallel()
	got := records(t, "Personalnummer;Abteilung;Badge Colour;Kst;Aktiv\n1;Einkauf;blue;7;A\n2;;;;n/a\n", csvfile.Config{
		Columns: map[string]string{"personalnummer": "workerId", "ABTEILUNG": "department", "Kst": "kostenstelle", "Aktiv": "status"},
		Custom:  []string{"Badge Colour"},
		Values:  map[string]map[string]string{"status": {"a": "active", "N/A": ""}},
	})
	require.Equal(t, "Einkauf", got[0].Worker.Assignments[0].Department)
	require.Equal(t, map[string][]string{"Badge Colour": {"blue"}, "kostenstelle": {"7"}}, got[0].Worker.Custom)
	require.Equal(t, hrsource.StatusActive, got[0].Worker.Status)
	require.Empty(t, got[1].Worker.Custom)
	require.Empty(t, got[1].Worker.Status)
	require.Empty(t, got[1].Problems)
}

// A column that was left out, or is not read, must not say that nobody has a value.
func TestRecordsTellOfTheColumnsThatAreRead(t *testing.T) {
	t.Parallel()
	got := records(t, "id,last day,nickname,Badge,Notes,tz\n1,,,,x,\n2,2026-01-31,,,,\n", csvfile.Config{
		Columns: map[string]string{"nickname": ""}, Custom: []string{"Badge"}, Timezone: "Europe/London",
	})
	for _, r := range got {
		require.Equal(t, []string{"workerId", "terminationDate", "Badge", "timezone"}, r.Fields)
	}
	got[0].Fields[0] = "spoiled"
	require.Equal(t, "workerId", got[1].Fields[0], "each record has its own")
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	text := "id,first name\r\n1,Zoë 😀\r\n2,Bo"
	for name, content := range map[string]string{
		"UTF-8":          text,
		"UTF-8 with BOM": "\ufeff" + text,
		"UTF-16 LE":      utf16(text, false),
		"UTF-16 BE":      utf16(text, true),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := records(t, content, csvfile.Config{})
			require.Len(t, got, 2)
			require.Equal(t, "Zoë 😀", got[0].Worker.Name.Given)
			require.Equal(t, "Bo", got[1].Worker.Name.Given)
		})
	}
	for name, content := range map[string]string{
		"Windows-1252":                    "id,first name\n1,Zo\xeb\n",
		"UTF-16 that ends in half a unit": utf16("id,first name\n1,Zo", false) + "\x01",
		"UTF-16 with half a letter":       utf16("id,first name\n1,Zo", false) + "\x00\xd8" + utf16("x", false)[2:],
	} {
		got := records(t, content, csvfile.Config{})
		require.Len(t, got, 1, name)
		require.Empty(t, got[0].Worker.Name.Given, name)
		require.Equal(t, "1", got[0].Worker.Key.ID, name)
		require.Len(t, got[0].Problems, 1, name)
		require.Equal(t, "givenName", got[0].Problems[0].Field, name)
		require.Contains(t, got[0].Problems[0].Want, "UTF-8", name)
	}
}

func utf16(s string, big bool) string {
	var b strings.Builder
	unit := func(u rune) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	unit(0xFEFF)
	for _, r := range s {
		if r >= 0x10000 {
			unit(0xD800 + (r-0x10000)>>10)
			unit(0xDC00 + (r-0x10000)&0x3FF)
			continue
		}
		unit(r)
	}
	return b.String()
}

func TestDelimiters(t *testing.T) {
	t.Parallel()
	for _, d := range []string{",", ";", "\t", "|"} {
		got := records(t, strings.ReplaceAll("id|\"first name, ;given\"|dept\n1|Ada|Engines\n", "|", d),
			csvfile.Config{Columns: map[string]string{"first name given": "givenName"}})
		require.Equal(t, "Ada", got[0].Worker.Name.Given, "%q", d)
	}
	got := records(t, "id^first name\n1^Ada, the first\n", csvfile.Config{Delimiter: '^'})
	require.Equal(t, "Ada, the first", got[0].Worker.Name.Given)
	require.Equal(t, "7", records(t, "id\n7\n", csvfile.Config{})[0].Worker.Key.ID)
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content, want string
		cfg                 csvfile.Config
	}{
		{name: "no bytes", content: "", want: "people.csv: empty: want a header and rows"},
		{name: "blank lines", content: "\n \n", want: "empty: want a header"},
		{name: "header alone", content: "id,dept\n", want: "a header and no rows"},
		{name: "header and blank rows", content: "id,dept\n,\n", want: "a header and no rows"},
		{name: "no id", content: "dept,email\nx,y\n", want: `no column for workerId among "dept", "email"`},
		{name: "two ids", content: "id,employee id\n1,2\n", want: `line 1, column 4: header "employee id": workerId is already in column 1, "id"`},
		{name: "misspelled", content: "id,Departmnt\n1,2\n", want: `line 1, column 4: header "Departmnt": did you mean department?`},
		{name: "misspelled twice", content: "id,Departmnt,Frist Name\n1,2,3\n", want: `"Frist Name": did you mean givenName?`},
		{name: "two meanings", content: "id,End Date\n1,\n", want: "want contractEndDate or terminationDate"},
		{name: "required column", content: "id\n1\n", want: "no column for terminationDate", cfg: csvfile.Config{Required: []string{"terminationDate"}}},
		{name: "configured column", content: "id\n1\n", want: "no column for department", cfg: csvfile.Config{Columns: map[string]string{"Abteilung": "department"}}},
		{name: "custom column", content: "id\n1\n", want: "no column for badge", cfg: csvfile.Config{Custom: []string{"badge"}}},
		{name: "too large", content: "id\n" + strings.Repeat("1\n", 500), want: "larger than 400 bytes", cfg: csvfile.Config{MaxBytes: 400}},
		{name: "open quote", content: "id,\"dept\n1,x\n", want: "want a closing quote"},
		{name: "long header", content: "id," + strings.Repeat("x", 2000) + "\n1,2\n", want: "want a shorter row", cfg: csvfile.Config{MaxRecordBytes: 1024}},
		{name: "UTF-16 without mark", content: "i\x00d\x00\n\x001\x00", want: "save it as UTF-8"},
		{name: "UTF-32", content: "\xff\xfe\x00\x00i\x00\x00\x00", want: "UTF-32"},
		{name: "old line ends", content: "id,dept\r1,x\r", want: "carriage return"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, proof, err := read(t, of(t, c.content, c.cfg))
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "people.csv")
			require.Empty(t, got)
			require.Zero(t, proof)
		})
	}
	_, _, err := read(t, of(t, "", csvfile.Config{Path: filepath.Join(t.TempDir(), "gone.csv")}))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestColumnsThatAreNotRead(t *testing.T) {
	t.Parallel()
	got := records(t, "id,Departmnt,End Date,Department ID,Phone 2,Ed,,Source\n1,x,y,z,5,6,7,workday\n",
		csvfile.Config{Columns: map[string]string{"Departmnt": "", "End Date": ""}})
	require.Equal(t, hrsource.Worker{
		Key: hrsource.WorkerKey{Source: "hr", ID: "1"}, Assignments: []hrsource.Assignment{{}},
	}, got[0].Worker)
	require.Empty(t, got[0].Problems)

	got = records(t, "id,Email,Mail 2\n1,old@example.com,new@example.com\n", csvfile.Config{Columns: map[string]string{"Mail 2": "email"}})
	require.Equal(t, "new@example.com", got[0].Worker.Email, "the configured column goes first")
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	content := "id,dept\n1,A\n2,B\n2,B\n"
	hash := sha256.Sum256([]byte(content))
	sum := hex.EncodeToString(hash[:])
	for _, c := range []struct {
		name, content, done string
		evidence            csvfile.Evidence
		complete            bool
		basis               string
	}{
		{"none", content, "", csvfile.NoEvidence, false, "no evidence is configured"},
		{"done", content, "3\n", csvfile.DoneFile, true, "people.csv.done: 3 rows"},
		{"done with sum", content, "rows=3\nsha256=" + strings.ToUpper(sum), csvfile.DoneFile, true, "people.csv.done: 3 rows and SHA-256"},
		{"done is missing", content, "", csvfile.DoneFile, false, "people.csv.done: missing"},
		{"done counts more", content, "4", csvfile.DoneFile, false, "says 4 rows, there are 3"},
		{"done with another sum", content, "3 " + strings.Repeat("0", 64), csvfile.DoneFile, false, "another SHA-256"},
		{"done with nonsense", content, "all of them", csvfile.DoneFile, false, `"all" is neither`},
		{"done with half a sum", content, "3 abcdef", csvfile.DoneFile, false, `"abcdef" is neither`},
		{"done with two numbers", content, "3 4", csvfile.DoneFile, false, `"4" is neither`},
		{"done without a number", content, sum, csvfile.DoneFile, false, "no number of rows"},
		{"trailer", content + "#rows,3\n", "", csvfile.Trailer, true, "people.csv: trailer of 3 rows"},
		{"trailer as wide as the rows", content + "\"#rows\",\"3\",,\n\n", "", csvfile.Trailer, true, "trailer of 3 rows"},
		{"trailer is missing", content, "", csvfile.Trailer, false, "no trailer #rows at the end"},
		{"trailer counts more", content + "#rows,5", "", csvfile.Trailer, false, "the trailer says 5 rows, there are 3"},
		{"trailer without number", content + "#rows,", "", csvfile.Trailer, false, "want #rows and a number of rows"},
		{"rows after the trailer", "id,dept\n#rows,1\n1,A\n", "", csvfile.Trailer, false, "rows follow the trailer in line 2"},
		{"a row without id", "id,dept\n1,A\n,B\n#rows,2\n", "", csvfile.Trailer, false, "1 rows without an id that could be read, line 3 first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := of(t, c.content, csvfile.Config{Evidence: c.evidence, Path: dir(t, c.content, c.done)})
			got, proof, err := read(t, s)
			require.NoError(t, err)
			require.Equal(t, c.complete, proof.Complete, proof.Basis)
			require.Contains(t, proof.Basis, c.basis)
			require.Equal(t, c.complete, proof.Covers(len(got)))
		})
	}
}

// dir writes a file, with a done file unless that is empty, and returns its path.
func dir(t *testing.T, content, done string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	if done != "" {
		require.NoError(t, os.WriteFile(path+".done", []byte(done), 0o600))
	}
	return path
}

func TestRefusesAFileThatShrank(t *testing.T) {
	t.Parallel()
	s := of(t, "id\n1\n2\n2\n", csvfile.Config{})
	_, err := s.Snapshot(t.Context(), hrsource.SnapshotRequest{Previous: 10, MaxShrink: 0.5}, func(hrsource.Record) error {
		t.Error("yielded")
		return nil
	})
	shrunk, ok := errors.AsType[*hrsource.ShrunkError](err)
	require.True(t, ok)
	require.Equal(t, 2, shrunk.Seen)
}

// stream cannot go back, as a network file.
type stream struct{ io.Reader }

func (stream) Close() error { return nil }

func TestFileThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]string{
		"value": "id,dept\n1,A\n2,C\n", "another id": "id,dept\n1,A\n3,B\n", "fewer": "id,dept\n1,A\n", "more": "id,dept\n1,A\n2,B\n2,B\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opened := 0
			s := of(t, "", csvfile.Config{Open: func() (io.ReadCloser, error) {
				opened++
				if opened == 1 {
					return stream{strings.NewReader("id,dept\n1,A\n2,B\n")}, nil
				}
				return stream{strings.NewReader(second)}, nil
			}})
			_, proof, err := read(t, s)
			require.ErrorContains(t, err, "changed while it was read")
			require.Zero(t, proof)
			require.Equal(t, 2, opened)
		})
	}
}

func TestStopsWithItsCaller(t *testing.T) {
	t.Parallel()
	s := of(t, "id\n1\n2\n3\n", csvfile.Config{})
	boom, calls := errors.New("boom"), 0
	_, err := s.Snapshot(t.Context(), hrsource.SnapshotRequest{}, func(hrsource.Record) error { calls++; return boom })
	require.Equal(t, boom, err)
	require.Equal(t, 1, calls)

	ctx, cancel := context.WithCancel(t.Context())
	calls = 0
	_, err = s.Snapshot(ctx, hrsource.SnapshotRequest{}, func(hrsource.Record) error { calls++; cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, calls)
}

func TestManyRows(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,dept\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "%d,D%d\n", i, i%7)
	}
	b.WriteString("#rows,20000\n")
	got, proof, err := read(t, of(t, b.String(), csvfile.Config{Evidence: csvfile.Trailer}))
	require.NoError(t, err)
	require.True(t, proof.Covers(20_000))
	for i, r := range got {
		require.Equal(t, fmt.Sprint(i), r.Worker.Key.ID)
	}
}
