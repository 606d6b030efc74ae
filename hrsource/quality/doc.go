// Package quality finds out what is wrong with what HR delivers, before it does
// harm: contractors without an end, managers who have left, one human under two
// names. It changes nothing. Its findings are for people to mend in HR.
//
//	checker, err := quality.New(quality.Config{Now: time.Now(), Required: []string{"department"}})
//	...
//	for _, w := range workers {
//		checker.Add(w)
//	}
//	for _, finding := range checker.Findings() {
//		fmt.Println(finding)
//	}
//
// # Findings
//
// A [Finding] names the [Rule] that it comes from, whom it is about, what is wrong
// and what would be right, and who is to mend it. Rules can be switched off
// ([Config.Off]) and given to somebody else ([Config.Owners]).
//
// A [Checker] is shown a whole population, worker by worker, and keeps of each no
// more than what others are compared with. Show it everybody: a manager who was
// not added counts as unknown. For the next population make another one.
//
// Findings go to other people than those who may read the records. They hold no
// birth date, personal e-mail address, person key or phone number, nor the value of
// a field in [Config.Private], but *** in its place.
//
// # Who is the same human
//
// Two workers with the same [hrsource.Worker.PersonKey] are, whatever they have in
// common; two jobs at once and a rehire are not wrong. Two with another one, or
// without, are not known to be, and what only one human can have is a finding.
//
// # Mending on the way
//
// What can be put right without a human is: [Checker.Normalize] replaces values by
// the tables of [Config.Values]. [Source] does so with every record of a source, and
// makes what is required and missing, or not allowed, a problem of its record. An
// engine then keeps the last good value of that field, and the record of a worker
// who is not known yet waits for a human. The other rules never hold a record back:
// nobody is to miss the first day, or keep access after the last, because a manager
// is missing.
package quality
