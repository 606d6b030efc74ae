package scimtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for name, t := range s.tables() {
		for pattern, h := range map[string]handler{
			"POST " + BasePath + name:             s.create(t),
			"GET " + BasePath + name:              s.list(t),
			"GET " + BasePath + name + "/{id}":    s.get(t),
			"PUT " + BasePath + name + "/{id}":    s.change(t, s.replace),
			"PATCH " + BasePath + name + "/{id}":  s.change(t, s.patch),
			"DELETE " + BasePath + name + "/{id}": s.change(t, s.remove),
		} {
			mux.HandleFunc(pattern, s.scim(h))
		}
	}
	if !s.quirks.Discovery.Absent {
		mux.HandleFunc("GET "+BasePath+"/ServiceProviderConfig", s.scim(s.serviceProviderConfig))
		mux.HandleFunc("GET "+BasePath+"/Schemas", s.scim(s.schemas))
		mux.HandleFunc("GET "+BasePath+"/Schemas/{urn}", s.scim(s.schemas))
		mux.HandleFunc("GET "+BasePath+"/ResourceTypes", s.scim(s.resourceTypes))
		mux.HandleFunc("GET "+BasePath+"/ResourceTypes/{name}", s.scim(s.resourceTypes))
	}
	mux.HandleFunc(BasePath+"/", s.scim(func(*http.Request, []byte) (answer, error) {
		return answer{}, &problem{http.StatusNotFound, "", "no such endpoint"}
	}))
	mux.HandleFunc("GET /log", s.serveLog)
	mux.HandleFunc("GET /log/summary", s.serveSummary)
	mux.HandleFunc("GET /login", s.serveLogin)
	return mux
}

// tables returns what is served, by its path.
func (s *Server) tables() map[string]*table {
	tables := map[string]*table{"/Users": s.directory.users}
	if !s.quirks.Groups.Absent {
		tables["/Groups"] = s.directory.groups
	}
	return tables
}

func (s *Server) view(t *table, r *http.Request) (view, error) {
	query := r.URL.Query()
	if s.quirks.Filter.NoProjection && (query.Has("attributes") || query.Has("excludedAttributes")) {
		return view{}, badRequest("invalidValue", "attributes and excludedAttributes are not supported")
	}
	v, err := newView(t.rules, query)
	v.etag, v.root = s.config.ETag, "http://"+r.Host+BasePath
	if r.TLS != nil {
		v.root = "https://" + r.Host + BasePath
	}
	return v, err
}

// shown answers with the resource as it is now. The directory is locked.
func (s *Server) shown(status int, t *table, r *record, v view) answer {
	a := answer{status: status, id: r.id, body: s.present(t, r, v), location: v.location(t, r)}
	switch {
	case s.quirks.untrusted():
		a.etag = s.quirks.version()
	case s.config.ETag:
		a.etag = r.etag()
	}
	return a
}

func decode(body []byte) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var resource map[string]any
	if err := dec.Decode(&resource); err != nil || resource == nil {
		return nil, badRequest("invalidSyntax", "the body is no JSON object")
	}
	return resource, nil
}

// parse splits a body into what is stored and, for groups, the members.
func parse(t *table, body []byte) (map[string]any, []string, error) {
	resource, err := decode(body)
	if err != nil {
		return nil, nil, err
	}
	var members []string
	if !t.uniqueName() {
		for key, value := range resource {
			if !isMembers(key) {
				continue
			}
			if members, err = memberValues(value); err != nil {
				return nil, nil, err
			}
			delete(resource, key)
		}
	}
	data, err := t.rules.check(resource)
	return data, members, err
}

func (s *Server) create(t *table) handler {
	return func(r *http.Request, body []byte) (answer, error) {
		v, err := s.view(t, r)
		if err != nil {
			return answer{}, err
		}
		data, members, err := parse(t, body)
		if err == nil {
			err = errors.Join(s.quirks.fits(t, body), s.quirks.fewChanges(len(members)), s.quirks.creation(t, data))
		}
		if err != nil {
			return answer{}, err
		}
		d := s.directory
		d.mu.Lock()
		defer d.mu.Unlock()
		created, err := d.insertWith(t, data, members)
		if err != nil {
			return answer{}, err
		}
		s.quirks.conceal(created)
		a := s.shown(http.StatusCreated, t, created, v)
		a.committed = true
		return a, nil
	}
}

// insertWith inserts a resource with its members, or nothing.
func (d *directory) insertWith(t *table, data map[string]any, members []string) (*record, error) {
	for _, id := range members {
		if d.users.byID[id] == nil && !d.quirks.Groups.DropsUnknown {
			return nil, notUser(id)
		}
	}
	created, err := d.insert(t, data)
	if err != nil {
		return nil, err
	}
	for _, id := range members {
		if _, err := d.join(created.id, id); err != nil {
			return nil, err
		}
	}
	return created, nil
}

func (s *Server) get(t *table) handler {
	return func(r *http.Request, _ []byte) (answer, error) {
		v, err := s.view(t, r)
		if err != nil {
			return answer{}, err
		}
		s.directory.mu.RLock()
		defer s.directory.mu.RUnlock()
		found := t.byID[r.PathValue("id")]
		if found == nil || s.quirks.hides(found) {
			return answer{}, notFound(r.PathValue("id"))
		}
		return s.shown(http.StatusOK, t, found, v), nil
	}
}

func number(query url.Values, name string, missing int) (int, error) {
	if !query.Has(name) {
		return missing, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil {
		return 0, badRequest("invalidValue", "%s must be an integer", name)
	}
	return n, nil
}
