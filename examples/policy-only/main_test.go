package main

// The output is checked, so that it can be quoted.
func Example() {
	main()
	// Output:
	// Zoë Łęcka
	//   directory:group/engineering  because of rule engineers > engineer
	//   directory:group/staff        because of rule engineers > engineer > employee; rule everybody > employee
	//   git:team/dev                 because of rule engineers > engineer
	//   account in directory: userName is the first free of ["zlecka" "zoe.lecka{n}"]
	//     displayName: Zoë Łęcka
	//     email: {name}@example.com
	//   account in git: waits for accounts.directory.userName
	//   next change: Tue, 01 Sep 2026 00:00:00 CEST
	// Ben O'Dea
	//   directory:group/staff        because of rule everybody > employee
	//   git:team/read-only           because of rule summer-interns
	//   account in directory: userName is the first free of ["bodea" "ben.odea{n}"]
	//     displayName: Ben O'Dea
	//     email: {name}@example.com
	//   account in git: waits for accounts.directory.userName
	//   next change: Tue, 01 Sep 2026 00:00:00 CEST
}
