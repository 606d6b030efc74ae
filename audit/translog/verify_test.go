package translog_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/audittest"
	"github.com/joinery-iam/joinery/audit/translog"
)

func TestVerifyFindsTampering(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	audittest.Tampering(t, l.export, func(bundle []byte) error {
		_, err := l.verify(bundle)
		return err
	})
}

func TestVerifyFindsTamperingInALongLog(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	for i := range 150 {
		l.write(i % 9)
		if i%20 == 19 {
			l.sequence(len(l.waiting) - 5)
			l.sign()
		}
	}
	l.erase(4)
	audittest.Tampering(t, l.export, func(bundle []byte) error {
		_, err := l.verify(bundle)
		return err
	})
}

func TestVerifyNamesTheEntry(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	l.sequenced[4].Body = bytes.Replace(l.sequenced[4].Body, []byte("outcome"), []byte("invents"), 1)
	report, err := l.verify(l.export())
	require.ErrorIs(t, err, translog.ErrTampered)
	require.EqualValues(t, 1, report.Found)
	require.Equal(t, []translog.Problem{{
		Line:  1 + 3 + 5,
		Entry: "e000004",
		What:  "entry does not match its digest: salt or body differ",
	}}, report.Problems)
	require.Contains(t, err.Error(), report.Problems[0].String())
	require.EqualValues(t, 9, report.Latest.Size, "its digest is still in its place")
}

// A forger who owns the entries and their witnesses, but no key.
func TestVerifyHoldsSignedLeavesAgainstTheOwnerOfTheTables(t *testing.T) {
	t.Parallel()
	rewrite := func(l *testLog, at int) {
		forged, err := audit.Entry{ID: l.sequenced[at].ID, Tenant: "acme", Note: "forged"}.Seal()
		require.NoError(t, err)
		forged.Leaf = int64(at)
		l.sequenced[at] = forged
		for i, w := range l.witnesses {
			if w.Entry == forged.ID {
				l.witnesses[i].Digest = forged.Digest
			}
		}
	}
	for at := range 9 {
		l := sampleLog(t)
		rewrite(l, at)
		report, err := l.verify(l.export())
		require.ErrorIs(t, err, translog.ErrTampered)
		require.Contains(t, report.Problems[0].What, "another root than the log")
	}
	l := sampleLog(t)
	rewrite(l, 9)
	report, err := l.verify(l.export())
	require.NoError(t, err, "nothing binds what is not signed yet")
	require.Less(t, report.Latest.Size, report.Sequenced, "and the report says so")
}

func TestVerifyNeedsAnOutsideCheckpointAgainstTruncation(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	whole, err := l.verify(l.export())
	require.NoError(t, err)

	// The forger cuts the log back to its second checkpoint.
	cut := &testLog{t: t, key: l.key, signed: l.signed[:2], sequenced: l.sequenced[:6], witnesses: l.witnesses[:6]}
	bundle := cut.export()
	short, err := l.verify(bundle)
	require.NoError(t, err, "what is left is whole")

	verify := func(cp translog.Checkpoint) (translog.Report, error) {
		return translog.Verify(bytes.NewReader(bundle), l.key.verifier, translog.VerifyOptions{Extends: cp})
	}
	report, err := verify(whole.Latest)
	require.ErrorIs(t, err, translog.ErrTampered)
	require.Contains(t, report.Problems[0].What, "its end is missing")

	_, err = verify(short.Latest)
	require.NoError(t, err)

	other := short.Latest
	other.Root[0] ^= 1
	report, err = verify(other)
	require.ErrorIs(t, err, translog.ErrTampered)
	require.Contains(t, report.Problems[0].What, "from outside of 6 leaves has another root")

	other = short.Latest
	other.Origin = "example.com/other"
	_, err = verify(other)
	require.ErrorIs(t, err, translog.ErrTampered)

	cut.signed, cut.sequenced, cut.witnesses = nil, nil, nil
	bundle = cut.export()
	_, err = verify(whole.Latest)
	require.ErrorIs(t, err, translog.ErrTampered, "an empty log")
}

