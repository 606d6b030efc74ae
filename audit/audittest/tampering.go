package audittest

import "testing"

// Tampering takes a bundle from export, which verify has to accept, and forges it
// in every way that the package's documentation names, each at the first, the
// last and some positions between. verify has to refuse every forgery; its error
// is not looked at. The bundle needs at least two entries that a signed
// checkpoint covers and two without a leaf number.
func Tampering(t *testing.T, export func() []byte, verify func(bundle []byte) error) {
	t.Helper()
	bundle := export()
	if err := verify(bundle); err != nil {
		t.Fatalf("the bundle is not good to begin with: %v", err)
	}
	forgeries, err := forge(bundle)
	if err != nil {
		t.Fatalf("the bundle cannot be used: %v", err)
	}
	for _, f := range unnoticed(forgeries, verify) {
		t.Errorf("not found: %s", f)
	}
	t.Logf("%d forgeries", len(forgeries))
}

// unnoticed returns the names of the forgeries that verify accepts.
func unnoticed(forgeries []forgery, verify func([]byte) error) []string {
	var names []string
	for _, f := range forgeries {
		if verify(f.bundle) == nil {
			names = append(names, f.name)
		}
	}
	return names
}
