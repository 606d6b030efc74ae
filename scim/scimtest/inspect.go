package scimtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// ErrSignIn is why nobody gets in: the user does not exist or is not active.
var ErrSignIn = errors.New("sign-in refused")

// User is a user as stored, or to be stored.
type User struct {
	ID         string // given by the server
	UserName   string
	ExternalID string
	Active     bool
	Groups     []string // ids, oldest group first; AddUser ignores them
	// Resource is the whole user as a JSON object. AddUser takes further
	// attributes from it.
	Resource json.RawMessage
}

// Group is a group as stored, or to be stored.
type Group struct {
	ID          string // given by the server
	DisplayName string
	ExternalID  string
	Members     []string // ids of users, in the order in which they joined
}

// Users returns all users, oldest first.
func (s *Server) Users() []User {
	d := s.directory
	d.mu.RLock()
	defer d.mu.RUnlock()
	users := make([]User, 0, len(d.users.ordered))
	for _, r := range d.users.ordered {
		users = append(users, d.user(r, s.config.ETag))
	}
	return users
}

func (d *directory) user(r *record, etag bool) User {
	u := User{ID: r.id, UserName: text(r.data, "userName"), ExternalID: text(r.data, "externalId"), Active: active(r)}
	for _, g := range d.groupsOf(r.id) {
		u.Groups = append(u.Groups, g.id)
	}
	// What came from JSON goes into JSON.
	u.Resource, _ = json.Marshal(d.show(d.users, r, view{root: BasePath, etag: etag}))
	return u
}

// active reports whether the user can sign in; a user without the attribute can.
func active(r *record) bool { return r.data["active"] != false }

// Groups returns all groups, oldest first.
func (s *Server) Groups() []Group {
	d := s.directory
	d.mu.RLock()
	defer d.mu.RUnlock()
	groups := make([]Group, 0, len(d.groups.ordered))
	for _, r := range d.groups.ordered {
		groups = append(groups, d.group(r))
	}
	return groups
}

func (d *directory) group(r *record) Group {
	return Group{
		ID: r.id, DisplayName: text(r.data, "displayName"), ExternalID: text(r.data, "externalId"), Members: d.memberIDs(r.id),
	}
}

// AddUser stores a user, past log, faults and hooks, and returns it as stored.
// The fields of u count more than what its Resource says. The error names what a
// client would have been refused for.
func (s *Server) AddUser(u User) (User, error) {
	resource := map[string]any{}
	if len(u.Resource) > 0 {
		var err error
		if resource, err = decode(u.Resource); err != nil {
			return User{}, fmt.Errorf("scimtest: %w", err)
		}
	}
	resource["userName"], resource["active"] = u.UserName, u.Active
	if u.ExternalID != "" {
		resource["externalId"] = u.ExternalID
	}
	d := s.directory
	data, err := d.users.rules.check(resource)
	if err != nil {
		return User{}, fmt.Errorf("scimtest: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	r, err := d.insert(d.users, data)
	if err != nil {
		return User{}, fmt.Errorf("scimtest: %w", err)
	}
	return d.user(r, s.config.ETag), nil
}

// RenameUser gives a user another userName, past log, faults and hooks.
func (s *Server) RenameUser(id, userName string) error {
	return s.behind(id, func(r *record) error {
		data := maps.Clone(r.data)
		data["userName"] = userName
		return s.directory.users.update(r, data)
	})
}

// RemoveUser removes a user for good, past log, faults and hooks, whatever a DELETE
// would do.
func (s *Server) RemoveUser(id string) error {
	return s.behind(id, func(r *record) error {
		s.directory.deleteUser(r)
		return nil
	})
}

// behind changes a user behind the clients' backs.
func (s *Server) behind(id string, change func(*record) error) error {
	d := s.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.users.byID[id]
	if r == nil {
		return fmt.Errorf("scimtest: %w", notFound(id))
	}
	if err := change(r); err != nil {
		return fmt.Errorf("scimtest: %w", err)
	}
	return nil
}

// AddGroup stores a group, past log, faults and hooks, and returns it as stored.
// Names of groups need not be unique. Where the profile knows no groups it is an
// error.
func (s *Server) AddGroup(g Group) (Group, error) {
	if s.quirks.Groups.Absent {
		return Group{}, errors.New("scimtest: this server has no groups")
	}
	resource := map[string]any{"displayName": g.DisplayName}
	if g.ExternalID != "" {
		resource["externalId"] = g.ExternalID
	}
	d := s.directory
	data, err := d.groups.rules.check(resource)
	if err != nil {
		return Group{}, fmt.Errorf("scimtest: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	r, err := d.insertWith(d.groups, data, g.Members)
	if err != nil {
		return Group{}, fmt.Errorf("scimtest: %w", err)
	}
	return d.group(r), nil
}

// SignIn answers whether the person could sign in: nil if so, an error that
// wraps ErrSignIn if there is no active user of that name.
func (s *Server) SignIn(userName string) error {
	d := s.directory
	d.mu.RLock()
	defer d.mu.RUnlock()
	if slices.ContainsFunc(d.users.byName[fold(userName)], active) {
		return nil
	}
	return fmt.Errorf("user %.80q: %w", userName, ErrSignIn)
}

func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) {
	if err := s.SignIn(r.URL.Query().Get("userName")); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (s *Server) serveLog(w http.ResponseWriter, _ *http.Request) {
	sendJSON(w, s.Requests())
}

func (s *Server) serveSummary(w http.ResponseWriter, _ *http.Request) {
	sendJSON(w, s.Summary())
}

func sendJSON[T Summary | []Request](w http.ResponseWriter, v T) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a client that went away misses nothing but this
}
