package policy

import (
	"slices"
	"strings"
)

// passwords are the names, in lower case, under which systems take a password.
var passwords = []string{"password", "userpassword", "unicodepwd"}

// signIns looks for passwords that need not be, or not stand here.
func (l *linting) signIns() {
	var providers []string
	for _, system := range sortedKeys(l.doc.Accounts) {
		if l.doc.Accounts[system].SignIn == SignInProvider {
			providers = append(providers, system)
		}
	}
	for _, system := range sortedKeys(l.doc.Accounts) {
		a, path := l.doc.Accounts[system], child("accounts", system)
		if a.SignIn == SignInOwn && len(providers) > 0 {
			l.add("local-password", path+".signIn", "let people sign in through "+providers[0]+", and say signIn: "+providers[0],
				"%q keeps passwords of its own, although people can sign in through %s: one more password to steal, to reset and to lock when somebody leaves", system, quoted(providers, " or "))
		}
		for _, name := range sortedKeys(a.Attributes) {
			if isPassword(name) && len(a.Attributes[name]) > 0 {
				l.add("password-attribute", child(path+".attributes", name), "remove it; let people sign in through an identity provider, or have the system ask them to choose a password",
					"%q would be sent a password that is made of this text: whoever can read the policy or the audit log can sign in", system)
			}
		}
	}
}

// isPassword reports whether an attribute, or the last part of a path to one, has
// the name of a password.
func isPassword(attribute string) bool {
	last := attribute[strings.LastIndexAny(attribute, ".:")+1:]
	return slices.Contains(passwords, strings.ToLower(last))
}
