// Scim-server runs the SCIM service provider of package scimtest on its own, so
// that a client in another process has something to talk to. It keeps everything
// in memory and is meant for trials and tests, not for production.
//
//	go run ./examples/scim-server -addr 127.0.0.1:8080 -token-file token.txt
//
// GET /log and /log/summary show the requests so far, and GET
// /login?userName=NAME answers 200 if that user could sign in and 403 if not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/joinery-iam/joinery/scim/profile"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "`host:port` to listen on; port 0 picks a free one")
	tokenFile := flag.String("token-file", "", "`file` with the bearer token that clients must send; none lets everybody in")
	groups := flag.String("groups", "", "comma-separated `names` of the groups there are at first")
	known := flag.String("profile", "", "the `name` of a profile that the server is to behave like; scim-doctor -profiles lists them")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, options{*addr, *tokenFile, *groups, *known}); err != nil {
		fmt.Fprintln(os.Stderr, "scim-server:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct{ addr, tokenFile, groups, profile string }

// run tells out where it listens and serves until ctx is done. Then it lets
// requests in progress finish.
func run(ctx context.Context, out io.Writer, o options) error {
	var config scimtest.Config
	var err error
	if config.Token, err = readToken(o.tokenFile); err != nil {
		return err
	}
	if o.profile != "" {
		if config.Profile, err = profile.Get(o.profile); err != nil {
			return err
		}
	}
	handler, err := scimtest.New(config)
	if err != nil {
		return err
	}
	for name := range strings.FieldsFuncSeq(o.groups, func(r rune) bool { return r == ',' }) {
		if _, err := handler.AddGroup(scimtest.Group{DisplayName: strings.TrimSpace(name)}); err != nil {
			return err
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintf(out, "listening on http://%s%s\n", listener.Addr(), scimtest.BasePath)

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// ctx is done already: the last requests get a time of their own.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(last)
}

func readToken(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", errors.New("the token file is empty")
	}
	return token, nil
}
