-- A study file. Identifiers that people use (patient, visit code) are text; rows are addressed by
-- integer keys that nest, so that one patient's rows are neighbours and no index is needed:
--     visit_id      = patient_id * 4096 + visit_no
--     assessment_id = visit_id   * 4096 + rater_no      (0 = no rater named)
-- Days are whole days since 1970-01-01; dates that may be partial are ISO 8601 text as written.
-- Every row names the change set that wrote it last; history keeps what updates and deletes
-- replaced, with the change set that had written that.
--
-- Tables of instruments (a_CODE) and their views (v_CODE) are made from the definitions.

PRAGMA application_id = 0x414C5354;   -- ALST
PRAGMA user_version = 1;

CREATE TABLE study (                  -- facts about the file itself, fixed at creation
    name  TEXT PRIMARY KEY,           -- study_uuid, protocol, created_utc
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE change_set (             -- who, when, why; append-only
    change_id      INTEGER PRIMARY KEY,
    at_utc         TEXT NOT NULL,     -- YYYY-MM-DDThh:mm:ss.sssZ, the real clock
    user           TEXT NOT NULL,
    authenticated  INTEGER NOT NULL CHECK (authenticated IN (0, 1)),
    command        TEXT NOT NULL,     -- what was asked for: import alsfrsr, record …
    reason         TEXT,              -- why stored values changed
    source_name    TEXT,              -- imported file, name only
    source_sha256  TEXT,
    row_count      INTEGER NOT NULL DEFAULT 0, -- rows entered, changed and removed
    tables         TEXT NOT NULL DEFAULT '',   -- a line per table: name, rows, digest of its rows
    parent_digest  BLOB NOT NULL,     -- of the change set before; of the table study for the first
    digest         BLOB CHECK (length(digest) = 32) -- over all columns above; NULL while open
) STRICT;

CREATE TABLE history (                -- what an update or delete replaced; append-only
    history_id INTEGER PRIMARY KEY,
    change_id  INTEGER NOT NULL REFERENCES change_set,
    table_name TEXT NOT NULL,
    row_id     INTEGER NOT NULL,      -- key of the row in its table
    row_key    TEXT NOT NULL,         -- the same in words: patient/visit/rater …
    patient_id INTEGER,               -- whose row it is; NULL for visit codes and raters
    operation  TEXT NOT NULL CHECK (operation IN ('update', 'delete')),
    old_change INTEGER NOT NULL REFERENCES change_set, -- change_id that the old row carried
    old_row    TEXT NOT NULL          -- JSON object, column to value, in table order
) STRICT;

CREATE TABLE definition (             -- protocol and instruments; the highest version_no is in force
    definition_id INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('protocol', 'instrument')),
    code       TEXT NOT NULL,
    version_no INTEGER NOT NULL,      -- 1, 2, … in order of adoption
    version    TEXT NOT NULL,         -- as the file calls it
    change_id  INTEGER NOT NULL REFERENCES change_set,
    packed     BLOB NOT NULL,         -- loadable without YAML
    source     TEXT NOT NULL,         -- the YAML text of the same
    UNIQUE (kind, code, version_no)
) STRICT;

CREATE TABLE visit_code (             -- planned visits 1 …, others from 1001
    visit_no  INTEGER PRIMARY KEY CHECK (visit_no BETWEEN 1 AND 4095),
    code      TEXT NOT NULL UNIQUE,
    label     TEXT NOT NULL,
    change_id INTEGER NOT NULL REFERENCES change_set
) STRICT;

CREATE TABLE rater (                  -- number 0 stands for "no rater named" and has no row
    rater_no  INTEGER PRIMARY KEY CHECK (rater_no BETWEEN 1 AND 4095),
    rater     TEXT NOT NULL UNIQUE,
    change_id INTEGER NOT NULL REFERENCES change_set
) STRICT;

CREATE TABLE patient (
    patient_id INTEGER PRIMARY KEY CHECK (patient_id BETWEEN 1 AND 0xFFFFFF),
    patient    TEXT NOT NULL UNIQUE CHECK (length(patient) BETWEEN 1 AND 64),
    site       TEXT,
    sex        TEXT CHECK (sex IN ('F', 'M')),
    birth_date TEXT,                  -- partial allowed
    height_cm  REAL CHECK (height_cm BETWEEN 50 AND 250),
    arm        TEXT,
    cohort     TEXT,
    onset_site TEXT,
    change_id  INTEGER NOT NULL REFERENCES change_set
) STRICT;

