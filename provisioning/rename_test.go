package provisioning_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/joinery-iam/joinery/connector"
	"github.com/joinery-iam/joinery/connector/memory"
	"github.com/joinery-iam/joinery/hrsource"
	"github.com/joinery-iam/joinery/provisioning"
	"github.com/joinery-iam/joinery/provisioning/provisioningtest"
	"github.com/stretchr/testify/require"
)

// family is a policy of login names that follow the family name, in two systems of
// which one has the name of the other.
const family = `version: 1
rules:
  - name: everybody
    when: "true"
    grants: [directory:group/staff, git:team/dev]
accounts:
  directory:
    name: userName
    candidates: ["{givenName|ascii|lower}.{familyName|ascii|lower}", "{givenName|ascii|lower}.{familyName|ascii|lower}{n}"]
    attributes: {mail: "{name}@example.com"}
    rename: true
  git:
    name: login
    candidates: ["{accounts.directory.userName}"]
    attributes: {mail: "{accounts.directory.mail}"}
`

// bride is Ada Byron, provisioned.
func bride(t *testing.T, cfg provisioningtest.Config) *provisioningtest.Bench {
	t.Helper()
	if cfg.Policy == "" {
		cfg.Policy = family
	}
	b := bench(t, cfg)
	w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	w.Name.Family = "Byron"
	b.HR.Put(w)
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada.byron"))
	return b
}

func marries(b *provisioningtest.Bench, to string) {
	b.HR.Change("1", func(w *hrsource.Worker) { w.Name.Family = to })
}

func TestNameChangeRenamesTheAccountAndWhatFollowsFromIt(t *testing.T) {
	t.Parallel()
	b := bride(t, provisioningtest.Config{})
	d, git := b.Target("directory"), b.Target("git")
	before := d.Accounts()[0]
	marries(b, "King")
	plan, err := b.Plan(t.Context(), provisioning.PlanRequest{Read: []string{provisioningtest.SourceName}})
	require.NoError(t, err)
	require.Len(t, plan.Lines, 1)
	require.Contains(t, plan.Lines[0].String(), "~ rename      directory")
	require.Contains(t, plan.Lines[0].String(), "ada.byron to ada.king or the next free")
	b.Sync()

	require.Len(t, d.Accounts(), 1, "no second account")
	after := d.Accounts()[0]
	require.Equal(t, before.ID, after.ID)
	require.Equal(t, before.Entitlements, after.Entitlements)
	require.True(t, after.Attributes["mail"].Equal(connector.String("ada.king@example.com")))
	require.NoError(t, d.SignIn("ada.king"))
	require.Error(t, d.SignIn("ada.byron"))
	require.NoError(t, git.SignIn("ada.byron"), "that system keeps the names it gave")
	require.True(t, git.Accounts()[0].Attributes["mail"].Equal(connector.String("ada.king@example.com")))

	d.Clear()
	writes := d.Writes() + git.Writes()
	b.Sync()
	require.Equal(t, writes, d.Writes()+git.Writes(), "the second run writes nothing")

	namesake := provisioningtest.Worker("2", "Ada", "Eng", "2025-01-01")
	namesake.Name.Family = "Byron"
	b.HR.Put(namesake)
	b.Sync()
	require.NoError(t, d.SignIn("ada.byron2"), "what was somebody's name is never given to anybody else")

	marries(b, "Byron")
	b.Sync()
	require.NoError(t, d.SignIn("ada.byron"), "but she can have it back")
}

// What is made of the login name was looked at again only if another system read it.
func TestAddressFollowsTheLoginNameInASystemAlone(t *testing.T) {
	t.Parallel()
	alone := strings.Replace(family[:strings.Index(family, "  git:")], ", git:team/dev", "", 1)
	b := bride(t, provisioningtest.Config{Policy: alone})
	marries(b, "King")
	b.Sync()
	require.True(t, b.Target("directory").Accounts()[0].Attributes["mail"].Equal(connector.String("ada.king@example.com")))
}

