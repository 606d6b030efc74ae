package scimtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/joinery-iam/joinery/scim/scimtest"
)

func newServer(t *testing.T, config scimtest.Config) *scimtest.Server {
	t.Helper()
	s, err := scimtest.New(config)
	require.NoError(t, err)
	return s
}

// ask sends one request straight to the handler; extra holds header pairs.
func ask(t *testing.T, s *scimtest.Server, method, path, body string, extra ...string) (int, map[string]any) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, scimtest.BasePath+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/scim+json")
	for i := 0; i < len(extra); i += 2 {
		r.Header.Set(extra[i], extra[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer map[string]any
	if w.Body.Len() > 0 {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer), w.Body.String())
	}
	return w.Code, answer
}

func patchOf(operations string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operations + `]}`
}

func addUser(t *testing.T, s *scimtest.Server, name string) scimtest.User {
	t.Helper()
	u, err := s.AddUser(scimtest.User{UserName: name, ExternalID: "ext-" + name, Active: true})
	require.NoError(t, err)
	return u
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{})
	u := addUser(t, s, "amy")
	g, err := s.AddGroup(scimtest.Group{DisplayName: "eng", Members: []string{u.ID}})
	require.NoError(t, err)
	before, groupsBefore := s.Users(), s.Groups()
	user, group := "/Users/"+u.ID, "/Groups/"+g.ID
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		scimType           string
	}{
		"name in use":               {"POST", "/Users", `{"userName":"AMY"}`, 409, "uniqueness"},
		"external id in use":        {"POST", "/Users", `{"userName":"bob","externalId":"ext-amy"}`, 409, "uniqueness"},
		"no name":                   {"POST", "/Users", `{"title":"x"}`, 400, "invalidValue"},
		"empty name":                {"POST", "/Users", `{"userName":""}`, 400, "invalidValue"},
		"no JSON":                   {"POST", "/Users", `{`, 400, "invalidSyntax"},
		"no object":                 {"POST", "/Users", `null`, 400, "invalidSyntax"},
		"unknown attribute":         {"POST", "/Users", `{"userName":"b","nope":1}`, 400, "invalidSyntax"},
		"unknown sub-attribute":     {"POST", "/Users", `{"userName":"b","name":{"first":"B"}}`, 400, "invalidSyntax"},
		"unknown schema":            {"POST", "/Users", `{"userName":"b","schemas":["urn:x"]}`, 400, "invalidSyntax"},
		"boolean as text":           {"POST", "/Users", `{"userName":"b","active":"True"}`, 400, "invalidValue"},
		"object for a list":         {"POST", "/Users", `{"userName":"b","emails":{"value":"x"}}`, 400, "invalidValue"},
		"list for a value":          {"POST", "/Users", `{"userName":["b"]}`, 400, "invalidValue"},
		"number as external id":     {"POST", "/Users", `{"userName":"b","externalId":7}`, 400, "invalidValue"},
		"extension as text":         {"POST", "/Users", `{"userName":"b","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":"x"}`, 400, "invalidValue"},
		"strange member":            {"POST", "/Groups", `{"displayName":"ops","members":[{"value":"nobody"}]}`, 400, "invalidValue"},
		"absent user":               {"GET", "/Users/nobody", ``, 404, ""},
		"absent endpoint":           {"GET", "/Bulk", ``, 404, ""},
		"bad filter":                {"GET", "/Users?filter=userName", ``, 400, "invalidFilter"},
		"filter on nothing known":   {"GET", "/Users?filter=shoe+eq+1", ``, 400, "invalidFilter"},
		"filter on a schema":        {"GET", "/Users?filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User+pr", ``, 400, "invalidFilter"},
		"bad start":                 {"GET", "/Users?startIndex=x", ``, 400, "invalidValue"},
		"patch id":                  {"PATCH", user, patchOf(`{"op":"replace","path":"id","value":"x"}`), 400, "mutability"},
		"patch groups of a user":    {"PATCH", user, patchOf(`{"op":"add","path":"groups","value":[{"value":"x"}]}`), 400, "mutability"},
		"patch to a wrong type":     {"PATCH", user, patchOf(`{"op":"replace","path":"active","value":"False"}`), 400, "invalidValue"},
		"patch removes the name":    {"PATCH", user, patchOf(`{"op":"remove","path":"userName"}`), 400, "invalidValue"},
		"patch selects nothing":     {"PATCH", user, patchOf(`{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"}`), 400, "noTarget"},
		"patch, one of two fails":   {"PATCH", user, patchOf(`{"op":"add","path":"title","value":"x"},{"op":"add","path":"nope","value":"x"}`), 400, "invalidPath"},
		"patch group, second fails": {"PATCH", group, patchOf(`{"op":"remove","path":"members[value eq \"` + u.ID + `\"]"},{"op":"add","path":"members","value":[{"value":"nobody"}]}`), 400, "invalidValue"},
		"patch group, name fails":   {"PATCH", group, patchOf(`{"op":"remove","path":"members"},{"op":"remove","path":"displayName"}`), 400, "invalidValue"},
		"patch a member's value":    {"PATCH", group, patchOf(`{"op":"replace","path":"members.value","value":"x"}`), 400, "mutability"},
	} {
		status, answer := ask(t, s, c.method, c.path, c.body)
		require.Equal(t, c.status, status, "%s: %v", name, answer)
		require.Equal(t, fmt.Sprint(c.status), answer["status"], name)
		if c.scimType != "" {
			require.Equal(t, c.scimType, answer["scimType"], "%s: %v", name, answer)
		}
	}
	require.Equal(t, before, s.Users(), "nothing has changed")
	require.Equal(t, groupsBefore, s.Groups(), "nothing has changed")
	require.Zero(t, s.Summary().Committed)
	status, _ := ask(t, s, "POST", "/Users", `{"userName":"bob"}`, "Content-Type", "text/plain")
	require.Equal(t, http.StatusUnsupportedMediaType, status)
	status, _ = ask(t, s, "POST", "/Users", `{"userName":"`+strings.Repeat("x", 5<<20)+`"}`)
	require.Equal(t, http.StatusRequestEntityTooLarge, status)
}

