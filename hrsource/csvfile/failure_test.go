package csvfile_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/hrsource/csvfile"
)

var errDisk = errors.New("disk on fire")

// TestFailingReads breaks the connection at every place there is: in the first
// pass, between the two, and in the second.
func TestFailingReads(t *testing.T) {
	t.Parallel()
	const content = "id,dept,badge\n1,A,\"x\ny\"\n2,B,z\n"
	for at := range len(content) + 1 {
		for _, pass := range []int{1, 2} {
			opened := 0
			s := of(t, "", csvfile.Config{Custom: []string{"badge"}, Open: func() (io.ReadCloser, error) {
				if opened++; opened == pass {
					return stream{io.MultiReader(strings.NewReader(content[:at]), iotest.ErrReader(errDisk))}, nil
				}
				return stream{strings.NewReader(content)}, nil
			}})
			got, proof, err := read(t, s)
			require.ErrorIs(t, err, errDisk, "byte %d of pass %d", at, pass)
			require.ErrorContains(t, err, "csv file hr: ")
			require.Zero(t, proof)
			if pass == 1 {
				require.Empty(t, got, "the first pass yields nothing")
			}
		}
	}
}

// unclosable fails when it is closed.
type unclosable struct{ io.Reader }

func (unclosable) Close() error { return errDisk }

func TestFailingOpenAndClose(t *testing.T) {
	t.Parallel()
	for _, failing := range []int{1, 2} {
		opened := 0
		_, _, err := read(t, of(t, "", csvfile.Config{Open: func() (io.ReadCloser, error) {
			if opened++; opened == failing {
				return nil, errDisk
			}
			return stream{strings.NewReader("id\n1\n")}, nil
		}}))
		require.ErrorIs(t, err, errDisk)
	}
	_, proof, err := read(t, of(t, "", csvfile.Config{Open: func() (io.ReadCloser, error) {
		return unclosable{strings.NewReader("id\n1\n")}, nil
	}}))
	require.ErrorIs(t, err, errDisk)
	require.Zero(t, proof)
}

func TestFailingDoneFile(t *testing.T) {
	t.Parallel()
	for name, done := range map[string]func() (io.ReadCloser, error){
		"open":  func() (io.ReadCloser, error) { return nil, errDisk },
		"read":  func() (io.ReadCloser, error) { return stream{iotest.ErrReader(errDisk)}, nil },
		"close": func() (io.ReadCloser, error) { return unclosable{strings.NewReader("1")}, nil },
	} {
		got, proof, err := read(t, of(t, "id\n1\n", csvfile.Config{Evidence: csvfile.DoneFile, Done: done}))
		require.NoError(t, err, name)
		require.Len(t, got, 1, "what the file tells stands")
		require.False(t, proof.Complete, name)
		require.Contains(t, proof.Basis, "disk on fire", name)
	}
}
