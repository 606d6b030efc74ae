// Package oracle says what must be so of the accounts of a company. It knows what HR means
// and what HR has told, and sees the target systems; of the engine it knows nothing, and it
// imports neither that nor the language of its policies, which it knows by heart.
//
// Whose an account is it reads from the account: HR writes a badge number into every record
// of a human, policy copies that into every account, and the engine takes it for one
// attribute among others.
package oracle
