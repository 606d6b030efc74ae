package doctor

import "fmt"

const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	patchSchema      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	bulkSchema       = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
)

// subject is the user who is searched for and looked at.
type subject struct {
	id         string
	userName   string
	externalID string
	email      string // the one at work
	anyEmail   string
	department string
	title      string
	resource   object
}

// about makes a user the subject, and hides what tells people apart.
func (v *visit) about(user object) {
	s := subject{
		id: user.text("id"), userName: user.text("userName"), externalID: user.text("externalId"),
		email: user.email("work"), title: user.text("title"), resource: user,
		department: user.object(enterpriseSchema).text("department"),
	}
	if all := user.list("emails"); len(all) > 0 {
		s.anyEmail = all[0].text("value")
	}
	v.user = s
	if !v.config.Write { // then it is somebody who is there
		for name, value := range map[string]string{
			"displayName": user.text("displayName"), "familyName": user.object("name").text("familyName"),
			"givenName": user.object("name").text("givenName"), "formatted": user.object("name").text("formatted"),
		} {
			v.hide(value, name)
		}
	}
	for _, pair := range [][2]string{
		{s.userName, "userName"}, {s.email, "email"}, {s.anyEmail, "email"}, {s.externalID, "externalId"},
		{s.department, "department"}, {s.title, "title"}, {s.id, "id"},
	} {
		v.hide(pair[0], pair[1])
	}
}

// path is where the subject is.
func (s subject) path() string { return "/Users/" + escape(s.id) }

// saw notes a trait that is there or not.
func (v *visit) saw(trait string, is bool) { v.traits[trait] = fmt.Sprint(is) }