func TestFiltersAndPages(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{MaxResults: 2})
	var members []string
	for i := range 5 {
		u, err := s.AddUser(scimtest.User{UserName: fmt.Sprint("user", i), Active: i != 3, Resource: json.RawMessage(
			fmt.Sprintf(`{"emails":[{"type":"work","value":"%d@example.com"}],
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D%d"}}`, i, i%2))})
		require.NoError(t, err)
		members = append(members, u.ID)
	}
	g, err := s.AddGroup(scimtest.Group{DisplayName: "Eng", Members: members[:2]})
	require.NoError(t, err)
	for query, want := range map[string]int{
		"/Users":                                                        5,
		`/Users?filter=userName eq "USER1"`:                             1,
		`/Users?filter=externalId eq "x"`:                               0,
		`/Users?filter=id eq "` + members[2] + `"`:                      1,
		`/Users?filter=active eq false`:                                 1,
		`/Users?filter=userName sw "user" and not (active eq false)`:    4,
		`/Users?filter=emails[type eq "work" and value co "3@"]`:        1,
		`/Users?filter=emails[type eq "work"].value eq "3@example.com"`: 1,
		`/Users?filter=emails eq "3@example.com"`:                       1,
		`/Users?filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "d1"`:        2,
		`/Users?filter=urn:ietf:params:scim:schemas:core:2.0:User:userName eq "user1"`:                       1,
		`/Users?filter=groups.value eq "` + g.ID + `"`:                                                       2,
		`/Users?filter=meta.resourceType eq "User"`:                                                          5,
		`/Groups?filter=displayName eq "eng"`:                                                                1,
		`/Groups?filter=members.value eq "` + members[0] + `"`:                                               1,
		`/Groups?filter=members[value eq "` + members[0] + `"]`:                                              1,
		`/Groups?filter=members eq "` + members[4] + `"`:                                                     0,
		`/Groups?filter=id eq "` + g.ID + `" and members eq "` + members[1] + `"&excludedAttributes=members`: 1,
	} {
		_, answer := ask(t, s, "GET", strings.ReplaceAll(query, " ", "%20"), "")
		require.EqualValues(t, want, answer["totalResults"], query)
		require.Len(t, answer["Resources"], min(want, 2), query)
	}
	seen := 0
	for start := 1; start <= 7; start += 2 {
		_, answer := ask(t, s, "GET", fmt.Sprintf("/Users?startIndex=%d&count=100", start), "")
		require.EqualValues(t, 5, answer["totalResults"])
		require.EqualValues(t, len(answer["Resources"].([]any)), answer["itemsPerPage"])
		seen += len(answer["Resources"].([]any))
	}
	require.Equal(t, 5, seen)
	_, answer := ask(t, s, "GET", "/Users?count=0", "")
	require.Empty(t, answer["Resources"])

	_, answer = ask(t, s, "GET", "/Groups/"+g.ID+"?excludedAttributes=members", "")
	require.NotContains(t, answer, "members")
	_, answer = ask(t, s, "GET", "/Users/"+members[0]+"?attributes=userName,emails.value", "")
	require.ElementsMatch(t, []string{"id", "schemas", "userName", "emails"}, keys(answer))
}

func keys(m map[string]any) []string {
	var all []string
	for key := range m {
		all = append(all, key)
	}
	return all
}

