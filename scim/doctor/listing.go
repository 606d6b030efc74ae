package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// begin asks for the beginning of the list of users.
func (v *visit) begin(ctx context.Context) answer {
	first := v.get(ctx, "/Users", "startIndex", "1", "count", "2")
	if first.status != http.StatusBadRequest {
		return first
	}
	v.note(Deviation, "paging.index", "startIndex is refused", "the page from there (RFC 7644, section 3.4.2.4)", first)
	v.byCursor = true
	return v.get(ctx, "/Users", "count", "2")
}

// list looks at the form of a list, and of a resource on it.
func (v *visit) list(ctx context.Context, first answer) {
	if !v.good(first.ok(), "list.users", "Users can be listed", "Users cannot be listed",
		"a list of resources (RFC 7644, section 3.4.2)", first) {
		return
	}
	count := len(first.resources())
	kind := first.header.Get("Content-Type")
	v.good(strings.HasPrefix(kind, mediaType), "list.mediaType", "Answers are "+mediaType, fmt.Sprintf("Answers are %q", clean(kind)),
		mediaType+" (RFC 7644, section 3.1)", first)
	v.good(first.total() >= 0, "list.total", "Lists have totalResults", "Lists have no totalResults",
		"totalResults (RFC 7644, section 3.4.2)", first)
	if per, err := strconv.Atoi(fmt.Sprint(first.get("itemsPerPage"))); err == nil && per != count {
		v.note(Deviation, "list.itemsPerPage", fmt.Sprintf("itemsPerPage is %d on a page of %d", per, count),
			"the number of resources on the page (RFC 7644, section 3.4.2.4): it is safe to count them", first)
	} else if probe := v.get(ctx, "/Users", "startIndex", "1", "count", "1000"); probe.ok() && len(probe.resources()) < 1000 {
		per, err := strconv.Atoi(fmt.Sprint(probe.get("itemsPerPage")))
		v.good(err != nil || per == len(probe.resources()), "list.itemsPerPage", "itemsPerPage is what is on the page",
			fmt.Sprintf("itemsPerPage is %d on a page of %d", per, len(probe.resources())),
			"the number of resources on the page (RFC 7644, section 3.4.2.4): it is safe to count them", probe)
	}
	if count == 0 {
		return
	}
	one := first.resources()[0]
	location := one.object("meta").text("location")
	u, err := url.Parse(location)
	if location != "" {
		v.good(err == nil && u.IsAbs(), "resource.location", "meta.location is a URL", "meta.location is relative",
			"the URI of the resource (RFC 7643, section 3.1)", first)
	}
	id := one.text("id")
	if !v.good(id != "", "resource.id", "Resources have ids", "Resources have no ids", "id (RFC 7643, section 3.1)", first) {
		return
	}
	v.hide(id, "id")
	again := v.get(ctx, "/Users/"+url.PathEscape(id))
	if v.good(again.ok() && again.text("id") == id, "resource.get", "A user can be read by its id", "A listed user cannot be read by its id",
		"the resource (RFC 7644, section 3.4.1)", again) {
		v.projection(ctx, id)
	}
}

// projection asks for less than the whole.
func (v *visit) projection(ctx context.Context, id string) {
	path := "/Users/" + url.PathEscape(id)
	only := v.get(ctx, path, "attributes", "userName")
	without := v.get(ctx, path, "excludedAttributes", "meta,name,emails")
	switch {
	case only.status == http.StatusBadRequest || without.status == http.StatusBadRequest:
		v.saw("filter.noProjection", true)
		v.note(Deviation, "projection.refused", "attributes and excludedAttributes are refused",
			"less of the resource (RFC 7644, section 3.4.2.5)", only, without)
	case only.ok() && without.ok():
		v.saw("filter.noProjection", false)
		ignored := only.get("meta") != nil && only.get("name") != nil || without.get("meta") != nil && without.get("name") != nil
		v.good(!ignored, "projection.works", "attributes and excludedAttributes are heeded", "attributes or excludedAttributes are ignored",
			"less of the resource (RFC 7644, section 3.4.2.5)", only, without)
	}
}

// paging walks a little.
func (v *visit) paging(ctx context.Context, first answer) {
	cursor := v.get(ctx, "/Users", "cursor", "", "count", "1")
	next := cursor.text("nextCursor")
	switch {
	case next != "":
		second := v.get(ctx, "/Users", "cursor", next, "count", "1")
		works := second.ok() && !sameFirst(cursor, second)
		v.saw("paging.method", works)
		v.good(works, "paging.cursor", "Lists can be walked by cursor", "A cursor is given that leads nowhere",
			"the next page (RFC 9865, section 2)", cursor, second)
	case v.claims["cursor"] && first.total() > 1:
		v.note(Deviation, "paging.cursor", "Cursors are announced, and none is given", "nextCursor (RFC 9865, section 2)", cursor)
	default:
		v.saw("paging.method", false)
		v.note(Good, "paging.noCursor", "There are no cursors; the standard does not ask for them", "", cursor)
	}
	if !first.ok() || len(first.resources()) == 0 {
		return
	}
	if !v.byCursor {
		v.byIndex(ctx, first)
	}
	v.sorting(ctx)
}

