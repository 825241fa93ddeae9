-- What people decided on eligibility criteria, at the visit at which each is evaluated.

CREATE TABLE eligibility_answer (
    answer_id  INTEGER PRIMARY KEY,
    patient_id INTEGER NOT NULL REFERENCES patient,
    visit_no   INTEGER NOT NULL REFERENCES visit_code, -- point of evaluation
    criterion  TEXT NOT NULL,         -- its id in the protocol
    answer     TEXT NOT NULL CHECK (answer IN ('yes', 'no')),
    day        INTEGER NOT NULL CHECK (day BETWEEN -62091 AND 84370), -- when it was decided
    note       TEXT,
    version_no INTEGER NOT NULL,      -- of the protocol that asked
    change_id  INTEGER NOT NULL REFERENCES change_set,
    UNIQUE (patient_id, visit_no, criterion)
) STRICT;

PRAGMA user_version = 5;
