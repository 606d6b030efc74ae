package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// baseline sends the writes that the first run needs, one account and two
// memberships each, with plain net/http and nothing else: no reading, no state, no
// proof. It returns how long that takes with as many requests at a time as the
// engine makes.
func baseline(ctx context.Context, url string, people int) (time.Duration, error) {
	groups := map[string]string{}
	for _, name := range []string{"staff", "engineering", "sales", "finance"} {
		id, err := create(ctx, url+"/Groups", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q}`, name))
		if err != nil {
			return 0, err
		}
		groups[name] = id
	}
	began := time.Now()
	var all errgroup.Group
	all.SetLimit(8)
	for i := range people {
		all.Go(func() error {
			id, err := create(ctx, url+"/Users", fmt.Sprintf(
				`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"u%d","externalId":"e%d","active":true,"displayName":"U","name":{"givenName":"Given","familyName":"Family"},"title":"Worker","emails":[{"type":"work","value":"u%d@example.com","primary":true}]}`, i, i, i))
			if err != nil {
				return err
			}
			for _, name := range []string{"staff", []string{"engineering", "sales", "finance"}[i%3]} {
				if err := join(ctx, url+"/Groups/"+groups[name], id); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := all.Wait()
	return time.Since(began), err
}

func create(ctx context.Context, url, body string) (id string, err error) {
	res, err := call(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("POST %s: %s", url, res.Status)
	}
	var made struct {
		ID string `json:"id"`
	}
	err = json.NewDecoder(res.Body).Decode(&made)
	return made.ID, err
}

func join(ctx context.Context, url, user string) error {
	res, err := call(ctx, http.MethodPatch, url, strings.NewReader(fmt.Sprintf(
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":%q}]}]}`, user)))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("PATCH %s: %s", url, res.Status)
	}
	return nil
}