CREATE TABLE event (                  -- dated milestones; infusions repeat
    event_id   INTEGER PRIMARY KEY,
    patient_id INTEGER NOT NULL REFERENCES patient,
    event      TEXT NOT NULL,
    date       TEXT NOT NULL,         -- partial allowed
    value      REAL,                  -- cells of an infusion, hours of ventilation
    unit       TEXT,
    note       TEXT,
    change_id  INTEGER NOT NULL REFERENCES change_set,
    UNIQUE (patient_id, event, date)
) STRICT;

CREATE TABLE visit (
    visit_id   INTEGER PRIMARY KEY,
    day        INTEGER CHECK (day BETWEEN -62091 AND 84370), -- 1800 to 2200; NULL when not done
    mode       TEXT CHECK (mode = 'clinic' OR mode = 'phone' OR mode = 'video' OR mode = 'home'),
    status     TEXT NOT NULL CHECK (status = 'done' OR status = 'not-done'),
    reason     TEXT,                  -- coded missing reason
    assigned   INTEGER NOT NULL DEFAULT 0 CHECK (assigned BETWEEN 0 AND 1), -- 1: code chosen from a
                                      -- date
    made       INTEGER NOT NULL DEFAULT 0 CHECK (made BETWEEN 0 AND 1), -- 1: made from assessments;
                                      -- its day follows the earliest of them
    change_id  INTEGER NOT NULL REFERENCES change_set,
    patient_id INTEGER NOT NULL AS (visit_id >> 12) VIRTUAL REFERENCES patient,
    visit_no   INTEGER NOT NULL AS (visit_id & 4095) VIRTUAL REFERENCES visit_code,
    CHECK (day IS NOT NULL OR status = 'not-done')
) STRICT;

CREATE TABLE procedure (              -- done or not, beside instruments: mri, csf, labs
    procedure_id INTEGER PRIMARY KEY,
    visit_id     INTEGER NOT NULL REFERENCES visit,
    procedure    TEXT NOT NULL,
    day          INTEGER CHECK (day BETWEEN -62091 AND 84370),
    status       TEXT NOT NULL CHECK (status IN ('done', 'not-done')),
    reason       TEXT,
    note         TEXT,
    change_id    INTEGER NOT NULL REFERENCES change_set,
    UNIQUE (visit_id, procedure)
) STRICT;

CREATE TABLE adverse_event (
    adverse_event_id INTEGER PRIMARY KEY,
    patient_id INTEGER NOT NULL REFERENCES patient,
    ae_id      TEXT NOT NULL CHECK (length(ae_id) > 0), -- unique for the patient
    visit_no   INTEGER REFERENCES visit_code, -- where it was recorded
    term       TEXT NOT NULL,
    onset      TEXT,                  -- partial allowed
    end_date   TEXT,
    grade      INTEGER,
    system     TEXT NOT NULL,         -- grading system in force
    serious    INTEGER CHECK (serious IN (0, 1)),
    relation   TEXT,                  -- causality categories, ; between several
    action     TEXT,
    outcome    TEXT,
    dlt        INTEGER CHECK (dlt IN (0, 1)),
    change_id  INTEGER NOT NULL REFERENCES change_set,
    UNIQUE (patient_id, ae_id)
) STRICT;

-- The trail is append-only, also for other programs that open the file. A change set is open (no
-- digest) only inside the transaction that makes it.
CREATE TRIGGER change_set_is_final BEFORE UPDATE ON change_set
WHEN old.digest IS NOT NULL
BEGIN SELECT raise(ABORT, 'change sets are append-only'); END;
CREATE TRIGGER change_set_stays BEFORE DELETE ON change_set
BEGIN SELECT raise(ABORT, 'change sets are append-only'); END;
CREATE TRIGGER change_set_is_new BEFORE INSERT ON change_set
WHEN EXISTS (SELECT 1 FROM change_set WHERE change_id >= new.change_id)
BEGIN SELECT raise(ABORT, 'change sets are append-only'); END;
CREATE TRIGGER history_is_final BEFORE UPDATE ON history
BEGIN SELECT raise(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_stays BEFORE DELETE ON history
BEGIN SELECT raise(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_is_new BEFORE INSERT ON history
WHEN EXISTS (SELECT 1 FROM history WHERE history_id >= new.history_id)
BEGIN SELECT raise(ABORT, 'history is append-only'); END;
