package main

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning"
)

// verify checks the whole audit log offline, with nothing but the public key.
func verify(ctx context.Context, tenant *provisioning.Tenant, public string, out io.Writer) error {
	var bundle bytes.Buffer
	if err := tenant.ExportAudit(ctx, &bundle); err != nil {
		return err
	}
	key, err := translog.NewVerifier(public)
	if err != nil {
		return err
	}
	report, err := translog.Verify(&bundle, key, translog.VerifyOptions{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\naudit log: %d entries, %d signed checkpoints, nothing changed, dropped, inserted or swapped\n",
		report.Entries, report.Checkpoints)
	return err
}
