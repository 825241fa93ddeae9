-- The digest of a change set covers the mark of its reason in place of the reason, so that a name that
-- was typed into it can be taken out and every digest that was handed out still holds. Change sets of
-- before have no mark, and their digests cover the reason itself.

ALTER TABLE change_set ADD COLUMN reason_mark BLOB CHECK (length(reason_mark) = 48); -- salt, and
                                      -- BLAKE2b-256 of the reason keyed by it; NULL without a reason

PRAGMA user_version = 6;
