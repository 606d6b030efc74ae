// Package oauth obtains bearer tokens by the client credentials grant of OAuth
// 2.0 (RFC 6749, section 4.4), for requests that a program makes in its own name.
//
// A [Source] is made for one client of one authorization server. Its Token method
// is what [github.com/joinery-iam/joinery/scim.Config] wants, and its Rejected
// method hears of tokens that the SCIM server did not accept:
//
//	source, err := oauth.New(oauth.Config{
//		ClientID: "joinery",
//		Issuer:   "https://login.example.com",
//		Key:      func(context.Context) (*oauth.Key, error) { return key, nil },
//		Scopes:   []string{"scim"},
//	})
//	…
//	target, err := scim.New(scim.Config{
//		BaseURL:  "https://example.com/scim/v2",
//		Token:    source.Token,
//		Rejected: source.Rejected,
//	})
//
// # Authentication
//
// The client proves who it is with a secret, in the Authorization header or in
// the body, or with a signed assertion (RFC 7523, section 2.2: private_key_jwt).
// Secrets and keys are asked for each time a token is requested, so that they can
// be replaced while the program runs.
//
// # When a token is requested
//
// One request is under way at a time, whatever the number of callers; it belongs
// to none of them, and goes on when those who wait for it give up. A token is
// kept until it expires and renewed some time before that, while it remains in
// use. If the renewal fails for a reason that may pass, the token is used until
// it expires; if the server refuses the client, it is used no longer.
//
// After a failure no request is made for 5 seconds, then 10, and so on up to a
// minute, or for as long as the server asks for, up to an hour; in the meantime
// Token returns the error at hand. A token that was rejected is replaced at once,
// but only once in 5 seconds: a server that rejects every token does not cause a
// request for each of its answers.
//
// # What is trusted
//
// Servers are reached by HTTPS with verified certificates, and by HTTP on
// loopback addresses only, unless AllowHTTP is set. Redirects are not followed.
// Answers are limited in size and time. No error, and nothing that a value of
// this package prints or logs, holds a secret, an assertion or a token.
package oauth
