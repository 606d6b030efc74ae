package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/joinery-iam/joinery/audit/translog"
	"github.com/joinery-iam/joinery/provisioning"
)

// verify checks the audit log in the database as somebody who has nothing but
// the public key would check an export of it.
func verify(ctx context.Context, tenant *provisioning.Tenant, publicKey string, out io.Writer) error {
	public, err := os.ReadFile(publicKey)
	if err != nil {
		return err
	}
	verifier, err := translog.NewVerifier(strings.TrimSpace(string(public)))
	if err != nil {
		return fmt.Errorf("%s: %w", publicKey, err)
	}
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.CloseWithError(tenant.ExportAudit(ctx, w))
	}()
	report, err := translog.Verify(r, verifier, translog.VerifyOptions{})
	_ = r.CloseWithError(errors.New("no longer read")) // lets the export end
	<-done
	for _, p := range report.Problems {
		fmt.Fprintln(out, p)
	}
	if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	fmt.Fprintf(out, "audit log: %d entries are whole, %d of them signed for\n", report.Entries, report.Latest.Size)
	return nil
}
