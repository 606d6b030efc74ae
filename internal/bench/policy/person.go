package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/joinery-iam/joinery/policy"
)

// person is somebody, in no engine's form.
type person struct {
	Department     string   `expr:"department"`
	Division       string   `expr:"division"`
	Country        string   `expr:"country"`
	Location       string   `expr:"location"`
	EmploymentType string   `expr:"employmentType"`
	JobTitle       string   `expr:"jobTitle"`
	CostCenter     string   `expr:"costCenter"`
	Manager        string   `expr:"manager"`
	Email          string   `expr:"email"`
	HireDate       string   `expr:"hireDate"`
	HireDay        int      `expr:"hireDay"` // 20260131, for engines that cannot compare texts
	Level          int      `expr:"level"`
	HasLevel       bool     `expr:"hasLevel"`
	Oncall         bool     `expr:"oncall"`
	Projects       []string `expr:"projects"`
}

// one returns the i-th person, always the same.
func one(i int) person {
	r := rand.New(rand.NewPCG(uint64(i), 2))
	p := person{
		Department: pick(r, departments), Division: pick(r, divisions), Country: pick(r, countries), Location: pick(r, locations),
		EmploymentType: pick(r, employments), JobTitle: pick(r, titles), CostCenter: pick(r, centers),
		Email:    fmt.Sprintf("u%d@%s.example", i*7919, pick(r, []string{"a", "b"})),
		HireDate: fmt.Sprintf("20%02d-%02d-%02d", 10+r.IntN(16), 1+r.IntN(12), 1+r.IntN(28)),
		Oncall:   r.IntN(10) == 0,
	}
	p.HireDay, _ = strconv.Atoi(strings.ReplaceAll(p.HireDate, "-", ""))
	if r.IntN(20) > 0 {
		p.Manager = fmt.Sprintf("m%d", r.IntN(50_000))
	}
	if r.IntN(20) > 0 {
		p.HasLevel, p.Level = true, 1+r.IntN(9)
	}
	for range r.IntN(4) {
		p.Projects = append(p.Projects, pick(r, projects))
	}
	return p
}

func people(n int) []person {
	out := make([]person, n)
	for i := range out {
		out[i] = one(i)
	}
	return out
}

// attributes is the person as our policies see them.
func (p person) attributes() policy.Attributes {
	a := policy.Attributes{
		"department": {p.Department}, "division": {p.Division}, "country": {p.Country}, "location": {p.Location},
		"employmentType": {p.EmploymentType}, "jobTitle": {p.JobTitle}, "costCenter": {p.CostCenter}, "manager": {p.Manager},
		"email": {p.Email}, "hireDate": {p.HireDate}, "oncall": {strconv.FormatBool(p.Oncall)}, "projects": p.Projects,
	}
	if p.HasLevel {
		a["level"] = []string{strconv.Itoa(p.Level)}
	}
	return a
}

// object is the person as a map of plain values.
func (p person) object() map[string]any {
	list := make([]string, 0, len(p.Projects))
	return map[string]any{
		"department": p.Department, "division": p.Division, "country": p.Country, "location": p.Location,
		"employmentType": p.EmploymentType, "jobTitle": p.JobTitle, "costCenter": p.CostCenter, "manager": p.Manager,
		"email": p.Email, "hireDate": p.HireDate, "oncall": p.Oncall, "projects": append(list, p.Projects...),
		"level": p.Level, "hasLevel": p.HasLevel,
	}
}
