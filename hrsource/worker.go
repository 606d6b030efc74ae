package hrsource

import "time"

// WorkerKey names one work relationship: the source that told of it and the
// identifier it has there. Both parts are compared exactly.
type WorkerKey struct {
	Source string `json:"source"`
	ID     string `json:"id"`
}

// String returns the key as source/id.
func (k WorkerKey) String() string { return k.Source + "/" + k.ID }

// WorkerType is the legal nature of a relationship. Other values than the
// constants are allowed and passed on to policy as they are.
type WorkerType string

// The two worker types every HR system knows.
const (
	Employee         WorkerType = "employee"
	ContingentWorker WorkerType = "contingentWorker"
)

// Status is what HR says of a relationship today.
type Status string

// The statuses of a work relationship.
const (
	StatusUnknown    Status = ""           // the dates alone decide
	StatusPending    Status = "pending"    // hired, has not started
	StatusActive     Status = "active"     // works here
	StatusOnLeave    Status = "onLeave"    // employed, absent for long by now; not an end
	StatusSuspended  Status = "suspended"  // employed, told to stay away; not an end
	StatusTerminated Status = "terminated" // has ended, at the end date if one is given
	StatusNoShow     Status = "noShow"     // the hire was rescinded; never worked here
)

// Name is what a person is called. All parts are optional.
type Name struct {
	Given     string `json:"given,omitempty"`
	Middle    string `json:"middle,omitempty"`
	Family    string `json:"family,omitempty"`
	Preferred string `json:"preferred,omitempty"` // preferred given name
	Display   string `json:"display,omitempty"`
}

// Worker is one work relationship as HR tells it, past and future included.
// It is a plain value: copy it freely, but not its slices and maps.
type Worker struct {
	Key WorkerKey `json:"key"`

	// PersonKey is an identifier of the human that survives a rehire and is
	// unique in the whole of HR: an HR person id, a hashed national id. Empty if
	// HR has none. It is evidence enough to join two relationships, so a source
	// must not put an e-mail address or an employee number here.
	PersonKey      string     `json:"personKey,omitempty"`
	EmployeeNumber string     `json:"employeeNumber,omitempty"`
	Type           WorkerType `json:"type,omitempty"`
	EmploymentType string     `json:"employmentType,omitempty"` // fullTime, intern, contractor … (open set)
	Status         Status     `json:"status,omitempty"`
	Primary        bool       `json:"primary,omitempty"` // the main one of several relationships

	Name  Name   `json:"name"`
	Email string `json:"email,omitempty"` // at work; may be empty before the first day
	// PersonalEmail and BirthDate together are evidence enough to join two relationships
	// that have no different person keys. An address that several people share, such as
	// that of an agency, must not be told here.
	PersonalEmail string `json:"personalEmail,omitempty"`
	BirthDate     Date   `json:"birthDate,omitzero"`
	Phone         string `json:"phone,omitempty"`
	Language      string `json:"language,omitempty"` // BCP 47
	// Timezone is the IANA name of the zone the worker's dates are meant in.
	// Empty means the reader's default.
	Timezone string `json:"timezone,omitempty"`

	OriginalHireDate Date `json:"originalHireDate,omitzero"`
	HireDate         Date `json:"hireDate,omitzero"`        // first day of this relationship
	ContractEndDate  Date `json:"contractEndDate,omitzero"` // last day by contract
	TerminationDate  Date `json:"terminationDate,omitzero"` // last day of employment, once somebody ended it
	LastDayOfWork    Date `json:"lastDayOfWork,omitzero"`   // last day at work before that, such as before a garden leave
	// LeaveStartDate and LeaveEndDate are the first and the last day of the leave of
	// absence that is on, or that comes next. Without a last day it ends when the source
	// says so. See [Worker.Leave].
	LeaveStartDate Date `json:"leaveStartDate,omitzero"`
	LeaveEndDate   Date `json:"leaveEndDate,omitzero"`
	// AccessEnd is the instant at which access ends, unless the dates say earlier: an
	// immediate termination. The zero Time means none.
	AccessEnd time.Time `json:"accessEnd,omitzero"`
	// Involuntary ends access with the start of the last day that counts instead of
	// its end.
	Involuntary bool `json:"involuntary,omitempty"`

	// Assignments hold what may change during the relationship, sorted by
	// EffectiveFrom and, within a day, by position: the later one wins.
	Assignments []Assignment `json:"assignments,omitempty"`

	// Custom holds attributes of this organisation by name. A missing key and an
	// empty list both mean "no value".
	Custom map[string][]string `json:"custom,omitempty"`

	// SourceVersion is the source's own version mark, for the audit only.
	SourceVersion string `json:"sourceVersion,omitempty"`
}

