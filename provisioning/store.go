package provisioning

import (
	"io"

	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// Store is where an engine keeps everything. It is sealed, so that it can grow:
// choose one of the dialects under provisioning/sqlstore.
type Store interface {
	io.Closer
	// Backend is for this module alone.
	Backend() state.Backend
}
