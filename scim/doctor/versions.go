package doctor

import (
	"context"
	"net/http"
	"net/url"
)

// versions looks whether entity tags mean anything: RFC 7644, section 3.14.
func (v *visit) versions(ctx context.Context) {
	whole := v.get(ctx, v.user.path())
	tag := whole.header.Get("ETag")
	version := whole.object.object("meta").text("version")
	if tag == "" && version == "" {
		v.good(!v.claims["etag"], "etag.none", "There are no versions", "Versions are announced, and there are none",
			"meta.version and ETag (RFC 7644, section 3.14)", whole)
		return
	}
	part := v.get(ctx, v.user.path(), "attributes", "userName")
	broken := false
	if other := part.header.Get("ETag"); part.ok() && tag != "" && other != "" && other != tag {
		broken = true
		v.note(Deviation, "etag.hash", "The ETag is one of the answer, not of the resource: it changes with attributes",
			"the version of the resource (RFC 7644, section 3.14)", whole, part)
	}
	if tag != "" {
		same := v.send(ctx, http.MethodGet, v.user.path(), nil, nil, "If-None-Match", tag)
		v.good(same.status == http.StatusNotModified, "etag.read", "If-None-Match is heeded", "If-None-Match is ignored",
			"status 304 (RFC 7644, section 3.14)", same)
	}
	if v.config.Write {
		body := patchOf(object{"op": "replace", "path": "title", "value": "Examined"})
		stale := v.send(ctx, http.MethodPatch, v.user.path(), url.Values{}, body, "If-Match", `W/"joinery-doctor-was-never-there"`)
		switch {
		case stale.status == http.StatusPreconditionFailed:
			v.note(Good, "etag.write", "A change of an old version is refused", "", stale)
		case stale.ok() && !v.claims["etag"]:
			v.note(Good, "etag.write", "If-Match is ignored, and versions are not announced", "", stale)
		case stale.ok():
			broken = true
			v.note(Danger, "etag.write", "If-Match is ignored: the changes of others are overwritten",
				"status 412 (RFC 7644, section 3.14)", stale)
		default:
			v.unclear("etag.write", "whether If-Match is heeded", stale)
		}
	}
	switch {
	case !v.claims["etag"]:
	case broken:
		v.traits["etag"] = "ignored"
	case v.config.Write:
		v.traits["etag"] = "works"
	}
}