// byIndex asks for pages by startIndex.
func (v *visit) byIndex(ctx context.Context, first answer) {
	if len(first.resources()) > 1 {
		second := v.get(ctx, "/Users", "startIndex", "2", "count", "1")
		want := first.resources()[1].text("id")
		v.hide(want, "id")
		got := second.resources()
		works := len(got) == 1 && got[0].text("id") == want
		switch {
		case works:
			v.note(Good, "paging.index", "Lists can be walked by startIndex and count", "", first, second)
		case second.refused():
			v.note(Deviation, "paging.index", "startIndex is refused", "the page from there (RFC 7644, section 3.4.2.4)", second)
		case len(got) > 1 && got[0].text("id") == want:
			v.note(Deviation, "paging.count", "count is ignored", "no more than count (RFC 7644, section 3.4.2.4)", second)
		default:
			v.note(Danger, "paging.index", "startIndex is ignored: who walks the pages sees some twice and others never",
				"the page from there (RFC 7644, section 3.4.2.4)", first, second)
		}
	}
	whole := v.get(ctx, "/Users")
	if n := len(whole.resources()); whole.ok() && n < whole.total() {
		v.note(Good, "paging.default", fmt.Sprintf("Without count a page holds %d", n), "", whole)
	}
	if first.total() > 200 {
		most := v.get(ctx, "/Users", "startIndex", "1", "count", "1000")
		if n := len(most.resources()); most.ok() && n < min(first.total(), 1000) {
			v.traits["paging.maxResults"] = strconv.Itoa(n)
			v.note(Good, "paging.maxResults", fmt.Sprintf("A page holds at most %d", n), "", most)
		}
	}
	if first.total() >= 0 {
		beyond := v.get(ctx, "/Users", "startIndex", strconv.Itoa(first.total()+1000), "count", "1")
		v.good(beyond.ok() && len(beyond.resources()) == 0, "paging.beyond", "Beyond the end comes nothing",
			"Beyond the end something else comes than an empty list", "an empty list (RFC 7644, section 3.4.2.4)", beyond)
	}
}

// sorting asks for an order, and its reverse.
func (v *visit) sorting(ctx context.Context) {
	up := v.get(ctx, "/Users", "sortBy", "userName", "sortOrder", "ascending", "count", "3")
	down := v.get(ctx, "/Users", "sortBy", "userName", "sortOrder", "descending", "count", "3")
	if !up.ok() || !down.ok() {
		if v.claims["sort"] {
			v.note(Deviation, "sort.refused", "Sorting is announced, and refused", "lists in order (RFC 7644, section 3.4.2.3)", up, down)
		}
		return
	}
	if len(up.resources()) < 2 {
		return
	}
	ascending := slices.IsSortedFunc(up.resources(), func(a, b object) int {
		return strings.Compare(strings.ToLower(a.text("userName")), strings.ToLower(b.text("userName")))
	})
	works := ascending && !sameFirst(up, down)
	switch {
	case works:
		v.note(Good, "sort.works", "Lists can be sorted", "", up, down)
	case v.claims["sort"]:
		v.note(Deviation, "sort.ignored", "Sorting is announced, and ignored", "lists in order (RFC 7644, section 3.4.2.3)", up, down)
	default:
		v.note(Good, "sort.none", "Lists are not sorted, and that is not announced", "", up, down)
	}
}

func sameFirst(a, b answer) bool {
	x, y := a.resources(), b.resources()
	return len(x) > 0 && len(y) > 0 && x[0].text("id") == y[0].text("id")
}

// errors asks for what is not there.
func (v *visit) errors(ctx context.Context) {
	a := v.get(ctx, "/Users/joinery-doctor-knows-nobody")
	if a.status == http.StatusBadRequest {
		v.note(Note, "error.badID", "An id of another form than the server's own is refused", "status 404 (RFC 7644, section 3.12)", a)
		return
	}
	if !v.good(a.missing(), "error.missing", "Who does not exist is not found", "Who does not exist is not reported with status 404",
		"status 404 (RFC 7644, section 3.12)", a) {
		return
	}
	schemas, _ := a.get("schemas").([]any)
	v.good(slices.Contains(schemas, any("urn:ietf:params:scim:api:messages:2.0:Error")), "error.form", "Errors have the form of SCIM",
		"Errors have another form than that of SCIM", "an Error message (RFC 7644, section 3.12)", a)
}