func TestVerifyKnowsKeysAndOrigins(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	old := l.key
	l.key = newKey(t, origin)
	l.sequence(1)
	l.sign()
	bundle := l.export()

	report, err := l.verify(bundle)
	require.ErrorIs(t, err, translog.ErrTampered)
	require.EqualValues(t, 3, report.Found)
	require.Contains(t, report.Problems[0].What, "no valid signature")

	retired := translog.VerifyOptions{Retired: []translog.Verifier{old.verifier, old.verifier, l.key.verifier}}
	_, err = translog.Verify(bytes.NewReader(bundle), l.key.verifier, retired)
	require.NoError(t, err)

	retired.Origin = "example.com/other"
	_, err = translog.Verify(bytes.NewReader(bundle), l.key.verifier, retired)
	require.ErrorIs(t, err, translog.ErrTampered)

	foreign, err := translog.Sign(translog.Checkpoint{Origin: "example.com/other"}, l.key.signer)
	require.NoError(t, err)
	l.signed = [][]byte{foreign}
	report, err = l.verify(l.export())
	require.ErrorIs(t, err, translog.ErrTampered)
	require.Contains(t, report.Problems[0].What, "of another log")

	_, err = translog.Verify(bytes.NewReader(bundle), nil, translog.VerifyOptions{})
	require.Error(t, err)
}

func TestVerifyFindsEntriesOfOtherTenants(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	s, err := audit.Entry{ID: "e1", Tenant: "globex"}.Seal()
	require.NoError(t, err)
	l.waiting = []audit.Sealed{s}
	l.witnesses = []audit.Witness{{Seq: 1, Entry: s.ID, Digest: s.Digest}}
	report, err := l.verify(l.export())
	require.ErrorIs(t, err, translog.ErrTampered)
	require.Contains(t, report.Problems[0].What, "another tenant")
}

func TestVerifyFindsLeavesOutOfPlace(t *testing.T) {
	t.Parallel()
	for what, displace := range map[string]func(l *testLog){
		"there is no leaf -2":                     func(l *testLog) { l.waiting[0].Leaf = -2 },
		"leaf 4 stands where 11 was due":          func(l *testLog) { l.waiting[0].Leaf = 4 },
		"leaf 11 comes after entries without":     func(l *testLog) { l.waiting[1].Leaf = 11 },
		"stands where 2 was due":                  func(l *testLog) { l.sequenced[2].Leaf = 1<<63 - 1 },
		"ids of entries without a leaf do not":    func(l *testLog) { slices.Reverse(l.waiting) },
		"entry and witness have different digest": func(l *testLog) { l.witnesses[16].Digest[0] ^= 1 },
		"it is missing: a witness vouches for it": func(l *testLog) { l.waiting = l.waiting[:5] },
	} {
		l := sampleLog(t)
		displace(l)
		report, err := l.verify(l.export())
		require.ErrorIs(t, err, translog.ErrTampered, what)
		found := slices.ContainsFunc(report.Problems, func(p translog.Problem) bool { return strings.Contains(p.What, what) })
		require.True(t, found, "%s: %v", what, report.Problems)
	}
}

func TestVerifyTakesEntriesAndWitnessesInTurns(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	var out bytes.Buffer
	b, err := translog.NewBundleWriter(&out, translog.BundleHeader{Tenant: "acme", Origin: origin})
	require.NoError(t, err)
	for _, signed := range l.signed {
		require.NoError(t, b.Checkpoint(signed))
	}
	for i, s := range append(slices.Clone(l.sequenced), l.waiting...) {
		require.NoError(t, b.Entry(s))
		require.NoError(t, b.Witness(l.witnesses[i]))
	}
	require.NoError(t, b.Close())
	verify := func(bundle []byte, most int) error {
		_, err := translog.Verify(bytes.NewReader(bundle), l.key.verifier, translog.VerifyOptions{MaxUnmatched: most})
		return err
	}
	require.NoError(t, verify(out.Bytes(), 3), "three checkpoints, one entry")
	require.ErrorIs(t, verify(out.Bytes(), 2), translog.ErrBundle)
	require.ErrorIs(t, verify(l.export(), 16), translog.ErrBundle, "all entries wait for their witnesses")
	require.NoError(t, verify(l.export(), 17))
	audittest.Tampering(t, out.Bytes, func(bundle []byte) error { return verify(bundle, 0) })
}

func TestVerifyBoundsItsProblems(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	l.witnesses = nil
	report, err := translog.Verify(bytes.NewReader(l.export()), l.key.verifier, translog.VerifyOptions{MaxProblems: 4})
	require.ErrorIs(t, err, translog.ErrTampered)
	require.EqualValues(t, 17, report.Found)
	require.Len(t, report.Problems, 4)
	require.Equal(t, "e000000", report.Problems[0].Entry, "by line")
}