// Mail to the address of before was lost, or came to nobody.
func TestFormerLoginNamesAreKept(t *testing.T) {
	t.Parallel()
	former := strings.Replace(family, `{mail: "{name}@example.com"}`, `{mail: "{name}@example.com", aliases: ["{formerName}@example.com", "{formerName}@{name}"]}`, 1)
	b := bride(t, provisioningtest.Config{Policy: former})
	d := b.Target("directory")
	aliases := func(want ...string) {
		t.Helper()
		require.Len(t, d.Accounts(), 1)
		require.ElementsMatch(t, want, d.Accounts()[0].Attributes["aliases"].All())
	}
	aliases()
	// ada.king is somebody else's: it was reserved for her, and never hers.
	d.Put(connector.Account{Ref: connector.Ref{Name: "ada.king"}, ExternalID: "somebody"})
	marries(b, "King")
	b.Sync()
	d.Remove(accountNamed(d, "ada.king").ID)
	aliases("ada.byron@example.com", "ada.byron@ada.king2")
	b.GoTo("2027-01-01")
	marries(b, "Lovelace")
	b.Sync()
	require.NoError(t, d.SignIn("ada.lovelace"))
	aliases("ada.byron@example.com", "ada.byron@ada.lovelace", "ada.king2@example.com", "ada.king2@ada.lovelace")
	b.GoTo("2028-01-01")
	marries(b, "Byron")
	b.Sync()
	require.NoError(t, d.SignIn("ada.byron"))
	aliases("ada.king2@example.com", "ada.king2@ada.byron", "ada.lovelace@example.com", "ada.lovelace@ada.byron")
	writes := d.Writes()
	b.Sync()
	require.Equal(t, writes, d.Writes())
}

func TestANameThatWasGivenByHandIsNoFormerName(t *testing.T) {
	t.Parallel()
	former := strings.Replace(family, `{mail: "{name}@example.com"}`, `{aliases: "{formerName}@example.com"}`, 1)
	b := bride(t, provisioningtest.Config{Policy: former})
	d := b.Target("directory")
	tamper(b, "ada.byron", func(a *connector.Account) { a.Name = "boss" })
	_, err := b.Observe(t.Context(), provisioning.ObserveRequest{System: "directory"})
	require.NoError(t, err)
	marries(b, "King")
	b.Sync()
	require.NoError(t, d.SignIn("ada.king"))
	require.NotContains(t, d.Accounts()[0].Attributes["aliases"].All(), "boss@example.com")
}

func accountNamed(s *memory.System, name string) connector.Account {
	for _, a := range s.Accounts() {
		if a.Name == name {
			return a
		}
	}
	return connector.Account{}
}

func TestNewNameThatIsTakenTakesTheNextCandidate(t *testing.T) {
	t.Parallel()
	b := bride(t, provisioningtest.Config{})
	d := b.Target("directory")
	d.Put(connector.Account{Ref: connector.Ref{Name: "ada.king"}, ExternalID: "somebody"})
	d.Put(connector.Account{Ref: connector.Ref{Name: "Ada.King2"}})
	marries(b, "King")
	b.Sync()
	require.NoError(t, d.SignIn("ada.king3"))
	require.Len(t, d.Accounts(), 3)
	d.Clear()
	b.HR.Change("1", func(w *hrsource.Worker) { w.Phone = "1" })
	b.Sync()
	require.NoError(t, d.SignIn("ada.king3"), "a name from the series is as good as the first")
}

func TestLostReplyToARenameIsReadBack(t *testing.T) {
	t.Parallel()
	for _, do := range []memory.Effect{memory.LoseReply, memory.Fail, memory.Throttle} {
		t.Run(string(do), func(t *testing.T) {
			t.Parallel()
			b := bride(t, provisioningtest.Config{})
			d := b.Target("directory")
			d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Rename}, Times: 1, Do: do})
			marries(b, "King")
			b.Sync()
			require.NoError(t, d.SignIn("ada.king"))
			require.LessOrEqual(t, d.Calls(connector.Rename), 2)
		})
	}
}

func TestAccountKeepsItsNameUnlessPolicySaysOtherwise(t *testing.T) {
	t.Parallel()
	b := bride(t, provisioningtest.Config{Policy: strings.Replace(family, "    rename: true\n", "", 1)})
	marries(b, "King")
	b.Sync()
	require.NoError(t, b.Target("directory").SignIn("ada.byron"))
	require.Zero(t, b.Target("directory").Calls(connector.Rename))
}

