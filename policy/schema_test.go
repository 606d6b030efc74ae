package policy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/joinery-iam/joinery/policy"
)

// object is a part of a schema.
type object = map[string]any

func schema(t *testing.T) object {
	t.Helper()
	var out object
	require.NoError(t, json.Unmarshal(policy.Schema(), &out))
	return out
}

// plain returns a YAML text as the values of JSON, dates as texts.
func plain(t *testing.T, text string) any {
	t.Helper()
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &root))
	var value func(n *yaml.Node) any
	value = func(n *yaml.Node) any {
		switch n.Kind {
		case yaml.DocumentNode:
			return value(n.Content[0])
		case yaml.SequenceNode:
			list := []any{}
			for _, c := range n.Content {
				list = append(list, value(c))
			}
			return list
		case yaml.MappingNode:
			out := object{}
			for i := 0; i < len(n.Content); i += 2 {
				out[n.Content[i].Value] = value(n.Content[i+1])
			}
			return out
		}
		if !slices.Contains([]string{"!!bool", "!!int", "!!float", "!!null"}, n.Tag) {
			return n.Value
		}
		var out any
		require.NoError(t, n.Decode(&out))
		return out
	}
	text2, err := json.Marshal(value(&root))
	require.NoError(t, err)
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(text2))
	require.NoError(t, err)
	return out
}

func validator(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(policy.Schema()))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("schema.json", parsed))
	out, err := c.Compile("schema.json")
	require.NoError(t, err)
	return out
}

func TestValidPoliciesFitTheSchema(t *testing.T) {
	t.Parallel()
	texts := map[string]string{
		"company": company, "mixed": mixed, "timed": timed(), "ruled": ruled(), "complete": complete, "denying": denying, "duties": duties,
		"governed": governed, "timing": timing, "hurried": hurried, "base": base, "sales": sales, "limits": limits,
		"nothing in anything": "version: 1\nattributes:\nroles: {a: {inherits: , addOns: }}\nrules:\ndenies: []\nexceptions: []\nseparation:\nentitlements:\naccounts: {}\n",
	}
	require.NoError(t, filepath.WalkDir("../examples", func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "policy.yaml") {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			texts[path] = string(text)
		}
		return err
	}))
	s := validator(t)
	for name, text := range texts {
		require.NoError(t, s.Validate(plain(t, text)), name)
		p, err := policy.Compile(policy.Document{Version: 1})
		require.NoError(t, err)
		if name != "sales" && name != "limits" { // parts of a whole
			p = load(t, text)
		}
		again, err := json.Marshal(p.Document())
		require.NoError(t, err)
		require.NoError(t, s.Validate(plain(t, string(again))), "%s as JSON", name)
	}
	require.Greater(t, len(texts), 13, "the examples have policies")
}

func TestTheSchemaFindsMistakes(t *testing.T) {
	t.Parallel()
	s := validator(t)
	for _, c := range [][2]string{
		{"version: 1", "version: 2"}, {"version: 1\n", ""}, {"kind: addOn", "kind: addon"}, {"{grants: [app:role/e]}", "{grant: [app:role/e]}"},
		{"action: requireApproval", "action: approve"}, {"sensitivity: sensitive", "sensitivity: high"}, {"until: hireDate - 1d", "until: hireDate - 1"},
		{"overlapDays: 5", "overlapDays: 400"}, {"rename: true", "rename: yes"}, {"grants: [app:role/b:c/d]", "grants: [app:role]"},
		{"{name: a, person: p,", "{name: a,"}, {"relationship: r, lifts", "relationship: r, person: p, lifts"}, {`grants: ["app:*"]`, `grants: ["*"]`},
		{"type: string", "type: text"}, {"candidates: [\"{email}\"], signIn: identityProvider}", "candidates: []}"}, {"signIn: other", "signIn: [other]"}, {"reason: why", "why: reason"}, {"accounts:\n  app", "accounts:\n  a p"},
	} {
		require.Error(t, s.Validate(plain(t, replace(complete, c[0], c[1]))), c[1])
		_, err := policy.Load("p", strings.NewReader(replace(complete, c[0], c[1])))
		require.Error(t, err, c[1])
	}
}