// Assignment is one effective-dated row of a relationship: where somebody works
// and as what, from a day on.
type Assignment struct {
	// EffectiveFrom is the first day; the zero Date means from the beginning.
	EffectiveFrom Date `json:"effectiveFrom,omitzero"`

	JobTitle     string `json:"jobTitle,omitempty"`
	JobCode      string `json:"jobCode,omitempty"`
	JobLevel     string `json:"jobLevel,omitempty"`
	Department   string `json:"department,omitempty"`
	Division     string `json:"division,omitempty"`
	BusinessUnit string `json:"businessUnit,omitempty"`
	CostCenter   string `json:"costCenter,omitempty"`
	LegalEntity  string `json:"legalEntity,omitempty"`
	Location     string `json:"location,omitempty"`
	Country      string `json:"country,omitempty"` // ISO 3166-1 alpha-2
	// Manager is the ID of the manager's worker in the same source.
	Manager string `json:"manager,omitempty"`
}

// EndsWith says with which day access ends once somebody ended the relationship.
type EndsWith string

// The days that access may end with.
const (
	// EndsWithEmployment is the last day of employment, TerminationDate; LastDayOfWork as
	// long as no other is told.
	EndsWithEmployment EndsWith = ""
	// EndsWithWork is LastDayOfWork, if it is told and not after TerminationDate.
	EndsWithWork EndsWith = "lastDayOfWork"
)

// Window returns the instants between which the relationship gives access:
// from start on, until before end. A zero start means "always has", a zero end
// means "open". If the relationship never gives access (a hire that was
// rescinded, an end before its start), live is false.
//
// Dates are meant in the worker's own zone, or in zone if it names none. The
// end is, in this order: AccessEnd if it is earlier than the rest; for a
// termination the last day that ends names, or its first moment if it is involuntary;
// the contract's last day. since is the instant at which the source first told the
// status that it tells now; it serves as the end of a relationship that HR calls
// terminated without saying when.
//
// The error is that of [Worker.Zone]; it means the window is unknown.
func (w Worker) Window(zone *time.Location, since time.Time, ends EndsWith) (start, end time.Time, live bool, err error) {
	loc, err := w.Zone(zone)
	if err != nil {
		return time.Time{}, time.Time{}, false, err
	}
	start = w.HireDate.Start(loc)
	last := w.TerminationDate
	if last.IsZero() || ends == EndsWithWork && !w.LastDayOfWork.IsZero() && w.LastDayOfWork.Compare(last) < 0 {
		last = w.LastDayOfWork
	}
	switch {
	case !last.IsZero() && w.Involuntary:
		end = last.Start(loc)
	case !last.IsZero():
		end = last.End(loc)
	case w.Status == StatusTerminated:
		end = since
	}
	end = earlier(end, w.ContractEndDate.End(loc))
	end = earlier(end, w.AccessEnd)
	ended := w.Status == StatusTerminated && end.IsZero() // since is not known either
	live = w.Status != StatusNoShow && !ended && (end.IsZero() || start.IsZero() || start.Before(end))
	return start, end, live, nil
}

// Zone returns the location the worker's dates are meant in: the worker's own,
// or fallback if it names none. Nil as fallback means UTC. A zone that the
// system does not know is an error, not a guess.
func (w Worker) Zone(fallback *time.Location) (*time.Location, error) {
	if w.Timezone == "" {
		if fallback == nil {
			return time.UTC, nil
		}
		return fallback, nil
	}
	return LoadZone(w.Timezone)
}

// earlier returns the earlier of two instants, where zero means "none".
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