func TestAnAdoptedAccountKeepsItsName(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: family, Tenant: func(c *provisioning.TenantConfig) {
		s := c.Systems["directory"]
		s.AdoptByName = true
		c.Systems["directory"] = s
	}})
	d := b.Target("directory")
	d.Put(connector.Account{Ref: connector.Ref{Name: "ada.byron"}, Active: true})
	w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	w.Name.Family = "Byron"
	b.HR.Put(w)
	b.Sync()
	marries(b, "King")
	b.Sync()
	require.Zero(t, d.Calls(connector.Rename))
	require.NoError(t, d.SignIn("ada.byron"))
}

func TestSystemThatCannotRenameSaysSoAndHoldsUpNothing(t *testing.T) {
	t.Parallel()
	d := memory.New(memory.Config{Without: []connector.Kind{connector.Rename}})
	b := bench(t, provisioningtest.Config{Policy: family, Tenant: func(c *provisioning.TenantConfig) {
		c.Systems["directory"] = provisioning.System{Connector: d, Mode: provisioning.Managed}
	}})
	w := provisioningtest.Worker("1", "Ada", "Eng", "2025-01-01")
	w.Name.Family = "Byron"
	b.HR.Put(w)
	b.Sync()
	marries(b, "King")
	b.Sync()
	status, err := b.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, status.Systems["directory"]["parked"])
	b.HR.End("1", "2025-12-31")
	b.Sync()
	require.Error(t, d.SignIn("ada.byron"))
	status, err = b.Status(t.Context())
	require.NoError(t, err)
	require.Zero(t, status.Systems["directory"]["parked"], "nobody's name is to be changed any more")
}

func TestPeopleWhoChangeTheirNamesAtOnceEndWithNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := bench(t, provisioningtest.Config{Policy: family})
	const people = 20
	for i := range people {
		w := provisioningtest.Worker(fmt.Sprint(i), "Ada", "Eng", "2025-01-01")
		w.Name.Family = fmt.Sprint("F", i)
		b.HR.Put(w)
	}
	b.Sync()
	for i := range people {
		b.HR.Change(fmt.Sprint(i), func(w *hrsource.Worker) { w.Name.Family = "King" })
	}
	b.Sync()
	names := map[string]bool{}
	for _, a := range b.Target("directory").Accounts() {
		require.True(t, strings.HasPrefix(a.Name, "ada.king"), a.Name)
		names[a.Name] = true
	}
	require.Len(t, names, people)
}

// The names went round for ever.
func TestANameThatChangesTwiceAtOneInstantComesToRest(t *testing.T) {
	t.Parallel()
	b := bride(t, provisioningtest.Config{})
	for _, name := range []string{"King", "Lovelace", "King"} {
		marries(b, name)
		b.Sync()
		require.NoError(t, b.Target("directory").SignIn("ada."+strings.ToLower(name)))
	}
	require.Len(t, b.Target("directory").Accounts(), 1)
}

// Each Drain failed, for everybody.
func TestARenameOfUnknownOutcomeThatIsTakenBackIsSettled(t *testing.T) {
	t.Parallel()
	for _, effect := range []memory.Effect{memory.LoseReply, memory.Fail} {
		for name, back := range map[string]func(b *provisioningtest.Bench){
			"they leave":          func(b *provisioningtest.Bench) { b.HR.End("1", "2025-12-31") },
			"the name is as ever": func(b *provisioningtest.Bench) { marries(b, "Byron") },
		} {
			t.Run(string(effect)+", "+name, func(t *testing.T) {
				t.Parallel()
				b := bride(t, provisioningtest.Config{})
				d := b.Target("directory")
				d.Fault(memory.Fault{Kinds: []connector.Kind{connector.Rename}, Do: effect})
				d.Fault(memory.Fault{Kinds: []connector.Kind{memory.Find}, Do: memory.Fail})
				marries(b, "King")
				readAndDrain(t, b)
				b.Clock.Set(b.Clock.Now().Add(time.Minute))
				back(b)
				readAndDrain(t, b)
				d.Clear()
				b.Settle()
				require.NotContains(t, statusOf(t, b).Systems["directory"], "sending")
				require.Error(t, d.SignIn("ada.king"))
				require.Equal(t, name == "the name is as ever", d.SignIn("ada.byron") == nil)
			})
		}
	}
}
