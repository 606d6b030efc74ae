// Package archtest holds the packages to the rules of who may import whom.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/joinery-iam/joinery/"

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Name       string
	Standard   bool
	Imports    []string
	Deps       []string
}

func list(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Name,Standard,Imports,Deps", module+"...")
	out, err := cmd.Output()
	require.NoError(t, err)
	packages := map[string]pkg{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		require.NoError(t, err)
		packages[p.ImportPath] = p
	}
}

// outside returns the direct imports of a package that are not the standard
// library's.
func outside(packages map[string]pkg, name string) []string {
	var out []string
	for _, dep := range packages[module+name].Imports {
		if !packages[dep].Standard {
			out = append(out, strings.TrimPrefix(dep, module))
		}
	}
	return out
}

// TestImports holds each public package to what it may import beside the
// standard library: a trailing slash allows what is below.
func TestImports(t *testing.T) {
	t.Parallel()
	packages := list(t)
	allowed := map[string][]string{
		"hrsource":                      nil,
		"hrsource/csvfile":              {"hrsource"},
		"hrsource/quality":              {"hrsource"},
		"hrsource/sourcetest":           {"hrsource"},
		"connector":                     nil,
		"connector/memory":              {"connector"},
		"connector/connectortest":       {"connector"},
		"audit":                         nil,
		"audit/translog":                {"audit", "golang.org/x/mod/"},
		"audit/audittest":               {"audit", "audit/translog"},
		"policy":                        {"policy/internal/", "github.com/expr-lang/expr", "github.com/expr-lang/expr/", "go.yaml.in/yaml/v3", "golang.org/x/text/"},
		"policy/policytest":             {"policy"},
		"provisioning":                  {"hrsource", "policy", "connector", "audit", "audit/translog", "internal/id", "provisioning/internal/", "golang.org/x/sync/"},
		"provisioning/internal/state":   {"audit", "audit/translog"},
		"provisioning/sqlstore":         {"audit", "audit/translog", "provisioning", "provisioning/internal/", "provisioning/sqlstore/internal/"},
		"provisioning/sqlstore/sqlite":  {"provisioning", "provisioning/internal/", "provisioning/sqlstore", "provisioning/sqlstore/internal/", "modernc.org/sqlite", "modernc.org/sqlite/lib"},
		"provisioning/storetest":        {"audit", "audit/translog", "provisioning", "provisioning/internal/"},
		"provisioning/provisioningtest": {"audit", "audit/translog", "connector", "connector/memory", "hrsource", "policy", "provisioning", "provisioning/sqlstore/sqlite"},
		"scim":                          {"connector", "scim/internal/", "scim/profile"},
		"scim/doctor":                   {"scim", "scim/profile"},
		"scim/oauth":                    {"connector"},
		"scim/profile":                  {"go.yaml.in/yaml/v3"},
		"scim/scimtest":                 {"scim/internal/", "scim/profile", "github.com/elimity-com/scim/"},
	}
	for name, p := range packages {
		short := strings.TrimPrefix(name, module)
		if !strings.HasPrefix(name, module) || strings.Contains("/"+short, "/internal/") || strings.HasPrefix(short, "examples/") || p.Name == "main" {
			continue
		}
		rules, known := allowed[short]
		if !known {
			t.Errorf("%s is a new public package: say here what it may import", short)
			continue
		}
		for _, dep := range outside(packages, short) {
			if !slices.ContainsFunc(rules, func(rule string) bool {
				return dep == rule || strings.HasSuffix(rule, "/") && strings.HasPrefix(dep, rule)
			}) {
				t.Errorf("%s must not import %s", short, dep)
			}
		}
	}
}

// TestProvisioningStaysLight makes sure that a program which embeds the engine
// gets no database driver, no protocol and no test library with it.
func TestProvisioningStaysLight(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, name := range []string{"provisioning", "connector", "hrsource", "audit", "policy"} {
		for _, dep := range packages[module+name].Deps {
			for _, heavy := range []string{"modernc.org/", "github.com/elimity-com/", "github.com/stretchr/", module + "scim", "net/http/httptest"} {
				if strings.HasPrefix(dep, heavy) {
					t.Errorf("%s depends on %s", name, dep)
				}
			}
		}
	}
}

// TestTestLibrariesStayInTests makes sure that nobody who imports a package of
// ours, a test kit included, gets testify with it.
func TestTestLibrariesStayInTests(t *testing.T) {
	t.Parallel()
	for name, p := range list(t) {
		if strings.HasPrefix(name, module) && slices.ContainsFunc(p.Imports, func(dep string) bool { return strings.HasPrefix(dep, "github.com/stretchr/") }) {
			t.Errorf("%s imports testify outside its tests", name)
		}
	}
}

// TestOraclesAreIndependent makes sure that what the engine is held against knows nothing
// of it.
func TestOraclesAreIndependent(t *testing.T) {
	t.Parallel()
	packages := list(t)
	for _, name := range []string{"internal/oracle", "provisioning/internal/simulation/oracle"} {
		require.NotEmpty(t, packages[module+name].Name, name)
		for _, dep := range packages[module+name].Deps {
			for _, engine := range []string{"provisioning", "policy"} {
				if dep == module+engine || strings.HasPrefix(dep, module+engine+"/") {
					t.Errorf("%s depends on %s", name, dep)
				}
			}
		}
	}
}