func TestMembershipsInAllForms(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{})
	a, b, c := addUser(t, s, "a").ID, addUser(t, s, "b").ID, addUser(t, s, "c").ID
	g, err := s.AddGroup(scimtest.Group{DisplayName: "eng"})
	require.NoError(t, err)
	ref := func(id string) string { return `{"value":"` + id + `","$ref":null,"display":"x"}` }
	for _, step := range []struct {
		ops  string
		want []string
	}{
		{`{"op":"add","path":"members","value":[` + ref(a) + `,` + ref(b) + `]}`, []string{a, b}},
		{`{"op":"Add","path":"MEMBERS","value":` + ref(c) + `}`, []string{a, b, c}},
		{`{"op":"remove","path":"members[value eq \"` + b + `\"]"}`, []string{a, c}},
		{`{"op":"Remove","path":"members","value":[{"value":"` + a + `"}]}`, []string{c}},
		{`{"op":"replace","path":"members","value":[{"value":"` + b + `"}]}`, []string{b}},
		{`{"op":"add","value":{"members":[{"value":"` + a + `"}]}}`, []string{b, a}},
		{`{"op":"replace","value":{"id":"` + g.ID + `","displayName":"renamed"}}`, []string{b, a}},
		{`{"op":"remove","path":"members[value eq \"` + a + `\" or value eq \"` + b + `\"]"}`, nil},
	} {
		s.ResetLog()
		status, answer := ask(t, s, "PATCH", "/Groups/"+g.ID, patchOf(step.ops))
		require.Equal(t, http.StatusNoContent, status, "%s: %v", step.ops, answer)
		require.ElementsMatch(t, step.want, s.Groups()[0].Members, step.ops)
		require.Equal(t, 1, s.Summary().Committed, step.ops)
		for _, u := range s.Users() {
			in := false
			for _, id := range step.want {
				in = in || id == u.ID
			}
			require.Equal(t, in, len(u.Groups) == 1, step.ops)
		}
	}
	require.Equal(t, "renamed", s.Groups()[0].DisplayName)

	status, answer := ask(t, s, "PUT", "/Groups/"+g.ID, `{"displayName":"eng","members":[{"value":"`+c+`"}]}`)
	require.Equal(t, http.StatusOK, status, answer)
	require.Equal(t, []string{c}, s.Groups()[0].Members)
	status, _ = ask(t, s, "DELETE", "/Users/"+c, "")
	require.Equal(t, http.StatusNoContent, status)
	require.Empty(t, s.Groups()[0].Members)
	_, _ = ask(t, s, "PATCH", "/Groups/"+g.ID, patchOf(`{"op":"add","path":"members","value":[{"value":"`+a+`"}]}`))
	status, _ = ask(t, s, "DELETE", "/Groups/"+g.ID, "")
	require.Equal(t, http.StatusNoContent, status)
	require.Empty(t, s.Users()[0].Groups)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{ETag: true})
	path := "/Users/" + addUser(t, s, "amy").ID
	change := patchOf(`{"op":"add","path":"title","value":"T"}`)
	status, answer := ask(t, s, "PATCH", path, change, "If-Match", `W/"1"`)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, `W/"2"`, answer["meta"].(map[string]any)["version"])
	_, answer = ask(t, s, "PATCH", path, change, "If-Match", "*")
	require.Equal(t, `W/"2"`, answer["meta"].(map[string]any)["version"], "what changes nothing makes no version")
	for _, method := range []string{"PATCH", "PUT", "DELETE"} {
		status, _ = ask(t, s, method, path, `{"userName":"amy"}`, "If-Match", `W/"1"`)
		require.Equal(t, http.StatusPreconditionFailed, status, method)
	}
}

func TestDiscovery(t *testing.T) {
	t.Parallel()
	s := newServer(t, scimtest.Config{NoPatch: true})
	_, answer := ask(t, s, "GET", "/ServiceProviderConfig", "")
	require.Equal(t, false, answer["patch"].(map[string]any)["supported"])
	for path, want := range map[string]int{"/Schemas": 3, "/ResourceTypes": 2} {
		_, answer = ask(t, s, "GET", path, "")
		require.Len(t, answer["Resources"], want)
	}
	_, answer = ask(t, s, "GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group", "")
	require.Equal(t, "Group", answer["name"])
	_, answer = ask(t, s, "GET", "/ResourceTypes/User", "")
	require.Equal(t, "/Users", answer["endpoint"])
	for _, path := range []string{"/Schemas/urn:x", "/ResourceTypes/Shoe"} {
		status, _ := ask(t, s, "GET", path, "")
		require.Equal(t, http.StatusNotFound, status)
	}
}

func TestNewJudgesExtensions(t *testing.T) {
	t.Parallel()
	for name, extension := range map[string]scimtest.Extension{
		"no URN":          {URN: "acme", Attributes: []string{"a"}},
		"a core schema":   {URN: "urn:ietf:params:scim:schemas:core:2.0:User"},
		"bad attribute":   {URN: "urn:acme:User", Attributes: []string{"a b"}},
		"attribute twice": {URN: "urn:acme:User", Attributes: []string{"a", "A"}},
	} {
		_, err := scimtest.New(scimtest.Config{Extensions: []scimtest.Extension{extension}})
		require.Error(t, err, name)
	}
	_, err := scimtest.New(scimtest.Config{MaxResults: -1})
	require.Error(t, err)
}

// get reads from a server that listens.
func get(t *testing.T, url, token string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}
