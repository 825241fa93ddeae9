-- What was typed and not saved yet: outside the trail, gone with the save. content is text of the
-- program's forms: a line for each answer.

PRAGMA user_version = 4;

CREATE TABLE draft (
    user            TEXT NOT NULL,
    patient_id      INTEGER NOT NULL REFERENCES patient,
    visit           TEXT NOT NULL,    -- code; an extra one may not be in visit_code yet
    instrument      TEXT NOT NULL,
    rater           TEXT NOT NULL DEFAULT '', -- '' stands for "no rater named"
    expected_change INTEGER NOT NULL, -- of the stored row when the form was opened; 0 = no row
    started_utc     TEXT NOT NULL,    -- YYYY-MM-DDThh:mm:ss.sssZ
    touched_utc     TEXT NOT NULL,
    content         TEXT NOT NULL,
    PRIMARY KEY (user, patient_id, visit, instrument, rater)
) STRICT, WITHOUT ROWID;
