package oauth_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/joinery-iam/joinery/scim/oauth"
)

// A token for a SCIM server, obtained with a signed assertion instead of a
// secret.
func Example() {
	authorization := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("asked for", r.FormValue("scope"), "with", r.FormValue("client_assertion_type"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600}`)
	}))
	defer authorization.Close()

	_, private, err := ed25519.GenerateKey(rand.Reader) // any crypto.Signer will do
	if err != nil {
		log.Fatal(err)
	}
	key, err := oauth.NewKey(private, "2026-01", oauth.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	source, err := oauth.New(oauth.Config{
		ClientID: "joinery",
		Key:      func(context.Context) (*oauth.Key, error) { return key, nil },
		Scopes:   []string{"scim"},
		TokenURL: authorization.URL + "/token",
	})
	if err != nil {
		log.Fatal(err)
	}

	// scim.Config{Token: source.Token, Rejected: source.Rejected, …} asks for it
	// before each request.
	for range 3 {
		token, err := source.Token(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(token), "characters")
	}
	// Output:
	// asked for scim with urn:ietf:params:oauth:client-assertion-type:jwt-bearer
	// 22 characters
	// 22 characters
	// 22 characters
}
