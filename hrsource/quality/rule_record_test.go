package quality_test

import (
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/hrsource/quality"
)

// recordRules has the cases of the rules about one worker.
var recordRules = []ruleCase{
	{quality.RequiredEmpty, "there", []hrsource.Worker{worker("1", badge("red"))}, nil},
	{
		quality.RequiredEmpty, "missing",
		[]hrsource.Worker{worker("1", badge(" ", ""), set("department", ""), set("hireDate", ""))},
		[]string{
			"hr/1: badge is empty: want a value, since the field is required",
			"hr/1: department is empty: want a value, since the field is required",
			"hr/1: hireDate is empty: want a value, since the field is required",
		},
	},
	{
		quality.RequiredEmpty, "no assignment at all",
		[]hrsource.Worker{worker("1", badge("red"), func(w *hrsource.Worker) { w.Assignments = nil })},
		[]string{"hr/1: department is empty: want a value, since the field is required"},
	},
	{
		quality.RequiredEmpty, "missing in a later assignment",
		[]hrsource.Worker{worker("1", badge("red"), since("2026-09-01", ""), func(w *hrsource.Worker) { w.Assignments[1].Department = "" })},
		[]string{"hr/1: department is empty: want a value, since the field is required in every assignment"},
	},
	{
		quality.RequiredEmpty, "replaced by nothing",
		[]hrsource.Worker{worker("1", badge("none"), set("department", "N/A"))},
		[]string{
			"hr/1: badge is empty: want a value, since the field is required",
			"hr/1: department is empty: want a value, since the field is required",
		},
	},

	{quality.ValueNotAllowed, "allowed, or no value", []hrsource.Worker{worker("1", badge("red", "blue", ""), set("department", ""), set("workerType", ""))}, nil},
	{quality.ValueNotAllowed, "allowed once replaced", []hrsource.Worker{worker("1", badge("rot"), set("department", "eng"))}, nil},
	{
		quality.ValueNotAllowed, "spelled otherwise, each once",
		[]hrsource.Worker{worker("1", badge("Red", "green", "green"), set("department", "engineering"), since("2026-09-01", ""))},
		[]string{
			`hr/1: badge is "Red": want one of red, blue`,
			`hr/1: badge is "green": want one of red, blue`,
			`hr/1: department is "engineering": want one of Engineering, Sales`,
		},
	},

	{quality.ValueReplaced, "what others are replaced by", []hrsource.Worker{worker("1", badge("red")), worker("2", set("department", "Sales"))}, nil},
	{
		quality.ValueReplaced, "case and space do not count",
		[]hrsource.Worker{worker("1", badge(" ROT ", "none"), set("department", "ENG"), set("workerType", "Temp"), set("contractEndDate", "9999-12-31"))},
		[]string{
			`hr/1: badge is " ROT ": want "red", which is taken instead`,
			`hr/1: badge is "none": want no value, which is taken instead`,
			`hr/1: contractEndDate is "9999-12-31": want no value, which is taken instead`,
			`hr/1: department is "ENG": want "Engineering", which is taken instead`,
			`hr/1: workerType is "Temp": want "contingentWorker", which is taken instead`,
		},
	},

	{
		quality.EmailInvalid, "addresses",
		[]hrsource.Worker{worker("1", set("email", "ada@example.com"), set("personalEmail", "a.b+c@mail.example.co.uk")), worker("2", set("email", "jürgen@bücher.example")), worker("3")},
		nil,
	},
	{
		quality.EmailInvalid, "no addresses",
		[]hrsource.Worker{
			worker("1", set("email", "ada@example")), worker("2", set("email", "ada.example.com")),
			worker("3", set("email", "Ada <ada@example.com>")), worker("4", set("email", "ada@example..com")),
			worker("5", set("email", "a@example.com, b@example.com")), worker("6", set("email", "ada@exa_mple.com")),
			worker("7", set("personalEmail", "ada at home")), worker("8", set("email", "ada@-example.com")),
			worker("9", set("email", "ada@example-.com")), worker("A", set("email", `"ada"@example.com`)),
		},
		[]string{
			`hr/1: email is "ada@example": want one e-mail address such as ada@example.com`,
			`hr/2: email is "ada.example.com": want one e-mail address such as ada@example.com`,
			`hr/3: email is "Ada <ada@example.com>": want one e-mail address such as ada@example.com`,
			`hr/4: email is "ada@example..com": want one e-mail address such as ada@example.com`,
			`hr/5: email is "a@example.com, b@example.com": want one e-mail address such as ada@example.com`,
			`hr/6: email is "ada@exa_mple.com": want one e-mail address such as ada@example.com`,
			`hr/7: personalEmail is ***: want one e-mail address such as ada@example.com`,
			`hr/8: email is "ada@-example.com": want one e-mail address such as ada@example.com`,
			`hr/9: email is "ada@example-.com": want one e-mail address such as ada@example.com`,
			`hr/A: email is "\"ada\"@example.com": want one e-mail address such as ada@example.com`,
		},
	},

	{quality.TimezoneUnknown, "known, or none", []hrsource.Worker{worker("1", set("timezone", "Europe/Berlin")), worker("2")}, nil},
	{
		quality.TimezoneUnknown, "unknown",
		[]hrsource.Worker{worker("1", set("timezone", "Berlin")), worker("2", set("timezone", "Local")), worker("2", set("timezone", "Local"))},
		[]string{
			`hr/1: timezone is "Berlin": want an IANA name such as Europe/Berlin`,
			`hr/2: timezone is "Local": want an IANA name such as Europe/Berlin`,
		},
	},

	{
		quality.ContractorWithoutEnd, "with an end of any kind, or no contractor",
		[]hrsource.Worker{
			worker("1"), worker("2", set("workerType", "contingentWorker"), set("contractEndDate", "2026-12-31")),
			worker("3", set("workerType", "contingentWorker"), set("terminationDate", "2026-12-31")),
			worker("4", set("workerType", "contingentWorker"), set("accessEnd", "2026-12-31T12:00:00Z")),
			worker("7", set("workerType", "contingentWorker"), set("lastDayOfWork", "2026-12-31")),
			worker("5", set("workerType", "contingentWorker"), set("status", "terminated")),
			worker("6", set("workerType", "contingentWorker"), set("status", "noShow")),
		},
		nil,
	},
	{
		quality.ContractorWithoutEnd, "none, or what stands for none",
		[]hrsource.Worker{worker("1", set("workerType", "contingentWorker")), worker("2", set("workerType", "temp"), set("contractEndDate", "9999-12-31"))},
		[]string{"hr/1: a contractor without an end: want contractEndDate", "hr/2: a contractor without an end: want contractEndDate"},
	},

	{
		quality.EndBeforeStart, "on the day, after it, or rescinded",
		[]hrsource.Worker{
			worker("1", set("terminationDate", "2020-01-01"), set("contractEndDate", "2021-01-01"), set("accessEnd", "2020-01-01T00:00:00Z")),
			worker("2", set("terminationDate", "2019-12-31"), set("status", "noShow")),
			worker("3", set("terminationDate", "2019-12-31"), set("hireDate", "")),
		},
		nil,
	},
	{
		quality.EndBeforeStart, "each end before the start",
		[]hrsource.Worker{worker("1", set("terminationDate", "2019-12-31"), set("contractEndDate", "2019-11-30"), set("lastDayOfWork", "2019-12-01"), set("accessEnd", "2019-10-01T00:00:00Z"))},
		[]string{
			`hr/1: accessEnd is "2019-10-01", before hireDate "2020-01-01": want a day from then on`,
			`hr/1: contractEndDate is "2019-11-30", before hireDate "2020-01-01": want a day from then on`,
			`hr/1: lastDayOfWork is "2019-12-01", before hireDate "2020-01-01": want a day from then on`,
			`hr/1: terminationDate is "2019-12-31", before hireDate "2020-01-01": want a day from then on`,
		},
	},
	{
		quality.EndBeforeStart, "the end of access where the worker is",
		[]hrsource.Worker{ // the evening before in UTC
			worker("1", set("timezone", "Asia/Tokyo"), set("accessEnd", "2019-12-31T15:00:00Z")),
			worker("2", set("timezone", "Asia/Tokyo"), set("accessEnd", "2019-12-31T14:59:00Z")),
		},
		[]string{`hr/2: accessEnd is "2019-12-31", before hireDate "2020-01-01": want a day from then on`},
	},
	{
		quality.EndBeforeStart, "a leave of a day, of no known end, or of no known start",
		[]hrsource.Worker{
			worker("1", set("leaveStartDate", "2026-07-01"), set("leaveEndDate", "2026-07-01")),
			worker("2", set("leaveStartDate", "2026-07-01")), worker("3", set("leaveEndDate", "2026-07-01")),
		},
		nil,
	},
	{
		quality.EndBeforeStart, "a leave that ends before",
		[]hrsource.Worker{worker("1", set("leaveStartDate", "2026-07-01"), set("leaveEndDate", "2026-06-30"))},
		[]string{`hr/1: leaveEndDate is "2026-06-30", before leaveStartDate "2026-07-01": want a day from then on`},
	},

	{
		quality.WorkAfterEnd, "until the last day of employment, or without one",
		[]hrsource.Worker{
			worker("1", set("terminationDate", "2026-12-31"), set("lastDayOfWork", "2026-12-31")), worker("2", set("lastDayOfWork", "2026-12-31")),
			worker("3", set("terminationDate", "2026-12-31")),
		},
		nil,
	},
	{
		quality.WorkAfterEnd, "after it",
		[]hrsource.Worker{worker("1", set("terminationDate", "2026-12-30"), set("lastDayOfWork", "2026-12-31"))},
		[]string{`hr/1: lastDayOfWork is "2026-12-31", after terminationDate "2026-12-30": want a day until then`},
	},

	{
		quality.StartImplausible, "from 1950 to a year from today",
		[]hrsource.Worker{worker("1", set("hireDate", "1950-01-01")), worker("2", set("hireDate", "2027-06-01")), worker("3", set("hireDate", ""))},
		nil,
	},
	{
		quality.StartImplausible, "outside",
		[]hrsource.Worker{worker("1", set("hireDate", "1949-12-31")), worker("2", set("hireDate", "2027-06-02")), worker("3", set("originalHireDate", "1901-01-01"))},
		[]string{
			`hr/1: hireDate is "1949-12-31": want a day from 1950 on`,
			`hr/2: hireDate is "2027-06-02": want a day within a year from today`,
			`hr/3: originalHireDate is "1901-01-01": want a day from 1950 on`,
		},
	},

	{
		quality.ActiveAfterEnd, "not over yet, or not called active",
		[]hrsource.Worker{
			worker("1", set("terminationDate", "2026-06-01")), worker("2", set("terminationDate", "2026-05-31"), set("status", "terminated")),
			worker("3", set("terminationDate", "2026-05-31"), set("status", "")), worker("4", set("contractEndDate", "2030-01-01")),
			worker("5", set("terminationDate", "2026-05-31"), set("timezone", "Berlin")),
			worker("6", set("terminationDate", "2026-05-31"), set("timezone", "Etc/GMT+12")), // where that day has an hour left
		},
		nil,
	},
	{
		quality.ActiveAfterEnd, "over",
		[]hrsource.Worker{
			worker("1", set("terminationDate", "2026-05-31")), worker("2", set("contractEndDate", "2026-01-31"), set("status", "onLeave")),
			worker("3", set("accessEnd", "2026-06-01T11:00:00Z"), set("status", "suspended"), set("terminationDate", "2026-12-31")),
			worker("4", set("terminationDate", "2026-06-01"), set("involuntary", "true")),
		},
		[]string{
			`hr/1: status is "active", and it has ended by terminationDate "2026-05-31": want status terminated, or a later end`,
			`hr/2: status is "onLeave", and it has ended by contractEndDate "2026-01-31": want status terminated, or a later end`,
			`hr/3: status is "suspended", and it has ended by terminationDate "2026-12-31" and accessEnd "2026-06-01T11:00:00Z": want status terminated, or a later end`,
			`hr/4: status is "active", and it has ended by terminationDate "2026-06-01": want status terminated, or a later end`,
		},
	},
}