func TestVerifyRefusesWhatIsNoBundle(t *testing.T) {
	t.Parallel()
	l := sampleLog(t)
	good := string(l.export())
	lines := strings.SplitAfter(good, "\n")
	header, entry := lines[0], lines[4]
	end := `{"end":true}` + "\n"
	for name, text := range map[string]string{
		"empty":              "",
		"no header":          strings.Join(lines[1:], ""),
		"two headers":        header + good,
		"another version":    strings.Replace(good, `"version":1`, `"version":2`, 1),
		"cut off":            good[:len(good)-1],
		"cut off line":       good[:len(good)-len(end)],
		"half a line":        good[:len(good)/2],
		"after the end":      good + end,
		"text after the end": good + "x",
		"unknown field":      header + `{"note":1}` + "\n" + end,
		"two fields":         header + `{"end":true,"checkpoint":"x"}` + "\n" + end,
		"no field":           header + "{}\n" + end,
		"null":               header + `{"entry":null}` + "\n" + end,
		"empty line":         header + "\n" + end,
		"two objects":        header + strings.TrimSpace(end) + end,
		"no id":              header + `{"entry":{"id":"","digest":"` + strings.Repeat("0", 64) + `","leaf":0}}` + "\n" + end,
		"a long id":          header + `{"witness":{"seq":1,"entry":"` + strings.Repeat("i", 300) + `","digest":"` + strings.Repeat("0", 64) + `"}}` + "\n" + end,
		"a late checkpoint":  header + entry + lines[1] + end,
		"a long line":        header + `{"checkpoint":"` + strings.Repeat("x", 1<<20) + `"}` + "\n" + end,
	} {
		_, err := l.verify([]byte(text))
		require.ErrorIs(t, err, translog.ErrBundle, name)
		require.NotErrorIs(t, err, translog.ErrTampered, name)
	}
	_, err := l.verify([]byte(strings.Replace(good, `"leaf":0`, `"leaf":1`, 1)[:len(good)/2]))
	require.ErrorIs(t, err, translog.ErrBundle)
	require.ErrorIs(t, err, translog.ErrTampered, "what was found before the end is told")
	_, err = translog.Verify(io.MultiReader(strings.NewReader(good[:99]), failing{}), l.key.verifier, translog.VerifyOptions{})
	require.ErrorIs(t, err, io.ErrClosedPipe)
	require.NotErrorIs(t, err, translog.ErrBundle)
}

type failing struct{}

func (failing) Read([]byte) (int, error)  { return 0, io.ErrClosedPipe }
func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestBundleWriterKeepsItsOrder(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b, err := translog.NewBundleWriter(&out, translog.BundleHeader{})
	require.NoError(t, err)
	require.NoError(t, b.Witness(audit.Witness{Seq: 1, Entry: "e"}))
	require.Error(t, b.Checkpoint([]byte("x")))
	large := audit.Sealed{ID: "e", Body: []byte(`"` + strings.Repeat("x", 1<<20) + `"`)}
	require.Error(t, b.Entry(large))
	require.Error(t, b.Entry(audit.Sealed{ID: "e", Body: []byte("{")}))
	require.NoError(t, b.Close())
	require.Error(t, b.Close())
	require.Error(t, b.Witness(audit.Witness{}))

	b, err = translog.NewBundleWriter(failing{}, translog.BundleHeader{})
	require.NoError(t, err, "nothing is written yet")
	require.ErrorIs(t, b.Close(), io.ErrClosedPipe)
	require.ErrorIs(t, b.Close(), io.ErrClosedPipe)
}

func TestLargestEntryFitsALine(t *testing.T) {
	t.Parallel()
	l := newLog(t)
	entry := audit.Entry{ID: strings.Repeat("i", audit.MaxID), Tenant: "acme"}
	entry.Note = strings.Repeat("n", audit.MaxBody-512)
	for {
		s, err := entry.Seal()
		if errors.Is(err, audit.ErrTooLarge) {
			break
		}
		require.NoError(t, err)
		l.waiting = []audit.Sealed{s}
		entry.Note += "n"
	}
	require.Len(t, l.waiting[0].Body, audit.MaxBody)
	l.witnesses = []audit.Witness{{Seq: 1, Entry: entry.ID, Digest: l.waiting[0].Digest}}
	_, err := l.verify(l.export())
	require.NoError(t, err)
}

func TestBundleFormat(t *testing.T) {
	t.Parallel()
	l := &testLog{t: t, key: parseKey(t, testPrivate, testPublic)}
	for i, e := range goldenEntries(t) {
		l.waiting = append(l.waiting, e)
		l.witnesses = append(l.witnesses, audit.Witness{Seq: int64(i + 1), Entry: e.ID, Digest: e.Digest})
	}
	l.sequence(2)
	l.sign()
	l.sequenced[1].Salt, l.sequenced[1].Body = nil, nil
	golden(t, "bundle.jsonl", l.export())
	report, err := l.verify(l.export())
	require.NoError(t, err)
	require.Equal(t, translog.Report{
		Tenant: "acme", Origin: origin,
		Entries: 3, Sequenced: 2, Unsequenced: 1, Erased: 1, Witnesses: 3, Checkpoints: 1,
		Latest: l.checkpoint(),
	}, report)
}