// resolve follows references.
func resolve(root, s object) object {
	if all, ok := s["allOf"].([]any); ok {
		s = all[0].(object)
	}
	if ref, ok := s["$ref"].(string); ok {
		return root["definitions"].(object)[strings.TrimPrefix(ref, "#/definitions/")].(object)
	}
	return s
}

func TestTheSchemaHasTheFieldsOfTheDocument(t *testing.T) {
	t.Parallel()
	root := schema(t)
	structs := 0
	var compare func(typ reflect.Type, s object, path string)
	compare = func(typ reflect.Type, s object, path string) {
		s = resolve(root, s)
		switch typ.Kind() {
		case reflect.Struct:
			structs++
			var fields []string
			for field := range typ.Fields() {
				name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				require.NotEmpty(t, name, "%s.%s does not count in the version", typ, field.Name)
				if name == "-" {
					require.Equal(t, "Attribute.Name", typ.Name()+"."+field.Name, "does not count in the version")
					continue
				}
				fields = append(fields, name)
				property, ok := s["properties"].(object)[name].(object)
				require.True(t, ok, "the schema lacks %s.%s", path, name)
				compare(field.Type, property, path+"."+name)
			}
			require.Len(t, s["properties"], len(fields), path)
			require.Equal(t, false, s["additionalProperties"], path)
		case reflect.Map:
			compare(typ.Elem(), s["additionalProperties"].(object), path+".*")
		case reflect.Slice:
			compare(typ.Elem(), s["items"].(object), path+"[]")
		}
	}
	compare(reflect.TypeFor[policy.Document](), root, "")
	require.Greater(t, structs, 10)
}

var (
	decoderFunc = regexp.MustCompile(`(?ms)^func \(d \*decoder\) (\w+)\(.*?^}`)
	decoderKey  = regexp.MustCompile(`(?m)^\t+\{"(\w+)", func`)
)

// The decoder is written by hand, so its source is held to the schema.
func TestTheDecoderReadsTheFieldsOfTheSchema(t *testing.T) {
	t.Parallel()
	root := schema(t)
	read := map[string][]string{}
	for _, name := range []string{"decoder.go", "decoder_parts.go"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, f := range decoderFunc.FindAllStringSubmatch(string(text), -1) {
			for _, key := range decoderKey.FindAllStringSubmatch(f[0], -1) {
				read[f[1]] = append(read[f[1]], key[1])
			}
		}
	}
	told := map[string]object{"document": root}
	for name, s := range root["definitions"].(object) {
		if s := s.(object); s["properties"] != nil {
			told[name] = s
		}
	}
	require.Len(t, read, len(told))
	for name, s := range told {
		var keys []string
		for key := range s["properties"].(object) {
			keys = append(keys, key)
		}
		require.ElementsMatch(t, keys, read[name], name)
	}
}

// What the schema says is required is.
func TestWhatIsRequiredIs(t *testing.T) {
	t.Parallel()
	root := schema(t)
	dropped := 0
	whole := plain(t, complete)
	var visit func(s object, value any)
	visit = func(s object, value any) {
		s = resolve(root, s)
		switch value := value.(type) {
		case []any:
			for _, one := range value {
				visit(s["items"].(object), one)
			}
		case object:
			required, _ := s["required"].([]any)
			for _, key := range required {
				was, ok := value[key.(string)]
				require.True(t, ok, key)
				delete(value, key.(string))
				text, err := json.Marshal(whole)
				require.NoError(t, err)
				_, err = policy.Load("p", bytes.NewReader(text))
				require.Error(t, err, "without %s: %s", key, text)
				value[key.(string)] = was
				dropped++
			}
			for key, one := range value {
				properties, _ := s["properties"].(object)
				property, ok := properties[key].(object)
				if !ok {
					property, ok = s["additionalProperties"].(object)
				}
				if ok {
					visit(property, one)
				}
			}
		}
	}
	visit(root, whole)
	require.Greater(t, dropped, 20)
}
