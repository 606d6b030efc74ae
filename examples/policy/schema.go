package main

import (
	"context"

	"github.com/joinery-iam/joinery/policy"
)

func schemaCommand() command {
	return command{
		name: "schema", about: "print the JSON Schema of policies, for editors",
		help: `Prints the JSON Schema of the format. An editor with the YAML language server
completes and checks a policy that begins with

  # yaml-language-server: $schema=policy.schema.json
`,
		prepare: func(c *call) func(context.Context) (int, error) {
			return func(context.Context) (int, error) {
				if len(c.args) > 0 {
					return 0, wrong("%q: no argument is expected", c.args[0])
				}
				_, err := c.out.Write(policy.Schema())
				return exitFine, err
			}
		},
	}
}
