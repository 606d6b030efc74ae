package csvfile

import "github.com/joinery-iam/joinery/hrsource"

// aliases are the headers found in HR exports, besides the field names, each
// spelled one way: case, spaces and punctuation do not count.
var aliases = map[string][]string{
	"workerId":         {"id", "employee id", "emp id", "staff id", "associate id", "worker id", "hris id", "contractor id"},
	"personKey":        {"person id", "person key", "global person id"},
	"employeeNumber":   {"employee number", "employee no", "emp no", "personnel number", "payroll number", "staff number"},
	"workerType":       {"worker type", "worker category"},
	"employmentType":   {"employment type", "employee type", "contract type"},
	"status":           {"employment status", "employee status", "worker status"},
	"primary":          {"is primary", "primary job", "primary position"},
	"givenName":        {"first name", "given name", "forename", "legal first name"},
	"middleName":       {"middle name", "legal middle name"},
	"familyName":       {"last name", "surname", "family name", "legal last name"},
	"preferredName":    {"preferred name", "preferred first name", "known as", "nickname"},
	"displayName":      {"display name", "full name", "name", "employee name"},
	"email":            {"e-mail", "email address", "work email", "business email", "company email"},
	"personalEmail":    {"personal email", "private email", "home email"},
	"phone":            {"phone number", "work phone", "business phone", "telephone"},
	"birthDate":        {"birth date", "date of birth", "dob", "birthday"},
	"language":         {"preferred language"},
	"timezone":         {"time zone", "tz"},
	"originalHireDate": {"original hire date", "first hire date", "original start date"},
	"hireDate":         {"hire date", "start date", "date of hire", "date of joining", "joining date", "first day"},
	"contractEndDate":  {"contract end date", "contract end", "fixed term end date"},
	"terminationDate":  {"termination date", "term date", "last day", "last day of employment", "leaving date", "date of leaving", "exit date", "separation date"},
	"lastDayOfWork":    {"last day of work", "last working day", "last work day", "last day worked", "last day at work"},
	"leaveStartDate":   {"leave start", "leave start date", "leave begin", "leave from", "start of leave", "first day of leave"},
	"leaveEndDate":     {"leave end", "leave end date", "leave to", "leave until", "end of leave", "last day of leave"},
	"accessEnd":        {"access end", "access ends at"},
	"effectiveFrom":    {"effective from", "effective date", "valid from"},
	"jobTitle":         {"job title", "title", "position", "position title", "business title"},
	"jobCode":          {"job code", "position code"},
	"jobLevel":         {"job level", "grade", "job grade", "level"},
	"department":       {"dept", "department name", "dept name"},
	"division":         {"division name"},
	"businessUnit":     {"business unit", "bu"},
	"costCenter":       {"cost center", "cost centre", "cost center code"},
	"legalEntity":      {"legal entity", "company", "company name", "legal company"},
	"location":         {"office", "site", "work location", "office location"},
	"country":          {"country code", "work country"},
	"manager":          {"manager id", "supervisor id", "manager employee id", "line manager id", "reports to id"},
}

// ambiguous are headers that mean one field here and another there. To take
// either, or neither, would end access at the wrong time or never.
var ambiguous = map[string]string{
	fold("end date"):        "contractEndDate or terminationDate",
	fold("leave date"):      "terminationDate or leaveStartDate",
	fold("expiry date"):     "contractEndDate or terminationDate",
	fold("expiration date"): "contractEndDate or terminationDate",
}

// headers maps every folded header that is built in to its field.
var headers = func() map[string]string {
	all := map[string]string{}
	for _, name := range hrsource.FieldNames() {
		if name == "source" {
			continue // always the configured name
		}
		all[fold(name)] = name
		for _, alias := range aliases[name] {
			all[fold(alias)] = name
		}
	}
	return all
}()
