package connectortest_test

import (
	"fmt"
	"testing"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/connectortest"
)

// TestPhonebook is what ExampleRun shows.
func TestPhonebook(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, connectortest.Harness{
		New: func(*testing.T) connector.Connector { return &phonebook{} },
		Account: func(n int) connector.CreateRequest {
			return connector.CreateRequest{Name: fmt.Sprintf("Person %d", n), Attributes: map[string]connector.Value{
				"number": connector.String(fmt.Sprint(100 + n)),
			}}
		},
		Change: func(n int) map[string]connector.Value {
			return map[string]connector.Value{"room": connector.String(fmt.Sprint("B-", n))}
		},
	})
}
