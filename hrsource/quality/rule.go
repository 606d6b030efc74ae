package quality

import "slices"

// Rule names one thing that may be wrong with what HR delivers.
type Rule string

// The rules. "Today" is the day of [Config.Now]; rules that need it find nothing
// without one.
const (
	// RequiredEmpty: a field of [Config.Required] has no value, in one of the
	// assignments at least if it is one of them.
	RequiredEmpty Rule = "requiredEmpty"
	// ValueNotAllowed: a value is not in the list that [Config.Allowed] has for
	// its field.
	ValueNotAllowed Rule = "valueNotAllowed"
	// ValueReplaced: a value is one that [Config.Values] replaces.
	ValueReplaced Rule = "valueReplaced"
	// EmailInvalid: email or personalEmail is not an e-mail address.
	EmailInvalid Rule = "emailInvalid"
	// TimezoneUnknown: the time zone has no IANA name, so that nobody knows when
	// the worker's days begin.
	TimezoneUnknown Rule = "timezoneUnknown"

	// ContractorWithoutEnd: a contingent worker has no last day and no end of
	// access.
	ContractorWithoutEnd Rule = "contractorWithoutEnd"
	// EndBeforeStart: a last day, or the end of access, is before the first day.
	// A hire that was rescinded may end so. Or the last day of a leave is before its
	// first.
	EndBeforeStart Rule = "endBeforeStart"
	// WorkAfterEnd: the last day of work is after the last day of employment.
	WorkAfterEnd Rule = "workAfterEnd"
	// StartImplausible: a first day is before 1950, or more than a year after
	// today.
	StartImplausible Rule = "startImplausible"
	// ActiveAfterEnd: HR says active, on leave or suspended, and the dates say that
	// the relationship has ended by now.
	ActiveAfterEnd Rule = "activeAfterEnd"

	// ManagerUnknown: the manager is not among the workers of the source.
	ManagerUnknown Rule = "managerUnknown"
	// ManagerLeft: the manager does not work here any more by now, or never did.
	ManagerLeft Rule = "managerLeft"
	// ManagerSelf: a worker is their own manager.
	ManagerSelf Rule = "managerSelf"
	// ManagerCycle: two or more workers manage each other in a circle. It is found
	// once, with everybody in it.
	ManagerCycle Rule = "managerCycle"

	// EmailShared: workers who are not known to be one human have the same e-mail
	// address at work.
	EmailShared Rule = "emailShared"
	// EmployeeNumberShared: workers of one source who are not known to be one human
	// have the same employee number.
	EmployeeNumberShared Rule = "employeeNumberShared"
	// PersonTwice: workers who are not known to be one human have the same name and
	// birth date.
	PersonTwice Rule = "personTwice"
	// PrimaryTwice: a person has several primary relationships at the same time,
	// today or later.
	PrimaryTwice Rule = "primaryTwice"
	// WorkerTwice: there are several workers with one key.
	WorkerTwice Rule = "workerTwice"
)

// Severity says how much a finding matters.
type Severity string

// The severities.
const (
	Info    Severity = "info"    // understood, and to be tidied up
	Warning Severity = "warning" // probably wrong; to be looked at
	Error   Severity = "error"   // wrong, or it keeps somebody from being treated rightly
)

// Owner is who is to mend it.
type Owner string

// The owners.
const (
	HR       Owner = "HR"       // whoever keeps the records
	IT       Owner = "IT"       // whoever runs the systems and the feed
	Security Owner = "Security" // whoever looks into what may be an abuse
)

// trait is what a finding gets from its rule.
type trait struct {
	rule     Rule
	severity Severity
	owner    Owner
}

// traits has every rule, in the order in which the findings of a worker are told.
var traits = []trait{
	{WorkerTwice, Error, IT},
	{RequiredEmpty, Error, HR},
	{ValueNotAllowed, Error, HR},
	{ValueReplaced, Info, HR},
	{EmailInvalid, Warning, HR},
	{TimezoneUnknown, Error, IT},
	{ContractorWithoutEnd, Warning, HR},
	{EndBeforeStart, Error, HR},
	{WorkAfterEnd, Error, HR},
	{StartImplausible, Warning, HR},
	{ActiveAfterEnd, Error, HR},
	{ManagerUnknown, Warning, HR},
	{ManagerLeft, Warning, HR},
	{ManagerSelf, Warning, HR},
	{ManagerCycle, Warning, HR},
	{EmailShared, Error, IT},
	{EmployeeNumberShared, Error, HR},
	{PersonTwice, Warning, Security},
	{PrimaryTwice, Warning, HR},
}

// Rules returns all rules.
func Rules() []Rule {
	all := make([]Rule, len(traits))
	for i, t := range traits {
		all[i] = t.rule
	}
	return all
}

func indexOf(r Rule) int {
	return slices.IndexFunc(traits, func(t trait) bool { return t.rule == r })
}

// Severity returns how much a finding of the rule matters. It is empty for a rule
// that does not exist.
func (r Rule) Severity() Severity {
	if i := indexOf(r); i >= 0 {
		return traits[i].severity
	}
	return ""
}

// Owner returns who is to mend what the rule finds, unless [Config.Owners] says
// otherwise. It is empty for a rule that does not exist.
func (r Rule) Owner() Owner {
	if i := indexOf(r); i >= 0 {
		return traits[i].owner
	}
	return ""
}
