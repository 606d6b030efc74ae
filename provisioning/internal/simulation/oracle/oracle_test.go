package oracle_test

import (
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning/internal/simulation/oracle"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func account(id, name, badge string, holds ...connector.Entitlement) connector.Account {
	return connector.Account{
		Ref: connector.Ref{ID: id, Name: name}, ExternalID: "p-" + badge, Active: len(holds) > 0, Entitlements: holds,
		Attributes: map[string]connector.Value{"badge": connector.String(badge), "displayName": connector.String("Ada F"), "mail": connector.String("ada@example.com")},
	}
}

// company is Ada, an engineer, Bob, who has left, and an account of nobody's, all as they
// must be.
func company() (*oracle.Oracle, oracle.Scene) {
	o := oracle.New(4 * 24 * time.Hour)
	for badge, last := range map[string]hrsource.Date{"1": {}, "2": hrsource.DateOf(noon.AddDate(0, 0, -3))} {
		h := &oracle.Human{Badge: badge, Key: "key" + badge, Given: "Ada", Family: "F"}
		j := &oracle.Job{ID: badge, Keyed: true, Current: hrsource.Worker{
			Timezone: "UTC", HireDate: hrsource.DateOf(noon.AddDate(-1, 0, 0)), TerminationDate: last,
			Assignments: []hrsource.Assignment{{Department: "Engineering", Manager: "1"}},
		}}
		j.Tell(j.Current)
		o.Hire(h)
		o.Employ(h, j)
	}
	group := func(name string) connector.Entitlement { return connector.Entitlement{Kind: "group", Name: name} }
	stranger := connector.Account{Ref: connector.Ref{ID: "9", Name: "root"}, Active: true}
	o.Stranger(oracle.Directory, stranger)
	return o, oracle.Scene{
		At: noon,
		Accounts: map[string][]connector.Account{
			oracle.Directory: {account("1", "ada", "1", group("engineering"), group("staff")), account("2", "ada2", "2"), stranger},
			oracle.Mail:      {account("1", "ada@example.com", "1", group("mailbox")), account("2", "ada2@example.com", "2")},
			oracle.Git:       {account("1", "ada", "1", group("dev")), account("2", "ada2", "2")},
		},
		SignedIn: map[string]bool{"1": true}, Owners: map[string]string{"thing": "1"},
	}
}

func TestEachThingThatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	o, s := company()
	require.NoError(t, o.Compare(s))
	for want, bend := range map[string]func(*oracle.Scene){
		"still signed in":             func(s *oracle.Scene) { s.SignedIn["2"] = true },
		"active in directory is true": func(s *oracle.Scene) { s.Accounts["directory"][1].Active = true },
		"active in mail is false":     func(s *oracle.Scene) { s.Accounts["mail"] = s.Accounts["mail"][1:] },
		"holds [team/x] in git": func(s *oracle.Scene) {
			s.Accounts["git"][1].Entitlements = []connector.Entitlement{{Kind: "team", Name: "x"}}
		},
		`is in ["staff"]`: func(s *oracle.Scene) {
			s.Accounts["directory"][0].Entitlements = s.Accounts["directory"][0].Entitlements[1:]
		},
		"signs in as bob":                    func(s *oracle.Scene) { s.Accounts["directory"][0].Name = "bob" },
		"has the address ada2@example.com":   func(s *oracle.Scene) { s.Accounts["mail"][0].Name = "ada2@example.com" },
		"is ada2 in git":                     func(s *oracle.Scene) { s.Accounts["git"][0].Name = "ada2" },
		`git shows "x"`:                      func(s *oracle.Scene) { s.Accounts["git"][0].Attributes["mail"] = connector.String("x") },
		`shown as "x"`:                       func(s *oracle.Scene) { s.Accounts["directory"][0].Attributes["displayName"] = connector.String("x") },
		"is nobody's, and was changed":       func(s *oracle.Scene) { s.Accounts["directory"][2].Active = false },
		"accounts that are nobody's are":     func(s *oracle.Scene) { s.Accounts["directory"] = s.Accounts["directory"][:2] },
		"belongs to nobody":                  func(s *oracle.Scene) { s.Accounts["git"] = append(s.Accounts["git"], account("3", "x", "3")) },
		"belongs to nobody: badge \"1\"":     func(s *oracle.Scene) { s.Accounts["git"][0].ExternalID = "" },
		"has two accounts in git":            func(s *oracle.Scene) { s.Accounts["git"] = append(s.Accounts["git"], account("3", "x", "2")) },
		"with somebody else's external id":   func(s *oracle.Scene) { s.Accounts["git"][1].ExternalID = "p-1" },
		"thing is lost with its owner":       func(s *oracle.Scene) { s.Owners["thing"] = "" },
		"key2 (badge 2) has left, and owns ": func(s *oracle.Scene) { s.Owners["thing"] = "2" },
	} {
		o, s := company()
		bend(&s)
		require.ErrorContains(t, o.Compare(s), want)
	}
}

func TestAccountsAreKeptAndStayWhoseTheyAre(t *testing.T) {
	t.Parallel()
	for want, bend := range map[string]func(*oracle.Scene){
		"":                                  func(*oracle.Scene) {},
		"which is that of badge 1 now":      func(s *oracle.Scene) { s.Accounts["git"][1].Attributes["badge"] = connector.String("1") },
		"was made by hand, is gone":         func(s *oracle.Scene) { s.Accounts["directory"] = s.Accounts["directory"][:2] },
		"where none is deleted":             func(s *oracle.Scene) { s.Accounts["mail"] = s.Accounts["mail"][:1] },
		"deleted 0s after they were told":   func(s *oracle.Scene) { s.Accounts["git"] = s.Accounts["git"][1:] },
		"key1 (badge 1) had account 1 in g": func(s *oracle.Scene) { s.Accounts["git"], s.At = s.Accounts["git"][1:], s.At.Add(90*time.Hour) },
	} {
		o, s := company()
		require.NoError(t, o.Look(s))
		_, later := company()
		bend(&later)
		if want == "" {
			require.NoError(t, o.Look(later))
			continue
		}
		require.ErrorContains(t, o.Look(later), want)
	}
	o, s := company()
	require.NoError(t, o.Look(s))
	s.Accounts["git"] = s.Accounts["git"][:1]
	require.NoError(t, o.Look(s), "Bob was not told to work here for long enough")
}

func TestWhatIsKeptTooLongIsOverdue(t *testing.T) {
	t.Parallel()
	o, s := company()
	s.Accounts["directory"][1].Active, s.SignedIn["2"] = true, true
	require.Empty(t, o.Overdue(s, 24*time.Hour), "it is seen the first time")
	s.At = noon.Add(24 * time.Hour)
	require.Empty(t, o.Overdue(s, 24*time.Hour))
	s.At = noon.Add(25 * time.Hour)
	late := o.Overdue(s, 24*time.Hour)
	require.Len(t, late, 2)
	require.ElementsMatch(t, []string{"sign-in", "sessions"}, []string{late[0].What, late[1].What})
	s.Accounts["directory"][1].Active = false
	require.Len(t, o.Overdue(s, 24*time.Hour), 1)
}
