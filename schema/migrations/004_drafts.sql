-- What was typed and not saved yet.

PRAGMA user_version = 4;
