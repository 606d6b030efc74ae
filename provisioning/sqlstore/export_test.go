package sqlstore

// HotQueries are the statements that run all the time, each with the index that
// it must use.
func HotQueries() map[string]string {
	return map[string]string{
		queue:           "joinery_item_free",
		claimedItems:    "sqlite_autoindex_joinery_item_1",
		openItemsOf:     "joinery_item_run",
		granting:        "joinery_item_run",
		removals:        "joinery_item_run",
		revoking:        "joinery_item_run",
		updating:        "joinery_item_run",
		holding:         "joinery_item_held",
		freeItems:       "joinery_item_run",
		duePeople:       "joinery_person_due",
		nextDue:         "joinery_person_due",
		takeTimers:      "joinery_person_due",
		countDue:        "joinery_person_run",
		undecided:       "joinery_person_problem",
		unsequenced:     "joinery_entry_waiting",
		sealedEntries:   "joinery_entry_leaf",
		entriesOf:       "joinery_entry_subject",
		expiring:        "joinery_run_expiring",
		removing:        "joinery_item_removing",
		population:      "joinery_account_active",
		holders:         "joinery_item_held",
		accountByRemote: "joinery_account_remote",
		accountsIn:      "joinery_account_remote",
		openCase:        "joinery_case_open",
		openCasesOf:     "joinery_case_open",
		factsOf:         "joinery_fact_person",
		factsOfKind:     "joinery_fact_kind",
		workersOf:       "joinery_worker_person",
		workersWithKey:  "joinery_worker_key",
		reports:         "joinery_worker_manager",
		names:           "joinery_name_person",
		reserved:        "joinery_reserved_at",
	}
}
