package quality_test

import (
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// populationRules has the cases of the rules that compare workers.
var populationRules = []ruleCase{
	{
		quality.ManagerUnknown, "there, or none",
		[]hrsource.Worker{worker("1", set("manager", "2")), worker("2"), worker("3", set("manager", "9"), set("status", "terminated"), set("terminationDate", "2026-05-31"))},
		nil,
	},
	{
		quality.ManagerUnknown, "not there, or in another source",
		[]hrsource.Worker{worker("1", set("manager", "9")), worker("2", set("manager", "3")), worker("3", set("source", "agency"))},
		[]string{
			`hr/1: manager "9" is not among the workers of hr: want the id of one`,
			`hr/2: manager "3" is not among the workers of hr: want the id of one`,
		},
	},
	{
		quality.ManagerUnknown, "the assignment in force counts, or the first",
		[]hrsource.Worker{
			worker("1", set("manager", "8"), since("2026-06-01", "3"), since("2026-06-02", "9")),
			worker("2", set("manager", "9"), set("effectiveFrom", "2026-07-01"), since("2026-08-01", "3")),
			worker("3"),
		},
		[]string{`hr/2: manager "9" is not among the workers of hr: want the id of one`},
	},

	{
		quality.ManagerLeft, "still here, about to begin, or of somebody who left as well",
		[]hrsource.Worker{
			worker("1", set("manager", "m")), worker("m", set("terminationDate", "2026-06-01")),
			worker("2", set("manager", "n")), worker("n", set("hireDate", "2026-07-01"), set("status", "pending")),
			worker("3", set("manager", "o"), set("terminationDate", "2026-05-30")), worker("o", set("terminationDate", "2026-05-31")),
			worker("4", set("manager", "p")), worker("p", set("terminationDate", "2026-05-31"), set("timezone", "Berlin")),
		},
		nil,
	},
	{
		quality.ManagerLeft, "left, or never came",
		[]hrsource.Worker{
			worker("1", set("manager", "m")), worker("m", set("terminationDate", "2026-05-31")),
			worker("2", set("manager", "n")), worker("n", set("status", "noShow")),
			worker("3", set("manager", "o")), worker("o", set("status", "terminated")),
			worker("4", set("manager", "p")), worker("p", set("accessEnd", "2026-06-01T11:00:00Z")),
		},
		[]string{
			`hr/1: manager "m" does not work here any more, or never did: want the id of somebody who does`,
			`hr/2: manager "n" does not work here any more, or never did: want the id of somebody who does`,
			`hr/3: manager "o" does not work here any more, or never did: want the id of somebody who does`,
			`hr/4: manager "p" does not work here any more, or never did: want the id of somebody who does`,
		},
	},

	{quality.ManagerSelf, "another one, or somebody who left", []hrsource.Worker{worker("1", set("manager", "2")), worker("2"), worker("3", set("manager", "3"), set("status", "noShow"))}, nil},
	{quality.ManagerSelf, "oneself", []hrsource.Worker{worker("1", set("manager", "1"))}, []string{`hr/1: manager "1" is the worker: want the id of another one, or none`}},

	{
		quality.ManagerCycle, "a tree, oneself, and a circle that somebody left",
		[]hrsource.Worker{
			worker("1", set("manager", "2")), worker("2", set("manager", "3")), worker("3"), worker("4", set("manager", "3")), worker("5", set("manager", "5")),
			worker("6", set("manager", "7")), worker("7", set("manager", "6"), set("terminationDate", "2026-05-31"), set("status", "terminated")),
		},
		nil,
	},
	{
		quality.ManagerCycle, "two circles, and a walk into one of them",
		[]hrsource.Worker{
			worker("1", set("manager", "4")), worker("4", set("manager", "3")), worker("3", set("manager", "2")), worker("2", set("manager", "4")),
			worker("8", set("manager", "9")), worker("9", set("manager", "8")),
		},
		[]string{
			"hr/2 hr/4 hr/3: 3 workers manage each other in a circle, each before their manager, hr/2 → hr/4 → hr/3: want a manager outside for one of them",
			"hr/8 hr/9: 2 workers manage each other in a circle, each before their manager, hr/8 → hr/9: want a manager outside for one of them",
		},
	},

	{
		quality.EmailShared, "one human, another address, or none",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("email", "ada@example.com")), worker("2", set("personKey", "p"), set("email", "ADA@example.com")),
			worker("3", set("personKey", "q"), set("email", "bob@example.com")), worker("4"), worker("5"),
			worker("6", set("email", "none")), worker("7", set("email", "none")),
			worker("8", set("personalEmail", "home@example.com")), worker("9", set("personalEmail", "home@example.com")),
		},
		nil,
	},
	{
		quality.EmailShared, "two humans, or nobody knows",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("email", "ada@example.com")), worker("2", set("personKey", "q"), set("email", " Ada@Example.com")),
			worker("3", set("personKey", "p"), set("email", "ada@example.com")),
			worker("4", set("email", "bob@example.com")), worker("5", set("email", "bob@example.com"), set("source", "agency")),
			worker("6", set("personKey", "r"), set("email", "eve@example.com")), worker("7", set("email", "eve@example.com")),
		},
		[]string{
			`agency/5 hr/4: e-mail address "bob@example.com" is also of hr/4: want one person key if they are one human, an address of their own for each if not`,
			`hr/1 hr/2 hr/3: e-mail address "ada@example.com" is also of hr/2, hr/3: want one person key if they are one human, an address of their own for each if not`,
			`hr/6 hr/7: e-mail address "eve@example.com" is also of hr/7: want one person key if they are one human, an address of their own for each if not`,
		},
	},

	{
		quality.EmployeeNumberShared, "one human, or two sources",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("employeeNumber", "7")), worker("2", set("personKey", "p"), set("employeeNumber", "7")),
			worker("3", set("source", "agency"), set("employeeNumber", "7")), worker("4"), worker("5"),
		},
		nil,
	},
	{
		quality.EmployeeNumberShared, "not known to be one human",
		[]hrsource.Worker{worker("1", set("employeeNumber", "7")), worker("2", set("employeeNumber", "7"))},
		[]string{`hr/1 hr/2: employee number "7" is also of hr/2: want one person key if they are one human, a number of their own for each if not`},
	},

	{
		quality.PersonTwice, "one person key, another day, or no day or name",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("givenName", "Ada"), set("familyName", "Byron"), set("birthDate", "1990-12-10")),
			worker("2", set("personKey", "p"), set("givenName", "Ada"), set("familyName", "Byron"), set("birthDate", "1990-12-10")),
			worker("3", set("givenName", "Ada"), set("familyName", "Byron"), set("birthDate", "1990-12-11")),
			worker("4", set("givenName", "Bob"), set("familyName", "Ray")), worker("5", set("givenName", "Bob"), set("familyName", "Ray")),
			worker("6", set("birthDate", "1990-12-10")), worker("7", set("birthDate", "1990-12-10")),
			worker("8", set("givenName", "Ada B"), set("familyName", "Yron"), set("birthDate", "1990-12-10")),
		},
		nil,
	},
	{
		quality.PersonTwice, "two person keys, or none",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("givenName", "Ada"), set("familyName", "Byron"), set("birthDate", "1990-12-10")),
			worker("2", set("personKey", "q"), set("givenName", "ADA"), set("familyName", " Byron "), set("birthDate", "1990-12-10"), set("source", "agency")),
			worker("3", set("displayName", "Prince"), set("birthDate", "1991-01-01")), worker("4", set("displayName", "prince"), set("birthDate", "1991-01-01")),
		},
		[]string{
			"agency/2 hr/1: name and birth date are also of hr/1: want one person key if they are one human, a person key of their own for each if not",
			"hr/3 hr/4: name and birth date are also of hr/4: want one person key if they are one human, a person key of their own for each if not",
		},
	},

	{
		quality.PrimaryTwice, "one after another, another human, no key, or over",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("primary", "true"), set("terminationDate", "2026-12-31")),
			worker("2", set("personKey", "p"), set("primary", "true"), set("hireDate", "2027-01-01")),
			worker("3", set("personKey", "p")), worker("4", set("personKey", "q"), set("primary", "true")),
			worker("5", set("primary", "true")), worker("6", set("primary", "true")),
			worker("7", set("personKey", "r"), set("primary", "true")),
			worker("8", set("personKey", "r"), set("primary", "true"), set("terminationDate", "2026-05-31"), set("status", "terminated")),
			worker("9", set("personKey", "r"), set("primary", "true"), set("status", "noShow")),
		},
		nil,
	},
	{
		quality.PrimaryTwice, "at once, today or later",
		[]hrsource.Worker{
			worker("1", set("personKey", "p"), set("primary", "true")),
			worker("2", set("personKey", "p"), set("primary", "true"), set("hireDate", "2021-01-01"), set("contractEndDate", "2026-12-31")),
			worker("3", set("personKey", "p"), set("primary", "true"), set("hireDate", "2027-01-01"), set("source", "agency")),
			worker("4", set("personKey", "q"), set("primary", "true"), set("terminationDate", "2026-12-31")),
			worker("5", set("personKey", "q"), set("primary", "true"), set("hireDate", "2026-12-31"), set("terminationDate", "2027-01-31")),
			worker("6", set("personKey", "q"), set("primary", "true"), set("hireDate", "2027-02-01")),
		},
		[]string{
			"agency/3 hr/1 hr/2: primary at the same time as hr/1, hr/2 of the same person: want one primary relationship at a time",
			"hr/4 hr/5: primary at the same time as hr/5 of the same person: want one primary relationship at a time",
		},
	},

	{quality.WorkerTwice, "a key for each", []hrsource.Worker{worker("1"), worker("1", set("source", "agency")), worker("2")}, nil},
	{
		quality.WorkerTwice, "one key for three", []hrsource.Worker{worker("1"), worker("1"), worker("1", set("hireDate", "2021-01-01"))},
		[]string{"hr/1: there are 3 workers with this key: want a key of their own for each"},
	},
}
