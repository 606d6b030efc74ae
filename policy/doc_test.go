package policy_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the package documentation shows loads.
func TestTheDocumentationLoads(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	loaded := 0
	for _, block := range regexp.MustCompile(`(?m)(^//\t.*\n)+`).FindAllString(string(text), -1) {
		block = strings.ReplaceAll(block, "//\t", "")
		rest := "accounts: {directory: {name: n, candidates: [x]}, git: {name: n, candidates: [x]}, vpn: {name: n, candidates: [x]}, chat: {name: n, candidates: [x]}, bank: {name: n, candidates: [x]}}\n"
		switch {
		case strings.HasPrefix(block, "version: 1"):
			load(t, block)
		case strings.HasPrefix(block, "roles:"):
			load(t, "version: 1\n"+block+rest)
		case strings.HasPrefix(block, "denies:"):
			load(t, "version: 1\nroles: {approver: {}}\n"+block+rest)
		default:
			continue
		}
		loaded++
	}
	require.Equal(t, 4, loaded)
}
