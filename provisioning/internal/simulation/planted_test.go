package simulation

// bug is an error to be planted in the engine as a change of one place.
type bug struct {
	file, right, wrong string
	late               bool   // it takes late calls to show
	shows              string // what the simulation says of it
}

// planted are errors of the kind that engines like this one have had.
var planted = map[string]bug{
	"a wake-up is lost": {
		file: "provisioning/wake.go", right: "if own {", wrong: "if own && j == nil {",
		shows: `active in (mail|git) is false|has the address|and is .* in git|does not come to rest`,
	},
	"what was claimed is done, although it was decided anew": {
		file:  "provisioning/act.go",
		right: "it, err := tx.Item(claimed.Person, claimed.System, claimed.Kind, claimed.Key)", wrong: "it, err := claimed, error(nil)",
		late: true, shows: `is in \[|active in|still signed in|holds \[`,
	},
	"the guard forgets what was taken away before": {
		file: "provisioning/breach.go", right: "return b.Wanted + b.InWindow - b.Limit", wrong: "return b.Wanted - b.Limit",
		shows: `people lost their sign-in by a mistake`,
	},
	"the guard judges each claim by itself": {
		file:  "provisioning/judge.go",
		right: "	run.SealedAt = t.now()\n	counts, err := t.counts(tx, run.ID)\n",
		wrong: "	run.SealedAt = t.now()\n	counts, err := t.counts(tx, run.ID)\n	for i := range counts {\n		counts[i].N = min(counts[i].N, 1)\n	}\n",
		shows: `people lost their sign-in by a mistake`,
	},
	"nobody looks after a write that came too late": {
		file: "provisioning/late.go", right: `if last.op.Key == "" || last.look {`, wrong: `if last.op.Key != "!" {`,
		late: true, shows: `is in \[|active in|still signed in|holds \[`,
	},
	"an unknown outcome counts as done": {
		file:  "provisioning/readback.go",
		right: "if effective, known := hasEffect(a.op, account); !known || !effective {", wrong: "if effective, known := hasEffect(a.op, account); !known && !effective {",
		shows: `is in \[|active in|still signed in|holds \[|and nothing says why|does not come to rest`,
	},
	"the same address is the same person": {
		file: "provisioning/ladder.go", right: `		return Correlation{Why: "the same e-mail address, and no person key that would settle it"}`,
		wrong: `		return oneOf(like, "the same e-mail address")`,
		shows: `which is that of badge`,
	},
	"whoever is back is somebody new": {
		file:  "provisioning/ladder.go",
		right: `return oneOf(keyed, "the same person key")`, wrong: `return Correlation{New: true, Why: "nobody is known again"}`,
		shows: `has two accounts in`,
	},
	"some records are passed over": {
		file:  "provisioning/accept.go",
		right: "if newer, err := r.toldSince(tx, s.Record.Worker.Key); err != nil || newer {",
		wrong: "if newer, err := r.toldSince(tx, s.Record.Worker.Key); err != nil || newer || s.Record.Worker.Key.ID[4] == '7' {",
		shows: `active in \w+ is false; want true`,
	},
	"a feed that was cut off counts as whole": {
		file:  "provisioning/accept.go",
		right: "r.report.Complete, r.report.Basis = proof.Covers(r.report.Records), proof.Basis", wrong: "r.report.Complete, r.report.Basis = true, proof.Basis",
		shows: `were only missing from a feed that was cut off`,
	},
	"a listing that was cut off counts as whole": {
		file:  "provisioning/observe.go",
		right: "o.report.Complete = proof.Complete && proof.Count == o.report.Accounts;", wrong: "o.report.Complete = proof.Complete || proof.Count == o.report.Accounts;",
		shows: `was cut off, and counts as whole`,
	},
	"a feed that knows only today erases what is to come": {
		file:  "hrsource/overlay.go",
		right: "if a.EffectiveFrom.Compare(today) > 0 && a.EffectiveFrom != since {", wrong: "if a.EffectiveFrom.Compare(today) > 0 && today.IsZero() {",
		shows: `while HR was silent: .*(is in|active in|holds)|and nothing says why`,
	},
	"an account is deleted for having been disabled in an earlier life": {
		file:  "provisioning/retention.go",
		right: "at := latest(d.person.LeftAt, latest(it.DecidedAt, it.VerifiedAt)).Add", wrong: "at := latest(it.DecidedAt, it.VerifiedAt).Add",
		shows: `was deleted .* after they were told to work here`,
	},
	"the accounts of people who work here are deleted": {
		file: "provisioning/retention.go", right: `case s.DeleteAfter == 0 || d.Live || d.expected || d.lockout != "":`, wrong: "case s.DeleteAfter == 0:",
		shows: `was deleted .* after they were told to work here`,
	},
	"a deletion does not wait for the handover": {
		file: "provisioning/retention.go", right: "case !d.owedToNobody(system):", wrong: "case !d.owedToNobody(system) && d.now.IsZero():",
		shows: `is lost with its owner`,
	},
	"an account is made without saying whose it is": {
		file:  "provisioning/operation.go",
		right: `op.Ref, op.ETag, op.Active = connector.Ref{}, "", it.Desired == active`, wrong: `op.Ref, op.ETag, op.Active, op.ExternalID = connector.Ref{}, "", it.Desired == active, ""`,
		shows: `belongs to nobody`,
	},
	"everybody gets one person's address": {
		file:  "provisioning/subject.go",
		right: "			attributes[name] = []string{a.Name}\n", wrong: "			attributes[name] = []string{a.Name}\n			if system == \"mail\" {\n				attributes[name] = []string{\"ada@example.com\"}\n			}\n",
		shows: `has the address .*, and git shows`,
	},
	"a name that has changed stays in the accounts": {
		file:  "provisioning/goal.go",
		right: `return it.Desired == "" || among(it.Known, profileOf(it.Desired).Candidates)`, wrong: `return true`,
		shows: `is called .*, and signs in as`,
	},
	"what failed is left for later": {
		file:  "provisioning/outcome.go",
		right: "it.State, it.RetryAt = state.ItemDue, wall().Add(max(o.after, j.backoff(it.Attempts)))\n		if o.account.ID", wrong: "it.State, it.RetryAt = state.ItemDue, wall().Add(3 * time.Second)\n		if o.account.ID",
		shows: `and nothing says why`,
	},
	"what is meant is not written down first": {
		file:  "provisioning/act.go",
		right: "breaker: breaker}, j.write(tx, j.entry(audit.EventIntent, it, op))", wrong: "breaker: breaker}, nil",
		shows: `no entry tells`,
	},
	"what came of it is not written down": {
		file:  "provisioning/outcome.go",
		right: "	return j.write(tx, e)\n}\n\n// notSomebodyElses", wrong: "	return nil\n}\n\n// notSomebodyElses",
		shows: `no entry tells what came of it`,
	},
}
