-- Queries about what is stored, by rules and by people. Both tables only grow: what happens to a
-- query are its steps, and its state follows from them. Who and when are the change set's.

CREATE TABLE query (
    query_id     INTEGER PRIMARY KEY, -- patient_id * 65536 + number, counted for each patient
    record       TEXT NOT NULL,       -- instrument, or patient, event, visit, ae
    visit_no     INTEGER REFERENCES visit_code,
    rater        TEXT,
    item         TEXT,                -- NULL: the record as a whole
    rule         TEXT,                -- code of the rule; NULL: asked by a person
    message      TEXT NOT NULL CHECK (length(message) > 0),
    value        TEXT,                -- as it stood when the query was opened
    value_change INTEGER REFERENCES change_set, -- that had written the record then
    change_id    INTEGER NOT NULL REFERENCES change_set,
    patient_id   INTEGER NOT NULL AS (query_id >> 16) VIRTUAL REFERENCES patient
) STRICT;

CREATE TABLE query_step (
    step_id   INTEGER PRIMARY KEY,    -- query_id * 4096 + number of the step, from 1
    step      TEXT NOT NULL CHECK (step IN ('answered', 'closed', 'reopened', -- people
                                            'changed', 'gone', 'found')),     -- rules
    text      TEXT,
    value     TEXT,                   -- as it stood then; only for steps of rules
    change_id INTEGER NOT NULL REFERENCES change_set,
    query_id  INTEGER NOT NULL AS (step_id >> 12) VIRTUAL REFERENCES query
) STRICT;

PRAGMA user_version = 2;
