-- Users, sessions, locks, signatures, redactions, and the log of access.
--
-- account, lock, signature, redaction, redaction_digest and trail_key are tables of the trail.
-- account_password is held by account.password_mark, access by its own chain. login_attempt and
-- session come and go: they are not covered.

CREATE TABLE account (                -- who may log in, and as what
    account_id INTEGER PRIMARY KEY,
    user       TEXT NOT NULL UNIQUE CHECK (length(user) BETWEEN 1 AND 64),
    full_name  TEXT NOT NULL CHECK (length(full_name) > 0), -- as printed with signatures
    role       TEXT NOT NULL CHECK (role IN ('admin', 'data-manager', 'coordinator', 'monitor',
                                             'statistician', 'read-only')),
    sites      TEXT,                  -- ; between several; NULL = all
    disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    password_mark TEXT NOT NULL,      -- BLAKE2b-256 of account_password.encoded, hexadecimal
    change_id  INTEGER NOT NULL REFERENCES change_set
) STRICT;

CREATE TABLE account_password (       -- kept apart, so that history holds no password hash
    account_id INTEGER PRIMARY KEY REFERENCES account,
    encoded    TEXT NOT NULL          -- Argon2id with its parameters and salt
) STRICT;

CREATE TABLE login_attempt (          -- failures since the last success, also of names unknown
    user      TEXT PRIMARY KEY,
    failures  INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,       -- seconds since 1970, UTC
    until     INTEGER NOT NULL        -- no further attempt before this second
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_digest BLOB PRIMARY KEY CHECK (length(token_digest) = 32), -- the token itself is not kept
    account_id INTEGER NOT NULL REFERENCES account,
    opened     INTEGER NOT NULL,      -- seconds since 1970, UTC
    used       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lock (                   -- a row while the lock is on; history keeps those taken off
    lock_id    INTEGER PRIMARY KEY,   -- 1 = study; patient_id * 4096 = patient; visit_id = visit
    patient_id INTEGER REFERENCES patient,
    visit_no   INTEGER REFERENCES visit_code,
    user       TEXT NOT NULL,         -- who locked
    at_utc     TEXT NOT NULL,
    change_id  INTEGER NOT NULL REFERENCES change_set,
    CHECK (lock_id = CASE WHEN patient_id IS NULL THEN 1
                          ELSE patient_id * 4096 + ifnull(visit_no, 0) END)
) STRICT;

CREATE TABLE signature (
    signature_id INTEGER PRIMARY KEY,
    patient_id INTEGER REFERENCES patient,     -- NULL: the study
    visit_no   INTEGER REFERENCES visit_code,  -- NULL: the whole patient
    user       TEXT NOT NULL,
    full_name  TEXT NOT NULL,
    at_utc     TEXT NOT NULL,
    meaning    TEXT NOT NULL CHECK (length(meaning) > 0),
    digest     TEXT NOT NULL CHECK (length(digest) = 64), -- of what was signed, hexadecimal
    change_id  INTEGER NOT NULL REFERENCES change_set,
    CHECK (visit_no IS NULL OR patient_id IS NOT NULL)
) STRICT;

CREATE TABLE redaction (              -- a value that was taken out of rows and history
    redaction_id INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL,
    row_id     INTEGER NOT NULL,
    row_key    TEXT NOT NULL,         -- the same in words
    patient_id INTEGER REFERENCES patient,
    column_name TEXT NOT NULL,
    salt       TEXT NOT NULL,         -- hexadecimal
    digest     TEXT NOT NULL,         -- BLAKE2b-256 keyed by the salt, of the value as text
    change_id  INTEGER NOT NULL REFERENCES change_set
) STRICT;

CREATE TABLE redaction_digest (       -- what stands for a line of change_set.tables since then
    redaction_digest_id INTEGER PRIMARY KEY,
    of_change  INTEGER NOT NULL REFERENCES change_set,
    table_name TEXT NOT NULL,
    line       TEXT NOT NULL,
    change_id  INTEGER NOT NULL REFERENCES change_set
) STRICT;

CREATE TABLE trail_key (              -- from its change set on, seals with this key are expected
    trail_key_id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE, -- of the key, which is kept outside the study
    change_id  INTEGER NOT NULL REFERENCES change_set
) STRICT;

-- BLAKE2b-256 of digest, keyed; NULL while no key is set.
ALTER TABLE change_set ADD COLUMN seal BLOB CHECK (length(seal) = 32);

CREATE TABLE access (                 -- logins, exports, backups; append-only, with its own chain
    access_id     INTEGER PRIMARY KEY,
    at_utc        TEXT NOT NULL,
    user          TEXT NOT NULL,
    authenticated INTEGER NOT NULL CHECK (authenticated IN (0, 1)),
    what          TEXT NOT NULL,      -- login, logout, login-failed, export, report, backup …
    detail        TEXT,               -- what was taken, with which filters, into which files
    parent_digest BLOB NOT NULL,      -- of the row before; of the table study for the first
    digest        BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE TABLE access_end (             -- number and digest of the last row of access
    one       INTEGER PRIMARY KEY CHECK (one = 1),
    access_id INTEGER NOT NULL,
    digest    BLOB NOT NULL
) STRICT;

CREATE TRIGGER access_is_final BEFORE UPDATE ON access
BEGIN SELECT raise(ABORT, 'the log of access is append-only'); END;
CREATE TRIGGER access_stays BEFORE DELETE ON access
BEGIN SELECT raise(ABORT, 'the log of access is append-only'); END;
CREATE TRIGGER access_is_new BEFORE INSERT ON access
WHEN EXISTS (SELECT 1 FROM access WHERE access_id >= new.access_id)
BEGIN SELECT raise(ABORT, 'the log of access is append-only'); END;
CREATE TRIGGER signature_is_final BEFORE UPDATE ON signature
BEGIN SELECT raise(ABORT, 'signatures stay as they were made'); END;
CREATE TRIGGER signature_stays BEFORE DELETE ON signature
BEGIN SELECT raise(ABORT, 'signatures stay as they were made'); END;

PRAGMA user_version = 3;
