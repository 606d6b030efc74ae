// Package oracle says, independently of the engine, whether a SCIM server agrees
// with a people file. It reads the file, a fixture of what the policy means, and
// the server over HTTP, and imports nothing of ours that decides or acts.
package oracle

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Meaning is what a policy means, written down a second time by hand: who is to
// be in a group. A group without conditions is everybody's who works there.
type Meaning struct {
	Groups map[string]Condition
}

// Condition is a column of the people file and the value that it must have.
type Condition struct {
	Column, Value string
}

// Worker is a row of the people file.
type Worker map[string]string

// ReadPeople reads the rows of a people file by the names in its header.
func ReadPeople(path string) ([]Worker, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []Worker
	for _, row := range rows[1:] {
		w := Worker{}
		for i, name := range rows[0] {
			w[name] = row[i]
		}
		out = append(out, w)
	}
	return out, nil
}

// live reports whether a worker has access at an instant, all dates in UTC.
func (w Worker) live(at time.Time) bool {
	day := at.UTC().Format(time.DateOnly)
	return w["hireDate"] <= day && (w["terminationDate"] == "" || day <= w["terminationDate"])
}

// User is what the server says of an account.
type User struct {
	ID         string `json:"id"`
	UserName   string `json:"userName"`
	Active     bool   `json:"active"`
	Enterprise struct {
		EmployeeNumber string `json:"employeeNumber"`
		Department     string `json:"department"`
	} `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
}

type group struct {
	DisplayName string `json:"displayName"`
	Members     []struct {
		Value string `json:"value"`
	} `json:"members"`
}

// Server is a SCIM server to be asked.
type Server struct {
	URL, Token string
}

// list reads all resources of a kind, page by page.
func list[T any](ctx context.Context, s Server, kind string) ([]T, error) {
	var all []T
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/"+kind+"?count=200&startIndex="+strconv.Itoa(len(all)+1), nil)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+s.Token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		var page struct {
			TotalResults int `json:"totalResults"`
			Resources    []T `json:"Resources"`
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		if closeErr := res.Body.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, err
		}
		all = append(all, page.Resources...)
		if len(page.Resources) == 0 || len(all) >= page.TotalResults {
			return all, nil
		}
	}
}

// Check returns everything in which the server does not agree with the people
// file at an instant. With final false, only what must never be, at any moment,
// is found: a second account, or access that the policy does not give.
func Check(ctx context.Context, s Server, people []Worker, m Meaning, at time.Time, final bool) ([]string, error) {
	users, err := list[User](ctx, s, "Users")
	if err != nil {
		return nil, err
	}
	groups, err := list[group](ctx, s, "Groups")
	if err != nil {
		return nil, err
	}
	c := check{at: at, meaning: m, final: final, accounts: map[string][]User{}, member: map[string]map[string]bool{}}
	for _, u := range users {
		c.accounts[u.Enterprise.EmployeeNumber] = append(c.accounts[u.Enterprise.EmployeeNumber], u)
	}
	for _, g := range groups {
		c.member[g.DisplayName] = map[string]bool{}
		for _, member := range g.Members {
			c.member[g.DisplayName][member.Value] = true
		}
	}
	for _, w := range people {
		c.worker(w)
	}
	for _, number := range slices.Sorted(maps.Keys(c.accounts)) {
		c.wrong("there is an account for employee %q, whom the file does not name", number)
	}
	return c.problems, nil
}

// check is one comparison.
type check struct {
	at       time.Time
	meaning  Meaning
	final    bool
	accounts map[string][]User
	member   map[string]map[string]bool
	problems []string
}

func (c *check) wrong(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

func (c *check) worker(w Worker) {
	number := w["workerId"]
	accounts := c.accounts[number]
	delete(c.accounts, number)
	live := w.live(c.at)
	switch {
	case len(accounts) > 1:
		c.wrong("employee %s has %d accounts", number, len(accounts))
		return
	case len(accounts) == 0:
		if live && c.final {
			c.wrong("employee %s has no account", number)
		}
		return
	case accounts[0].Active && !live && c.final:
		c.wrong("employee %s does not work here, and the account is active", number)
	case !accounts[0].Active && live && c.final:
		c.wrong("employee %s works here, and the account is not active", number)
	}
	u := accounts[0]
	if c.final && live && u.Enterprise.Department != w["department"] {
		c.wrong("employee %s is shown in department %q instead of %q", number, u.Enterprise.Department, w["department"])
	}
	for _, name := range slices.Sorted(maps.Keys(c.meaning.Groups)) {
		condition := c.meaning.Groups[name]
		should := live && (condition.Column == "" || strings.EqualFold(w[condition.Column], condition.Value))
		switch is := c.member[name][u.ID]; {
		case is && !should:
			c.wrong("employee %s is in group %s, which policy does not give", number, name)
		case !is && should && c.final:
			c.wrong("employee %s is not in group %s", number, name)
		}
	}
}
