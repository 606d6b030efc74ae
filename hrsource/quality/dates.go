package quality

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/joinery-iam/joinery/hrsource"
)

// firstYear is the earliest year in which anybody is taken to have begun.
const firstYear = 1950

// dates finds days that cannot be right by themselves or together.
func (f finder) dates(w hrsource.Worker) {
	f.starts(w)
	f.ends(w)
	f.afterEnd(w)
}

func (f finder) starts(w hrsource.Worker) {
	latest := hrsource.Date{}
	if !f.now.IsZero() {
		latest = f.today(w)
		latest.Year++
	}
	for _, start := range []dated{{"hireDate", w.HireDate}, {"originalHireDate", w.OriginalHireDate}} {
		want := ""
		switch {
		case start.IsZero():
		case start.Year < firstYear:
			want = fmt.Sprintf("a day from %d on", firstYear)
		case !latest.IsZero() && start.Compare(latest) > 0:
			want = "a day within a year from today"
		}
		if want != "" {
			f.find(StartImplausible, w.Key, start.field, start.String(),
				fmt.Sprintf("%s is %s: want %s", start.field, f.quote(start.field, start.String()), want))
		}
	}
}

// dated is a date of a worker by name.
type dated struct {
	field string
	hrsource.Date
}

func (f finder) ends(w hrsource.Worker) {
	if w.Type == hrsource.ContingentWorker && w.ContractEndDate.IsZero() && w.TerminationDate.IsZero() && w.LastDayOfWork.IsZero() && w.AccessEnd.IsZero() &&
		w.Status != hrsource.StatusTerminated && w.Status != hrsource.StatusNoShow {
		f.find(ContractorWithoutEnd, w.Key, "contractEndDate", "", "a contractor without an end: want contractEndDate")
	}
	if !w.LeaveEndDate.IsZero() && w.LeaveEndDate.Compare(w.LeaveStartDate) < 0 {
		f.before(w, dated{"leaveEndDate", w.LeaveEndDate}, dated{"leaveStartDate", w.LeaveStartDate})
	}
	if w.Status == hrsource.StatusNoShow {
		return // a hire that was rescinded may be said to end before it began
	}
	if !w.TerminationDate.IsZero() && w.LastDayOfWork.Compare(w.TerminationDate) > 0 {
		f.find(WorkAfterEnd, w.Key, "lastDayOfWork", w.LastDayOfWork.String(),
			fmt.Sprintf("lastDayOfWork is %s, after terminationDate %s: want a day until then",
				f.quote("lastDayOfWork", w.LastDayOfWork.String()), f.quote("terminationDate", w.TerminationDate.String())))
	}
	ends := []dated{{"contractEndDate", w.ContractEndDate}, {"terminationDate", w.TerminationDate}, {"lastDayOfWork", w.LastDayOfWork}}
	if zone, err := w.Zone(f.zone); err == nil && !w.AccessEnd.IsZero() {
		ends = append(ends, dated{"accessEnd", hrsource.DateOf(w.AccessEnd.In(zone))})
	}
	for _, end := range ends {
		if !end.IsZero() && end.Compare(w.HireDate) < 0 {
			f.before(w, end, dated{"hireDate", w.HireDate})
		}
	}
}

// before finds an end that is before the start.
func (f finder) before(w hrsource.Worker, end, start dated) {
	f.find(EndBeforeStart, w.Key, end.field, w.Text(hrsource.Assignment{}, end.field),
		fmt.Sprintf("%s is %s, before %s %s: want a day from then on", end.field,
			f.quote(end.field, end.String()), start.field, f.quote(start.field, start.String())))
}

// afterEnd finds who is said to be employed after the end that the dates give.
func (f finder) afterEnd(w hrsource.Worker) {
	employed := []hrsource.Status{hrsource.StatusActive, hrsource.StatusOnLeave, hrsource.StatusSuspended}
	_, end, _, err := w.Window(f.zone, time.Time{}, hrsource.EndsWithEmployment)
	if err != nil || f.now.IsZero() || end.IsZero() || f.now.Before(end) || !slices.Contains(employed, w.Status) {
		return
	}
	var ends []string
	for _, field := range []string{"contractEndDate", "terminationDate", "lastDayOfWork", "accessEnd"} {
		if text := w.Text(hrsource.Assignment{}, field); text != "" {
			ends = append(ends, field+" "+f.quote(field, text))
		}
	}
	f.find(ActiveAfterEnd, w.Key, "status", string(w.Status),
		fmt.Sprintf("status is %s, and it has ended by %s: want status terminated, or a later end",
			f.quote("status", string(w.Status)), strings.Join(ends, " and ")))
}

// today is the day of Config.Now where the worker's dates are meant or, if nobody
// knows where that is, where those of the others are.
func (c *Checker) today(w hrsource.Worker) hrsource.Date {
	zone, err := w.Zone(c.zone)
	if err != nil {
		zone, _ = hrsource.Worker{}.Zone(c.zone) // of no zone of its own: no error
	}
	return hrsource.DateOf(c.now.In(zone))
}
