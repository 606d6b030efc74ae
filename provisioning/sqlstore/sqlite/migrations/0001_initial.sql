-- Instants are microseconds since 0001-01-01 00:00:00 UTC, so that 0 is "none"
-- and no instant is mistaken for it. To read one by hand:
--   datetime(due_at / 1000000 - 62135596800, 'unixepoch')
-- Texts are compared byte by byte. Bodies are kept as the exact bytes given.

CREATE TABLE IF NOT EXISTS joinery_schema (
  version INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- What HR told.

CREATE TABLE joinery_source (
  tenant  TEXT    NOT NULL,
  name    TEXT    NOT NULL,
  records INTEGER NOT NULL,
  read_at INTEGER NOT NULL,
  run     TEXT    NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE joinery_worker (
  tenant        TEXT    NOT NULL,
  source        TEXT    NOT NULL,
  id            TEXT    NOT NULL,
  person        TEXT    NOT NULL, -- '' while it is not known
  person_key    TEXT    NOT NULL,
  emails        TEXT    NOT NULL, -- JSON array, in the order given
  manager       TEXT    NOT NULL,
  seq           INTEGER NOT NULL,
  digest        BLOB    NOT NULL,
  body          BLOB    NOT NULL,
  recorded_at   INTEGER NOT NULL,
  status_since  INTEGER NOT NULL,
  missing_since INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, id)
) STRICT;

CREATE INDEX joinery_worker_person ON joinery_worker (tenant, person, source, id) WHERE person <> '';
CREATE INDEX joinery_worker_key ON joinery_worker (tenant, person_key) WHERE person_key <> '';
CREATE INDEX joinery_worker_manager ON joinery_worker (tenant, source, manager, person) WHERE manager <> '';

-- The e-mail addresses of workers in lower case, to find them by.
CREATE TABLE joinery_worker_email (
  tenant TEXT NOT NULL,
  source TEXT NOT NULL,
  id     TEXT NOT NULL,
  email  TEXT NOT NULL,
  PRIMARY KEY (tenant, email, source, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX joinery_worker_email_of ON joinery_worker_email (tenant, source, id);

CREATE TABLE joinery_version (
  tenant      TEXT    NOT NULL,
  source      TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  seq         INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  run         TEXT    NOT NULL,
  digest      BLOB    NOT NULL,
  body        BLOB    NOT NULL,
  PRIMARY KEY (tenant, source, id, seq)
) STRICT;

CREATE TABLE joinery_staged (
  tenant TEXT    NOT NULL,
  run    TEXT    NOT NULL,
  n      INTEGER NOT NULL,
  body   BLOB    NOT NULL,
  PRIMARY KEY (tenant, run, n)
) STRICT;

-- Names are reserved for ever: no row of this table is ever changed or deleted.
CREATE TABLE joinery_name (
  tenant      TEXT    NOT NULL,
  namespace   TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  person      TEXT    NOT NULL,
  reserved_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, namespace, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX joinery_name_person ON joinery_name (tenant, namespace, person, reserved_at);

-- What somebody else than HR told of people. Rows are appended; only that one is
-- withdrawn, or about somebody else, is changed.
CREATE TABLE joinery_fact (
  tenant       TEXT    NOT NULL,
  id           TEXT    NOT NULL,
  person       TEXT    NOT NULL,
  kind         TEXT    NOT NULL,
  spell        INTEGER NOT NULL,
  body         BLOB    NOT NULL,
  recorded_at  INTEGER NOT NULL,
  ends_at      INTEGER NOT NULL,
  withdrawn_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX joinery_fact_person ON joinery_fact (tenant, person, id);
CREATE INDEX joinery_fact_kind ON joinery_fact (tenant, kind, id) WHERE withdrawn_at = 0;

-- People, and when to look at them.

CREATE TABLE joinery_person (
  tenant      TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  revision    INTEGER NOT NULL,
  spell       INTEGER NOT NULL,
  live        INTEGER NOT NULL,
  left_at     INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  run         TEXT    NOT NULL,
  event       TEXT    NOT NULL,
  event_at    INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  decided_at  INTEGER NOT NULL,
  policy      TEXT    NOT NULL,
  problem     TEXT    NOT NULL,
  rests_until INTEGER NOT NULL, -- -1 if not resting
  PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX joinery_person_due ON joinery_person (tenant, due_at, id) WHERE due_at <> 0;
CREATE INDEX joinery_person_run ON joinery_person (tenant, run) WHERE run <> '';
CREATE INDEX joinery_person_problem ON joinery_person (tenant) WHERE problem <> '';

CREATE TABLE joinery_policy (
  tenant  TEXT NOT NULL,
  version TEXT NOT NULL,
  source  BLOB NOT NULL,
  PRIMARY KEY (tenant, version)
) STRICT;

CREATE TABLE joinery_activation (
  tenant       TEXT    NOT NULL,
  seq          INTEGER NOT NULL,
  version      TEXT    NOT NULL,
  policy       TEXT    NOT NULL,
  activated_at INTEGER NOT NULL,
  run          TEXT    NOT NULL,
  actor        TEXT    NOT NULL,
  note         TEXT    NOT NULL,
  PRIMARY KEY (tenant, seq)
) STRICT;

-- Runs, and what the guard has let through.

CREATE TABLE joinery_run (
  tenant         TEXT    NOT NULL,
  id             TEXT    NOT NULL,
  kind           TEXT    NOT NULL,
  cause          TEXT    NOT NULL,
  state          TEXT    NOT NULL,
  note           TEXT    NOT NULL,
  opened_at      INTEGER NOT NULL,
  sealed_at      INTEGER NOT NULL,
  released_until INTEGER NOT NULL,
  review         INTEGER NOT NULL,
  records        INTEGER NOT NULL,
  changed        INTEGER NOT NULL,
  problems       INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX joinery_run_state ON joinery_run (tenant, state, opened_at, id);
CREATE INDEX joinery_run_expiring ON joinery_run (tenant, released_until, id) WHERE released_until <> 0;
CREATE INDEX joinery_run_opened ON joinery_run (tenant, opened_at, id);

CREATE TABLE joinery_reserved (
  tenant   TEXT    NOT NULL,
  at       INTEGER NOT NULL,
  run      TEXT    NOT NULL,
  system   TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  item_key TEXT    NOT NULL, -- the entitlement, or ''
  lane     TEXT    NOT NULL,
  n        INTEGER NOT NULL
) STRICT;

CREATE INDEX joinery_reserved_at ON joinery_reserved (tenant, at);

-- Accounts, and what is to be done to them.

CREATE TABLE joinery_account (
  tenant      TEXT    NOT NULL,
  person      TEXT    NOT NULL,
  system      TEXT    NOT NULL,
  remote_id   TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  present     INTEGER NOT NULL,
  active      INTEGER NOT NULL,
  origin      TEXT    NOT NULL,
  observed    BLOB    NOT NULL,
  holds       TEXT    NOT NULL, -- JSON array, sorted
  former      TEXT    NOT NULL, -- JSON array, oldest first
  etag        TEXT    NOT NULL,
  seen_at     INTEGER NOT NULL,
  owner       TEXT    NOT NULL,
  epoch       INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  begun       INTEGER NOT NULL, -- by the owner of the lease
  PRIMARY KEY (tenant, person, system)
) STRICT;

CREATE UNIQUE INDEX joinery_account_remote ON joinery_account (tenant, system, remote_id) WHERE remote_id <> '';
CREATE INDEX joinery_account_active ON joinery_account (tenant, system) WHERE present = 1 AND active = 1;

CREATE TABLE joinery_item (
  tenant      TEXT    NOT NULL,
  person      TEXT    NOT NULL,
  system      TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  item_key    TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  desired     TEXT    NOT NULL,
  known       TEXT    NOT NULL,
  removes     TEXT    NOT NULL,
  lane        TEXT    NOT NULL,
  revision    INTEGER NOT NULL,
  run         TEXT    NOT NULL,
  released    INTEGER NOT NULL,
  cleared     TEXT    NOT NULL, -- the case that lets it pass, or ''
  free        INTEGER NOT NULL, -- due or sending, and released by itself or by its run
  policy      TEXT    NOT NULL,
  reasons     TEXT    NOT NULL,
  origin      TEXT    NOT NULL,
  spell       INTEGER NOT NULL,
  retry_at    INTEGER NOT NULL,
  attempts    INTEGER NOT NULL,
  missed      INTEGER NOT NULL,
  op_key      TEXT    NOT NULL,
  op_kind     TEXT    NOT NULL,
  problem     TEXT    NOT NULL,
  event_at    INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  decided_at  INTEGER NOT NULL,
  sent_at     INTEGER NOT NULL,
  verified_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, person, system, kind, item_key)
) STRICT;

-- The queue: the items that can be acted on, in the order of their turn.
CREATE INDEX joinery_item_free ON joinery_item (tenant, system, lane, decided_at, person, retry_at) WHERE free = 1;
CREATE INDEX joinery_item_removing ON joinery_item (tenant, system, removes) WHERE free = 1 AND removes <> '';
CREATE INDEX joinery_item_held ON joinery_item (tenant, system, item_key, person) WHERE kind = 'grant' AND known = 'held';
CREATE INDEX joinery_item_run ON joinery_item (tenant, run, person, system, kind, item_key) WHERE state <> 'settled';

-- How systems fail. Instants are of wall time.
CREATE TABLE joinery_breaker (
  tenant    TEXT    NOT NULL,
  system    TEXT    NOT NULL,
  failures  INTEGER NOT NULL,
  denials   INTEGER NOT NULL,
  accounts  TEXT    NOT NULL, -- JSON array
  opened_at INTEGER NOT NULL, -- 0 while it is closed
  probes    INTEGER NOT NULL,
  probing   TEXT    NOT NULL,
  probe_at  INTEGER NOT NULL,
  urgent_at INTEGER NOT NULL,
  error     TEXT    NOT NULL,
  refused    INTEGER NOT NULL,
  refused_by TEXT    NOT NULL, -- JSON array
  refusal    TEXT    NOT NULL,
  refused_at INTEGER NOT NULL, -- 0 while not too much is refused
  try_at     INTEGER NOT NULL,
  tries      INTEGER NOT NULL,
  tried      TEXT    NOT NULL,
  PRIMARY KEY (tenant, system)
) STRICT, WITHOUT ROWID;

-- Questions to people.

CREATE TABLE joinery_case (
  tenant      TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  subject     TEXT    NOT NULL,
  question    TEXT    NOT NULL,
  digest      TEXT    NOT NULL,
  body        BLOB    NOT NULL,
  choices     TEXT    NOT NULL, -- JSON array
  fallback    TEXT    NOT NULL, -- the choice that stands when nobody answers
  state       TEXT    NOT NULL,
  opened_at   INTEGER NOT NULL,
  expires     INTEGER NOT NULL,
  run         TEXT    NOT NULL,
  answer      TEXT    NOT NULL,
  actor       TEXT    NOT NULL,
  note        TEXT    NOT NULL,
  answered_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX joinery_case_open ON joinery_case (tenant, kind, subject, opened_at, id) WHERE state = 'open';
CREATE INDEX joinery_case_opened ON joinery_case (tenant, opened_at, id);

-- What was done. Salt and body of an entry can be erased, nothing else.

CREATE TABLE joinery_entry (
  tenant  TEXT    NOT NULL,
  id      TEXT    NOT NULL,
  subject TEXT    NOT NULL,
  digest  BLOB    NOT NULL,
  salt    BLOB    NOT NULL,
  body    BLOB    NOT NULL,
  leaf    INTEGER NOT NULL, -- -1 while it has none
  PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX joinery_entry_subject ON joinery_entry (tenant, subject, id) WHERE subject <> '';
CREATE INDEX joinery_entry_waiting ON joinery_entry (tenant, id) WHERE leaf < 0;
CREATE UNIQUE INDEX joinery_entry_leaf ON joinery_entry (tenant, leaf) WHERE leaf >= 0;

-- How many witnesses and leaves there are.
CREATE TABLE joinery_journal (
  tenant    TEXT    NOT NULL PRIMARY KEY,
  witnesses INTEGER NOT NULL,
  size      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE joinery_witness (
  tenant TEXT    NOT NULL,
  seq    INTEGER NOT NULL,
  entry  TEXT    NOT NULL,
  digest BLOB    NOT NULL,
  PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;

-- The stored hashes of the tree.
CREATE TABLE joinery_hash (
  tenant TEXT    NOT NULL,
  n      INTEGER NOT NULL,
  hash   BLOB    NOT NULL,
  PRIMARY KEY (tenant, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE joinery_checkpoint (
  tenant TEXT    NOT NULL,
  size   INTEGER NOT NULL,
  note   BLOB    NOT NULL,
  PRIMARY KEY (tenant, size, note)
) STRICT, WITHOUT ROWID;

CREATE TABLE joinery_cursor (
  tenant TEXT    NOT NULL,
  sink   TEXT    NOT NULL,
  next   INTEGER NOT NULL,
  PRIMARY KEY (tenant, sink)
) STRICT, WITHOUT ROWID;

INSERT INTO joinery_schema (version) VALUES (1);
