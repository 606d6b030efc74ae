package doctor

import (
	"context"
	"net/http"
	"strings"
)

// bulk sends several operations in one request, if that is announced.
func (v *visit) bulk(ctx context.Context) {
	if !v.claims["bulk"] {
		v.note(Good, "bulk.none", "Bulk requests are not announced; the standard does not ask for them", "")
		return
	}
	user := object{"method": http.MethodPost, "path": "/Users", "bulkId": "user", "data": v.newUser("three")}
	group := func(name string) object {
		return object{"method": http.MethodPost, "path": "/Groups", "bulkId": "group", "data": object{
			"schemas": []string{groupSchema}, "displayName": v.tag + "-" + name, "members": []object{{"value": "bulkId:user"}},
		}}
	}
	const expected = "the operations in an order that makes them possible (RFC 7644, section 3.7.1)"
	backward := v.send(ctx, http.MethodPost, "/Bulk", nil, object{"schemas": []string{bulkSchema}, "Operations": []object{user, group("bulk")}})
	if !v.good(v.bulkDone(ctx, backward), "bulk.works", "Bulk requests work, and later operations can refer to earlier ones",
		"A bulk request is announced, and does not work", expected, backward) {
		return
	}
	user["data"] = v.newUser("four")
	forward := v.send(ctx, http.MethodPost, "/Bulk", nil, object{"schemas": []string{bulkSchema}, "Operations": []object{group("bulk-forward"), user}})
	v.good(v.bulkDone(ctx, forward), "bulk.forward", "Operations of a bulk request can refer to later ones",
		"Operations of a bulk request cannot refer to later ones", expected, forward)
}

// bulkDone notes what was made, and reports whether everything was.
func (v *visit) bulkDone(_ context.Context, a answer) bool {
	done := 0
	for _, o := range a.object.list("Operations") {
		status := o.text("status")
		if status == "" {
			status = o.object("status").text("code") // as drafts of the standard had it
		}
		if !strings.HasPrefix(status, "2") {
			continue
		}
		done++
		location := o.text("location")
		for _, kind := range []string{"/Users/", "/Groups/"} {
			if at := strings.LastIndex(location, kind); at >= 0 {
				v.made = append(v.made, location[at:])
				v.hide(location[at+len(kind):], "id")
			}
		}
	}
	return a.ok() && done == 2
}
