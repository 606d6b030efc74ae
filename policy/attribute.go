package policy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// AttributeType says how conditions see the values of an attribute.
type AttributeType string

// The types of attributes.
const (
	// TypeString is one text. A missing one reads as "".
	TypeString AttributeType = "string"
	// TypeList is any number of texts. A missing one reads as an empty list.
	TypeList AttributeType = "list"
	// TypeBool is true or false. A missing one reads as false.
	TypeBool AttributeType = "bool"
	// TypeNumber is a decimal number. A missing one is neither less than, equal to
	// nor greater than any number: see the package documentation.
	TypeNumber AttributeType = "number"
	// TypeDate is a day, written 2006-01-02 and compared with texts of that form.
	// A missing one is neither before, equal to nor after any day.
	TypeDate AttributeType = "date"
)

var attributeTypes = []AttributeType{TypeString, TypeList, TypeBool, TypeNumber, TypeDate}

// Attribute describes an attribute of a work relationship.
type Attribute struct {
	// Name is what conditions and templates call it. In a [Document], the key of
	// the map is the name and this field is ignored.
	Name string `json:"-"`
	// Type is required.
	Type AttributeType `json:"type"`
	// Values are those allowed, for texts and lists. Empty means that all are. A
	// condition that compares with another value does not compile, and a person
	// who has another value cannot be decided about.
	Values []string `json:"values,omitempty"`
	// Description is for people.
	Description string `json:"description,omitempty"`
}

// BuiltIn returns the attributes that every policy may read, in an order that
// suits a reader. They are those of the workers of the hrsource package.
func BuiltIn() []Attribute { return slices.Clone(builtIn) }

var builtIn = []Attribute{
	{Name: "source", Type: TypeString, Description: "the HR source that tells of the relationship"},
	{Name: "workerType", Type: TypeString, Description: "employee, contingentWorker, or another kind that the source knows"},
	{Name: "employmentType", Type: TypeString, Description: "such as fullTime, partTime or intern, in the words of the source"},
	{Name: "status", Type: TypeString, Description: "pending, active, onLeave, suspended, terminated or noShow"},
	{Name: "primary", Type: TypeBool, Description: "whether this is the person's main relationship"},
	{Name: "employeeNumber", Type: TypeString, Description: "the number on the badge, leading zeros included"},
	{Name: "givenName", Type: TypeString, Description: "the legal given name"},
	{Name: "middleName", Type: TypeString, Description: "the middle name"},
	{Name: "familyName", Type: TypeString, Description: "the family name"},
	{Name: "preferredName", Type: TypeString, Description: "the given name that the person goes by"},
	{Name: "displayName", Type: TypeString, Description: "the full name as people write it"},
	{Name: "email", Type: TypeString, Description: "the work address, if HR knows it"},
	{Name: "personalEmail", Type: TypeString, Description: "the private address"},
	{Name: "phone", Type: TypeString, Description: "the work telephone number"},
	{Name: "language", Type: TypeString, Description: "a BCP 47 tag such as en-GB"},
	{Name: "timezone", Type: TypeString, Description: "an IANA name such as Europe/Vienna"},
	{Name: "hireDate", Type: TypeDate, Description: "the first day of this relationship"},
	{Name: "originalHireDate", Type: TypeDate, Description: "the first day of the person's first relationship"},
	{Name: "contractEndDate", Type: TypeDate, Description: "the last day of a fixed term"},
	{Name: "terminationDate", Type: TypeDate, Description: "the last day of employment"},
	{Name: "lastDayOfWork", Type: TypeDate, Description: "the last day at work, which may be before that"},
	{Name: "leaveStartDate", Type: TypeDate, Description: "the first day of the leave of absence that is on, or comes next"},
	{Name: "leaveEndDate", Type: TypeDate, Description: "the last day of that leave"},
	{Name: "jobTitle", Type: TypeString, Description: "the title of the job"},
	{Name: "jobCode", Type: TypeString, Description: "the code of the job"},
	{Name: "jobLevel", Type: TypeString, Description: "the level of the job, in the words of the source"},
	{Name: "department", Type: TypeString, Description: "the department"},
	{Name: "division", Type: TypeString, Description: "the division"},
	{Name: "businessUnit", Type: TypeString, Description: "the business unit"},
	{Name: "costCenter", Type: TypeString, Description: "the cost centre, leading zeros included"},
	{Name: "legalEntity", Type: TypeString, Description: "the company that employs"},
	{Name: "location", Type: TypeString, Description: "the place of work"},
	{Name: "country", Type: TypeString, Description: "the country of work, ISO 3166 with two letters such as AT"},
	{Name: "manager", Type: TypeString, Description: "the manager's identifier in the same source"},
}

// nullable reports whether conditions see a missing value as nil.
func (t AttributeType) nullable() bool { return t == TypeNumber || t == TypeDate }

// zero is a value of the type as conditions see it.
func (t AttributeType) zero() any {
	switch t {
	case TypeList:
		return []string{}
	case TypeBool:
		return false
	case TypeNumber:
		return 0.0
	default:
		return ""
	}
}

// value returns what a condition sees of the values.
func (a Attribute) value(values []string) (any, error) {
	if err := a.check(values); err != nil {
		return nil, err
	}
	switch {
	case a.Type == TypeList && len(values) > 0:
		return values, nil
	case a.Type.nullable() && (len(values) == 0 || values[0] == ""):
		return nil, nil
	case a.Type != TypeList && (len(values) == 0 || values[0] == ""):
		return a.Type.zero(), nil
	case a.Type == TypeBool:
		return values[0] == "true", nil
	case a.Type == TypeNumber:
		return parseNumber(values[0])
	case a.Type == TypeList:
		return a.Type.zero(), nil
	default:
		return values[0], nil
	}
}

// check reports values that do not fit the type. The error quotes the value.
func (a Attribute) check(values []string) error {
	if len(values) > maxValues {
		return fmt.Errorf("attribute %s: %d values, the limit is %d", a.Name, len(values), maxValues)
	}
	if a.Type != TypeList && len(values) > 1 {
		return fmt.Errorf("attribute %s: %d values, want one; declare it as a list", a.Name, len(values))
	}
	for _, v := range values {
		if err := a.checkOne(v); err != nil {
			return fmt.Errorf("attribute %s: value %q: %w", a.Name, clip(v), err)
		}
	}
	return nil
}

func (a Attribute) checkOne(v string) error {
	switch {
	case len(v) > maxValue:
		return fmt.Errorf("%d bytes, the limit is %d", len(v), maxValue)
	case v == "":
		return nil
	case len(a.Values) > 0 && !slices.Contains(a.Values, v):
		return fmt.Errorf("want one of %s", strings.Join(a.Values, ", "))
	case a.Type == TypeBool && v != "true" && v != "false":
		return errors.New("want true or false")
	case a.Type == TypeNumber && !isNumber(v):
		return errors.New("want a decimal number such as 12 or 0.5")
	case a.Type == TypeDate && !isDay(v):
		return errors.New("want a day such as 2026-01-31")
	}
	return nil
}

// isNumber accepts plain decimal numbers: no exponents, no infinity, nothing
// that could be read as something else.
func isNumber(s string) bool {
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	return len(s) <= 32 && isDigits(whole) && (!dotted || isDigits(fraction))
}

func parseNumber(s string) (float64, error) { return strconv.ParseFloat(s, 64) }

func isDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// clip shortens a text that is quoted in an error.
func clip(s string) string {
	const most = 64
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
