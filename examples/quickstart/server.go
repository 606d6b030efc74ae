package main

import (
	"context"

	"github.com/joinery-iam/joinery/scim"
	"github.com/joinery-iam/joinery/scim/scimtest"
)

// startServer starts a SCIM server that has some groups, on loopback, and returns
// a connector to it.
func startServer(groups ...string) (target *scim.Target, stop func() error, err error) {
	const token = "quickstart"
	server, err := scimtest.New(scimtest.Config{Token: token})
	if err != nil {
		return nil, nil, err
	}
	for _, name := range groups {
		if _, err := server.AddGroup(scimtest.Group{DisplayName: name}); err != nil {
			return nil, nil, err
		}
	}
	url, err := server.Start()
	if err != nil {
		return nil, nil, err
	}
	target, err = scim.New(scim.Config{
		BaseURL: url + scimtest.BasePath, Token: func(context.Context) (string, error) { return token, nil },
	})
	return target, server.Close, err
}
