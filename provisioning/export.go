package provisioning

import (
	"io"

	"github.com/joinery-iam/joinery/audit"
	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning/internal/state"
)

// origin names the log of a tenant in its checkpoints.
func origin(tenant string) string { return "joinery/" + tenant }

// exportBundle writes the log of a tenant. Entries and witnesses take turns, page
// by page, so that whoever verifies it need not remember much.
func exportBundle(tx state.Tx, tenant string, w io.Writer) error {
	b, err := translog.NewBundleWriter(w, translog.BundleHeader{Tenant: tenant, Origin: origin(tenant)})
	if err != nil {
		return err
	}
	checkpoints, err := tx.Checkpoints()
	if err != nil {
		return err
	}
	for _, note := range checkpoints {
		if err := b.Checkpoint(note); err != nil {
			return err
		}
	}
	var leaf, witness int64
	for more := true; more; {
		entries, err := tx.Sealed(leaf, logBatch)
		if err != nil {
			return err
		}
		if err := exportEntries(b, entries); err != nil {
			return err
		}
		leaf += int64(len(entries))
		witnesses, err := tx.Witnesses(witness, logBatch)
		if err != nil {
			return err
		}
		for _, w := range witnesses {
			if err := b.Witness(w); err != nil {
				return err
			}
			witness = w.Seq
		}
		more = len(entries) == logBatch || len(witnesses) == logBatch
	}
	rest, err := tx.Unsequenced(-1)
	if err != nil {
		return err
	}
	if err := exportEntries(b, rest); err != nil {
		return err
	}
	return b.Close()
}

func exportEntries(b *translog.BundleWriter, entries []audit.Sealed) error {
	for _, e := range entries {
		if err := b.Entry(e); err != nil {
			return err
		}
	}
	return nil
}
